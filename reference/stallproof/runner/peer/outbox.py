"""What the peer sends, without ever waiting for the implementation to read it."""

import socket
from collections import deque
from collections.abc import Callable

Sent = Callable[[bool], None]
"""Told true once the kernel has all bytes of a write, false if it never will."""


class Outbox:
    """Bytes on their way to the implementation, in order."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[memoryview, Sent]] = deque()

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def write(self, sock: socket.socket, data: bytes, done: Sent) -> None:
        """Send `data` as soon as the kernel takes it."""
        self._waiting.append((memoryview(data), done))
        self.flush(sock)

    def flush(self, sock: socket.socket) -> None:
        """Send what the kernel takes now."""
        while self._waiting:
            data, done = self._waiting[0]
            try:
                wrote = sock.send(data, socket.MSG_NOSIGNAL)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                self.drop()
                return
            if wrote < len(data):
                self._waiting[0] = (data[wrote:], done)
                continue
            self._waiting.popleft()
            done(True)

    def drop(self) -> None:
        """Give up: the connection is gone."""
        while self._waiting:
            self._waiting.popleft()[1](False)
