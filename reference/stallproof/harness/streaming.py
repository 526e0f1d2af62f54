"""What the oracle asks of streams: their making, with a source that is played, ACKs and cancels.

Spec: `spec/protocol.md`, `stream`.
"""

import threading
import time
from collections.abc import Iterator

from stallproof.harness.adapter import Link, Streaming
from stallproof.harness.payload import chunk_of
from stallproof.machines.policy import MICROSECONDS
from stallproof.wire.protocol import STREAM_MARK, AckRequest, CancelRequest, StreamRequest


def carry_out(link: Link, request: StreamRequest | AckRequest | CancelRequest) -> None:
    """Do what `request` asks of a stream on `link`; never waits."""
    match request:
        case StreamRequest():
            _begin(link, request)
        case AckRequest():
            link.ack(request.stream, request.offset, request.origin, request.error)
        case CancelRequest():
            link.cancel(request.stream)


def _begin(link: Link, request: StreamRequest) -> None:
    """Make the stream that `request` asks for, and start it on a thread of its own when it says.

    Raises `ValueError` for a stream that cannot be.
    """
    if not 0 <= request.stream < STREAM_MARK or request.total_bytes < 1:
        raise ValueError("a stream has a number below 2^31 and at least one byte")
    if min([request.start_after_us, *request.chunk_ready_us]) < 0:
        raise ValueError("a pause is never negative")
    stream = link.make_stream(request.stream, request.total_bytes)
    threading.Thread(
        target=_play, args=(stream, request), name=f"stream-{request.stream}", daemon=True
    ).start()


def _play(stream: Streaming, request: StreamRequest) -> None:
    _pause(request.start_after_us)
    stream.run(_chunks(stream.chunk_bytes, request))


def _chunks(chunk_bytes: int, request: StreamRequest) -> Iterator[bytes | memoryview]:
    """Yield the stream's chunks, each after its pause; the last one is the rest."""
    for number, offset in enumerate(range(0, request.total_bytes, chunk_bytes)):
        # The chunk is made before the pause, so that making it delays nothing.
        chunk = chunk_of(request.stream, offset, min(chunk_bytes, request.total_bytes - offset))
        if number < len(request.chunk_ready_us):
            _pause(request.chunk_ready_us[number])
        yield chunk


def _pause(pause_us: int) -> None:
    if pause_us:
        time.sleep(pause_us / MICROSECONDS)
