"""A clock that stands still until it is moved, and tasks that wait for it and for each other.

The intuition: blocking code runs unchanged if waiting means "somebody else's turn". Each thread of
the drivers is a greenlet here, a stack of its own within one thread. Where it would wait, it
switches back to the hub, which runs whoever is ready, one at a time and in order. When nobody is,
this moment is over, and the clock may be moved to the next one that somebody waits for.

The complication: a case may end while tasks wait. They are ended by an exception that is none of
the drivers' business, at once, so that nothing of an old case lives on in a new one. On their way
out they may run code of theirs; what they say then is not heard (`SimulatedIo`). And a stack of its
own costs more to make than most tasks take, so that a task whose work is over gets the next one.

Spec: `spec/virtual.md`, rules 1 to 4.
"""

import traceback
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from typing import cast

from greenlet import getcurrent, greenlet

IDLE_WAITS_MAX = 100
"""So many waits in a row may be for what is past before one of them lasts a microsecond.

Who waits so again and again would never let time go on: so what is late is found late and not hung.
"""


class CaseOver(BaseException):
    """The case that this task belongs to is over."""


class Task(greenlet):
    """One thread of the judged code, and after it another one.

    `send` is the number of the send that it is, if it is one; `sequence` that of the last frame of
    which it wrote anything.
    """

    is_busy = False
    send: int | None
    sequence: int | None

    def run(self, work: Callable[[], object]) -> None:
        """Work to the end; what goes wrong is told as with any thread, and ends nobody else."""
        hub = self.parent
        assert hub is not None, "a task is a child of the hub"
        while True:
            try:
                work()
            except CaseOver:
                pass
            except Exception:
                traceback.print_exc()
            self.is_busy = False
            work = hub.switch(self)


Waiters = list[Task]
"""Tasks that wait for the same thing, those that came first in front."""


def current() -> Task:
    """Return the task that runs; only what a task calls may wait."""
    return cast(Task, getcurrent())


class Hub:
    """The time of one case in microseconds, beginning at 0, and its tasks."""

    def __init__(self, idle: list[Task]) -> None:
        """Begin at 0 with nothing to do; `idle` keeps the tasks that nobody needs for now."""
        self.now_us = 0
        self.is_over = False
        self._hub = getcurrent()
        self._idle = idle
        self._tasks: list[Task] = []
        # Who, and what it waits for: work, or to hear whether it was woken.
        self._ready: deque[tuple[Task, object]] = deque()
        # When, a number that keeps the order, and who, or `None` for who waits no longer.
        self._due: list[tuple[int, int, list[Task | None]]] = []
        self._waits = self._idle_waits = 0

    # --- for whoever keeps the clock --------------------------------------------------------------

    def settle(self) -> None:
        """Let everybody run who can at this moment."""
        ready, due = self._ready, self._due
        while True:
            while ready:
                task, news = ready.popleft()
                if task.switch(news) is task:
                    self._idle.append(task)
            if not due or due[0][0] > self.now_us:
                return
            late = heappop(due)[2][0]
            if late is not None:
                ready.append((late, False))

    def advance(self, to_us: int) -> None:
        """Move to `to_us` and do what is due up to then, each at its own time.

        Raises `ValueError` for a time that is past.
        """
        if to_us < self.now_us:
            raise ValueError(f"the clock stands at {self.now_us} us and never goes back to {to_us}")
        while self._due and self._due[0][0] <= to_us:
            # What a late write has run past is done at once: time never goes back.
            self.now_us = max(self.now_us, self._due[0][0])
            self._idle_waits = 0
            self.settle()
        self.now_us = max(self.now_us, to_us)

    @property
    def next_due_us(self) -> int | None:
        """When something happens by itself next; `None` if nothing does."""
        due = self._due
        while due and due[0][2][0] is None:
            heappop(due)
        return due[0][0] if due else None

    def end(self) -> None:
        """End every task, wherever it waits."""
        self.is_over = True
        for task in self._tasks:
            if task.is_busy and task.switch(False) is task:
                self._idle.append(task)

    # --- for tasks --------------------------------------------------------------------------------

    def start(self, work: Callable[[], object]) -> Task:
        """Return a task that begins to work at this moment, after what is being done."""
        task = self._idle.pop() if self._idle else Task(parent=self._hub)
        task.send = task.sequence = None
        if not self.is_over:
            task.is_busy = True
            self._tasks.append(task)
            self._ready.append((task, work))
        return task

    def park(self, waiters: Waiters, until_us: int | None = None) -> bool:
        """Wait among `waiters` to be woken, or until `until_us`; tell whether it was the former."""
        if self.is_over:
            raise CaseOver
        task = current()
        waiters.append(task)
        # Every wait passes through here, so what it needs is written out.
        waiting: list[Task | None] = [task]
        if until_us is not None:
            if until_us <= self.now_us:
                self._idle_waits += 1
                until_us = self.now_us + (self._idle_waits > IDLE_WAITS_MAX)
            self._waits += 1
            heappush(self._due, (until_us, self._waits, waiting))
        is_woken: bool = self._hub.switch()
        if self.is_over:
            raise CaseOver
        if is_woken:
            waiting[0] = None
        else:
            waiters.remove(task)
        return is_woken

    def wake(self, waiters: Waiters) -> None:
        """Let all `waiters` run, after what is being done."""
        for task in waiters:
            self._ready.append((task, True))
        waiters.clear()

    def wake_first(self, waiters: Waiters) -> None:
        """Let the one run that has waited longest."""
        self._ready.append((waiters.pop(0), True))
