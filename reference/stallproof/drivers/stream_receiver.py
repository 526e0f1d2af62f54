"""The receiving end of a stream: bytes in order for the consumer, ACKs for the sender.

The stall it guards against: a receiver that takes its time on the reader's thread holds up every
stream of the connection, and one that sends its ACKs there waits for a lock that its own peer may
keep busy: each side then waits for the other to read. Here the reader only lays chunks down. The
consumer takes them on a thread of its own, and the ACKs leave through the connection's worker.

What is acknowledged is what the consumer has taken, so that the sender's window bounds what lies
here. An ACK goes out whenever `ack_interval_bytes` have been taken since the last one, and at the
end. Only the newest offset matters: what waits to leave is one ACK, not a queue of them.

The complication: an interval longer than the sender's window is never reached, and the stream
stalls for good. That is a matter of configuration, for which the watchdog is the last net.

Spec: `spec/ap.md`. Source: origin, "Later change".
"""

import contextlib
from collections import deque
from collections.abc import Callable
from enum import Enum

from stallproof.drivers.frame import FrameType
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.stream_frames import (
    STREAM_MAX,
    Chunk,
    Notice,
    ack_header,
    error_payload,
    stream_id_of,
)

Consume = Callable[[bytes], object]


class Reception(Enum):
    """How the receiving of a stream ended."""

    WHOLE = "every byte was taken"
    STOPPED = "the sender stopped"
    REFUSED = "this side refused the rest"
    CUT_OFF = "nothing can come in any more"


class StreamReceiver:
    """Receive one stream over a connection that others use too."""

    def __init__(self, conn: GuardedConnection, number: int) -> None:
        """Expect stream `number` on `conn`, whose policy has the ACK interval.

        Raises `ValueError` for a number that is none or that the connection knows.
        """
        if not 0 <= number <= STREAM_MAX:
            raise ValueError(f"no stream can have the number {number}")
        self.number = number
        self.why: str | None = None
        self._conn = conn
        self._changed = conn.io.condition()
        self._inbox: deque[bytes] = deque()
        self._came_bytes = self._taken_bytes = self._acked_bytes = 0
        self._is_whole = False
        self._end: Reception | None = None
        self._error: str | None = None
        self._is_ack_queued = False
        closed = conn.streams.receivers.add(number, self)
        if closed is not None:
            self.on_closed(closed)

    # --- the consumer's thread --------------------------------------------------------------------

    def run(self, consume: Consume) -> Reception:
        """Hand every byte to `consume`, in order, and return how that ended; `why` says more.

        `consume` may block: then the ACKs stop, and the sender at its window. What it raises ends
        the stream with an error ACK, and comes through.
        """
        while (piece := self._next()) is not None:
            try:
                consume(piece)
            except BaseException as error:
                self.refuse(f"the consumer failed: {type(error).__name__}: {error}")
                raise
            self._took(len(piece))
        assert self._end is not None, "the inbox ends with the stream"
        return self._end

    def refuse(self, why: str) -> None:
        """End the stream with an error ACK, unless it is over; never waits."""
        with self._changed:
            if self._end is None:
                self._error = why
                self._over(Reception.REFUSED, why)
                self._queue_ack()

    def _next(self) -> bytes | None:
        with self._changed:
            while self._end is None and not self._inbox:
                self._changed.wait()
            return self._inbox.popleft() if self._end is None else None

    def _took(self, taken_bytes: int) -> None:
        """Count what the consumer took, and acknowledge it when it is time."""
        with self._changed:
            if self._end is not None:
                return
            self._taken_bytes += taken_bytes
            is_all = self._is_whole and not self._inbox
            since_bytes = self._taken_bytes - self._acked_bytes
            if is_all or since_bytes >= self._conn.policy.ack_interval_bytes:
                self._acked_bytes = self._taken_bytes
                self._queue_ack()
            if is_all:
                self._over(Reception.WHOLE, None)

    # --- the connection's reader ------------------------------------------------------------------

    def on_chunk(self, chunk: Chunk) -> None:
        """Lay down a chunk that continues the stream; anything else ends it with an error ACK."""
        with self._changed:
            if self._end is not None:
                # The sender does not know yet, or it sent this before it did.
                return
            is_next = chunk.offset == self._came_bytes and not self._is_whole
            if is_next:
                self._came_bytes += len(chunk.payload)
                self._is_whole = chunk.is_last
                self._inbox.append(chunk.payload)
                self._changed.notify_all()
        if not is_next:
            expected = "nothing" if self._is_whole else f"offset {self._came_bytes}"
            self.refuse(f"a chunk at offset {chunk.offset} came where {expected} was expected")

    def on_notice(self, notice: Notice) -> None:
        """End the stream because its sender stopped it; what was not taken yet is dropped."""
        with self._changed:
            self._over(Reception.STOPPED, notice.outcome.value)

    def on_closed(self, why: str) -> None:
        """End the stream because nothing more can come; what has come whole is still handed out."""
        with self._changed:
            if not self._is_whole:
                self._over(Reception.CUT_OFF, why)

    # --- with the mutex held ----------------------------------------------------------------------

    def _over(self, end: Reception, why: str | None) -> None:
        if self._end is None:
            self._end, self.why = end, why
            self._inbox.clear()
            self._changed.notify_all()
            self._conn.streams.receivers.retire(self.number)

    def _queue_ack(self) -> None:
        if not self._is_ack_queued:
            self._is_ack_queued = True
            self._conn.do_later(self._send_ack)

    # --- the connection's worker ------------------------------------------------------------------

    def _send_ack(self) -> None:
        """Send the newest offset, or the error. Once it is read, a newer one queues anew."""
        with self._changed:
            self._is_ack_queued = False
            offset, error = self._acked_bytes, self._error
        header = ack_header(self.number, offset, is_error=error is not None)
        payload = b"" if error is None else error_payload(error)
        # A connection that takes no ACK takes nothing else: whoever closes it says so.
        with contextlib.suppress(SendFailed):
            self._conn.send(
                payload, kind=FrameType.ACK, header=header, stream_id=stream_id_of(self.number)
            )
