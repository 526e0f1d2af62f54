"""A map of tasks with a real lock; what is found failing in it is stopped after its release.

The stall it guards against: a stop takes the lock of the map, which its finder holds already, and
waits for itself; or it takes long, and everybody waits who looks for another task.

Which failure stops a task is the machine's decision (`stallproof.machines.deferred_stop`). Neither
`stop` nor `report` ever runs under the lock.

Spec: `spec/ds.md`. Source: origin, companion change #4204.
"""

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from stallproof.machines.deferred_stop import Later, Task, on_failed

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Visit(Generic[K, T]):
    """The map during one visit; of no use afterwards."""

    def __init__(self, tasks: dict[K, tuple[T, Task]]) -> None:
        """Record nothing yet."""
        self._tasks = tasks
        self.to_stop: list[tuple[K, T]] = []
        self.unknown: list[K] = []

    def find(self, name: K) -> T | None:
        """Return the task of that name, also one that was stopped; `None`: it is unknown."""
        found = self._tasks.get(name)
        return None if found is None else found[0]

    def make(self, name: K, task: T) -> None:
        """Put a task into the map; raises `ValueError` while another one has its name."""
        if name in self._tasks:
            raise ValueError(f"there is a task {name!r} already")
        self._tasks[name] = task, Task.RUNNING

    def forget(self, name: K) -> None:
        """Take a task out of the map; raises `KeyError` for one that is not in it."""
        del self._tasks[name]

    def failed(self, name: K) -> None:
        """Record that the task failed: it is stopped once, after the visit.

        An unknown one is reported after the visit, and nothing is made.
        """
        task, state = self._tasks.get(name, (None, None))
        after, later = on_failed(state)
        if task is not None and after is not None:
            self._tasks[name] = task, after
        if later is Later.REPORT:
            self.unknown.append(name)
        elif task is not None and later is Later.STOP:
            self.to_stop.append((name, task))

    def names(self) -> list[K]:
        """Return the names in the map, in the order of their making."""
        return list(self._tasks)


class DeferredStop(Generic[K, T]):
    """Tasks by name; safe for any thread."""

    def __init__(self, stop: Callable[[K, T], object], report: Callable[[str], object]) -> None:
        """Know no task. `stop` may use the map; `report` is told in words, and must not raise."""
        self._stop, self._report = stop, report
        self._lock = threading.Lock()
        self._holder: int | None = None
        self._tasks: dict[K, tuple[T, Task]] = {}

    @contextlib.contextmanager
    def visit(self) -> Iterator[Visit[K, T]]:
        """Hold the lock for the body; then stop what it recorded, and report.

        What was recorded is stopped although the body raises. A stop that raises is reported, and
        the others follow. Raises `RuntimeError` for who holds the lock already: he would wait for
        himself.
        """
        if self._holder == threading.get_ident():
            raise RuntimeError("this thread holds the lock of the map already")
        visit = Visit(self._tasks)
        try:
            with self._lock:
                self._holder = threading.get_ident()
                try:
                    yield visit
                finally:
                    self._holder = None
        finally:
            self._do_later(visit)

    def _do_later(self, visit: Visit[K, T]) -> None:
        words = [f"an error came for the unknown stream {name!r}" for name in visit.unknown]
        for name, task in visit.to_stop:
            try:
                self._stop(name, task)
            except Exception as error:
                words.append(f"stopping {name!r} failed: {type(error).__name__}: {error}")
        for text in words:
            self._report(text)
