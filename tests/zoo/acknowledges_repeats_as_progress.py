"""A wrong implementation: every ACK counts as progress, also one that repeats the last offset.

A receiver that is alive but stuck keeps the stream for as long as it goes on repeating itself, up
to the ACK wait (AP-1).
"""

from typing import Any

from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.stream import AckVerdict, Stream


def on_ack(
    stream: Stream, offset: int | None, *, from_receiver: bool, now_us: int
) -> tuple[Stream, AckVerdict]:
    """Step as the reference does, and move the clock for an ACK that brought no news too."""
    after, verdict = BARE_STREAM.on_ack(stream, offset, from_receiver=from_receiver, now_us=now_us)
    if verdict is not AckVerdict.NO_NEWS:
        return after, verdict
    moved = Stream(
        stream.sent_bytes, stream.acknowledged_bytes, now_us, stream.wait_us, None, stream.seed
    )
    return moved, verdict


class ObligingSender(StreamSender):
    """Take the step above instead of the reference's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        steps = StreamSteps(
            BARE_STREAM.on_made, BARE_STREAM.on_look, BARE_STREAM.on_chunk_begun, on_ack,
            BARE_STREAM.on_stop,
        )  # fmt: skip
        super().__init__(*given, **named, steps=steps)


class AcknowledgesRepeatsAsProgress(Reference):
    """The reference with a progress clock that any ACK moves."""

    name = "acknowledges-repeats-as-progress"
    stream_class = ObligingSender


if __name__ == "__main__":
    main(AcknowledgesRepeatsAsProgress)
