"""The reference implementation as an adapter of the harness protocol.

Spec: `spec/protocol.md`.
"""

import fcntl
import resource
import socket
from collections.abc import Mapping
from typing import Any

from stallproof import __version__
from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES, FrameType
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.monitor import SLACK_US, Monitor
from stallproof.drivers.recorder import Record
from stallproof.harness import wall
from stallproof.harness.adapter import Fields, Refused, Told, Unsupported
from stallproof.knobs import KnobRefused, configure
from stallproof.policy import Policy
from stallproof.protocol import (
    ClockClaim,
    FrameLayout,
    Hello,
    KindField,
    LengthField,
    MonitorClaim,
    NumberField,
    OpenRequest,
)
from stallproof.trace.said import Opened

CONNECT_S = 5.0
SPARE_DESCRIPTORS = 64
"""How many descriptors above the lowest one asked for must be allowed."""

LAYOUT = FrameLayout(
    prefix_bytes=PREFIX_BYTES,
    length=LengthField(at=0, bytes=4, counts_prefix=True),
    extra=NumberField(at=4, bytes=2),
    # A PONG answers the peer's own heartbeat; it is not one.
    kind=KindField(
        at=6, bytes=1, data=[FrameType.DATA], heartbeat=[FrameType.PING], ack=[FrameType.ACK]
    ),
    sequence=NumberField(at=14, bytes=2),
)
FEATURES = [
    "unix", "tcp", "descriptor", "checks", "monitor", "heartbeats", "wall_jump", "sequence",
]  # fmt: skip
MONITOR = MonitorClaim(form="b", slack_us=SLACK_US)


class ReferenceLink:
    """One connection of the reference, as the server sees it."""

    def __init__(self, conn: GuardedConnection) -> None:
        """Report on `conn`."""
        self.conn = conn

    def send(self, payload: bytes | memoryview, send_id: int | None) -> Told:
        """Send one frame and report what `send` returned or raised, no more."""
        try:
            outcome = self.conn.send(payload, send_id=send_id)
        except SendFailed as failed:
            return Told(
                failed.outcome.value, raised=True, written_bytes=failed.sent.written_bytes,
                sequence=failed.sent.sequence, detail=failed.sent.detail,
            )  # fmt: skip
        return Told(outcome.value)

    def received(self) -> int:
        """Return how many frames came in so far."""
        return self.conn.received_frames

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


class Reference:
    """Guarded connections, one monitor, one policy."""

    name = "stallproof-reference"
    connection_class: type[GuardedConnection] = GuardedConnection
    monitor_class: type[Monitor] = Monitor

    def __init__(self, record: Record) -> None:
        """Report events to `record`."""
        self._record = record
        self._policy = Policy()
        self._links: dict[str, ReferenceLink] = {}
        self._monitor = self.monitor_class(record)

    def hello(self) -> Hello:
        """Say who is judged and what it has."""
        return Hello(
            name=self.name,
            version=__version__,
            language="python",
            features=FEATURES,
            clock=ClockClaim(name="monotonic", resolution_us=1, shared=True),
            frames=LAYOUT,
            monitor=MONITOR,
        )

    def config(self, knobs: Mapping[str, Any], environment: Mapping[str, str]) -> Fields:
        """Put knobs in force for the connections opened from now on."""
        try:
            configured = configure(knobs)
        except KnobRefused as error:
            raise Refused(str(error), error.knob, error.value, error.allowed) from error
        self._policy = configured.policy
        unread = (f"{name} in the environment is not read" for name in environment)
        return {"effective": configured.effective, "notes": [*configured.notes, *unread]}

    def open(self, request: OpenRequest) -> int | None:
        """Connect, and watch the connection."""
        if request.conn in self._links:
            raise ValueError(f"connection {request.conn!r} is open already")
        sock = _raised(_connected(request), request.lowest_descriptor)
        descriptor = sock.fileno()
        conn = self.connection_class(
            sock, self._policy, request.conn, self._record, heartbeats=request.heartbeats
        )
        self._links[request.conn] = ReferenceLink(conn)
        self._record(Opened(at_us=now_us(), conn=request.conn, descriptor=descriptor))
        self._monitor.add(conn)
        return descriptor

    def link(self, conn: str) -> ReferenceLink:
        """Return the connection called `conn`; raises `ValueError` when there is none."""
        try:
            return self._links[conn]
        except KeyError:
            raise ValueError(f"no connection is called {conn!r}") from None

    def check(self) -> tuple[int, int]:
        """Run one pass of the monitor now."""
        return self._monitor.run_pass()

    def monitor(self, period_us: int | None) -> MonitorClaim:
        """Start the monitor's schedule, or stop it when `period_us` is `None`."""
        if period_us is None:
            self._monitor.stop()
        elif period_us < 1:
            raise ValueError("a period is at least 1 us")
        else:
            self._monitor.start(period_us)
        return MONITOR

    def wall_jump(self, by_us: int) -> tuple[int, int]:
        """Move the wall clock as this process sees it."""
        return wall.jump(by_us)


def _connected(request: OpenRequest) -> socket.socket:
    """Return a socket connected as `request` says."""
    address: str | tuple[str, int]
    if request.transport == "unix" and request.path is not None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        address = request.path
    elif request.transport == "tcp" and request.host is not None and request.port is not None:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = (request.host, request.port)
    elif request.transport in ("unix", "tcp"):
        raise ValueError(f"the address of the {request.transport} connection is incomplete")
    else:
        raise Unsupported(f"this implementation has no transport {request.transport!r}")
    try:
        if request.send_buffer_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, request.send_buffer_bytes)
        sock.settimeout(CONNECT_S)
        sock.connect(address)
        sock.settimeout(None)
    except BaseException:
        sock.close()
        raise
    return sock


def _raised(sock: socket.socket, lowest: int | None) -> socket.socket:
    """Return `sock` with a descriptor of at least `lowest`."""
    if lowest is None or sock.fileno() >= lowest:
        return sock
    with sock:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        needed = lowest + SPARE_DESCRIPTORS
        if soft != resource.RLIM_INFINITY and soft < needed:
            if hard != resource.RLIM_INFINITY:
                needed = min(needed, hard)
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
        return socket.socket(fileno=fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, lowest))
