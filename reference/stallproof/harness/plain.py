"""Any Python connection as a harness, with the few lines that only its owner can write.

The intuition: the oracle needs somebody to connect, to send and to close, and to say how a frame
looks on the wire. All the rest (the protocol, threads, payloads, the clock, what an exception
means) is alike for every connection that is an object with a blocking `send`.

The use: subclass `PlainHarness`, say `name`, `version` and `frames`, write `connect`, `send` and
`close`, and call `main`. The guide in `docs/tutorial.md` does it step by step.

The complication: a harness must not help. What a call returned or raised is reported as it is, by
the error table of SD-7; nothing is tried again, and nothing is known better.

Spec: `spec/protocol.md`.
"""

from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from stallproof.drivers.clock import now_us
from stallproof.drivers.errors import failure_of
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.harness import server, wall
from stallproof.harness.adapter import Fields, Machines, Streaming, Told, Unsupported
from stallproof.harness.line import Line
from stallproof.wire.implementation import Opened
from stallproof.wire.protocol import (
    Binding,
    ClockClaim,
    ConfigRequest,
    FrameLayout,
    Hello,
    MonitorClaim,
    OpenRequest,
)
from stallproof.wire.request import ACCEPTING

if TYPE_CHECKING:
    from stallproof.harness.plain_simulated import SimulatedLine

_Conn = TypeVar("_Conn")

SEND_TIMEOUT = "streaming_send_timeout"


