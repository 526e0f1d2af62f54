"""The arithmetic of the benchmarks: medians, quartiles, ratios of pairs, goals at their bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.results import (
    NOISY,
    SPREAD_MAX,
    Value,
    figure_value,
    is_more_better,
    judged,
    ratios,
    value_of,
)
from tests.benchmarks.row import Figure, Goal

SAMPLES = st.lists(st.floats(0.001, 1000), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([3.0], Value(3.0, 3.0, 3.0)),
        ([4.0, 1.0], Value(2.5, 1.75, 3.25)),
        ([5.0, 1.0, 3.0], Value(3.0, 2.0, 4.0)),
        ([1.0, 2.0, 3.0, 4.0, 100.0], Value(3.0, 2.0, 4.0)),
    ],
)
def test_the_value_is_the_median_with_the_quartiles(samples: list[float], expected: Value) -> None:
    """Of an odd and of an even number of samples, and whatever one of them is."""
    assert expected == value_of(samples)


@given(SAMPLES)
def test_the_order_of_samples_does_not_matter(samples: list[float]) -> None:
    """The median lies between the quartiles, and those among the samples."""
    found = value_of(samples)
    assert found == value_of(sorted(samples, reverse=True))
    assert min(samples) <= found.low <= found.median <= found.high <= max(samples)


@pytest.mark.parametrize("samples", [[], [1.0, math.nan], [math.inf]])
def test_samples_that_are_none_are_refused(samples: list[float]) -> None:
    """A value of nothing, or of what is no number, would be believed."""
    with pytest.raises(ValueError, match=r"no samples|no number"):
        value_of(samples)


def test_a_ratio_is_taken_pair_by_pair() -> None:
    """The median of the ratios, not the ratio of the medians: here they differ."""
    figure = Figure("case", [1.0, 10.0, 6.0], [1.0, 5.0, 2.0])
    assert [1.0, 2.0, 3.0] == ratios(figure.ours, [1.0, 5.0, 2.0])
    assert Value(2.0, 1.5, 2.5) == figure_value(figure)


def test_what_is_no_ratio_is_the_median_of_ours() -> None:
    """Also with something beside it."""
    ours = [3.0, 1.0, 2.0]
    assert 2.0 == figure_value(Figure("case", ours)).median
    assert 2.0 == figure_value(Figure("case", ours, [9.0] * 3, is_ratio_of_pairs=False)).median


@pytest.mark.parametrize(("ours", "beside"), [([1.0], [1.0, 2.0]), ([1.0], [0.0])])
def test_what_is_not_in_pairs_is_refused(ours: list[float], beside: list[float]) -> None:
    """As is a sample of 0 beside ours."""
    with pytest.raises(ValueError, match=r"not pairs|is 0"):
        ratios(ours, beside)


@pytest.mark.parametrize(
    ("goal", "median", "expected"),
    [
        (Goal(at_least=0.95), 0.9499, "missed"),
        (Goal(at_least=0.95), 0.95, "met"),
        (Goal(at_least=0.95), 0.9501, "met"),
        (Goal(at_most=60.0), 59.99, "met"),
        (Goal(at_most=60.0), 60.0, "met"),
        (Goal(at_most=60.0), 60.01, "missed"),
        (Goal(), 1.0, ""),
        (None, 1.0, ""),
    ],
)
def test_a_goal_is_met_at_its_bound(goal: Goal | None, median: float, expected: str) -> None:
    """And missed beyond it, in quiet and in noise alike where the quartiles agree."""
    value = Value(median, median, median)
    assert expected == judged(goal, value, is_noisy=False)
    assert expected == judged(goal, value, is_noisy=True)


@pytest.mark.parametrize("median", [0.94, 0.96])
def test_in_noise_a_goal_between_the_quartiles_is_left_open(median: float) -> None:
    """In quiet the median says it."""
    value = Value(median, 0.9, 1.0)
    goal = Goal(at_least=0.95)
    assert NOISY == judged(goal, value, is_noisy=True)
    assert ("met" if median > 0.95 else "missed") == judged(goal, value, is_noisy=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Value(4.0, 3.5, 4.5), SPREAD_MAX),
        (Value(-4.0, -4.5, -3.5), SPREAD_MAX),
        (Value(0.0, 0.0, 0.0), 0.0),
        (Value(0.0, -1.0, 1.0), math.inf),
    ],
)
def test_the_spread_is_a_part_of_the_median(value: Value, expected: float) -> None:
    """Of a negative one too; around 0 any spread is too wide."""
    assert expected == value.spread


@pytest.mark.parametrize(
    ("goal", "otherwise", "expected"),
    [
        (Goal(at_least=1.0), None, True),
        (Goal(at_most=1.0), True, False),
        (Goal(1.0, 2.0), None, None),
        (None, True, True),
        (Goal(), False, False),
        (None, None, None),
    ],
)
def test_the_goal_says_which_way_is_better(
    goal: Goal | None, otherwise: bool | None, expected: bool | None
) -> None:
    """Without one the row does; a goal with two bounds does not."""
    assert expected == is_more_better(goal, otherwise)
