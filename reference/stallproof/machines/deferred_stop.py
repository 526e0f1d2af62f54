"""Stopping what was found failing in a map, after the lock of that map was released.

The stall it guards against: a stop takes the lock that its finder holds, and waits for itself.

The intuition: under the lock a failing task is only marked and written down. Whoever gives the lock
back takes what is written down with him. The mark is what makes the stop the only one.

The use: keep a `Task` for each name in the map; ask `on_failed` under the lock, and do what it says
after its release.

The complication: a name may be made anew before the stop, which has to say which task it means. And
an error may come for a stream that nobody knows. It creates nothing, and the report of it leaves
the lock first as well.

Spec: `spec/ds.md`.
"""

from collections.abc import Sequence
from enum import Enum

from stallproof.machines.contracts import ensure
from stallproof.machines.states import state


class Task(Enum):
    """What the map knows of a task."""

    RUNNING = "running"
    RECORDED = "recorded"


class Later(Enum):
    """What has to be done once the lock was released."""

    NOTHING = "nothing"
    STOP = "stop"
    REPORT = "report"


@state
class Decision:
    """What is to be done now, and the names of the streams in the map.

    `stop`: each task by the name of its stream and its number among those of that name, from 1.
    """

    stop: tuple[tuple[str, int], ...]
    report: tuple[str, ...]
    tasks: tuple[str, ...]


@ensure(
    lambda task, result: (result[1] is Later.STOP) == (task is Task.RUNNING),
    "DS-1: the first failure is the one that stops",
)
@ensure(
    lambda task, result: task is None or result[0] is Task.RECORDED, "DS-1: no failure is the first"
)
@ensure(
    lambda task, result: (
        (result[1] is Later.REPORT) == (task is None) and (result[0] is None) == (task is None)
    ),
    "DS-2: an error for an unknown stream is reported and creates nothing",
)
def on_failed(task: Task | None) -> tuple[Task | None, Later]:
    """Return the task after a failure, and what to do later; `None`: the stream is unknown."""
    if task is None:
        return None, Later.REPORT
    return Task.RECORDED, Later.STOP if task is Task.RUNNING else Later.NOTHING


class _History:
    """A map and what was written down during a visit, after some events."""

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.made: dict[str, int] = {}
        self.later: list[tuple[Later, str, int]] = []
        self.is_held = False

    def take(self, event: Sequence[str]) -> list[tuple[Later, str, int]]:
        """Carry one event out; return what is to be done now."""
        match event:
            case ["lock"] if not self.is_held:
                self.is_held = True
            case ["unlock"] if self.is_held:
                self.is_held = False
                now, self.later = self.later, []
                return now
            case ["made", name] if self.is_held and name not in self.tasks:
                self.tasks[name] = Task.RUNNING
                self.made[name] = self.made.get(name, 0) + 1
            case ["forgotten", name] if self.is_held and name in self.tasks:
                del self.tasks[name]
            case ["failed", name] if self.is_held:
                self._failed(name)
            case _:
                raise ValueError(f"this cannot happen: {event}")
        return []

    def _failed(self, name: str) -> None:
        task, later = on_failed(self.tasks.get(name))
        if task is not None:
            self.tasks[name] = task
        if later is not Later.NOTHING:
            self.later.append((later, name, self.made.get(name, 0)))


def decide(events: Sequence[Sequence[str]]) -> Decision:
    """Return what the last of these events brings.

    Raises `ValueError` for no events, and for a history that cannot be: a map that is used or
    released without its lock, a lock taken twice, a name made twice or forgotten unmade.
    """
    if not events:
        raise ValueError("nothing happened yet")
    history = _History()
    for event in events:
        now = history.take(event)
    stop = tuple((name, number) for what, name, number in now if what is Later.STOP)
    report = tuple(name for what, name, _ in now if what is Later.REPORT)
    return Decision(stop, report, tuple(history.tasks))
