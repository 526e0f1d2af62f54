"""The reference machines, made to take the steps of a model one by one.

The intuition: the model decides in Promela, the machines in Python, both from the same law and
written apart. If they decide alike in each situation that the model can get into, then what was
searched exhaustively speaks for the code.

The use: one `Machines` for a run; `follow` takes a step and says what is different, if anything.

The complication: the contracts are taken off, so that what disagrees is the model and not the
machine's opinion of itself. What a contract would have refused is therefore asked for here.

Spec: `spec/sd.md`, `spec/sc.md`, `spec/ap.md`. Source: `replay_lines.py` for the language.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from proofs.models.replay_lines import MalformedLine, Step
from stallproof.machines import ack_progress, connection
from stallproof.machines.connection import Connection, Effects
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, Policy, is_well_formed
from stallproof.machines.send_deadline import End, Failure
from stallproof.machines.stream import AwaitAck, BeginChunk, Look, Stream, StreamOutcome

_KNOBS = {
    "send_timeout": "send_timeout_us",
    "stall_timeout": "stall_timeout_us",
    "checks_max": "checks_max",
    "heartbeat": "heartbeat_interval_us",
    "window": "window_bytes",
    "chunk": "chunk_bytes",
    "progress_timeout": "ack_progress_timeout_us",
    "ack_wait": "ack_wait_us",
}


class Refused(Exception):
    """The machine is in no state in which it could take the step."""


def policy_of(step: Step) -> Policy:
    """Return the policy of a model's first line, one tick being one microsecond.

    The watchdog's interval is raised to its minimum, as the knob would be (AP-7): it says how long
    a sleep is, and no model compares that. Raise `MalformedLine` if it is no policy.
    """
    knobs = {name: int(number) for name, number in (each.split("=") for each in step.arguments)}
    limits = {_KNOBS[name]: number for name, number in knobs.items() if name in _KNOBS}
    interval_us = max(CHECK_INTERVAL_MIN_US, knobs.get("interval", CHECK_INTERVAL_MIN_US))
    policy = Policy(
        close_stalled=bool(knobs.get("close", 0)), ack_check_interval_us=interval_us, **limits
    )
    if len(knobs) != len(step.arguments) or not is_well_formed(policy):
        raise MalformedLine(step.text)
    return policy


def _sent(effects: Effects, conn: Connection) -> tuple[str, ...]:
    """Return what the machine decided about a send, in the words of the language."""
    decision = effects.decision
    if isinstance(decision, End):
        return decision.outcome.value, "open" if effects.closes is None else "closes"
    if decision is None:
        assert conn.send is not None
        return "held", str(conn.send.deadline_us)
    return "wait", str(decision.wait_us)


def _agree(did: tuple[str, ...], said: tuple[str, ...], *, whole: bool) -> bool:
    """Tell whether the model said what the machine did; without `whole` it may say less."""
    if whole:
        return did == said
    return did[:1] == said[:1] and all(word in did[1:] for word in said[1:])


@dataclass
class Machines:
    """The machines of one run: a policy, and the connections and streams that were named so far."""

    policy: Policy | None = None
    heartbeats: bool = False
    connections: dict[str, Connection] = field(default_factory=dict)
    streams: dict[str, Stream] = field(default_factory=dict)

    def follow(self, step: Step) -> str | None:
        """Take `step`; return how the machine differs from the model, `None` if it does not."""
        try:
            did = self._take(step)
        except Refused as refusal:
            return f"it cannot take this step: {refusal}"
        except MalformedLine:
            raise
        except Exception as error:
            return f"it fails: {type(error).__name__}: {error}"
        if _agree(did, step.said, whole=step.kind in ("check", "close", "look", "ack", "stop")):
            return None
        return " ".join(did) or "nothing"

    def _take(self, step: Step) -> tuple[str, ...]:
        if step.kind == "policy":
            if self.policy is not None:
                raise MalformedLine(f"a second policy: {step.text}")
            self.policy = policy_of(step)
            self.heartbeats = any(each.startswith("heartbeat=") for each in step.arguments)
            return ()
        if self.policy is None:
            raise MalformedLine(f"no policy before it: {step.text}")
        return _STEPS[step.kind](self, self.policy, step)

    def connection(self, name: str) -> Connection:
        """Return the connection called `name`, a new one if there is none yet."""
        fresh = connection.new_connection(heartbeats=self.heartbeats)
        return self.connections.setdefault(name, fresh)

    def stream(self, name: str) -> Stream:
        """Return the stream called `name`, which was made before."""
        if name not in self.streams:
            raise MalformedLine(f"there is no stream {name}")
        return self.streams[name]


def _lock_taken(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, size_bytes, now_us = step.arguments[0], step.number(1), step.number(2)
    conn = machines.connection(name)
    if conn.send is not None:
        raise Refused("the lock is held")
    if size_bytes < 1:
        raise MalformedLine(step.text)
    after, effects = connection.on_lock_taken(policy, conn, size_bytes, now_us=now_us)
    machines.connections[name] = after
    return _sent(effects, after)


def _step(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, wrote_bytes, now_us = step.arguments[0], step.number(1), step.number(2)
    conn = machines.connection(name)
    if conn.send is None:
        raise Refused("nobody holds the lock")
    if not 0 <= wrote_bytes <= conn.send.size_bytes - conn.send.written_bytes:
        raise Refused(f"{conn.send.written_bytes} of {conn.send.size_bytes} bytes are written")
    after, effects = connection.on_step(conn, wrote_bytes, now_us=now_us)
    machines.connections[name] = after
    return _sent(effects, after)


def _failed(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, failure, now_us = step.arguments[0], Failure(step.arguments[1]), step.number(2)
    conn = machines.connection(name)
    if conn.send is None:
        raise Refused("nobody holds the lock")
    after, effects = connection.on_failed(conn, failure, now_us=now_us)
    machines.connections[name] = after
    return _sent(effects, after)


def _close(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name = step.arguments[0]
    machines.connections[name], effects = connection.on_close(machines.connection(name))
    return ("already" if effects.closes is None else "closes",)


def _check(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, now_us = step.arguments[0], step.number(1)
    after, effects = connection.on_check(policy, machines.connection(name), now_us=now_us)
    machines.connections[name] = after
    check = effects.check
    assert check is not None
    found = "warns" if check.warns else "healthy"
    return (
        str(after.count.stalled_checks),
        found if effects.closes is None else "closes",
        *(("heartbeat",) if check.heartbeat else ()),
    )


def _received(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, now_us = step.arguments[0], step.number(1)
    after = connection.on_received(machines.connection(name), now_us=now_us)
    machines.connections[name] = after
    return ()


def _made(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    if step.arguments[0] in machines.streams:
        raise MalformedLine(f"a second time: {step.text}")
    machines.streams[step.arguments[0]] = ack_progress.on_made(now_us=step.number(1))
    return ()


def _seen(look: Look) -> str:
    if isinstance(look, BeginChunk):
        return "begin"
    return "wait" if isinstance(look, AwaitAck) else look.outcome.value


def _look(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name = step.arguments[0]
    after, look = ack_progress.on_look(policy, machines.stream(name), now_us=step.number(1))
    machines.streams[name] = after
    return (_seen(look),)


def _chunk(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, chunk_bytes = step.arguments[0], step.number(1)
    stream = machines.stream(name)
    if not 1 <= chunk_bytes <= policy.chunk_bytes:
        raise MalformedLine(step.text)
    if stream.outcome is not None or stream.wait_us is not None:
        raise Refused("the stream is over" if stream.outcome else "the stream waits")
    if stream.sent_bytes - stream.acknowledged_bytes > policy.window_bytes:
        raise Refused("the window is full")
    machines.streams[name] = ack_progress.on_chunk_begun(policy, stream, chunk_bytes)
    return ()


def _ack(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name, mine = step.arguments[0], step.arguments[2] == "mine"
    after, verdict = ack_progress.on_ack(
        machines.stream(name), step.number(1), from_receiver=mine, now_us=step.number(3)
    )
    machines.streams[name] = after
    return (verdict.name.lower(),)


def _stop(machines: Machines, policy: Policy, step: Step) -> tuple[str, ...]:
    name = step.arguments[0]
    after = ack_progress.on_stop(machines.stream(name), StreamOutcome(step.arguments[1]))
    machines.streams[name] = after
    return ("none" if after.outcome is None else after.outcome.value,)


_STEPS: dict[str, Callable[[Machines, Policy, Step], tuple[str, ...]]] = {
    "lock_taken": _lock_taken,
    "step": _step,
    "failed": _failed,
    "close": _close,
    "check": _check,
    "received": _received,
    "made": _made,
    "look": _look,
    "chunk": _chunk,
    "ack": _ack,
    "stop": _stop,
}
