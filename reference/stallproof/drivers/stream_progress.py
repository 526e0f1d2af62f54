"""The state of a stream that is sent, under one mutex, and what it tells.

The stall it guards against: an ACK that comes between the sender's look and its sleep wakes nobody,
and every window costs a whole check interval; a stop that comes during the sleep is noticed after
it.

The intuition: whoever changes the state wakes the sender, and the sender looks and falls asleep
without letting go of the mutex in between. So no wake-up is lost. The mutex is held for moments
only: never over a send, the source or a write of the record.

The complication: whoever ends the stream tells its outcome at once, also while the source or a send
blocks. A chunk that is under way then may still arrive; the one notice follows it. It goes through
the connection's worker, so that a cancel never waits for the peer.

Spec: `spec/ap.md`.
"""

import contextlib

from stallproof.drivers.clock import Clock
from stallproof.drivers.frame import FrameType
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.recorder import Record
from stallproof.drivers.steps import StreamSteps
from stallproof.drivers.stream_frames import notice_header, stream_id_of
from stallproof.machines.policy import MICROSECONDS
from stallproof.machines.stream import (
    AckVerdict,
    AwaitAck,
    BeginChunk,
    Stream,
    StreamOutcome,
    is_notified,
    offset_of,
)
from stallproof.wire.implementation import (
    AckReceived,
    ChunkBegun,
    ChunkReady,
    NoticeSent,
    StreamEnded,
    StreamMade,
    WaitBegun,
    WaitEnded,
)

VALID = (AckVerdict.PROGRESS, AckVerdict.NO_NEWS)
"""The verdicts on an ACK that can be true."""


