"""What a script is decided by: bytes, each of them one choice.

One draw brings all the bytes that a script may take, and each choice from a short table takes one
of them. Bytes that are all zero make the plainest script: the first entry of a table is the
plainest one.
"""

from collections.abc import Collection, Sequence
from typing import TypeVar

from stallproof.generate.builder import Builder

_T = TypeVar("_T")

GAPS_US = (0, 1, 1_000, 37_000, 100_000)
"""How long after the step before the next one comes, where it is not near something due."""
NEAR_OF_TEN = 4
"""How often of ten times a step is near something due."""


class Draws:
    """The choices of one script; when they are used up, each choice is the first."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._used = 0
        self.near_of_ten = NEAR_OF_TEN

    def below(self, count: int) -> int:
        """Return a number from 0 on and below `count`, which is at most 256."""
        if self._used == len(self._content):
            return 0
        self._used += 1
        return self._content[self._used - 1] % count

    def pick(self, table: Sequence[_T]) -> _T:
        """Return one entry of `table`."""
        return table[self.below(len(table))] if len(table) > 1 else table[0]

    def chance(self, of_ten: int) -> bool:
        """Return true `of_ten` times of ten."""
        return self.below(10) >= 10 - of_ten

    def some(self, weighted: Sequence[tuple[int, _T]], always: Collection[_T] = ()) -> list[_T]:
        """Return those that a script uses at all, each with one half, and as often as it weighs.

        Those in `always` are never left out. What a script goes without lets the rest come far
        (swarm testing: Groce, Zhang, Eide, Chen, Regehr, 2012).
        """
        used = [one for one in weighted if self.chance(5) or one[1] in always]
        return [one for weight, one in used or weighted for _ in range(weight)]

    def moment(self, builder: Builder) -> int:
        """Return when the next step is to come: a little later, or near what is due."""
        if self.chance(self.near_of_ten):
            due = builder.moments()
            if due:
                return self.pick(due[:12]) + self.pick((0, -1, 1))
        return builder.now_us + self.pick(GAPS_US)
