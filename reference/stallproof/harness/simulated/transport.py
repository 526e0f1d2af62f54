"""A transport that takes as many bytes as it is told to, and fails as it is told to.

The intuition: what the peer and the kernel take is one number, the room. A write takes what there
is room for, raises what a socket that must not block would raise, and lasts no time unless it was
told to be late. What bytes they are is nobody's business here: a payload is as long as it has to
be, and nothing lies behind it.

The complication: a frame is as long as its payload, for the scripts know no prefix. And no
heartbeat is written, for it would take room and a number from the frames that are asked for.

Spec: `spec/virtual.md`, "The virtual transport".
"""

import errno
import mmap
from collections.abc import Callable
from functools import cache

from stallproof.drivers.frame import (
    FRAME_MAX_BYTES,
    PREFIX_BYTES,
    FrameType,
    Outgoing,
    payload_view,
)
from stallproof.drivers.io import Pieces
from stallproof.drivers.joining import JOINED_MAX_BYTES
from stallproof.harness.simulated.hub import Hub, Waiters, current

ZERO = "zero"
"""The cause that is no error number: a write that returns 0."""
ARRIVING = b"".join(Outgoing(FrameType.DATA, 0, payload_view(b"")).rest(0, 1))
"""A frame of the peer, which belongs to no stream."""


def payload_of(size_bytes: int) -> memoryview:
    """Return a payload of so many bytes, which take no memory however many they are."""
    return _zeros(max(1, size_bytes - 1).bit_length())[:size_bytes]


@cache
def _zeros(bits: int) -> memoryview:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    return memoryview(mmap.mmap(-1, 1 << bits, flags=flags, prot=mmap.PROT_READ))


class _Bare(Outgoing):
    """A frame without a prefix."""

    __slots__ = ()

    def __init__(self, payload: bytes | memoryview, header: bytes) -> None:
        # What holds nothing is still a frame.
        self._head = header if header or payload else b"\0"
        self._payload = payload
        self.size_bytes = len(self._head) + len(payload)


