"""The connection's events and decisions in plain words, for counts and for histories."""

from collections.abc import Iterator

from proofs.search.connection_states import (
    CHECK,
    CLOSE,
    FAILURE,
    FRAME,
    LOCK,
    STEP,
    TIME,
    Event,
    Move,
)
from stallproof.machines.send_deadline import End, Wait


def decisions(move: Move) -> Iterator[str]:
    """Return the decisions in `move`, in the words of the report."""
    effects, kind = move.effects, move.event.kind
    decision = effects.decision
    if isinstance(decision, Wait):
        yield "send waits"
    elif isinstance(decision, End):
        yield f"send {decision.outcome.value}"
    elif kind == LOCK:
        yield "lock held"
    if kind == CHECK and effects.check is not None:
        check = effects.check
        yield (
            "check closes" if check.closes else "check warns" if check.warns
            else "check queues a heartbeat" if check.heartbeat else "check finds nothing"
        )  # fmt: skip
    if effects.closes is not None:
        yield f"closing by {effects.closes.value}"
    elif kind == CLOSE:
        yield "closing already"


def event_words(event: Event) -> str:
    """Say what happened and when."""
    if event.kind == TIME:
        return "time passes: 1 us"
    what = {
        LOCK: f"a sender takes the lock for a frame of {event.amount} bytes",
        STEP: f"the holder has written {event.amount} bytes and looks at the clock",
        FAILURE: f"the transport fails the holder ({event.failure and event.failure.value})",
        CLOSE: "the owner closes the connection",
        CHECK: "the monitor checks",
        FRAME: "a frame arrives from the peer",
    }[event.kind]
    return f"at {event.at_us} us {what}"


def answer_words(move: Move) -> str:
    """Say what drivers were told, and what is then in flight."""
    if move.event.kind == TIME:
        return ""
    told = list(decisions(move))
    if isinstance(move.effects.decision, Wait):
        told.append(f"for {move.effects.decision.wait_us} us")
    send = move.after.conn.send
    if send is not None:
        told.append(
            f"in flight: {send.written_bytes} of {send.size_bytes} bytes, due at {send.deadline_us}"
        )
    if move.event.kind == CHECK:
        told.append(f"count {move.after.conn.count.stalled_checks}")
    return ", ".join(told)
