"""Rows are found, measured in processes of their own, and told with what is missing or broke."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import found, picked, running
from tests.benchmarks.measure import in_turn, scaled
from tests.benchmarks.one import measured
from tests.benchmarks.picked import OTHERS, interpreter_of
from tests.benchmarks.results import RATIO, Value
from tests.benchmarks.row import Figure, Goal, Growth, Missing, Pace, Row

PACE = Pace(pairs=3, scale=0.1)


def row_that(measure: Callable[[Pace], list[Figure]], goal: Goal | None = None) -> Row:
    """Return a row that measures so."""
    return Row(4, "what it is", "us", measure, goal, growth=lambda _pace: [
        Growth("bytes", "us", [(2, 4, None), (1, 3, 5.0)])
    ])  # fmt: skip


def test_each_row_has_a_name_of_its_own_and_a_goal_that_can_be_met() -> None:
    """Numbers order the page, and names are what records are compared by."""
    rows = found.rows()
    assert {"picked_small", "picked_large", "queued", "streams"} <= rows.keys()
    assert [one.number for one in rows.values()] == sorted(one.number for one in rows.values())
    assert [] == [name for name, row in rows.items() if row.goal == Goal()]


def test_a_row_that_is_not_asked_for_is_not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that cannot be imported stops nobody who measures another."""
    monkeypatch.setattr(found, "names", lambda: ["broken", "queued"])
    assert ["queued"] == list(found.rows(only=["queued", "unknown"]))
    with pytest.raises(ModuleNotFoundError):
        found.rows()


def test_a_module_without_a_row_only_helps_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """And one whose ROW is something else is refused by name."""
    monkeypatch.setattr(found, "_PACKAGE", "tests.benchmarks")
    assert found.row_of("made") is None
    monkeypatch.setattr("tests.benchmarks.made.ROW", 1, raising=False)
    with pytest.raises(TypeError, match=r"made\.ROW is no Row"):
        found.row_of("made")


def test_a_figure_takes_the_goal_of_its_row_unless_it_has_its_own() -> None:
    """And the unit of its row unless it is a ratio."""
    figures = [Figure("a", [1.0, 2.0, 3.0]), Figure("b", [4.0], [2.0], goal=Goal(at_most=9.0))]
    row = row_that(lambda _pace: figures, Goal(at_least=5.0))
    one, other = measured("a_row", row, PACE, with_growth=False).figures
    assert ("us", 5.0, None, True) == (one.unit, one.at_least, one.at_most, one.is_more_better)
    assert (Value(2.0, 1.5, 2.5), 2.0, None) == (one.value, one.ours, one.beside)
    assert (RATIO, None, 9.0) == (other.unit, other.at_least, other.at_most)
    assert (2.0, 4.0, 2.0, False) == (
        other.median, other.ours, other.beside, other.is_more_better
    )  # fmt: skip


def test_growth_is_measured_in_full_only_and_by_x() -> None:
    """A quick run has no time for it."""
    row = row_that(lambda _pace: [Figure("a", [1.0])])
    assert [] == measured("a_row", row, PACE, with_growth=False).growth
    [growth] = measured("a_row", row, PACE, with_growth=True).growth
    assert [(1, 3, 5.0), (2, 4, None)] == growth.points


def test_a_row_whose_need_is_missing_is_left_out() -> None:
    """With what is missing, and it is not broken."""

    def measure(_pace: Pace) -> list[Figure]:
        raise Missing("there is no NVFlare")

    record = measured("a_row", row_that(measure), PACE, with_growth=True)
    assert ("there is no NVFlare", "", []) == (record.left_out, record.error, record.figures)


def test_a_case_whose_need_is_missing_says_so() -> None:
    """The other cases of the row are measured."""
    figures = [Figure("a", [1.0]), Figure("b", [], note="NVFlare is not here")]
    record = measured("a_row", row_that(lambda _pace: figures), PACE, with_growth=False)
    assert [(1.0, ""), (None, "NVFlare is not here")] == [
        (one.median, one.note) for one in record.figures
    ]
    assert ("", "") == (record.left_out, record.error)


