"""What fell since a committed record: by more than a quarter, and not at exactly that."""

import msgspec
import pytest

from tests.benchmarks.against import change_of, compared
from tests.benchmarks.made import ELSEWHERE, HERE, LOUD, figure, record, row
from tests.benchmarks.results import Value


@pytest.mark.parametrize(
    ("now", "more_is_better", "expected"),
    [
        (2.9, True, "fell"),
        (3.0, True, "as before"),
        (3.1, True, "as before"),
        (5.0, True, "as before"),
        (5.1, True, "better"),
        (5.1, False, "fell"),
        (5.0, False, "as before"),
        (3.0, False, "as before"),
        (2.9, False, "better"),
    ],
)
def test_at_exactly_a_quarter_nothing_fell(now: float, more_is_better: bool, expected: str) -> None:
    """From 4.0 a figure may go to 3.0 or 5.0, whichever way is worse."""
    value = Value(now, now, now)
    assert expected == change_of(value, 4.0, more_is_better, is_noisy=False)


def test_a_negative_cost_may_grow_by_a_quarter_too() -> None:
    """A difference of two costs can be below 0."""
    assert "as before" == change_of(Value(-3.0, -3.0, -3.0), -4.0, False, is_noisy=False)
    assert "fell" == change_of(Value(-2.9, -2.9, -2.9), -4.0, False, is_noisy=False)


@pytest.mark.parametrize(
    ("high", "is_noisy", "expected"),
    [(2.9, True, "fell"), (3.0, True, "too noisy to say"), (3.0, False, "fell")],
)
def test_in_noise_both_quartiles_have_to_say_it(high: float, is_noisy: bool, expected: str) -> None:
    """A fall that only the median says is none in noise."""
    assert expected == change_of(Value(2.8, 2.5, high), 4.0, True, is_noisy)


def test_a_noisy_row_is_told_from_a_quiet_one() -> None:
    """The noise of the row counts for each of its figures, and so does a wide spread."""
    before = record(row(figure(4.0)))
    wide = figure(2.8, low=2.6, high=3.2)
    assert ["fell"] == [one.change for one in compared(record(row(wide)), before)]
    loud = record(row(wide, noise=LOUD))
    assert ["too noisy to say"] == [one.change for one in compared(loud, before)]
    wider = record(row(figure(2.8, low=2.4, high=3.2)))
    assert ["too noisy to say"] == [one.change for one in compared(wider, before)]


def test_a_wall_clock_figure_never_fell_in_a_noisy_row() -> None:
    """Whatever its quartiles say; one of processor time did, and both did in quiet."""
    before = record(row(figure(4.0), figure(4.0, case="wall")))
    now = (figure(2.8), figure(2.8, case="wall", is_wall_clock=True))
    assert ["fell", "fell"] == [one.change for one in compared(record(row(*now)), before)]
    loud = compared(record(row(*now, noise=LOUD)), before)
    assert ["fell", "too noisy to say"] == [one.change for one in loud]
    same = record(row(figure(4.0), figure(3.0, case="wall", is_wall_clock=True), noise=LOUD))
    assert ["as before", "as before"] == [one.change for one in compared(same, before)]


def test_an_absolute_figure_is_compared_on_a_machine_alike_only() -> None:
    """A ratio is compared anywhere."""
    now = record(row(figure(1.0, unit="us"), figure(1.0, case="ratio")), environment=ELSEWHERE)
    before = record(row(figure(4.0, unit="us"), figure(4.0, case="ratio")))
    assert ["not compared", "fell"] == [one.change for one in compared(now, before)]
    here = msgspec.structs.replace(now, environment=HERE)
    assert ["fell", "fell"] == [one.change for one in compared(here, before)]


@pytest.mark.parametrize(
    ("now", "before", "why"),
    [
        ([figure(1.0)], [], "new"),
        ([figure(None, note="NVFlare is not here")], [figure(4.0)], "NVFlare is not here"),
        ([figure(1.0)], [figure(None)], "new"),
        ([figure(1.0, unit="ns")], [figure(4.0)], "its unit was ratio"),
        ([figure(1.0, is_more_better=None)], [figure(4.0)], "nothing says which way is better"),
        ([], [figure(4.0)], "gone"),
    ],
)
def test_what_is_not_compared_says_why(now: list, before: list, why: str) -> None:  # type: ignore[type-arg]
    """Nothing is passed over in silence."""
    found = compared(record(row(*now)), record(row(*before)))
    assert [("not compared", why)] == [(one.change, one.why) for one in found]


def test_a_row_that_was_left_out_has_lost_nothing() -> None:
    """What it needs is not here; that is said in the report."""
    left_out = row(left_out="no trio here")
    assert [] == compared(record(left_out), record(row(figure(4.0))))


def test_a_row_that_is_new_is_said_to_be() -> None:
    """No row of that name was committed."""
    found = compared(record(row(figure(1.0), name="newcomer")), record(row(figure(4.0))))
    assert ["new"] == [one.why for one in found]
