"""The reference implementation as an adapter of the harness protocol.

Spec: `spec/protocol.md`.
"""

import socket
from collections.abc import Iterable
from typing import Any

from stallproof import __version__
from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Outgoing
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.monitor import SLACK_US, Monitor
from stallproof.drivers.recorder import Record
from stallproof.drivers.stream_frames import ack_header, error_payload
from stallproof.drivers.stream_sender import StreamSender
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.harness import wall
from stallproof.harness.adapter import Fields, Told
from stallproof.harness.configuration import Configurations
from stallproof.harness.connect import connected, secured
from stallproof.harness.deciding import MACHINES
from stallproof.machines.policy import Policy
from stallproof.machines.stream import StreamOutcome
from stallproof.wire.implementation import Opened
from stallproof.wire.protocol import (
    AckForm,
    ClockClaim,
    ConfigRequest,
    FrameLayout,
    Hello,
    KindField,
    LengthField,
    MonitorClaim,
    NumberField,
    OpenRequest,
)


def _ack_frame(*, is_error: bool) -> str:
    """Return an ACK of stream 0 up to offset 0, with the text of an error if it is one."""
    text = error_payload("the receiver gave up") if is_error else b""
    header = ack_header(0, 0, is_error=is_error)
    frame = Outgoing(FrameType.ACK, 0, memoryview(text), header)
    return b"".join(frame.rest(0, frame.size_bytes)).hex()


LAYOUT = FrameLayout(
    prefix_bytes=PREFIX_BYTES,
    length=LengthField(at=0, bytes=4, counts_prefix=True),
    extra=NumberField(at=4, bytes=2),
    # A PONG answers the peer's own heartbeat; it is not one.
    kind=KindField(
        at=6, bytes=1, data=[FrameType.DATA], heartbeat=[FrameType.PING], ack=[FrameType.ACK]
    ),
    sequence=NumberField(at=14, bytes=2),
    ack=AckForm(
        frame_hex=_ack_frame(is_error=False),
        # The prefix has the lower half of the stream's number, the header all of it.
        stream=[NumberField(at=12, bytes=2), NumberField(at=PREFIX_BYTES, bytes=4)],
        offset=[NumberField(at=PREFIX_BYTES + 4, bytes=8)],
        error_hex=_ack_frame(is_error=True),
    ),
)
FEATURES = (
    "unix", "tcp", "tls", "descriptor", "checks", "monitor", "heartbeats", "wall_jump", "sequence",
    "streams", "config", "relations", "virtual_time", "lingering", "decide",
    "give_up", "accepting", "anew",
)  # fmt: skip
MONITOR = MonitorClaim(form="b", slack_us=SLACK_US)


class ReferenceStream:
    """One stream of the reference, as the server sees it."""

    def __init__(self, sender: StreamSender, chunk_bytes: int) -> None:
        """Send by `sender`, in chunks of `chunk_bytes`."""
        self.sender = sender
        self.chunk_bytes = chunk_bytes

    def run(self, source: Iterable[bytes | memoryview]) -> StreamOutcome:
        """Send the stream and return its outcome."""
        return self.sender.run(source)


