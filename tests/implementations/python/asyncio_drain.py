"""Streams of asyncio, a lock, and `wait_for(drain())`: what most programs with asyncio do.

`drain` is bounded, so the lock is free again in time. What is missing is what happens then: part of
a frame has left, nobody closes, and the buffer of the stream goes on sending.
"""

import asyncio
import platform

from framed import LAYOUT, framed

from stallproof import AsyncHarness
from stallproof.harness import SEND_TIMEOUT, AsyncLine, OpenRequest, async_connected, streams


class Locked:
    """The writer of a stream, and its send lock."""

    def __init__(self, writer: asyncio.StreamWriter, lock: asyncio.Lock) -> None:
        self.writer = writer
        self.lock = lock
        # With this `drain` waits until the whole frame is with the kernel.
        writer.transport.set_write_buffer_limits(0)

    async def send(self, frame: bytes, timeout_s: float) -> None:
        """Write `frame`, and wait for at most `timeout_s` until it has left."""
        async with self.lock:
            self.writer.write(frame)
            await asyncio.wait_for(self.writer.drain(), timeout_s)


class AsyncioDrain(AsyncHarness[Locked]):
    """Streams of asyncio with a bounded drain."""

    name = "asyncio drain"
    version = platform.python_version()
    frames = LAYOUT
    features = ("unix", "tcp")

    async def connect(self, request: OpenRequest) -> Locked:
        _, writer = await asyncio.open_connection(sock=await async_connected(request))
        return Locked(writer, asyncio.Lock())

    async def send(self, conn: Locked, payload: bytes | memoryview) -> None:
        await conn.send(framed(payload), self.knobs[SEND_TIMEOUT])

    async def close(self, conn: Locked) -> None:
        conn.writer.close()


class DrainOnLines(AsyncioDrain):
    """The same over lines, for virtual time; there a frame is as long as its payload."""

    async def over(self, line: AsyncLine) -> Locked:
        _, writer = await streams(line)
        return Locked(writer, line.lock())

    async def send(self, conn: Locked, payload: bytes | memoryview) -> None:
        await conn.send(bytes(payload), self.knobs[SEND_TIMEOUT])


if __name__ == "__main__":
    AsyncioDrain.main()
