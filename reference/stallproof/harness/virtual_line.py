"""Lines in virtual time: blocking code, run one thread at a time on a clock that somebody moves.

The intuition: every call into the judged code is a task on a thread of its own, and one baton goes
round: whoever has it runs, and gives it back only where it would have to wait. So nothing ever
runs side by side, and the same requests bring the same events in the same order.

The complication: a case may end while tasks wait. The next case wakes them with an exception that
no code of theirs catches, so that no thread of an old case lives on in a new one.

Spec: `spec/virtual.md`.
"""

import contextlib
import errno
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from stallproof.drivers.recorder import Record
from stallproof.trace.said import Closed, Closing, LockTaken, Written

NO_FAILURES = ("EAGAIN", "EWOULDBLOCK", "EINTR")


IDLE_WAITS_MAX = 100
"""So often somebody may wait for a moment that is past before time goes on without them."""


class CaseOver(BaseException):
    """The case that this task belongs to is over."""


class Task:
    """One call into the judged code; `send` is the number of the send that it is, if any."""

    def __init__(
        self, playground: "Playground", work: Callable[[], None], send: int | None
    ) -> None:
        self.send = send
        self.until_us: int | None = None
        self.line: VirtualLine | None = None
        self.go = threading.Semaphore(0)
        threading.Thread(target=self._run, args=(playground, work), daemon=True).start()

    def _run(self, playground: "Playground", work: Callable[[], None]) -> None:
        self.go.acquire()
        with contextlib.suppress(CaseOver):
            if not playground.is_over:
                work()
        playground.baton.release()


class Playground:
    """One case: its clock, its tasks, and the baton."""

    def __init__(self, record: Record) -> None:
        """Begin at time 0, and report to `record`."""
        self.record = record
        self.now_us = 0
        self.is_over = False
        self.baton = threading.Semaphore(0)
        self.current: Task | None = None
        self._parked: list[Task] = []
        self._ready: deque[Task] = deque()

    def run(self, work: Callable[[], None], send: int | None = None) -> None:
        """Run `work` as a task until it is over or waits, and all that it wakes as well."""
        self._ready.append(Task(self, work, send))
        self.settle()

    def settle(self) -> None:
        """Let everybody run who can."""
        while self._ready:
            self.current = self._ready.popleft()
            self.current.go.release()
            self.baton.acquire()
        self.current = None

    def park(self, until_us: int | None, line: "VirtualLine | None" = None) -> None:
        """Have the running task wait until it is woken, or until `until_us`."""
        task = self.current
        assert task is not None
        task.until_us, task.line = until_us, line
        self._parked.append(task)
        self.baton.release()
        task.go.acquire()
        if self.is_over:
            raise CaseOver

    def wake(self, task: Task) -> None:
        """Let a waiting task run when its turn comes."""
        self._parked.remove(task)
        self._ready.append(task)

    def is_waited_on(self, line: "VirtualLine") -> bool:
        """Tell whether somebody waits for room on `line`."""
        return any(task.line is line for task in self._parked)

    def wake_on(self, line: "VirtualLine") -> None:
        """Wake whoever waits for room on `line`."""
        for task in [task for task in self._parked if task.line is line]:
            self.wake(task)

    def advance(self, to_us: int) -> None:
        """Move the clock to `to_us`; what is due on the way happens at its own time.

        Raises `ValueError` for a time that is past.
        """
        if to_us < self.now_us:
            raise ValueError(f"the clock stands at {self.now_us} and cannot go back to {to_us}")
        while due := [(t.until_us, t) for t in self._parked if _is_due(t.until_us, to_us)]:
            at_us, task = min(due, key=lambda one: one[0] or 0)
            self.now_us = max(self.now_us, at_us or 0)
            self.wake(task)
            self.settle()
        self.now_us = to_us

    def end(self) -> None:
        """End the case: every task that still waits is over."""
        self.is_over = True
        self._ready.extend(self._parked)
        self._parked.clear()
        self.settle()


def _is_due(until_us: int | None, to_us: int) -> bool:
    return until_us is not None and until_us <= to_us


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
