"""`trio` streams: `send_all` within `move_on_after`, under a lock.

Cancelling is immediate, so the lock is free in time; how much of the frame has left nobody knows
then, and the next frame follows the torn one.
"""

import socket
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import trio
from framed import LAYOUT, framed

from stallproof.harness.connect import connected
from stallproof.harness.plain import SEND_TIMEOUT, PlainHarness
from stallproof.wire.protocol import OpenRequest


class Loop:
    """A trio run on a thread of its own, and a way to run things there."""

    def __init__(self) -> None:
        started = threading.Event()
        threading.Thread(target=trio.run, args=(self._live, started), daemon=True).start()
        started.wait()

    async def _live(self, started: threading.Event) -> None:
        self._token = trio.lowlevel.current_trio_token()
        started.set()
        await trio.sleep_forever()

    def run(self, work: Callable[..., Awaitable[Any]], *given: Any) -> Any:
        """Run `work` there, and wait here for its end."""
        return trio.from_thread.run(work, *given, trio_token=self._token)


class Stream:
    """A stream with its lock."""

    def __init__(self, sock: socket.socket) -> None:
        self.stream = trio.SocketStream(trio.socket.from_stdlib_socket(sock))
        self.lock = trio.Lock()

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return int(self.stream.socket.fileno())

    async def send(self, frame: bytes, timeout_s: float) -> None:
        """Send `frame`, and give up after `timeout_s`."""
        async with self.lock:
            with trio.move_on_after(timeout_s) as scope:
                await self.stream.send_all(frame)
        if scope.cancelled_caught:
            raise TimeoutError


class TrioStreams(PlainHarness[Stream]):
    """`trio` streams with a bounded `send_all`."""

    name = "trio + move_on_after"
    version = trio.__version__
    frames = LAYOUT
    features = ("unix", "tcp", "descriptor")
    loop = Loop()

    def connect(self, request: OpenRequest) -> Stream:
        sock = connected(request)

        async def opened() -> Stream:
            return Stream(sock)

        stream: Stream = self.loop.run(opened)
        return stream

    def send(self, conn: Stream, payload: bytes | memoryview) -> None:
        try:
            self.loop.run(conn.send, framed(payload), self.knobs[SEND_TIMEOUT])
        except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
            # These are trio's words for a connection that is closed.
            raise BrokenPipeError(str(error)) from error

    def close(self, conn: Stream) -> None:
        self.loop.run(conn.stream.aclose)


if __name__ == "__main__":
    TrioStreams.main()
