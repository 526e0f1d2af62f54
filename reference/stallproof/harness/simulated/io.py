"""What the drivers take from outside, in virtual time: the clock of a hub, and waits in it.

The intuition: each object does what its namesake of the standard library does, for tasks in the
place of threads. One task runs at a time and none is interrupted, so nothing is guarded in here.

Spec: `spec/virtual.md`.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from stallproof.drivers.recorder import Record
from stallproof.harness.simulated.hub import Hub, Task, Waiters
from stallproof.machines.policy import MICROSECONDS
from stallproof.wire.event import Event


class _Waitable:
    """What tasks wait for."""

    __slots__ = ("_hub", "_waiters")

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._waiters: Waiters = []

    def _sleep(self, timeout_s: float | None) -> bool:
        if timeout_s is None:
            return self._hub.park(self._waiters)
        return self._hub.park(self._waiters, self._hub.now_us + round(timeout_s * MICROSECONDS))


class Mutex(_Waitable):
    """A lock, handed over in order of arrival; also a place to park."""

    __slots__ = ("_is_held",)

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._is_held = False

    def acquire(self) -> None:
        """Wait until it is free, and hold it."""
        if self._is_held:
            self._sleep(None)
        self._is_held = True

    def release(self) -> None:
        """Hand it to who has waited longest, if anybody has."""
        if self._waiters:
            self._hub.wake_first(self._waiters)
        else:
            self._is_held = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class Condition(_Waitable):
    """A mutex, and a sleep that lets go of it."""

    __slots__ = ("_mutex",)

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._mutex = Mutex(hub)

    def __enter__(self) -> None:
        self._mutex.acquire()

    def __exit__(self, *error: object) -> None:
        self._mutex.release()

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep until notified or timed out; tell which."""
        self._mutex.release()
        is_notified = self._sleep(timeout)
        self._mutex.acquire()
        return is_notified

    def notify_all(self) -> None:
        """Wake everybody, who then wait for the mutex."""
        self._hub.wake(self._waiters)


class Flag(_Waitable):
    """An event to wait for."""

    __slots__ = ("is_set",)

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self.is_set = False

    def set(self) -> None:
        """Let everybody go, now and later."""
        self.is_set = True
        self._hub.wake(self._waiters)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set or the time is out; tell whether it is set."""
        return self.is_set or self._sleep(timeout)


class Queue(_Waitable):
    """First in, first out."""

    __slots__ = ("_items",)

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub)
        self._items: deque[Any] = deque()

    def put(self, item: Any) -> None:
        """Add `item`; never waits."""
        self._items.append(item)
        self._hub.wake(self._waiters)

    def get(self) -> Any:
        """Wait for an item and take it."""
        while not self._items:
            self._sleep(None)
        return self._items.popleft()


class Thread(_Waitable):
    """A task as the drivers know threads."""

    __slots__ = ("_is_alive", "_run")

    def __init__(self, hub: Hub, run: Callable[[], object]) -> None:
        super().__init__(hub)
        self._run = run
        self._is_alive = False

    def start(self) -> None:
        """Have it run, after what is being done."""
        self._is_alive = True
        self._hub.start(self._work)

    def _work(self) -> None:
        try:
            self._run()
        finally:
            self._is_alive = False
            self._hub.wake(self._waiters)

    def join(self, timeout: float | None = None) -> None:
        """Wait for its end."""
        if self._is_alive:
            self._sleep(timeout)

    def is_alive(self) -> bool:
        """Tell whether it was started and has not ended."""
        return self._is_alive


class SimulatedIo:
    """Where the drivers of one case run."""

    def __init__(self, record: Record, idle: list[Task]) -> None:
        """Begin at time 0; events of the case go to `record` for as long as it lasts.

        `idle`: tasks of cases before this one.
        """
        self.hub = Hub(idle)
        self._record = record

    def record(self, event: Event) -> None:
        """Report an event, unless the case is over."""
        if not self.hub.is_over:
            self._record(event)

    def now_us(self) -> int:
        """Return the time."""
        return self.hub.now_us

    def parking(self) -> Mutex:
        """Return a place that is free."""
        return Mutex(self.hub)

    mutex = parking

    def condition(self) -> Condition:
        """Return a condition with a mutex of its own."""
        return Condition(self.hub)

    def event(self) -> Flag:
        """Return an event that is not set."""
        return Flag(self.hub)

    def queue(self) -> Queue:
        """Return an empty queue."""
        return Queue(self.hub)

    def thread(self, run: Callable[[], object], name: str) -> Thread:
        """Return what runs `run` once it is started."""
        return Thread(self.hub, run)

    def sleep(self, wait_us: int) -> None:
        """Wait for nothing but time."""
        if wait_us:
            self.hub.park([], self.hub.now_us + wait_us)