class PlainHarness(Generic[_Conn]):
    """A harness around a connection class; what a subclass has to say is marked below.

    `knobs` holds the knobs in force, in the names and units of `defaults`. It starts as the knobs
    that the implementation has, each with its default; what the oracle sets beside them is not in
    force, and the answer to `config` says so by leaving it out.
    """

    name: ClassVar[str]
    """Who is judged: required."""
    version: ClassVar[str]
    """Its version: required."""
    frames: ClassVar[FrameLayout]
    """How a frame looks on the wire: required."""
    features: ClassVar[tuple[str, ...]] = ("unix", "tcp")
    """What it has, in the words of `spec/protocol.md`; every feature left out is not judged."""
    notes: ClassVar[tuple[str, ...]] = ()
    """What a reader of the report should know, such as options that were set."""
    machines: ClassVar[Machines] = {}
    """The pure machines that it has: each a function from the fields of its input to a decision."""
    defaults: ClassVar[dict[str, Any]] = {SEND_TIMEOUT: 30.0}
    """The knobs that it has, with their defaults."""

    binding: ClassVar[Binding | None] = None
    """What it calls its knobs, where `defaults` has names and units of its own."""

    def __init__(self, record: Record) -> None:
        """Report events to `record`."""
        self.knobs = dict(self.defaults)
        self.begin(REAL, record)

    # --- what a subclass writes -------------------------------------------------------------------

    def connect(self, request: OpenRequest) -> _Conn:
        """Return a connection to the address in `request`, which may send at once.

        `stallproof.harness.connect.connected(request)` gives a connected socket, for who wants one;
        with the feature `accepting` it is an accepted one where the request says so.
        """
        raise NotImplementedError

    def send(self, conn: _Conn, payload: bytes | memoryview) -> object:
        """Send one frame; returning means OK, unless it is a `Told`, and raising means a failure.

        An exception is told by the error table of SD-7. Runs on a thread of its own for each send.
        """
        raise NotImplementedError

    def close(self, conn: _Conn) -> None:
        """Close from this side; return when the call that closes has returned."""
        raise NotImplementedError

    def received(self, conn: _Conn) -> int:
        """Return how many frames came in so far; `unsupported` unless a subclass can tell."""
        raise Unsupported("this harness does not count what comes in")

    def over(self, line: Line) -> _Conn:
        """Return a connection over `line`, for who takes clock, lock and transport from outside.

        A subclass that has this is judged in virtual time as well (`spec/virtual.md`).
        """
        raise NotImplementedError

    # --- what the server asks ---------------------------------------------------------------------

    def hello(self) -> Hello:
        """Say who is judged and what it has."""
        has_lines = type(self).over is not PlainHarness.over
        return Hello(
            name=self.name,
            version=self.version,
            language="python",
            features=[
                *(*self.features, "wall_jump"),
                *(["virtual_time", "lingering"] if has_lines else []),
                *(["decide"] if self.machines else []),
            ],
            machines=list(self.machines),
            clock=ClockClaim(name="monotonic"),
            frames=self.frames,
            notes=list(self.notes),
            binding=self.binding,
        )

    def config(self, request: ConfigRequest) -> Fields:
        """Put those knobs in force that the implementation has, and tell which these are."""
        if request.file is not None:
            raise Unsupported("this implementation reads no configuration file")
        self.knobs |= {name: v for name, v in request.knobs.items() if name in self.knobs}
        return {"effective": dict(self.knobs), "notes": []}

    def open(self, request: OpenRequest) -> int | None:
        """Connect; the descriptor is told by connections that have a `fileno`."""
        if request.transport not in self.features:
            raise Unsupported(f"this implementation has no transport {request.transport!r}")
        if request.role == "accept" and ACCEPTING not in self.features:
            raise Unsupported("this implementation accepts no connections")
        if request.conn in self._links:
            raise ValueError(f"connection {request.conn!r} is open already")
        conn = self.connect(request)
        self._links[request.conn] = _PlainLink(self, conn)
        number = conn.fileno() if hasattr(conn, "fileno") else None
        descriptor = number if isinstance(number, int) else None
        self.record(Opened(at_us=now_us(), conn=request.conn, descriptor=descriptor))
        return descriptor

    def link(self, conn: str) -> "_PlainLink[_Conn]":
        """Return the connection called `conn`; raises `ValueError` when there is none."""
        try:
            return self._links[conn]
        except KeyError:
            raise ValueError(f"no connection is called {conn!r}") from None

    def check(self) -> tuple[int, int]:
        """There is no monitor here; a subclass that has one runs a pass of it."""
        raise Unsupported("this implementation has no monitor")

    def monitor(self, period_us: int | None) -> MonitorClaim:
        """There is no monitor here; a subclass that has one starts or stops it."""
        raise Unsupported("this implementation has no monitor")

    def wall_jump(self, by_us: int) -> tuple[int, int]:
        """Move the wall clock as this process sees it."""
        return wall.jump(by_us)

    def begin(self, io: Io, record: Record) -> None:
        """Forget every connection; from now on live over `io`, and report events to `record`."""
        self.record = record
        self._io = io
        self._links: dict[str, _PlainLink[_Conn]] = {}

    def open_on(self, request: OpenRequest, transport: Transport) -> None:
        """Have a connection made over a line on `transport`."""
        # Who never lives in virtual time needs nothing of what it is made of.
        from stallproof.harness.plain_simulated import SimulatedLine

        line = SimulatedLine(self._io, transport, request.conn, self.record)
        self._links[request.conn] = _PlainLink(self, self.over(line), line)

    def told(self, conn: _Conn, payload: bytes | memoryview) -> Told:
        """Send one frame, and tell what the call returned or raised."""
        try:
            result = self.send(conn, payload)
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            return Told(failure_of(error).value, raised=True, detail=what)
        return result if isinstance(result, Told) else Told("ok")

    @classmethod
    def main(cls) -> NoReturn:
        """Serve standard input and output until told to stop."""
        server.main(cls)


class _PlainLink(Generic[_Conn]):
    """One connection, as the server sees it."""

    def __init__(
        self,
        harness: PlainHarness[_Conn],
        conn: _Conn,
        line: "SimulatedLine | None" = None,
    ) -> None:
        self._line = line
        self._harness = harness
        self._conn = conn

    def send(
        self, payload: bytes | memoryview, send_id: int | None, give_up: GiveUp | None = None
    ) -> Told:
        """Send one frame, and tell what the call returned or raised."""
        return self._harness.told(self._conn, payload)

    def received(self) -> int:
        if self._line is not None:
            return self._line.received_frames
        return self._harness.received(self._conn)

    def close(self) -> None:
        self._harness.close(self._conn)

    def make_stream(self, stream: int, total_bytes: int) -> Streaming:
        raise Unsupported("this implementation has no streams")

    def ack(self, stream: int, offset: Any, origin: str | None, error: str | None) -> None:
        raise Unsupported("this implementation has no streams")

    def cancel(self, stream: int) -> None:
        raise Unsupported("this implementation has no streams")