def test_a_row_that_breaks_is_told_as_broken() -> None:
    """With the words of what broke it; so are samples that are none."""

    def measure(_pace: Pace) -> list[Figure]:
        raise RuntimeError("the sender ended")

    record = measured("a_row", row_that(measure), PACE, with_growth=True)
    assert "RuntimeError: the sender ended" == record.error
    odd = row_that(lambda _pace: [Figure("a", [1.0], [1.0, 2.0])])
    assert measured("a_row", odd, PACE, with_growth=True).error.startswith("ValueError: ")


def test_a_process_that_ends_without_a_record_is_broken() -> None:
    """Such as that of a row that nobody knows."""
    row = row_that(lambda _pace: [])
    record = running.measured("no_such_row", row, is_quick=True)
    assert "its process ended with 1 and no record" == record.error


@pytest.mark.parametrize(("is_quick", "expected"), [(True, (True, False)), (False, (False, True))])
def test_a_row_that_takes_too_long_is_left_out_of_a_quick_run(
    monkeypatch: pytest.MonkeyPatch, is_quick: bool, expected: tuple[bool, bool]
) -> None:
    """A slow machine breaks nothing there; in a whole run it is an error."""
    for name in ("ROW_MAX_S", "_QUICK_ROW_MAX_S"):
        monkeypatch.setattr(running, name, 0.0)
    record = running.measured("queued", row_that(lambda _pace: []), is_quick=is_quick)
    assert expected == (bool(record.left_out), bool(record.error))


def test_a_quick_run_leaves_out_what_it_has_no_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """And says so."""
    monkeypatch.setattr(running, "QUICK_S", -1.0)
    told: list[str] = []
    rows = {"queued": row_that(lambda _pace: [])}
    record = running.run(rows, is_quick=True, tell=told.append)
    assert ["a quick run has no more time"] == [one.left_out for one in record.rows]
    assert "queued: left out, a quick run has no more time" == told[-1]


def test_pairs_are_taken_in_turn_after_one_of_each() -> None:
    """Which end comes first changes from pair to pair."""
    taken: list[str] = []

    def end(name: str) -> float:
        taken.append(name)
        return float(len(taken))

    ours, beside = in_turn(lambda: end("ours"), lambda: end("beside"), 3)
    assert ["ours", "beside", "beside", "ours", "ours", "beside", "beside", "ours"] == taken
    assert ([4.0, 5.0, 8.0], [3.0, 6.0, 7.0]) == (ours, beside)


@pytest.mark.parametrize(("scale", "expected"), [(1.0, 100), (0.2, 20), (0.001, 5)])
def test_less_work_is_some_work(scale: float, expected: int) -> None:
    """However little is asked for."""
    assert expected == scaled(100, scale, least=5)


@pytest.mark.parametrize("named", [None, "", "no/such/python", sys.executable])
def test_who_is_not_here_has_a_figure_that_says_so(
    monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    """Where no interpreter is named, or one that is none or that has no such package."""
    [other] = [one for one in OTHERS if one.kind == "nvflare"]
    monkeypatch.delenv(other.variable, raising=False)
    if named is not None:
        monkeypatch.setenv(other.variable, named)
    monkeypatch.setattr(picked, "OTHERS", [other])
    [figure] = picked.beside_others("1 KiB", 1024, 1, 3, lambda batch: batch.wall_s)
    expected = "not measured: STALLPROOF_NVFLARE_PYTHON names no Python that has it"
    assert ([], expected) == (figure.ours, figure.note)


def test_the_newest_of_the_interpreters_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last that is named; what needs none of them is asked here."""
    [other] = [one for one in OTHERS if one.kind == "nvflare"]
    monkeypatch.setenv(other.variable, "old/python new/python")
    assert "new/python" == interpreter_of(other)
    assert sys.executable == interpreter_of(OTHERS[0])


def test_a_sender_of_ours_sends_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, which is gone afterwards; it took some time."""
    root = Path(__file__).parents[2]
    paths = [str(root / "reference"), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    with picked.sender(sys.executable, "ours", 1024) as send:
        batch = send(3)
    assert batch.wall_s > 0
    assert batch.processor_s > 0
