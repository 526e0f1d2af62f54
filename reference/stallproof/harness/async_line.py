"""A line for asyncio: the transport, the clock and the lock of a connection, from outside.

The intuition: what `stallproof.harness.line` is for threads. A coroutine waits by `await`, and the
time-outs of asyncio do the rest: on a line in virtual time they are exact.

The complication: no transport or stream of asyncio lies in between. Those take bytes into a buffer
of their own and close at any error, so that nobody could say how much of a frame has left.

Spec: `spec/virtual.md`.
"""

import asyncio
import contextlib
import socket
from contextvars import ContextVar
from typing import Protocol

from stallproof.drivers.clock import now_us
from stallproof.harness import connect
from stallproof.wire.protocol import OpenRequest

SEND: ContextVar[int | None] = ContextVar("SEND", default=None)
"""The number of the send that a task is, or belongs to; `None` where it is none."""


class AsyncLine(Protocol):
    """What a connection may ask of its line; times are microseconds, as the loop's own clock."""

    def now_us(self) -> int:
        """Return the time, which is that of the loop as a whole number."""

    def lock(self) -> asyncio.Lock:
        """Return the send lock, to be held over one frame: first come, first served."""

    def write(self, data: memoryview) -> int:
        """Write as much of `data` as there is room for, and return how much that was.

        Never waits: raises `BlockingIOError` when there is no room, and `OSError` as sockets do.
        """

    async def writable(self) -> None:
        """Wait until there may be room, or something else has happened; may be cancelled."""

    def shut(self) -> None:
        """Shut the transport down: who waits is woken, and no write succeeds any more."""


class AsyncSocketLine:
    """A connected socket as a line of the loop that runs."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`."""
        sock.setblocking(False)
        self._sock = sock
        self._lock = asyncio.Lock()

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self._sock.fileno()

    def now_us(self) -> int:
        """Return the monotonic time, which the loops of the standard library have as well."""
        return now_us()

    def lock(self) -> asyncio.Lock:
        """Return the one lock of this line; asyncio hands it over in order of arrival."""
        return self._lock

    def write(self, data: memoryview) -> int:
        """Write without blocking."""
        return self._sock.send(data, socket.MSG_NOSIGNAL)

    async def writable(self) -> None:
        """Wait for the loop to find the socket writable, hung up, or broken."""
        loop = asyncio.get_running_loop()
        found: asyncio.Future[None] = loop.create_future()
        loop.add_writer(self._sock, tell, found)
        try:
            await found
        finally:
            loop.remove_writer(self._sock)

    def shut(self) -> None:
        """Shut both directions down; the descriptor stays until the line is forgotten."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)


def tell(found: "asyncio.Future[None]") -> None:
    """End a wait, unless it is over already."""
    if not found.done():
        found.set_result(None)


async def async_connected(request: OpenRequest) -> socket.socket:
    """Return a socket connected as `request` says, and raise as `harness.connect.connected` does.

    The loop goes on meanwhile.
    """
    return await asyncio.to_thread(connect.connected, request)
