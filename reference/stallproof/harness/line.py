"""A line: the transport, the clock and the lock of a connection that takes them from outside.

The intuition: a connection that reads no clock and blocks in no system call of its own can be run
by anybody's. `SocketLine` is a real socket with a real clock; in virtual time the line is played
(`stallproof.harness.plain_simulated`), and the same connection is judged to the microsecond.

Spec: `spec/virtual.md`. Source: the decisions, "Writes never block" and "The send lock is fair".
"""

import contextlib
import select
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from stallproof.drivers.clock import now_us
from stallproof.drivers.ticket_lock import TicketLock


class Line(Protocol):
    """What a connection may ask of its line; times are microseconds on the line's own clock."""

    def now_us(self) -> int:
        """Return the time."""

    def lock(self) -> AbstractContextManager[object]:
        """Return the send lock, to be held over one frame: first come, first served."""

    def write(self, data: memoryview) -> int:
        """Write as much of `data` as there is room for, and return how much that was.

        Never waits: raises `BlockingIOError` when there is no room, and `OSError` as sockets do.
        """

    def wait(self, until_us: int) -> None:
        """Wait until there may be room, something else has happened, or it is `until_us`."""

    def shut(self) -> None:
        """Shut the transport down: who waits is woken, and no write succeeds any more."""


class SocketLine:
    """A connected socket as a line, with the monotonic clock of the system."""

    def __init__(self, sock: socket.socket) -> None:
        """Take over `sock`."""
        self._sock = sock
        self._lock = TicketLock()

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        return self._sock.fileno()

    def now_us(self) -> int:
        """Return the monotonic time."""
        return now_us()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the one lock of this line, when all who came before have had it."""
        self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    def write(self, data: memoryview) -> int:
        """Write without blocking."""
        return self._sock.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)

    def wait(self, until_us: int) -> None:
        """Poll; whole milliseconds are the least that poll takes, so the rest is rounded up."""
        poll = select.poll()
        poll.register(self._sock.fileno(), select.POLLOUT)
        poll.poll(max(0, -(-(until_us - now_us()) // 1000)))

    def shut(self) -> None:
        """Shut both directions down; the descriptor stays until the line is forgotten."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