class SimulatedTransport:
    """The transport of one connection."""

    write_max_bytes = FRAME_MAX_BYTES
    joined_max_bytes = JOINED_MAX_BYTES
    write_flags = 0
    carries_heartbeats = False

    def __init__(self, hub: Hub, room_bytes: int | None, linger_us: int = 0) -> None:
        """Take `room_bytes` before a write would block; `None`: whatever comes.

        `linger_us`: how long after the shutdown who waits for room is let go. Raises `ValueError`
        when either is less than nothing.
        """
        if min(0 if room_bytes is None else room_bytes, linger_us) < 0:
            raise ValueError("room is never negative, and nobody is let go before the shutdown")
        self._linger_us = linger_us
        # A name may come back once its transport was shut, whatever has become of it since.
        self.is_shut = self.is_released = self.was_shut = False
        self._hub = hub
        self._room_bytes = room_bytes
        self._late_us = 0
        self._failures: list[str] = []
        self._arrived: list[bytes] = []
        # That of the frame that is being sent, which belongs to the holder of the send lock.
        self._sequence: int | None = None
        self._writers: Waiters = []
        self._watchers: list[Callable[[], object]] = []
        self._readers: Waiters = []

    # --- for drivers ------------------------------------------------------------------------------

    def frame(
        self, kind: int, sequence: int, payload: bytes | memoryview, header: bytes, stream_id: int
    ) -> Outgoing:
        """Return a frame that is as long as what it holds."""
        self._sequence = sequence
        return _Bare(payload, header)

    def write(self, pieces: Pieces) -> int:
        """Take as many bytes as there is room for; raises what a socket raises."""
        if self.is_released:
            raise OSError(errno.EBADF, "EBADF")
        if self.is_shut:
            raise OSError(errno.EPIPE, "EPIPE")
        if self._failures:
            cause = self._failures.pop(0)
            if cause == ZERO:
                return 0
            raise OSError(getattr(errno, cause), cause)
        took_bytes = sum(map(len, pieces))
        if self._room_bytes is not None:
            took_bytes = min(self._room_bytes, took_bytes)
            if not took_bytes:
                raise OSError(errno.EAGAIN, "EAGAIN")
            self._room_bytes -= took_bytes
            self._hub.now_us += self._late_us
            self._late_us = 0
        current().sequence = self._sequence
        return took_bytes

    def prefix_of(
        self, size_bytes: int, _header_bytes: int, _kind: int, _stream_id: int, sequence: int
    ) -> bytes:
        """Return nothing, or as much as makes a frame of what holds nothing."""
        self._sequence = sequence
        return b"" if size_bytes > PREFIX_BYTES else b"\0"

    def write_joined(self, joined: bytes, _flags: int) -> int:
        """Take as much of it as there is room for."""
        return self.write([joined])

    def wait(self, wait_us: int) -> bool:
        """Wait until a write would not block, as poll does: also until it would fail."""
        if self.is_ready:
            return True
        return self._hub.park(self._writers, self._hub.now_us + wait_us)

    @property
    def is_ready(self) -> bool:
        """Tell whether a write would not block, also because it would fail."""
        return self.is_shut or bool(self._failures) or self._room_bytes != 0

    def watch(self, tell: Callable[[], object]) -> None:
        """Have `tell` called once when who waits for room is woken; it must not wait."""
        self._watchers.append(tell)

    def unwatch(self, tell: Callable[[], object]) -> None:
        """Call `tell` no more, if it was not called yet."""
        if tell in self._watchers:
            self._watchers.remove(tell)

    def waker(self) -> Callable[[], None]:
        """Return what wakes who waits for room."""
        return self._wake_writers

    def _wake_writers(self) -> None:
        self._hub.wake(self._writers)
        watchers, self._watchers = self._watchers, []
        for tell in watchers:
            tell()

    def read(self, most_bytes: int) -> bytes:
        """Wait for a frame of the peer, or for the end."""
        while not self._arrived and not self.is_shut:
            self._hub.park(self._readers)
        return b"" if self.is_shut else self._arrived.pop(0)

    def shut_down(self) -> None:
        """Take nothing any more, and wake who waits: who waits for room when it is let go."""
        self.is_shut = self.was_shut = True
        if self._linger_us and (self._writers or self._watchers):
            self._hub.start(self._let_go)
        else:
            self._wake_writers()
        self._hub.wake(self._readers)

    def _let_go(self) -> None:
        self._hub.park([], self._hub.now_us + self._linger_us)
        self._wake_writers()

    def release(self) -> None:
        """Take nothing any more, and wake nobody: so it is with a descriptor."""
        self.is_released = self.was_shut = True

    # --- for the script ---------------------------------------------------------------------------

    def accept(self, more_bytes: int, late_us: int) -> None:
        """Make room and wake who waits for it, and whose write then lasts `late_us`.

        Raises `ValueError` for less than a byte, and for a write that would end before it begins.
        """
        if more_bytes < 1 or late_us < 0:
            raise ValueError("room grows by at least a byte, and no write ends before it begins")
        if self._room_bytes is not None:
            self._room_bytes += more_bytes
            # Where nobody waits for room, no write is late: there is more room, and that is all.
            self._late_us = late_us if self._writers or self._watchers else 0
        self._wake_writers()

    def fail(self, cause: str) -> None:
        """Let the next write fail; who waits for room makes it at once.

        Raises `ValueError` for what is no cause.
        """
        if cause != ZERO and not (cause.startswith("E") and hasattr(errno, cause)):
            raise ValueError(f"no error is called {cause!r}")
        self._failures.append(cause)
        self._wake_writers()

    def arrive(self) -> None:
        """Have a frame of the peer come in."""
        self._arrived.append(ARRIVING)
        self._hub.wake(self._readers)
