"""`asyncio` streams without a drain: the best-known mistake, and every send is OK at once.

`write` puts what the kernel does not take into a buffer of the program, which has no bound. No
caller ever waits, nobody learns that the peer does not read, and what is left in the buffer is lost
with the connection.
"""

from asyncio_streams import AsyncioStreams, Stream

from stallproof.wire.protocol import OpenRequest


class Unbounded(Stream):
    """A stream that waits for nothing."""

    async def send(self, frame: bytes, timeout_s: float) -> None:
        """Write `frame`, and go."""
        async with self.lock:
            self.writer.write(frame)


class AsyncioUnbounded(AsyncioStreams):
    """`asyncio` streams with an unbounded buffer."""

    name = "asyncio without drain()"

    def connect(self, request: OpenRequest) -> Stream:
        return Unbounded(super().connect(request).writer)


if __name__ == "__main__":
    AsyncioUnbounded.main()
