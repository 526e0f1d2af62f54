"""A transport that takes as many bytes as it is told to, and fails as it is told to.

The intuition: what the peer and the kernel take is one number, the room. A write takes what there
is room for, raises what a socket that must not block would raise, and lasts no time unless it was
told to be late.

Spec: `spec/virtual.md`, "The virtual transport".
"""

import errno
from collections import deque

from stallproof.harness.virtual.clock import VirtualClock

ZERO = "zero"
"""The cause that is no error number: a write that returns 0."""


class VirtualTransport:
    """The transport of one connection."""

    def __init__(self, clock: VirtualClock, room_bytes: int | None) -> None:
        """Take `room_bytes` before a write would block; `None`: whatever comes.

        Raises `ValueError` when that is less than nothing.
        """
        if room_bytes is not None and room_bytes < 0:
            raise ValueError("room is never negative")
        self._clock = clock
        self._room_bytes = room_bytes
        self._late_us = 0
        self._failures: deque[str] = deque()
        self._is_shut = False

    @property
    def is_ready(self) -> bool:
        """Tell whether a write would not block, as poll does: also where it would fail."""
        return self._is_shut or bool(self._failures) or self._room_bytes != 0

    def write(self, left_bytes: int) -> int:
        """Take as many of `left_bytes` as there is room for, and return how many that were.

        Raises `BlockingIOError` when there is no room, and `OSError` like a socket.
        """
        if self._is_shut:
            raise OSError(errno.EPIPE, "EPIPE")
        if self._failures:
            cause = self._failures.popleft()
            if cause == ZERO:
                return 0
            raise OSError(getattr(errno, cause), cause)
        if self._room_bytes is None:
            return left_bytes
        if not self._room_bytes:
            raise OSError(errno.EAGAIN, "EAGAIN")
        took_bytes = min(self._room_bytes, left_bytes)
        self._room_bytes -= took_bytes
        self._clock.now_us += self._late_us
        self._late_us = 0
        return took_bytes

    def accept(self, more_bytes: int, late_us: int) -> None:
        """Make room; the next write, for which somebody must be waiting, lasts `late_us`."""
        if self._room_bytes is not None:
            self._room_bytes += more_bytes
            self._late_us = late_us

    def fail(self, cause: str) -> None:
        """Let the next write fail; raises `ValueError` for what is no cause."""
        if cause != ZERO and not (cause.startswith("E") and hasattr(errno, cause)):
            raise ValueError(f"no error is called {cause!r}")
        self._failures.append(cause)

    def shut(self) -> None:
        """Take nothing any more."""
        self._is_shut = True
