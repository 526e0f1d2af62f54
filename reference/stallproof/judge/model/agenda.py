"""An agenda: what will happen by itself, and when it happens next.

In a job of many clients nearly all connections and streams have nothing due, and nobody should look
at each of them to find that out. The moments stand in a heap. Whoever's moment moves enters once
more, and an entry that is not its owner's moment any more is passed over when it comes to the top.

Spec: `spec/virtual.md`.
"""

from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar

FOREVER = 2**60
"""Later than anything: when that is due which never is."""


class Timed(Protocol):
    """What can be due. `place`, its own: who comes first of those that are due at one instant."""

    @property
    def place(self) -> int: ...
    def due_us(self) -> int: ...


T = TypeVar("T", bound=Timed)


class Agenda(Generic[T]):
    """The moments of one kind of thing, such as the sends of a case."""

    def __init__(self) -> None:
        """Begin with nothing due."""
        self.heap: list[tuple[int, int, T]] = []
        """Empty where nothing is due at all."""
        self._left: set[int] = set()

    def enter(self, one: T) -> None:
        """Note when `one` is due now; to be called whenever that has changed."""
        due_us = one.due_us()
        if due_us < FOREVER:
            heappush(self.heap, (due_us, one.place, one))

    def leave(self, one: T) -> None:
        """Never have `one` happen again."""
        self._left.add(one.place)

    def next_us(self) -> int:
        """Return when the next thing is due; `FOREVER` if nothing is."""
        heap = self.heap
        while heap:
            due_us, place, one = heap[0]
            if one.due_us() == due_us and place not in self._left:
                return due_us
            heappop(heap)
        return FOREVER

    def take(self, now_us: int) -> list[T]:
        """Remove all that is due until `now_us`, that moment included, and return it by place."""
        if self.next_us() > now_us:
            return []
        due: dict[int, T] = {}
        while self.next_us() <= now_us:
            _due_us, place, one = heappop(self.heap)
            due[place] = one
        return [due[place] for place in sorted(due)]
