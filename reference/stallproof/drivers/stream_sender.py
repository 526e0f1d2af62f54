"""The sending end of a stream: its chunks go out as far as the window allows.

The stall it guards against: the receiver is gone or stuck, and the sender waits for an ACK that
never comes, with its data, its worker and its caller.

What the sender decides: nothing. It hands a chunk that is ready to `stream_progress`, which waits
for as long as the machine of `ack_progress` says, and sends it over the connection, where it is one
frame among those of other streams.

Threads: one calls `run`, the reader of the connection calls `on_ack`, anybody may call `cancel`.

Spec: `spec/ap.md`. Source: origin facts 8 to 10.
"""

from collections.abc import Iterable

from stallproof.drivers.clock import Clock
from stallproof.drivers.frame import Payload, payload_view
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.recorder import Record, ignore
from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_frames import STREAM_MAX, chunk_header, stream_id_of
from stallproof.drivers.stream_progress import StreamProgress
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stream import StreamOutcome


class StreamSender(StreamProgress):
    """Send one stream over a connection that others use too."""

    def __init__(
        self, conn: GuardedConnection, number: int, total_bytes: int, record: Record = ignore, *,
        seed: bool = False, clock: Clock | None = None, steps: StreamSteps = BARE_STREAM,
    ) -> None:  # fmt: skip
        """Make stream `number` of `total_bytes` on `conn`; the limits are those of its policy.

        `seed`: with the progress clock of the seed profile. Raises `ValueError` for a number that
        is none or that the connection knows, and for a stream without bytes.
        """
        if not 0 <= number <= STREAM_MAX or total_bytes < 1:
            raise ValueError(f"stream {number} of {total_bytes} bytes cannot be")
        self.total_bytes = total_bytes
        self._runs = False
        super().__init__(conn, number, record, clock, steps, seed=seed)

    def run(self, source: Iterable[Payload]) -> StreamOutcome:
        """Send what `source` hands over, chunk by chunk, and return the outcome.

        A chunk is one frame: at least one byte, at most `chunk_bytes` of the policy, and all of
        them together `total_bytes`; anything else raises `ValueError`. An exception, whoever raised
        it, cancels the stream and comes through. A source that ends too early cancels it as well.

        The outcome stands once it is told; a source that blocks then keeps the caller, and nobody
        else. Raises `RuntimeError` when it is called twice.
        """
        with self._changed:
            if self._runs:
                raise RuntimeError(f"stream {self.number} runs already")
            self._runs = True
        if (outcome := self._stream.outcome) is not None:
            return outcome
        try:
            for chunk in source:
                self._carry(chunk)
                if (outcome := self._stream.outcome) is not None:
                    return outcome
        except BaseException as error:
            self._stop(StreamOutcome.CANCELLED, f"{type(error).__name__}: {error}")
            raise
        why = f"the source ended after {self._stream.sent_bytes} of {self.total_bytes} bytes"
        return self._stop(StreamOutcome.CANCELLED, why)

    def _carry(self, chunk: Payload) -> None:
        """Send one chunk once the window has room, unless the stream is over before that."""
        ready_us = self._clock()
        view = payload_view(chunk)
        left_bytes = self.total_bytes - self._stream.sent_bytes
        most_bytes = min(self._conn.policy.chunk_bytes, left_bytes)
        if not 1 <= len(view) <= most_bytes:
            raise ValueError(f"a chunk of {len(view)} bytes, where 1 to {most_bytes} fit")
        offset = self._begin(len(view), ready_us)
        if offset is None:
            return
        is_last = len(view) == left_bytes
        outcome: StreamOutcome | None = StreamOutcome.SEND_FAILED
        why: str | None = None
        try:
            why = self._send(view, offset, is_last=is_last)
            if why is None:
                outcome = StreamOutcome.DONE if is_last else None
        except BaseException as error:
            why = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._carried(outcome, why)

    def _send(self, chunk: memoryview, offset: int, *, is_last: bool) -> str | None:
        """Send one chunk; return why that failed, `None` when it did not."""
        header = chunk_header(self.number, offset, is_last=is_last)
        try:
            sent = self._conn.send(chunk, header=header, stream_id=stream_id_of(self.number))
        except SendFailed as failed:
            return str(failed)
        return None if sent is Outcome.OK else "the connection was closing"
