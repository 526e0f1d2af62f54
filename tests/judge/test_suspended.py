"""What having been suspended excuses, and what it does not."""

import pytest

from tests.judge import closing
from tests.judge.sending import ASKED_US as SENT_US
from tests.judge.sending import DEADLINE_US, stalled
from tests.judge.story import GRACE_US, MS, NOISE_US
from tests.judge.suspended import (
    AHEAD_US,
    OVERSLEPT_US,
    TICKS_US,
    WINDOW_US,
    slept_before,
    slept_in_flight,
    slept_over,
    slept_through_ticks,
    stream_slept_before,
    stream_slept_over,
)
from tests.judge.verdicts import weighed, weighed_events
from tests.judge.windows import ASKED_US, close_window, schedule

LIMIT_US = 600 * MS
LATE_US = GRACE_US + NOISE_US + 1


# --- deadlines ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("early_us", "expected"), [(1, "fail"), (0, "pass"), (-1, "pass")])
def test_being_suspended_excuses_nothing_that_is_early(early_us: int, expected: str) -> None:
    """A TIMEOUT one microsecond before its deadline stays too early."""
    assert expected == weighed(slept_before(-early_us), "SD-4")["suspended-before-due"]


@pytest.mark.parametrize(
    ("end_us", "situation", "expected"),
    [(-1, "suspended-before-due", "fail"), (0, "suspended-before-due", "fail"),
     (1, "suspended-when-due", "inconclusive")],
)  # fmt: skip
def test_what_is_due_at_its_end_or_later_keeps_its_date(
    end_us: int, situation: str, expected: str
) -> None:
    """Continued at the deadline itself, a send has no more time; a microsecond later it has one."""
    story = stalled("never-reads-unix", late_us=LATE_US)
    told = weighed(story.slept(SENT_US + MS, DEADLINE_US + end_us), "SD-3")
    assert {situation: expected} == told


@pytest.mark.parametrize(("begin_us", "expected"), [(1, "pass"), (LATE_US - 1, "inconclusive")])
def test_what_was_due_before_it_began_has_the_time_from_then_on(
    begin_us: int, expected: str
) -> None:
    """Of what went by between the deadline and the suspension nothing is excused."""
    begun_us = DEADLINE_US + begin_us
    story = stalled("never-reads-unix", late_us=begin_us + 300 * MS)
    told = weighed(story.slept(begun_us, begun_us + 300 * MS), "SD-3")
    assert {"never-reads-unix": expected} == told


def test_late_before_it_began_stays_late() -> None:
    """One microsecond beyond grace and noise had gone by when it was suspended."""
    begun_us = DEADLINE_US + LATE_US
    story = stalled("never-reads-unix", late_us=LATE_US + 300 * MS)
    told = weighed(story.slept(begun_us, begun_us + 300 * MS), "SD-3")
    assert {"never-reads-unix": "fail"} == told


@pytest.mark.parametrize(
    ("late_us", "expected"),
    [(GRACE_US - 1, "pass"), (GRACE_US, "inconclusive"), (LATE_US - 1, "inconclusive"),
     (LATE_US, "fail")],
)  # fmt: skip
def test_nobody_passes_or_fails_by_the_time_that_a_signal_takes(
    late_us: int, expected: str
) -> None:
    """Accused is who is late by the longest suspension that may have been, passed by the surest."""
    story = stalled("never-reads-unix", late_us=OVERSLEPT_US + late_us)
    story.slept(DEADLINE_US - AHEAD_US, DEADLINE_US + OVERSLEPT_US, spread_us=1)
    # The signal that continues it may have taken a microsecond: so much less is excused for sure.
    assert {"suspended-when-due": expected} == weighed(story, "SD-3")


def test_two_suspensions_count_both() -> None:
    """One over the deadline, and another one while the send was about to return."""
    story = slept_over(GRACE_US + 100 * MS)
    assert "fail" == weighed(story, "SD-3")["suspended-when-due"]
    again_us = DEADLINE_US + OVERSLEPT_US + 10 * MS
    story.slept(again_us, again_us + 100 * MS)
    assert "pass" == weighed(story, "SD-3")["suspended-when-due"]


def test_a_write_after_it_is_no_less_late() -> None:
    """The peer's own eyes: more came than the kernel holds."""
    assert "fail" == weighed(slept_over(left_bytes=1_000_001), "SD-2")["suspended-when-due"]
    assert "pass" == weighed(slept_over(left_bytes=1_000_000), "SD-2")["suspended-when-due"]


