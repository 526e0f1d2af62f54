"""A harness of the simple kind around a library that streams: the reference, as others do it."""

from typing import Any, ClassVar

from stallproof import GuardedConnection, PlainHarness, StreamSender, configure
from stallproof.drivers.recorder import Record
from stallproof.harness.connect import connected
from stallproof.harness.reference import LAYOUT, ReferenceStream
from stallproof.wire.protocol import OpenRequest


class Streamed(PlainHarness[GuardedConnection]):
    """Guarded connections that carry streams."""

    name = "streamed"
    version = "1"
    frames = LAYOUT
    features: ClassVar[tuple[str, ...]] = ("unix", "tcp", "streams")
    defaults: ClassVar[dict[str, Any]] = {
        "streaming_send_timeout": 30.0,
        "streaming_ack_progress_timeout": 60.0,
        "streaming_ack_progress_check_interval": 5.0,
        "streaming_ack_wait": 300,
        "streaming_window_size": 16_777_216,
        "streaming_chunk_size": 1_048_576,
        "streaming_ack_interval": 4_194_304,
    }

    def __init__(self, record: Record) -> None:
        """Report events to `record`."""
        super().__init__(record)
        self.senders: dict[tuple[str, int], StreamSender] = {}

    def connect(self, request: OpenRequest) -> GuardedConnection:
        """Take the knobs in force into the policy of the connection."""
        policy = configure(self.knobs).policy
        sock = connected(request)
        return GuardedConnection(sock, policy, request.conn, self.record, heartbeats=False)

    def send(self, conn: GuardedConnection, payload: bytes | memoryview) -> object:
        """Send one frame."""
        return conn.send(payload)

    def close(self, conn: GuardedConnection) -> None:
        """Close from this side."""
        conn.close()

    def received(self, conn: GuardedConnection) -> int:
        """Return how many frames came in."""
        return conn.received_frames

    def make_stream(
        self, conn: GuardedConnection, stream: int, total_bytes: int
    ) -> ReferenceStream:
        """Make a stream that reports its own events."""
        sender = StreamSender(conn, stream, total_bytes, self.record)
        self.senders[conn.name, stream] = sender
        return ReferenceStream(sender, conn.policy.chunk_bytes)

    def ack(
        self, conn: GuardedConnection, stream: int, offset: Any, origin: str | None,
        error: str | None,
    ) -> None:  # fmt: skip
        """Hand the ACK over where the reader does."""
        self.senders[conn.name, stream].on_ack(offset, origin=origin, error=error)

    def cancel(self, conn: GuardedConnection, stream: int) -> None:
        """Cancel the stream."""
        self.senders[conn.name, stream].cancel()


if __name__ == "__main__":
    Streamed.main()
