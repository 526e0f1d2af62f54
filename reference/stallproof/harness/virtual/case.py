"""One case in virtual time: a clock, connections, streams and a monitor, from nothing.

The intuition: what belongs to a case is in one object, and the next case is another one. So nothing
of an earlier case can show in a later one.

Spec: `spec/virtual.md`, `spec/protocol.md`.
"""

from stallproof.drivers.monitor import SLACK_US, Monitor
from stallproof.drivers.recorder import Record
from stallproof.drivers.sender import Sent
from stallproof.harness.adapter import Fields, Unsupported
from stallproof.harness.deciding import MACHINES, decided
from stallproof.harness.virtual.clock import Timer, VirtualClock
from stallproof.harness.virtual.connection import Frame, VirtualConnection
from stallproof.harness.virtual.stream import VirtualStream
from stallproof.harness.virtual.transport import VirtualTransport
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import SendEnded, WallJumped
from stallproof.wire.protocol import (
    AcceptRequest,
    AckRequest,
    AdvanceRequest,
    AnyRequest,
    CancelRequest,
    CheckRequest,
    CloseRequest,
    DecideRequest,
    FailRequest,
    MonitorClaim,
    MonitorRequest,
    OpenRequest,
    ReceivedRequest,
    SendRequest,
    StreamRequest,
    WallJumpRequest,
)

MONITOR = MonitorClaim(form="b", slack_us=SLACK_US)
"""The monitor follows an absolute schedule; in virtual time none of its checks is late."""
QUIET = (Outcome.OK, Outcome.SUPPRESSED)
"""The outcomes that the caller is told by a return and not by an exception (SD-15)."""


class Case:
    """Everything that there is between two `config`."""

    def __init__(self, record: Record, policy: Policy) -> None:
        """Begin at time 0 with `policy` in force for whatever is opened."""
        self._record = record
        self._policy = policy
        self._clock = VirtualClock()
        self._conns: dict[str, VirtualConnection] = {}
        self._streams: dict[tuple[str, int], VirtualStream] = {}
        self._monitor = Monitor(record, clock=self._clock)
        self._tick: Timer | None = None
        self._wall_us = 0

    def carry_out(self, request: AnyRequest) -> Fields:
        """Do what `request` asks, and all that it brings about at this moment.

        Raises `Unsupported` for what a case does not have, `ValueError` for nonsense.
        """
        try:
            return self._do(request)
        finally:
            self._clock.settle()

    def _do(self, request: AnyRequest) -> Fields:
        """Do what `request` itself asks; return the fields of its answer."""
        fields: Fields = {}
        match request:
            case AdvanceRequest():
                self._clock.advance(request.to_us)
            case SendRequest():
                self._send(request)
            case AcceptRequest():
                self._conn(request.conn).accept(request.wrote_bytes, request.late_us)
            case FailRequest():
                self._conn(request.conn).fail(request.cause)
            case OpenRequest():
                fields = self._open(request)
            case CloseRequest():
                self._conn(request.conn).begin_closing(Cause.LOCAL)
            case CheckRequest():
                began_us, ended_us = self._monitor.run_pass()
                fields = {"began_us": began_us, "ended_us": ended_us}
            case ReceivedRequest():
                self._conn(request.conn).receive()
                fields = {"frames": self._conn(request.conn).received_frames}
            case MonitorRequest():
                fields = self._schedule(request.period_us)
            case DecideRequest():
                self._record(decided(MACHINES, request, at_us=self._clock.now_us))
            case WallJumpRequest():
                fields = self._jump(request.by_us)
            case _:
                self._do_with_streams(request)
        return fields

    def _do_with_streams(self, request: AnyRequest) -> None:
        match request:
            case StreamRequest():
                stream = VirtualStream(self._conn(request.conn), self._clock, request, self._record)
                self._streams[request.conn, request.stream] = stream
            case AckRequest():
                self._stream(request).on_ack(
                    request.offset, origin=request.origin, error=request.error
                )
            case CancelRequest():
                self._stream(request).cancel()
            case _:
                op = request.__struct_config__.tag
                raise Unsupported(f"this implementation has no {op} in virtual time")

    # --- connections ------------------------------------------------------------------------------

    def _conn(self, name: str) -> VirtualConnection:
        try:
            return self._conns[name]
        except KeyError:
            raise ValueError(f"no connection is called {name!r}") from None

    def _stream(self, request: AckRequest | CancelRequest) -> VirtualStream:
        try:
            return self._streams[request.conn, request.stream]
        except KeyError:
            raise ValueError(f"no stream has the number {request.stream}") from None

    def _open(self, request: OpenRequest) -> Fields:
        if request.transport != "virtual":
            raise Unsupported(f"in virtual time there is no transport {request.transport!r}")
        known = self._conns.get(request.conn)
        if known is not None and not known.is_closing:
            raise ValueError(f"connection {request.conn!r} is open already")
        conn = VirtualConnection(
            request.conn, self._policy, self._clock,
            VirtualTransport(self._clock, request.room_bytes), self._record,
            heartbeats=request.heartbeats,
        )  # fmt: skip
        self._conns[request.conn] = conn
        self._monitor.add(conn)
        return {"descriptor": None}

    def _send(self, request: SendRequest) -> None:
        """Ask for the lock for one frame, and say how its send ended when it has."""
        if request.kind != "data":
            raise Unsupported(f"frames of the kind {request.kind!r} cannot be asked for")
        if request.repeat != 1:
            raise Unsupported("in virtual time no send is repeated")
        if request.size_bytes < 1 or request.send < 0:
            raise ValueError("a send has a number, and a frame of at least one byte")

        def ended(sent: Sent) -> None:
            self._record(
                SendEnded(
                    at_us=self._clock.now_us, conn=request.conn, send=request.send,
                    outcome=sent.outcome.value, raised=sent.outcome not in QUIET,
                    written_bytes=sent.written_bytes, sequence=sent.sequence,
                    completed=int(sent.outcome is Outcome.OK), detail=sent.detail,
                )
            )  # fmt: skip

        self._conn(request.conn).submit(Frame(request.size_bytes, request.send, ended))

    # --- the monitor and the wall clock -----------------------------------------------------------

    def _schedule(self, period_us: int | None) -> Fields:
        """Make passes each `period_us` from now on; `None`: none any more."""
        if period_us is not None and period_us < 1:
            raise ValueError("a period is at least 1 us")
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        if period_us is not None:
            self._await_tick(self._clock.now_us + period_us, period_us)
        return {"form": MONITOR.form, "slack_us": MONITOR.slack_us}

    def _await_tick(self, due_us: int, period_us: int) -> None:
        def tick() -> None:
            # The next one counts from when this one was due: the schedule never drifts (SC-9).
            self._await_tick(due_us + period_us, period_us)
            self._monitor.run_pass()

        self._tick = self._clock.at(due_us, tick)

    def _jump(self, by_us: int) -> Fields:
        """Move the wall clock, which nothing reads (SC-14)."""
        before_us = self._clock.now_us + self._wall_us
        self._wall_us += by_us
        after_us = before_us + by_us
        self._record(WallJumped(at_us=self._clock.now_us, before_us=before_us, after_us=after_us))
        return {"before_us": before_us, "after_us": after_us}
