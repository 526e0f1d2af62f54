"""A wrong implementation: a waiting sender sleeps a whole check interval, whatever is due.

With an interval longer than the timeout, the interval decides when a failure is found (AP-14). It
is found within one interval, which is all that the seed profile asks for (AP-6).
"""

from typing import Any

from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.policy import Policy
from stallproof.stream import AwaitAck, Look, Stream


def on_look(policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
    """Step as the reference does, and sleep for one check interval."""
    after, look = BARE_STREAM.on_look(policy, stream, now_us=now_us)
    return after, AwaitAck(policy.ack_check_interval_us) if isinstance(look, AwaitAck) else look


class PunctualSender(StreamSender):
    """Take the step above instead of the reference's."""

    def __init__(self, *given: Any, **named: Any) -> None:
        steps = StreamSteps(
            BARE_STREAM.on_made, on_look, BARE_STREAM.on_chunk_begun, BARE_STREAM.on_ack,
            BARE_STREAM.on_stop,
        )  # fmt: skip
        super().__init__(*given, **named, steps=steps)


class LooksOnlyAtItsInterval(Reference):
    """The reference with a sender that keeps to its interval."""

    name = "looks-only-at-its-interval"
    stream_class = PunctualSender


if __name__ == "__main__":
    main(LooksOnlyAtItsInterval)
