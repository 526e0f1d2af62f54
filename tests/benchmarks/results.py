"""The arithmetic of the benchmarks: from samples to a value, its spread, and the word on a goal.

The intuition: a median of interleaved pairs is worth as much as the quartiles around it are narrow.
So where a run was noisy, a bound is judged only if both quartiles lie on one side of it.

The complication: a ratio is taken pair by pair, since what disturbs one end of a pair usually
disturbs the other too. A ratio of two medians would lose that.
"""

import math
import statistics
from collections.abc import Sequence
from typing import Literal, NamedTuple

from tests.benchmarks.row import Figure, Goal

SPREAD_MAX = 0.25
"""A spread wider than this, as a part of the value, is noise: nothing finer can be told by it."""
RATIO = "ratio"

Word = Literal["met", "missed", "too noisy to say", ""]
NOISY: Word = "too noisy to say"


class Value(NamedTuple):
    """A median, and the quartiles around it."""

    median: float
    low: float
    high: float

    @property
    def spread(self) -> float:
        """Return the quartiles' distance as a part of the median; infinite around 0."""
        width = self.high - self.low
        if width == 0:
            return 0.0
        return width / abs(self.median) if self.median else math.inf


def value_of(samples: Sequence[float]) -> Value:
    """Return median and quartiles of `samples`; raises `ValueError` where there are none."""
    if not samples:
        raise ValueError("there are no samples")
    if not all(math.isfinite(one) for one in samples):
        raise ValueError("a sample is no number")
    median = statistics.median(samples)
    if len(samples) == 1:
        return Value(median, median, median)
    low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
    return Value(median, low, high)


def ratios(ours: Sequence[float], beside: Sequence[float]) -> list[float]:
    """Return ours / beside, pair by pair; raises `ValueError` for what is not in pairs, or is 0."""
    if len(ours) != len(beside):
        raise ValueError(f"{len(ours)} samples beside {len(beside)} are not pairs")
    if not all(beside):
        raise ValueError("a sample beside ours is 0")
    return [one / other for one, other in zip(ours, beside, strict=True)]


def is_ratio(figure: Figure) -> bool:
    """Tell whether the value of `figure` is a ratio of pairs."""
    return figure.beside is not None and figure.is_ratio_of_pairs


def figure_value(figure: Figure) -> Value:
    """Return the value of `figure`: of its ratios, or of its own samples."""
    if figure.beside is not None and figure.is_ratio_of_pairs:
        return value_of(ratios(figure.ours, figure.beside))
    return value_of(figure.ours)


def is_within(goal: Goal, value: float) -> bool:
    """Tell whether `value` is good enough; at a bound it is."""
    return (goal.at_least is None or value >= goal.at_least) and (
        goal.at_most is None or value <= goal.at_most
    )


def judged(goal: Goal | None, value: Value, is_noisy: bool) -> Word:
    """Say whether the goal is met; empty without one."""
    if goal is None or (goal.at_least is None and goal.at_most is None):
        return ""
    sides = {is_within(goal, one) for one in value}
    if is_noisy and len(sides) > 1:
        return NOISY
    return "met" if is_within(goal, value.median) else "missed"


def is_more_better(goal: Goal | None, otherwise: bool | None) -> bool | None:
    """Say which way is better: what the goal says, else what the row says, else `None`."""
    if goal is None or (goal.at_least is None) == (goal.at_most is None):
        return otherwise
    return goal.at_least is not None
