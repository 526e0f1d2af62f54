"""What a row of the benchmarks says of itself, what it is given, and what it hands back.

A row is one module in `tests/benchmarks/rows`, which exports `ROW`. It takes the samples and
judges nothing: medians, spreads, goals and the comparison with committed figures are made of them
elsewhere (`results.py`, `against.py`). So a row is short, and all rows are judged alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class Missing(Exception):
    """Leave a row out: what it needs is not on this machine. The message says what that is."""


@dataclass(frozen=True)
class Goal:
    """Say which values are good enough. A value at a bound is."""

    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class Pace:
    """Say how much to measure.

    `pairs` is how many interleaved pairs to take, 7 or more in full; `scale` multiplies the work of
    each: 1.0 in full, less when quick.
    """

    pairs: int
    scale: float


@dataclass(frozen=True)
class Figure:
    """Hold the samples of one case.

    With `beside` they are pairs: `ours[i]` and `beside[i]` were taken one after the other, in turn.
    `is_ratio_of_pairs` says that `ours / beside`, pair by pair, is the value. Otherwise it is the
    median of `ours`, in the row's unit, and means something only together with the environment.

    `is_wall_clock` says that the samples are no processor time, so that they grow with whatever
    else runs: in a noisy row nobody says that such a figure fell.

    A case that cannot be measured here has no samples, and its `note` says what is missing.
    """

    case: str
    ours: list[float]
    beside: list[float] | None = None
    is_ratio_of_pairs: bool = True
    goal: Goal | None = None  # in place of the row's
    note: str = ""  # What a reader has to know of this case.
    is_wall_clock: bool = False


@dataclass(frozen=True)
class Growth:
    """Hold how a cost grows over something: its points are (x, ours, beside or `None`)."""

    over: str
    unit: str
    points: list[tuple[float, float, float | None]]


@dataclass(frozen=True)
class Row:
    """Describe a row: its number in the table, how it is measured, and the goal of its figures.

    `number` orders the table; rows beyond the goals carry numbers from 20. `is_quick` has it
    measured by `make bench-quick` too, in which all rows share a minute.
    """

    number: int
    name: str
    unit: str
    measure: Callable[[Pace], list[Figure]]
    goal: Goal | None = None
    is_quick: bool = False
    growth: Callable[[Pace], list[Growth]] | None = None
    is_more_better: bool | None = None  # Where no goal says it; `None`: nobody compares it.
