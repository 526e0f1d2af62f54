"""An adapter in virtual time: case after case, each on an `io` of its own, from nothing.

The intuition: what is asked for is done by a task, which may wait; then everybody runs who can, and
the answer is given when nobody can any more. What waits then waits for the script.

Spec: `spec/virtual.md`, `spec/protocol.md`.
"""

from collections.abc import Callable
from typing import TypeVar

from stallproof.drivers.recorder import Record
from stallproof.harness import streaming
from stallproof.harness.adapter import Fields, Link, Playable, Told, Unsupported
from stallproof.harness.deciding import decided
from stallproof.harness.giving_up import Callers
from stallproof.harness.simulated.hub import Task, current
from stallproof.harness.simulated.io import SimulatedIo
from stallproof.harness.simulated.transport import SimulatedTransport, payload_of
from stallproof.harness.wall import VirtualWall
from stallproof.wire.implementation import SendEnded, WallJumped
from stallproof.wire.protocol import (
    AcceptRequest,
    AckRequest,
    AdvanceRequest,
    AnyRequest,
    CancelRequest,
    CheckRequest,
    CloseRequest,
    ConfigRequest,
    DecideRequest,
    FailRequest,
    GiveUpRequest,
    MonitorRequest,
    OpenRequest,
    ReceivedRequest,
    SendRequest,
    StreamRequest,
    WallJumpRequest,
)

_T = TypeVar("_T")


class Player:
    """Carry out requests on the thread of the caller; nothing happens between two calls."""

    def __init__(self, record: Record, adapter: Playable, wall: VirtualWall) -> None:
        """Report events to `record`; `wall` is what the wall clock shows."""
        self._record = record
        self._adapter = adapter
        self._wall = wall
        self._idle: list[Task] = []
        self._begin()

    def _begin(self) -> None:
        self._io = SimulatedIo(self._record, self._idle)
        self._hub = self._io.hub
        self._transports: dict[str, SimulatedTransport] = {}
        self._callers = Callers()
        self._wall.follow(self._io.now_us)
        self._adapter.begin(self._io, self._io.record)

    @property
    def next_due_us(self) -> int | None:
        """When something happens by itself next, unless more is asked for; `None` if nothing."""
        return self._hub.next_due_us

    def carry_out(self, request: AnyRequest) -> Fields:
        """Do what `request` asks, and all that it brings about at this moment.

        A `config` ends the case, also one that is refused. Never asked for `hello` and `stop`.
        Raises as an adapter does.
        """
        if isinstance(request, ConfigRequest):
            self._hub.end()
            self._begin()
            return self._adapter.config(request)
        try:
            return self._do(request)
        finally:
            self._hub.settle()

    def _do(self, request: AnyRequest) -> Fields:
        """Do what `request` itself asks; return the fields of its answer."""
        match request:
            case AdvanceRequest():
                self._hub.advance(request.to_us)
            case SendRequest():
                self._send(request)
            case AcceptRequest():
                self._transport(request.conn).accept(request.wrote_bytes, request.late_us)
            case FailRequest():
                self._transport(request.conn).fail(request.cause)
            case OpenRequest():
                self._open(request)
            case CloseRequest():
                self._call(self._adapter.link(request.conn).close)
            case CheckRequest():
                if (passed := self._call(self._adapter.check)) is not None:
                    return {"began_us": passed[0], "ended_us": passed[1]}
            case ReceivedRequest():
                return self._receive(self._adapter.link(request.conn), request.conn)
            case GiveUpRequest():
                self._call(lambda: self._callers.give_up(request, self._adapter.hello().features))
            case MonitorRequest():
                claim = self._call(lambda: self._adapter.monitor(request.period_us))
                if claim is not None:
                    return {"form": claim.form, "slack_us": claim.slack_us}
            case WallJumpRequest():
                return self._jump(request.by_us)
            case DecideRequest():
                at_us = self._hub.now_us
                self._io.record(decided(self._adapter.machines, request, at_us=at_us))
            case StreamRequest() | AckRequest() | CancelRequest():
                link = self._adapter.link(request.conn)
                self._call(lambda: streaming.carry_out(link, request, self._io, _chunk_of))
            case _:
                op = request.__struct_config__.tag
                raise Unsupported(f"this implementation has no {op} in virtual time")
        return {}

    def _call(self, work: Callable[[], _T]) -> _T | None:
        """Have a task do `work` at this moment; return what it returns, `None` while it waits.

        Raises what it raises.
        """
        results: list[_T] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                results.append(work())
            except Exception as error:
                errors.append(error)

        self._hub.start(run)
        self._hub.settle()
        if errors:
            raise errors[0]
        return results[0] if results else None

    # --- connections ------------------------------------------------------------------------------

    def _transport(self, conn: str) -> SimulatedTransport:
        try:
            return self._transports[conn]
        except KeyError:
            raise ValueError(f"no connection is called {conn!r}") from None

    def _open(self, request: OpenRequest) -> None:
        if request.transport != "virtual":
            raise Unsupported(f"in virtual time there is no transport {request.transport!r}")
        known = self._transports.get(request.conn)
        if known is not None and not known.was_shut:
            raise ValueError(f"connection {request.conn!r} is open already")
        transport = SimulatedTransport(self._hub, request.room_bytes, request.linger_us)
        self._call(lambda: self._adapter.open_on(request, transport))
        self._transports[request.conn] = transport

    def _send(self, request: SendRequest) -> None:
        """Have a task send one frame, and say how its send ended when it has."""
        if request.kind != "data" or request.repeat != 1:
            raise Unsupported("in virtual time a send is one frame of the kind 'data'")
        if request.size_bytes < 1 or request.send < 0:
            raise ValueError("a send has a number, and a frame of at least one byte")
        link, give_up = self._adapter.link(request.conn), self._callers.asked(request)

        def work() -> None:
            try:
                told = link.send(payload_of(request.size_bytes), request.send, give_up)
            except Exception as error:
                told = Told("error", raised=True, detail=f"{type(error).__name__}: {error}")
            # The number is that of the frame on the transport, as the peer of a real one sees it.
            carried = current().sequence
            sequence = told.sequence if carried is None else carried
            self._io.record(
                SendEnded(
                    at_us=self._hub.now_us, conn=request.conn, send=request.send,
                    outcome=told.outcome, raised=told.raised, sequence=sequence,
                    completed=int(told.outcome == "ok"), written_bytes=told.written_bytes,
                    detail=told.detail,
                )
            )  # fmt: skip

        self._hub.start(work).send = request.send

    def _receive(self, link: Link, conn: str) -> Fields:
        """Have a frame of the peer arrive, and its reader take it in."""
        self._transport(conn).arrive()
        self._hub.settle()
        return {"frames": link.received()}

    # --- the wall clock ---------------------------------------------------------------------------

    def _jump(self, by_us: int) -> Fields:
        """Move the wall clock, which nothing may read."""
        before_us, after_us = self._wall.jump(by_us)
        at_us = self._hub.now_us
        self._io.record(WallJumped(at_us=at_us, before_us=before_us, after_us=after_us))
        return {"before_us": before_us, "after_us": after_us}


def _chunk_of(stream: int, offset: int, size_bytes: int) -> memoryview:
    return payload_of(size_bytes)