class StreamProgress:
    """How far a stream has come, and whether it is over."""

    def __init__(
        self, conn: GuardedConnection, number: int, record: Record,
        clock: Clock | None, steps: StreamSteps, *, seed: bool,
    ) -> None:  # fmt: skip
        """Make stream `number` and have the ACKs that name it; raises `ValueError` if it exists."""
        self.number = number
        self._conn = conn
        self._record = record
        self._clock = conn.io.now_us if clock is None else clock
        self._steps = steps
        self._changed = conn.io.condition()
        self._carrying = False
        self._notice_due = False
        # Under the mutex, so that nothing is said of the stream before it is made.
        with self._changed:
            at_us = self._clock()
            self._stream = steps.on_made(seed=seed, now_us=at_us)
            closed = conn.streams.senders.add(number, self)
            record(StreamMade(at_us=at_us, conn=conn.name, stream=number))
        if closed is not None:
            self.on_closed(closed)

    @property
    def stream(self) -> Stream:
        """The state as it is now; its `outcome` is `None` until the stream is over."""
        return self._stream

    # --- any thread -------------------------------------------------------------------------------

    def on_ack(
        self, raw_offset: object, *, origin: str | None = None, error: str | None = None
    ) -> bool:
        """Take an ACK as it came; tell whether it was valid.

        `origin` is `None` for the receiver of this stream, anything else for somebody else. An
        `error` of the receiver ends the stream whatever the offset. Never waits.
        """
        with self._changed:
            at_us = self._clock()
            # Of an error only its origin counts: the offset is taken for one that is no news.
            offset = offset_of(raw_offset) if error is None else 0
            acked, verdict = self._steps.on_ack(
                self._stream, offset, from_receiver=origin is None, now_us=at_us
            )
            is_valid = verdict in VALID
            self._record(
                AckReceived(
                    at_us=at_us, conn=self._conn.name, stream=self.number, offset=raw_offset,
                    accepted=is_valid, origin=origin, why=None if is_valid else verdict.value,
                )
            )  # fmt: skip
            if is_valid and error is not None:
                self._end(StreamOutcome.ACK_ERROR, error)
            elif is_valid:
                self._put(acked, at_us)
                self._wake()
            return is_valid

    def cancel(self) -> None:
        """Stop the stream from this side; a waiting sender wakes at once. Never waits.

        After the terminal outcome it changes nothing.
        """
        self._stop(StreamOutcome.CANCELLED, None)

    def on_closed(self, why: str) -> None:
        """Stop the stream because its connection takes nothing any more; never waits."""
        self._stop(StreamOutcome.SEND_FAILED, why)

    def _stop(self, outcome: StreamOutcome, detail: str | None) -> StreamOutcome:
        """End the stream unless it is over; return the outcome that it has."""
        with self._changed:
            return self._end(outcome, detail)

    # --- the thread that sends --------------------------------------------------------------------

    def _begin(self, chunk_bytes: int, ready_us: int) -> int | None:
        """Wait for room and begin the chunk that is ready since `ready_us`.

        Return its offset, `None` when the stream is over. It counts as sent from the very look that
        allowed it, so that no other look comes in between.
        """
        with self._changed:
            if self._stream.outcome is not None:
                return None
            name, number = self._conn.name, self.number
            self._record(
                ChunkReady(at_us=ready_us, conn=name, stream=number, chunk_bytes=chunk_bytes)
            )
            while True:
                at_us = self._clock()
                stream, look = self._steps.on_look(self._conn.policy, self._stream, now_us=at_us)
                self._put(stream, at_us)
                if isinstance(look, BeginChunk):
                    break
                if not isinstance(look, AwaitAck):
                    return None
                # A wait never ends before its time, so that no look comes too early.
                self._changed.wait(look.wait_us / MICROSECONDS)
            self._stream = self._steps.on_chunk_begun(self._conn.policy, stream, chunk_bytes)
            self._carrying = True
            end = self._stream.sent_bytes
            self._record(ChunkBegun(at_us=at_us, conn=name, stream=number, offset=end))
            return end - chunk_bytes

    def _carried(self, outcome: StreamOutcome | None, detail: str | None) -> None:
        """Note that the chunk under way has left or never will; `None`: the stream goes on."""
        with self._changed:
            self._carrying = False
            if outcome is not None:
                self._end(outcome, detail)
            self._tell_receiver()

    # --- with the mutex held ----------------------------------------------------------------------

    def _end(self, outcome: StreamOutcome, detail: str | None) -> StreamOutcome:
        before = self._stream.outcome
        if before is not None:
            return before
        self._put(self._steps.on_stop(self._stream, outcome), self._clock(), detail)
        return outcome

    def _put(self, stream: Stream, at_us: int, detail: str | None = None) -> None:
        """Put `stream` in the place of the state, and tell of the wait and of the end."""
        before, self._stream = self._stream, stream
        name, number = self._conn.name, self.number
        if before.wait_us != stream.wait_us:
            event = WaitBegun if before.wait_us is None else WaitEnded
            outstanding_bytes = stream.sent_bytes - stream.acknowledged_bytes
            self._record(
                event(at_us=at_us, conn=name, stream=number, outstanding_bytes=outstanding_bytes)
            )
        if stream.outcome is None or before.outcome is not None:
            return
        self._record(
            StreamEnded(
                at_us=at_us, conn=name, stream=number, outcome=stream.outcome.value,
                offset=stream.sent_bytes, acknowledged=stream.acknowledged_bytes, detail=detail,
            )
        )  # fmt: skip
        self._changed.notify_all()
        self._notice_due = self._is_notified(stream.outcome)
        self._tell_receiver()
        self._conn.streams.senders.retire(number)

    def _wake(self) -> None:
        """Have a waiting sender look again after an ACK (AP-8)."""
        self._changed.notify_all()

    def _is_notified(self, outcome: StreamOutcome) -> bool:
        """Tell whether the receiver is told of this end."""
        return is_notified(outcome)

    def _tell_receiver(self) -> None:
        """Have the notice sent, once, and after the chunk that may still be under way.

        It is asked for when the stream ends, and when a chunk has left. A chunk that ends the
        stream itself brings an end that nobody is told of.
        """
        if self._notice_due and not self._carrying:
            self._conn.do_later(self._send_notice)

    # --- the connection's worker ------------------------------------------------------------------

    def _send_notice(self) -> None:
        outcome = self._stream.outcome
        assert outcome is not None, "nobody is told of a stream that goes on"
        header = notice_header(self.number, outcome)
        # A notice that the connection does not take counts as sent: there is no other way.
        with contextlib.suppress(SendFailed):
            self._conn.send(
                b"", kind=FrameType.NOTICE, header=header, stream_id=stream_id_of(self.number)
            )
        self._record(NoticeSent(at_us=self._clock(), conn=self._conn.name, stream=self.number))