class ReferenceLink:
    """One connection of the reference, as the server sees it."""

    def __init__(
        self, conn: GuardedConnection, record: Record, stream_class: type[StreamSender]
    ) -> None:
        """Report on `conn`, and make streams of `stream_class` that report to `record`."""
        self.conn = conn
        self._record = record
        self._stream_class = stream_class
        self._streams: dict[int, StreamSender] = {}

    def send(
        self, payload: bytes | memoryview, send_id: int | None, give_up: GiveUp | None = None
    ) -> Told:
        """Send one frame and report what `send` returned or raised, no more."""
        try:
            outcome = self.conn.send(payload, send_id=send_id, give_up=give_up)
        except SendFailed as failed:
            return Told(
                failed.outcome.value, raised=True, written_bytes=failed.sent.written_bytes,
                sequence=failed.sent.sequence, detail=failed.sent.detail,
            )  # fmt: skip
        return Told(outcome.value)

    def make_stream(self, stream: int, total_bytes: int) -> ReferenceStream:
        """Make a stream with the policy of the connection."""
        sender = self._stream_class(self.conn, stream, total_bytes, self._record)
        self._streams[stream] = sender
        return ReferenceStream(sender, self.conn.policy.chunk_bytes)

    def ack(self, stream: int, offset: Any, origin: str | None, error: str | None) -> None:
        """Call what the reader of the connection calls for an ACK from the wire."""
        self._find(stream).on_ack(offset, origin=origin, error=error)

    def cancel(self, stream: int) -> None:
        """Cancel a stream."""
        self._find(stream).cancel()

    def _find(self, stream: int) -> StreamSender:
        try:
            return self._streams[stream]
        except KeyError:
            raise ValueError(f"no stream has the number {stream}") from None

    def received(self) -> int:
        """Return how many frames came in so far."""
        return self.conn.received_frames

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


class Reference:
    """Guarded connections, one monitor, one policy."""

    name = "stallproof-reference"
    features: tuple[str, ...] = FEATURES
    connection_class: type[GuardedConnection] = GuardedConnection
    secure_class: type[SecureConnection] = SecureConnection
    machines = MACHINES
    monitor_class: type[Monitor] = Monitor
    stream_class: type[StreamSender] = StreamSender

    def __init__(self, record: Record) -> None:
        """Report events to `record`."""
        self._configurations = Configurations(late_us=SLACK_US)
        self.begin(REAL, record)

    def begin(self, io: Io, record: Record) -> None:
        """Forget everything; from now on live over `io`, and report events to `record`."""
        self._io = io
        self._record = record
        self._policy = Policy()
        self._links: dict[str, ReferenceLink] = {}
        self._monitor = self.monitor_class(record, io=io)

    def hello(self) -> Hello:
        """Say who is judged and what it has."""
        return Hello(
            name=self.name,
            version=__version__,
            language="python",
            features=list(self.features),
            clock=ClockClaim(name="monotonic", resolution_us=1, shared=True),
            frames=LAYOUT,
            monitor=MONITOR,
            machines=list(MACHINES),
        )

    def config(self, request: ConfigRequest) -> Fields:
        """Put knobs in force, as in a process of their own; a refusal changes nothing."""
        policy, fields = self._configurations.of(request)
        if self._links:
            self._monitor.stop()
            self.begin(self._io, self._record)
        self._policy = policy
        return fields

    def open(self, request: OpenRequest) -> int | None:
        """Connect, and watch the connection."""
        if request.conn in self._links:
            raise ValueError(f"connection {request.conn!r} is open already")
        sock = connected(request)
        descriptor = sock.fileno()
        if request.transport == "tls":
            conn: GuardedConnection = self.secure_class(
                sock, self._policy, request.conn, self._record, session=secured(sock, request),
                heartbeats=request.heartbeats,
            )  # fmt: skip
        else:
            conn = self._guarded(sock, request)
        self._record(Opened(at_us=now_us(), conn=request.conn, descriptor=descriptor))
        self._take_over(conn)
        return descriptor

    def open_on(self, request: OpenRequest, transport: Transport) -> None:
        """Open a connection on `transport`, and watch it."""
        self._take_over(self._guarded(transport, request))

    def _guarded(self, link: socket.socket | Transport, request: OpenRequest) -> GuardedConnection:
        return self.connection_class(
            link, self._policy, request.conn, self._record, heartbeats=request.heartbeats,
            io=self._io,
        )  # fmt: skip

    def _take_over(self, conn: GuardedConnection) -> None:
        self._links[conn.name] = ReferenceLink(conn, self._record, self.stream_class)
        self._monitor.add(conn)

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
