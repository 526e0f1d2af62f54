"""A wrong implementation: an offset beyond what was sent is believed.

The outstanding bytes become negative, the window stands open for good, and the watchdog never runs
again (AP-10, and with it the bound on outstanding bytes, AP-11).
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
    """Step as the reference does, and take an offset beyond what was sent for progress."""
    after, verdict = BARE_STREAM.on_ack(stream, offset, from_receiver=from_receiver, now_us=now_us)
    if verdict is not AckVerdict.BEYOND_SENT or offset is None:
        return after, verdict
    moved = Stream(stream.sent_bytes, offset, now_us, stream.wait_us, None, stream.seed)
    return moved, AckVerdict.PROGRESS


class TrustingSender(StreamSender):
    """Take the step above instead of the reference's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        steps = StreamSteps(
            BARE_STREAM.on_made, BARE_STREAM.on_look, BARE_STREAM.on_chunk_begun, on_ack,
            BARE_STREAM.on_stop,
        )  # fmt: skip
        super().__init__(*given, **named, steps=steps)


class BelievesAnyOffset(Reference):
    """The reference with a sender that checks no offset."""

    name = "believes-any-offset"
    stream_class = TrustingSender


if __name__ == "__main__":
    main(BelievesAnyOffset)
