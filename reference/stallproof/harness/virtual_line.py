"""Lines in virtual time: a transport with a stated amount of room, and no kernel behind it.

The intuition: a write takes what there is room for, and who finds none waits in the playground
(`stallproof.harness.playground`) until the oracle makes room, or fails the write, or time is up.

Spec: `spec/virtual.md`.
"""

import contextlib
import errno
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager

from stallproof.harness.playground import Playground, Task
from stallproof.wire.implementation import Closed, Closing, LockTaken, Written

NO_FAILURES = ("EAGAIN", "EWOULDBLOCK", "EINTR")

IDLE_WAITS_MAX = 100
"""So often somebody may wait for a moment that is past before time goes on without them."""


class VirtualLine:
    """A line (`stallproof.harness.line`) on a played transport with a stated amount of room."""

    def __init__(self, playground: Playground, conn: str, room_bytes: int | None) -> None:
        """Take `room_bytes` before a write would block; `None`: whatever is written."""
        self._playground = playground
        self._conn = conn
        self._room_bytes = room_bytes
        self._late_us = 0
        self._failures: deque[str] = deque()
        self.is_shut = False
        self._is_held = False
        self._queue: deque[Task] = deque()
        self._look_again = False
        self._idle_waits = 0

    # --- what the connection asks -----------------------------------------------------------------

    def now_us(self) -> int:
        """Return the virtual time."""
        return self._playground.now_us

    def lock(self) -> AbstractContextManager[None]:
        """Return the send lock; it is handed over in order of arrival."""
        return self._lock()

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        task = self._playground.current
        assert task is not None
        if self._is_held:
            self._queue.append(task)
            self._playground.park(None)
        self._is_held = True
        if task.send is not None:
            self._say(LockTaken(at_us=self.now_us(), conn=self._conn, send=task.send))
        try:
            yield
        finally:
            if self._queue and not self._playground.is_over:
                self._playground.wake(self._queue.popleft())
            else:
                self._is_held = False

    def write(self, data: memoryview) -> int:
        """Write what there is room for; raises as a socket that never blocks does."""
        if self.is_shut:
            raise BrokenPipeError(errno.EPIPE, "the transport was shut down")
        if self._failures:
            return self._fail(self._failures.popleft())
        wrote = len(data) if self._room_bytes is None else min(self._room_bytes, len(data))
        if not wrote:
            raise BlockingIOError(errno.EAGAIN, "there is no room")
        began_us = self.now_us()
        self._playground.now_us += self._late_us
        self._late_us = 0
        if self._room_bytes is not None:
            self._room_bytes -= wrote
        task = self._playground.current
        if task is not None and task.send is not None:
            self._say(
                Written(
                    at_us=self.now_us(), conn=self._conn, send=task.send, began_us=began_us,
                    wrote_bytes=wrote,
                )
            )  # fmt: skip
        return wrote

    def _fail(self, cause: str) -> int:
        if cause == "zero":
            return 0
        # Who is told "would block" for no reason finds it writable again at once.
        self._look_again = cause in NO_FAILURES
        raise OSError(getattr(errno, cause), cause)

    def wait(self, until_us: int) -> None:
        """Wait for room, for a failure, for the end, or until `until_us`.

        Who waits for what is past again and again would never let time go on: after a while such a
        wait lasts a microsecond, so that what is late is found late and not hung.
        """
        if self._look_again or self.is_shut:
            self._look_again = False
            return
        now_us = self.now_us()
        if until_us > now_us:
            self._idle_waits = 0
        elif self._idle_waits < IDLE_WAITS_MAX:
            self._idle_waits += 1
            return
        self._playground.park(max(until_us, now_us + 1), self)

    def shut(self) -> None:
        """Shut down, which takes no time, and wake who waits."""
        self._say(Closing(at_us=self.now_us(), conn=self._conn))
        self.is_shut = True
        self._playground.wake_on(self)
        self._say(Closed(at_us=self.now_us(), conn=self._conn))

    def _say(self, event: Closing | Closed | LockTaken | Written) -> None:
        self._playground.record(event)

    # --- what the oracle asks ---------------------------------------------------------------------

    def accept(self, more_bytes: int, late_us: int) -> None:
        """Make room; the write that takes it lasts `late_us`. Raises `ValueError` for nonsense."""
        if more_bytes < 1 or late_us < 0:
            raise ValueError(
                "there is at least one byte more room, and no write ends before it began"
            )
        if self._room_bytes is not None:
            self._room_bytes += more_bytes
        # Where nobody waits for room, no write is late: there is more room, and that is all.
        self._late_us = late_us if self._playground.is_waited_on(self) else 0
        self._playground.wake_on(self)
        self._playground.settle()

    def fail(self, cause: str) -> None:
        """Have the next write fail. Raises `ValueError` for what is no cause."""
        if cause != "zero" and not isinstance(getattr(errno, cause, None), int):
            raise ValueError(f"no error is called {cause!r}")
        self._failures.append(cause)
        self._playground.wake_on(self)
        self._playground.settle()
