"""What every harness in Python has in common, whatever its hooks look like.

The intuition: the protocol, the knobs, the names of connections and what is said of them are alike
for blocking code and for coroutines. Only who calls a hook, and how, differs: a subclass says that.

The use: `stallproof.harness.plain` for blocking code, `stallproof.harness.asynchronous` for
asyncio.

Spec: `spec/protocol.md`.
"""

from typing import Any, ClassVar, NoReturn

from stallproof.drivers.clock import now_us
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.harness import server, wall
from stallproof.harness.adapter import Fields, Machines, Streaming, Told, Unsupported
from stallproof.harness.owned_link import Conn, LineCount, OwnedLink
from stallproof.harness.reporting import Reporting
from stallproof.harness.telling import Outcomes, require_outcomes, told_of
from stallproof.wire.implementation import Opened, PassBegun, PassEnded
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

SEND_TIMEOUT = "streaming_send_timeout"


class OwnedHarness(Reporting[Conn]):
    """A harness around a connection class; its subclasses say how a hook is called.

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
    """What it has (`stallproof spec protocol`, `features`); what is left out is not judged."""
    notes: ClassVar[tuple[str, ...]] = ()
    """What a reader of the report should know, such as options that were set."""
    punctuality: ClassVar[MonitorClaim | None] = None
    """How punctual its monitor is, for who declares `monitor`: close windows rest on it."""
    machines: ClassVar[Machines] = {}
    """The pure machines that it has: each a function from the fields of its input to a decision."""
    defaults: ClassVar[dict[str, Any]] = {SEND_TIMEOUT: 30.0}
    """The knobs that it has, with their defaults."""
    binding: ClassVar[Binding | None] = None
    """What it calls its knobs, where `defaults` has names and units of its own."""
    outcomes: ClassVar[Outcomes] = {}
    """What its own exceptions mean, such as `{SendTimeout: "timeout", Closing: "suppressed"}`."""

    def __init_subclass__(cls) -> None:
        """Refuse a table of outcomes that says what none may say."""
        super().__init_subclass__()
        require_outcomes(cls.__name__, cls.outcomes)

    def __init__(self, record: Record) -> None:
        """Report events to `record`."""
        self.begin(REAL, record)

    # --- how the hooks of a subclass are called ---------------------------------------------------

    def _connect(self, request: OpenRequest) -> Conn:
        raise NotImplementedError

    def _send(
        self,
        conn: Conn,
        payload: bytes | memoryview,
        send_id: int | None,
        give_up: GiveUp | None,
    ) -> object:
        raise NotImplementedError

    def shut(self, conn: Conn) -> None:
        """Close from this side."""
        raise NotImplementedError

    def count(self, conn: Conn) -> int:
        """Return how many frames came in so far."""
        raise NotImplementedError

    def _pass(self) -> None:
        raise NotImplementedError

    def _schedule(self, period_us: int | None) -> MonitorClaim:
        raise NotImplementedError

    @classmethod
    def _has_lines(cls) -> bool:
        """Tell whether a connection can be made over a line."""
        raise NotImplementedError

    def _on_line(self, name: str, transport: Transport) -> tuple[Conn, LineCount]:
        raise NotImplementedError

    # --- hooks for who declares `streams`; each is called on the thread that reads requests -------

    def make_stream(self, conn: Conn, stream: int, total_bytes: int) -> Streaming:
        """Return a stream of so many bytes, of which nothing is sent yet.

        Its `chunk_bytes` says how long chunks are. Its `run` takes an iterable of chunks that may
        block, on a thread of its own, and returns when the stream is over. `stallproof spec
        protocol` says which events have to be put into `self.record`.
        """
        raise Unsupported("this implementation has no streams")

    def ack(
        self, conn: Conn, stream: int, offset: Any, origin: str | None, error: str | None
    ) -> None:
        """Hand over an ACK exactly where one from the wire would be handed over; never waits.

        `origin`: who it comes from, `None` for the receiver. `error`: its text if it is an error
        ACK.
        """
        raise Unsupported("this implementation has no streams")

    def cancel(self, conn: Conn, stream: int) -> None:
        """Cancel a stream from this side; never waits."""
        raise Unsupported("this implementation has no streams")

    # --- what the server asks ---------------------------------------------------------------------

    def hello(self) -> Hello:
        """Say who is judged and what it has."""
        has_lines = self._has_lines()
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
            monitor=self.punctuality,
            notes=list(self.notes),
            binding=self.binding,
        )

    def config(self, request: ConfigRequest) -> Fields:
        """Put those knobs in force that the implementation has, and tell which these are.

        The others are at their defaults. After anything was opened all begins anew: see `begin`.
        """
        if request.file is not None:
            raise Unsupported("this implementation reads no configuration file")
        if self._links:
            self.begin(self._io, self.record)
        asked = {name: v for name, v in request.knobs.items() if name in self.defaults}
        self.knobs = self.defaults | asked
        return {"effective": dict(self.knobs), "notes": []}

    def open(self, request: OpenRequest) -> int | None:
        """Connect; the descriptor is told by connections that have a `fileno`."""
        if request.transport not in self.features:
            raise Unsupported(f"this implementation has no transport {request.transport!r}")
        if request.role == "accept" and ACCEPTING not in self.features:
            raise Unsupported("this implementation accepts no connections")
        if request.conn in self._links:
            raise ValueError(f"connection {request.conn!r} is open already")
        conn = self._connect(request)
        self._links[request.conn] = OwnedLink(self, conn)
        number = conn.fileno() if hasattr(conn, "fileno") else None
        descriptor = number if isinstance(number, int) else None
        self.record(Opened(at_us=now_us(), conn=request.conn, descriptor=descriptor))
        return descriptor

    def link(self, conn: str) -> OwnedLink[Conn]:
        """Return the connection called `conn`; raises `ValueError` when there is none."""
        try:
            return self._links[conn]
        except KeyError:
            raise ValueError(f"no connection is called {conn!r}") from None

    def check(self) -> tuple[int, int]:
        """Have the monitor make one pass now; return when it began and ended."""
        if "checks" not in self.features:
            raise Unsupported("this implementation has no monitor that checks when it is asked to")
        self._tick += 1
        began_us = self._io.now_us()
        self.record(PassBegun(at_us=began_us, tick=self._tick))
        self._pass()
        ended_us = self._io.now_us()
        self.record(PassEnded(at_us=ended_us, tick=self._tick))
        return began_us, ended_us

    def monitor(self, period_us: int | None) -> MonitorClaim:
        """Start the monitor's schedule, or stop it when `period_us` is `None`."""
        if "monitor" not in self.features:
            raise Unsupported("this implementation has no monitor")
        return self._schedule(period_us)

    def wall_jump(self, by_us: int) -> tuple[int, int]:
        """Move the wall clock as this process sees it."""
        return wall.jump(by_us)

    def begin(self, io: Io, record: Record) -> None:
        """Forget every connection; from now on live over `io`, and report events to `record`.

        Also for each case in virtual time, and for `config` after anything was opened. Who keeps a
        monitor of its own has a method of this name that calls this one and makes it afresh.
        """
        self.knobs = dict(self.defaults)
        self.record = record
        self._io = io
        self._tick = 0
        self._links: dict[str, OwnedLink[Conn]] = {}

    def open_on(self, request: OpenRequest, transport: Transport) -> None:
        """Have a connection made over a line on `transport`."""
        conn, line = self._on_line(request.conn, transport)
        self._links[request.conn] = OwnedLink(self, conn, line)

    def told(
        self,
        conn: Conn,
        payload: bytes | memoryview,
        send_id: int | None = None,
        give_up: GiveUp | None = None,
    ) -> Told:
        """Send one frame, and tell what the call returned or raised."""
        try:
            result = self._send(conn, payload, send_id, give_up)
        except Exception as error:
            return told_of(error, self.outcomes)
        return result if isinstance(result, Told) else Told("ok")

    @classmethod
    def main(cls) -> NoReturn:
        """Serve standard input and output until told to stop."""
        server.main(cls)
