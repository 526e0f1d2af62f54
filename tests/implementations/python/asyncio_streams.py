"""`asyncio` streams: `write`, then `wait_for(drain(), timeout)`, under a lock.

`drain` waits for the buffer of the program, not for the frame: it returns once little enough is
left there, and while a caller gives up the buffer goes on sending.
"""

import asyncio
import platform
import threading
from collections.abc import Coroutine
from typing import Any

from framed import LAYOUT, framed

from stallproof.harness.connect import connected
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.protocol import OpenRequest


class Loop:
    """An event loop on a thread of its own, and a way to run things there."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run `work` on the loop, and wait here for its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class Stream:
    """A stream's writer with its lock."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.lock = asyncio.Lock()

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return int(self.writer.get_extra_info("socket").fileno())

    async def send(self, frame: bytes, timeout_s: float) -> None:
        """Write `frame`, and wait for room in the buffer."""
        async with self.lock:
            self.writer.write(frame)
            await asyncio.wait_for(self.writer.drain(), timeout_s)

    async def close(self) -> None:
        """Close, without waiting for what the buffer still holds."""
        self.writer.close()


class AsyncioStreams(PlainHarness[Stream]):
    """`asyncio` streams with a bounded drain."""

    name = "asyncio + wait_for(drain())"
    version = platform.python_version()
    frames = LAYOUT
    features = ("unix", "tcp", "descriptor")
    loop = Loop()

    def connect(self, request: OpenRequest) -> Stream:
        sock = connected(request)

        async def opened() -> Stream:
            return Stream((await asyncio.open_connection(sock=sock))[1])

        stream: Stream = self.loop.run(opened())
        return stream

    def send(self, conn: Stream, payload: bytes | memoryview) -> None:
        self.loop.run(conn.send(framed(payload), self.knobs[SEND_TIMEOUT]))

    def close(self, conn: Stream) -> None:
        self.loop.run(conn.close())


if __name__ == "__main__":
    AsyncioStreams.main()
