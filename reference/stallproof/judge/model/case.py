"""One case in virtual time: what the law demands at every moment of a script.

The intuition: a script is read aloud to a small model of the law, request by request. Time moves to
the request, what falls due on the way happens in its order, then the request itself. What the model
does is what the law demands of everyone. It imports nothing of the implementation: it is a second
statement of the law, made to be read beside `spec/`.

Use: `case = Case(policy)`, then `case.ask(asked)` for each request; `demanded`, `free` and
`tested` grow. `free` holds what may be said and need not be, `alias` what may be said instead.
`problems` names what makes a script unfit.

Spec: `spec/virtual.md`.
"""

import errno
from collections.abc import Callable

from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.flows import Flow
from stallproof.judge.model.frames import FOREVER, Frame
from stallproof.judge.model.given_up import give_up
from stallproof.judge.model.keys import DECIDED, RECEIVED, frozen, verdict_of
from stallproof.judge.model.late import accept_late
from stallproof.judge.model.state import State
from stallproof.wire.events import Requested

CHUNKS_MAX = 20_000
"""More chunks than this in one stream are a mistake of the script."""
CAUSES = frozenset({*errno.errorcode.values(), "EWOULDBLOCK", "zero"})
"""What a write can be made to fail with."""


class Case(State):
    """A case that is put requests to, one after the other."""

    def ask(self, asked: Requested) -> None:
        """Move to the moment of a request, and carry it out."""
        if asked.op == "advance":
            self.advance(asked.to_us or 0)
            return
        self.reach(asked)
        does = _DOES.get(asked.op)
        if does is None:
            self.problem(f"{asked.op} cannot be asked for in a script")
            return
        does(self, asked)
        # What the request brought about may have made more due at this very instant.
        self.advance(self.now_us)


def _open(case: State, asked: Requested) -> None:
    name = asked.conn or ""
    old = case.connections.get(name)
    if old is not None and old.closing_us is None:
        case.problem(f"the connection {name} is open already")
    if old is not None and (
        old.closing_us == case.now_us or old.let_go_us < FOREVER or case.streams_on(name)
    ):
        case.problem(f"the name {name} comes back too soon, or had streams")
    linger_us = asked.linger_us if isinstance(asked.linger_us, int) else 0
    if min(asked.room_bytes or 0, linger_us) < 0:
        case.problem("open: the room is negative, or it lingers for less than no time")
    if old is not None:
        case.forget(old)
    beats, place = asked.heartbeats is not False, len(case.order)
    case.monitor.changed = True
    case.connections[name] = ModelConnection(
        case, name, asked.room_bytes, beats, case.now_us, place, linger_us
    )
    case.order.append(case.connections[name])


def _send(case: State, asked: Requested) -> None:
    connection, number = case.unless_lingering(asked), asked.send
    if connection is None or number is None:
        return
    if number in connection.frames:
        case.problem(f"send {number} on {connection.name} is asked for twice")
    if (asked.size_bytes or 0) < 1 or (asked.repeat or 1) != 1:
        case.problem(f"send {number}: a frame has at least 1 byte and is sent once")
    jumps = len(case.jumps)
    connection.send(Frame(number, asked.size_bytes or 1, case.now_us, asked_jumps=jumps))


def _accept(case: State, asked: Requested) -> None:
    connection, late_us = case.unless_lingering(asked), asked.late_us or 0
    if connection is None:
        return
    wrote = asked.wrote_bytes or 0
    if wrote < 1 or late_us < 0:
        case.problem("accept: at least 1 byte, and no negative lateness")
    if not late_us:
        connection.accept(wrote)
        return
    accept_late(case, connection, wrote, late_us)


def _fail(case: State, asked: Requested) -> None:
    connection, cause = case.unless_lingering(asked), asked.cause or ""
    if connection is None:
        return
    if cause not in CAUSES:
        case.problem(f"fail: {cause!r} is no error number's name")
    if connection.armed is not None:
        case.problem(f"fail: a failure is waiting for a write on {connection.name} already")
    connection.fail(cause)


def _give_up(case: State, asked: Requested) -> None:
    connection = case.unless_lingering(asked)
    if connection is not None and asked.send is not None:
        give_up(connection, asked.send)


def _close(case: State, asked: Requested) -> None:
    connection = case.connection_of(asked)
    if connection is not None:
        connection.close()


def _received(case: State, asked: Requested) -> None:
    connection = case.connection_of(asked)
    if connection is not None:
        connection.received_us = case.now_us
        if connection.closing_us is not None:
            case.put("CX-6")
            case.free.add((case.now_us, RECEIVED, connection.name))
            return
        case.demand(RECEIVED, connection.name)
        if connection.flight is not None:
            case.put("CX-8")


def _stream(case: State, asked: Requested) -> None:
    connection, number = case.connection_of(asked), asked.stream
    if connection is None or number is None:
        return
    pauses, total = asked.chunk_ready_us or [], asked.total_bytes or 0
    if connection.room is not None or connection.closing_us is not None:
        case.problem(f"stream {number}: {connection.name} has a room, or is closing")
    if number in case.stream_numbers:
        case.problem(f"stream {number} is asked for twice")
    start_us = asked.start_after_us or 0
    if total < 1 or start_us < 0 or any(pause < 0 for pause in pauses):
        case.problem(f"stream {number}: at least 1 byte, and no negative pauses")
    if total > CHUNKS_MAX * case.policy["chunk_bytes"]:
        case.problem(f"stream {number}: more than {CHUNKS_MAX} chunks")
        return
    made_us, name = case.now_us, connection.name
    case.begin(Flow(case, name, number, total, pauses, made_us, made_us + start_us))
    connection.carries_streams = True


def _ack(case: State, asked: Requested) -> None:
    flow = case.flows.get((asked.conn or "", -1 if asked.stream is None else asked.stream))
    if flow is None:
        case.problem(f"{asked.op}: the stream {asked.stream} on {asked.conn!r} was never made")
    elif asked.op == "cancel":
        flow.cancel()
        case.due_streams.enter(flow)
    else:
        if isinstance(asked.offset, float) and asked.offset.is_integer():
            case.problem("ack: a number with a zero fraction is an integer to some languages")
        flow.ack(asked.offset, asked.origin, asked.error)
        case.due_streams.enter(flow)


def _check(case: State, _asked: Requested) -> None:
    case.monitor.make_pass(case.order, scheduled=False)


def _monitor(case: State, asked: Requested) -> None:
    if asked.period_us is not None and asked.period_us < 1:
        case.problem("monitor: a period has at least 1 us")
        return
    case.monitor.schedule(asked.period_us)


def _wall_jump(case: State, asked: Requested) -> None:
    case.monitor.jumps.append((case.now_us, asked.by_us or 0))


def _decide(case: State, asked: Requested) -> None:
    machine, given = asked.machine or "", frozen(asked.input or {})
    verdict = verdict_of(machine, given)
    if verdict is None:
        case.problem(f"decide: the law says nothing of {machine!r} with {asked.input or {}}")
        return
    case.demand(DECIDED, machine, given, frozen(verdict.decision))
    case.put(*verdict.tested)


_DOES: dict[str, Callable[[State, Requested], None]] = {
    "open": _open,
    "send": _send,
    "accept": _accept,
    "fail": _fail,
    "give_up": _give_up,
    "close": _close,
    "received": _received,
    "stream": _stream,
    "ack": _ack,
    "cancel": _ack,
    "check": _check,
    "monitor": _monitor,
    "wall_jump": _wall_jump,
    "decide": _decide,
}
