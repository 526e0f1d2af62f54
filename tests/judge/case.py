"""One situation of the law, told twice: kept, and broken in one thing; and its bounds in time."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.judge.story import Story


@dataclass(frozen=True)
class Case:
    """`fails`: all that the broken story breaks, the requirement itself included.

    `says`: parts of the explanation, the numbers among them. `since`: why others fail with it.
    """

    requirement: str
    situation: str
    kept: Callable[[], Story]
    broken: Callable[[], Story]
    says: tuple[str, ...]
    also: tuple[str, ...] = ()
    since: str = ""

    @property
    def fails(self) -> set[str]:
        return {self.requirement, *self.also}

    def __str__(self) -> str:
        return f"{self.requirement}-{self.situation}"


@dataclass(frozen=True)
class Bound:
    """One bound of a situation; `told` is its story so many microseconds beyond the bound."""

    requirement: str
    situation: str
    told: Callable[[int], Story]

    def __str__(self) -> str:
        return f"{self.requirement}-{self.situation}"
