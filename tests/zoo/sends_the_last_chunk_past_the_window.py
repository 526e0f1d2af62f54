"""A wrong implementation: the last chunk of a stream does not wait for the window.

There is nothing to come after it, so why keep it back? The receiver gets a chunk more than it has
made room for, at the end of every stream (AP-11).
"""

from typing import Any

from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.policy import Policy
from stallproof.stream import AwaitAck, BeginChunk, Look, Stream


class HastySender(StreamSender):
    """Begin the chunk that completes the stream whatever is outstanding."""

    def __init__(self, *given: Any, **named: Any) -> None:
        steps = StreamSteps(
            BARE_STREAM.on_made, self._on_look, BARE_STREAM.on_chunk_begun, BARE_STREAM.on_ack,
            BARE_STREAM.on_stop,
        )  # fmt: skip
        super().__init__(*given, **named, steps=steps)

    def _on_look(self, policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
        after, look = BARE_STREAM.on_look(policy, stream, now_us=now_us)
        # Chunks are as long as they may be, all but the last one.
        is_last = self.total_bytes - stream.sent_bytes <= policy.chunk_bytes
        if isinstance(look, AwaitAck) and is_last:
            return stream, BeginChunk()
        return after, look


class SendsTheLastChunkPastTheWindow(Reference):
    """The reference with a sender in a hurry at the end."""

    name = "sends-the-last-chunk-past-the-window"
    stream_class = HastySender


if __name__ == "__main__":
    main(SendsTheLastChunkPastTheWindow)
