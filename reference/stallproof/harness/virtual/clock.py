"""A clock that stands still until it is moved, and what is due on the way.

The intuition: a heap of things to do, each at its time. Moving the clock does them one by one, each
at its own time; nothing happens in between, so nothing has to be waited for.

The complication: what happens at a moment brings about more at the same moment (a sender wakes, the
next one gets the lock). That is done `soon`: after what is being done, before time goes on. So
nobody is called back in the middle of a decision, and no chain of events grows the call stack.

Spec: `spec/virtual.md`, rules 1 to 3.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush

Action = Callable[[], object]


class Timer:
    """Something to be done at a time, unless it is cancelled before."""

    __slots__ = ("action",)

    def __init__(self, action: Action) -> None:
        """Do `deed` when the time comes."""
        self.action: Action | None = action

    def cancel(self) -> None:
        """Let it be; a second call, or one after the deed, changes nothing."""
        self.action = None


class VirtualClock:
    """The time of one case in microseconds, beginning at 0; a `Clock` of the drivers."""

    def __init__(self) -> None:
        """Begin at 0 with nothing due."""
        self.now_us = 0
        self._due: list[tuple[int, int, Timer]] = []
        self._timers = 0
        self._soon: deque[Action] = deque()

    def __call__(self) -> int:
        """Return the time."""
        return self.now_us

    def at(self, due_us: int, action: Action) -> Timer:
        """Do `deed` at `due_us`; of two at one time the one asked for first comes first."""
        timer = Timer(action)
        self._timers += 1
        heappush(self._due, (due_us, self._timers, timer))
        return timer

    def soon(self, action: Action) -> None:
        """Do `deed` at this moment, after what is being done."""
        self._soon.append(action)

    def settle(self) -> None:
        """Do everything that is to be done at this moment."""
        while self._soon:
            self._soon.popleft()()

    def advance(self, to_us: int) -> None:
        """Move to `to_us` and do what is due up to then, each at its own time.

        Raises `ValueError` for a time that is past.
        """
        if to_us < self.now_us:
            raise ValueError(f"the clock stands at {self.now_us} us and never goes back to {to_us}")
        while self._due and self._due[0][0] <= to_us:
            due_us, _, timer = heappop(self._due)
            if timer.action is not None:
                # What a late write has run past is done at once: time never goes back.
                self.now_us = max(self.now_us, due_us)
                timer.action()
                self.settle()
        self.now_us = to_us
