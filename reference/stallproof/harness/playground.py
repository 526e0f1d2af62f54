"""Blocking code in virtual time: one thread at a time, on a clock that somebody moves.

The intuition: every call into the judged code is a task on a thread of its own, and one baton goes
round: whoever has it runs, and gives it back only where it would have to wait. So nothing ever
runs side by side, and the same requests bring the same events in the same order.

The complication: a case may end while tasks wait. The next case wakes them with an exception that
no code of theirs catches, so that no thread of an old case lives on in a new one.

Spec: `spec/virtual.md`.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable

from stallproof.drivers.recorder import Record


class CaseOver(BaseException):
    """The case that this task belongs to is over."""


class Task:
    """One call into the judged code; `send` is the number of the send that it is, if any.

    While it waits, `until_us` and `line` say for when and for whose room, if for either.
    """

    def __init__(
        self, playground: "Playground", work: Callable[[], None], send: int | None
    ) -> None:
        self.send = send
        self.until_us: int | None = None
        self.line: object | None = None
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

    def park(self, until_us: int | None, line: object | None = None) -> None:
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

    def is_waited_on(self, line: object) -> bool:
        """Tell whether somebody waits for room on `line`."""
        return any(task.line is line for task in self._parked)

    def wake_on(self, line: object) -> None:
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
