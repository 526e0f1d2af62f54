"""What the oracle asks of streams: their making, with a source that is played, ACKs and cancels.

Spec: `spec/protocol.md`, `stream`.
"""

from collections.abc import Callable, Iterator

from stallproof.drivers.io import REAL, Io
from stallproof.harness.adapter import Link, Streaming
from stallproof.harness.payload import chunk_of
from stallproof.wire.protocol import STREAM_MARK, AckRequest, CancelRequest, StreamRequest

Chunk = bytes | memoryview
ChunkOf = Callable[[int, int, int], Chunk]
"""What makes a chunk, given its stream, its offset and its length."""


def carry_out(
    link: Link, request: StreamRequest | AckRequest | CancelRequest, io: Io = REAL,
    make_chunk: ChunkOf = chunk_of,
) -> None:  # fmt: skip
    """Do what `request` asks of a stream on `link`; never waits.

    What is played runs on `io`, with chunks made by `make_chunk`.
    """
    match request:
        case StreamRequest():
            _begin(link, request, io, make_chunk)
        case AckRequest():
            link.ack(request.stream, request.offset, request.origin, request.error)
        case CancelRequest():
            link.cancel(request.stream)


def _begin(link: Link, request: StreamRequest, io: Io, make_chunk: ChunkOf) -> None:
    """Make the stream that `request` asks for, and start it on a thread of its own when it says.

    Raises `ValueError` for a stream that cannot be.
    """
    if not 0 <= request.stream < STREAM_MARK or request.total_bytes < 1:
        raise ValueError("a stream has a number below 2^31 and at least one byte")
    if min([request.start_after_us, *request.chunk_ready_us]) < 0:
        raise ValueError("a pause is never negative")
    stream = link.make_stream(request.stream, request.total_bytes)

    def play() -> None:
        io.sleep(request.start_after_us)
        stream.run(_chunks(stream, request, io, make_chunk))

    io.thread(play, f"stream-{request.stream}").start()


def _chunks(
    stream: Streaming, request: StreamRequest, io: Io, make_chunk: ChunkOf
) -> Iterator[Chunk]:
    """Yield the stream's chunks, each after its pause; the last one is the rest."""
    longest_bytes = stream.chunk_bytes
    for number, offset in enumerate(range(0, request.total_bytes, longest_bytes)):
        # The chunk is made before the pause, so that making it delays nothing.
        size_bytes = min(longest_bytes, request.total_bytes - offset)
        chunk = make_chunk(request.stream, offset, size_bytes)
        if number < len(request.chunk_ready_us):
            io.sleep(request.chunk_ready_us[number])
        yield chunk
