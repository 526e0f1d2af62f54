"""A second check of one connection in one pass is seen, and one that may be of another is not."""

import pytest

from stallproof.wire import events as ev
from tests.judge.monitored import CHECKS_US, looked_again, warn_only
from tests.judge.story import MS, T0_US, Story
from tests.judge.verdicts import failing, verdicts_of

BEGUN_US, OVER_US = CHECKS_US[:2]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("again_us", [BEGUN_US, BEGUN_US + 1, OVER_US - 1, OVER_US])
def test_a_second_check_in_one_pass_breaks_the_counting(again_us: int, count: int) -> None:
    """Whatever it says, and whenever it comes within the pass."""
    judged = verdicts_of(looked_again(again_us, count))["SC-3"]
    assert "fail" == judged.verdict
    assert f"the count 1, and once more with {count}." in judged.findings[0].explanation


def test_what_comes_behind_the_answer_is_of_no_pass() -> None:
    """One that was not asked for may have made it."""
    assert "SC-3" not in failing(looked_again(OVER_US + 1))


@pytest.mark.parametrize(("behind_us", "expected"), [(0, True), (1, False)])
def test_the_second_of_a_later_pass_is_seen(behind_us: int, *, expected: bool) -> None:
    """With as many checks before it as passes it is one too many, up to the answer."""
    assert "SC-3" not in failing(warn_only())
    story = warn_only().checked("a", OVER_US + behind_us, 800 * MS, 2)
    assert expected is ("SC-3" in failing(story))


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_passes_side_by_side_have_a_check_each(passes: int) -> None:
    """Which of them made which nobody knows, so that two of two are right, and three are not."""
    story = looked_again(BEGUN_US + 1, passes=passes)
    assert ("SC-3" in failing(story)) is (passes < 2)
    assert ("SC-3" in failing(story.checked("a", BEGUN_US + 2, 700 * MS, 3))) is (passes < 3)


def test_a_pass_that_was_over_before_the_connection_came_made_no_check_of_it() -> None:
    """Whoever was not there was not looked at: the second check is one too many."""

    def later(answered_us: int) -> Story:
        story = Story("later").check(100 * MS, answered_us=answered_us).open("a", 200 * MS)
        story.check(300 * MS, {"a": (0, 0)}, answered_us=400 * MS)
        return story.checked("a", 350 * MS, 0, 0)

    assert ["SC-3"] == [*({"SC-3"} & failing(later(200 * MS - 1)))]
    assert set() == {"SC-3"} & failing(later(200 * MS))


def test_a_monitor_makes_checks_that_nobody_asked_for() -> None:
    """Where one runs, a second check beside a pass may be its own."""
    story = looked_again(BEGUN_US + 1)
    story.ask("monitor", 10 * MS, 10 * MS, period_us=5_000_000)
    assert "SC-3" not in failing(story)


def test_a_clock_that_is_not_exact_accuses_nobody_within_its_error() -> None:
    """The second check is within the pass for certain, or nothing is said."""
    for error_us, expected in ((MS - 1, True), (MS, True), (MS + 1, False)):
        story = looked_again(OVER_US - MS)
        story.told = [_moved(event) for event in story.told]
        found = "SC-3" in failing(story, clock_uncertainty_us=error_us)
        assert expected is found, error_us


def _moved(event: ev.AnyEvent) -> ev.AnyEvent:
    """Have the first check well inside of the pass."""
    if isinstance(event, ev.Checked) and event.at_us == T0_US + BEGUN_US:
        at_us = event.at_us + 50 * MS
        return ev.Checked(at_us=at_us, conn="a", stall_us=750 * MS, count=1, heard_us=at_us)
    return event


def test_the_successor_of_the_same_name_is_checked_beside_its_predecessor() -> None:
    """Two connections of one name are two."""
    assert "SC-3" not in failing(looked_again(BEGUN_US + 1).open("a", BEGUN_US))
