"""A wrong implementation: every ACK opens the window for one chunk more, also one that repeats.

Credit is counted up instead of read off the offset. A receiver that repeats its last ACK, as many
do, has the sender run ahead of it without bound.
"""

from dataclasses import replace

from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.stream import offset_of


class CreditSender(StreamSender):
    """Take any ACK of the receiver for one more chunk of credit."""

    def on_ack(
        self, raw_offset: object, *, origin: str | None = None, error: str | None = None
    ) -> bool:
        is_valid = super().on_ack(raw_offset, origin=origin, error=error)
        offset = offset_of(raw_offset)
        if is_valid and error is None and isinstance(offset, int):
            with self._changed:
                before = self._stream
                if before.outcome is None and offset <= before.acknowledged_bytes:
                    ahead = before.acknowledged_bytes + self._conn.policy.chunk_bytes
                    credit = min(before.sent_bytes, ahead)
                    self._put(replace(before, acknowledged_bytes=credit), self._clock())
                    self._wake()
        return is_valid


class CountsAcksTwice(Reference):
    """The reference with a window of credits."""

    name = "counts-acks-twice"
    stream_class = CreditSender


if __name__ == "__main__":
    main(CountsAcksTwice)