@pytest.mark.parametrize(
    ("seen_us", "unread_bytes", "came_us", "expected"),
    [
        (700, 0, 901, "fail"),
        (700, 0, None, "pass"),
        (700, 1, 901, "pass"),
        (600, 0, 901, "pass"),
        (901, 0, 902, "pass"),
    ],
)
def test_what_comes_out_of_empty_buffers_was_written_afterwards(
    seen_us: int, unread_bytes: int, came_us: int | None, expected: str
) -> None:
    """Empty, after the deadline and while it was suspended: nobody can have written before."""
    story = slept_over(left_bytes=0).mode("a", DEADLINE_US + 1, "drain")
    story.unread("a", seen_us * MS, unread_bytes)
    if came_us is not None:
        story.read("a", came_us * MS, 1)
    assert expected == weighed(story, "SD-2")["suspended-when-due"]


def test_a_stream_is_judged_by_the_same_rule() -> None:
    """Suspended before it was due it keeps its date; suspended over that it has grace."""
    assert "pass" == weighed(stream_slept_over(GRACE_US), "AP-14")["suspended-when-due"]
    assert "fail" == weighed(stream_slept_over(LATE_US), "AP-14")["suspended-when-due"]
    assert "fail" == weighed(stream_slept_before(LATE_US), "AP-14")["suspended-before-due"]
    assert "fail" in weighed(stream_slept_before(-1), "AP-3").values()


# --- checks and ticks -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found_us", "expected"), [(701, "fail"), (700, "pass"), (650, "pass"), (300, "fail")]
)
def test_the_stall_time_counts_the_time_in_which_it_was_suspended(
    found_us: int, expected: str
) -> None:
    """A clock that stands still meanwhile is no excuse, and 701 ms are more than there were."""
    story = slept_in_flight(found_us * MS)
    assert expected == weighed(story, "SC-1")["suspended-in-flight"]


@pytest.mark.parametrize(("us", "expected"), [(-1, "fail"), (0, "fail"), (1, "pass")])
def test_the_lower_end_moves_by_each_tick_that_lay_in_it(us: int, expected: str) -> None:
    """A close right after going on, by checks made up for the ticks missed, is too early."""
    story = slept_through_ticks(WINDOW_US[0] + us)
    assert expected == weighed(story, "SC-9")["suspended-ticks"]


@pytest.mark.parametrize(
    ("closed_us", "expected"),
    [
        (2300 * MS, "fail"),
        (2300 * MS + 1, "pass"),
        (3330 * MS + GRACE_US, "pass"),
        (3330 * MS + LATE_US - 1, "inconclusive"),
        (3330 * MS + LATE_US, "fail"),
    ],
)
def test_a_gap_is_longer_by_what_it_was_suspended_and_no_other_is_shorter(
    closed_us: int, expected: str
) -> None:
    """(L + 2 T, L + 3 Tmax] of form (a), moved by 1.2 s less a period, and by 1.2 s."""
    story = close_window(closed_us).slept(*TICKS_US)
    story.policy["checks_max"] = 3
    told = weighed_events(story.events(), "SC-9", monitor_form="a")
    assert {"suspended-ticks": expected} == told


@pytest.mark.parametrize(("begin_us", "judged"), [(0, False), (1, True)])
def test_suspended_up_to_the_limit_nothing_is_promised(begin_us: int, judged: bool) -> None:
    """At the limit itself the premise is broken still; a microsecond later it holds."""
    begun_us = ASKED_US + LIMIT_US + begin_us
    story = close_window(2500 * MS).slept(begun_us, begun_us + 1200 * MS)
    assert judged == ("suspended-ticks" in weighed(story, "SC-9"))


def test_a_check_that_was_held_up_may_come_close_to_the_next_and_no_other_may() -> None:
    """Of checks in a row right after it, the first one alone may have been about to look."""
    story = schedule(1300 * MS, 2500 * MS).slept(210 * MS, 1490 * MS)
    story.checked("a", 1510 * MS, 1, 0)
    assert "fail" not in weighed(story, "SC-9").values()
    story.checked("a", 1520 * MS, 1, 0)
    assert "fail" in weighed(story, "SC-9").values()


@pytest.mark.parametrize("us", [0, 1])
def test_what_has_no_date_of_its_own_is_excused_by_all_of_it(us: int) -> None:
    """A close beside a stalled connection took no longer than that and its own."""
    bound = next(one for one in closing.UPPER if one.requirement == "CX-3")
    story = bound.told(500 * MS + LATE_US - 1 + us)
    assert "fail" in weighed(story, "CX-3").values()
    story.slept(0, 500 * MS)
    assert (us == 1) == ("fail" in weighed(story, "CX-3").values())
