"""The close window in both forms, its premise, the three cases, and what outer timeouts need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icontract import ViolationError

from stallproof.machines.close_window import (
    Case,
    CloseWindow,
    Gaps,
    Schedule,
    Ticks,
    case_of,
    close_window,
    is_defined,
    is_schedule,
    outer_above_us,
)
from stallproof.machines.policy import Policy
from tests.models import configuration as naive

S = 1_000_000
ADVISED = Policy(stall_timeout_us=75 * S, checks_max=3)


@pytest.mark.parametrize(
    ("schedule", "after_us", "by_us"),
    [
        (Gaps(5 * S, 5 * S), 85 * S, 90 * S),
        (Gaps(5 * S, 5_200_000), 85 * S, 90_600_000),
        (Ticks(5 * S, 50_000), 84_950_000, 90_050_000),
        (Ticks(5 * S, 0), 85 * S, 90 * S),
    ],
)
def test_the_worked_example_comes_out(schedule: Schedule, after_us: int, by_us: int) -> None:
    """Limit 75 s, 3 checks, period 5 s: the table of SC-9."""
    assert CloseWindow(after_us, by_us) == close_window(ADVISED, schedule)


def test_one_check_closes_no_earlier_than_the_limit() -> None:
    """With one check the lateness cannot make the lower end smaller than the limit."""
    policy = Policy(stall_timeout_us=75 * S, checks_max=1)
    assert CloseWindow(75 * S, 80_050_000) == close_window(policy, Ticks(5 * S, 50_000))
    assert CloseWindow(75 * S, 80 * S) == close_window(policy, Gaps(5 * S, 5 * S))


@pytest.mark.parametrize(
    ("schedule", "edge_us"), [(Gaps(4 * S, 6 * S), 6 * S), (Ticks(5 * S, 50_000), 5_050_000)]
)
@pytest.mark.parametrize(("more_us", "expected"), [(-1, False), (0, True), (1, True)])
def test_the_premise_is_one_longest_gap(
    schedule: Schedule, edge_us: int, more_us: int, expected: bool
) -> None:
    """L >= Tmax in form (a), L >= T + J in form (b), on both sides of the edge."""
    assert expected is is_defined(Policy(stall_timeout_us=edge_us + more_us), schedule)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Gaps(1, 1), True),
        (Gaps(0, 1), False),
        (Gaps(2, 1), False),
        (Ticks(1, 0), True),
        (Ticks(2, 1), True),
        (Ticks(1, 1), False),
        (Ticks(1, -1), False),
    ],
)
def test_a_schedule_is_one_that_can_be_kept(schedule: Schedule, expected: bool) -> None:
    """Gaps are positive and ordered; a check is less than one period late."""
    assert expected is is_schedule(schedule)
    if not expected:
        with pytest.raises(ViolationError):
            close_window(Policy(), schedule)


@pytest.mark.requirement("CX-5", kind="boundary")
@pytest.mark.parametrize(
    ("limit_s", "send_us", "expected"),
    [
        (45, 30 * S, Case.SILENT),
        (45, 44_949_999, Case.SILENT),
        (45, 44_950_000, Case.SILENT),
        (45, 44_950_001, Case.WARNS_ONLY),
        (25, 30 * S, Case.WARNS_ONLY),
        (20, 30 * S, Case.MAY_CLOSE),
        (20, 29_949_999, Case.WARNS_ONLY),
        (20, 29_950_000, Case.WARNS_ONLY),
        (20, 29_950_001, Case.MAY_CLOSE),
    ],
)
def test_the_three_cases_meet_at_their_edges(limit_s: int, send_us: int, expected: Case) -> None:
    """The examples of CX-5, with gaps of 5 s and a grace of 50 ms, and both edges."""
    policy = Policy(send_timeout_us=send_us, stall_timeout_us=limit_s * S, checks_max=3)
    assert expected is case_of(policy, Gaps(5 * S, 5 * S), grace_us=50_000)


def test_an_outer_timeout_is_measured_from_the_upper_end() -> None:
    """90 s and a margin of 5 s: 95 s is what an outer timeout has to exceed."""
    assert 95 * S == outer_above_us(ADVISED, Gaps(5 * S, 5 * S), margin_us=5 * S)
    assert 90_050_000 == outer_above_us(ADVISED, Ticks(5 * S, 50_000), margin_us=0)


def test_each_skipped_tick_costs_a_period_and_takes_one_of_the_premise() -> None:
    """Two skipped ticks of 5 s move the worked example by 10 s; gaps have nothing to skip."""
    on_ticks, in_gaps = Ticks(5 * S, 50_000), Gaps(5 * S, 5 * S)
    assert CloseWindow(94_950_000, 100_050_000) == close_window(ADVISED, on_ticks, 2)
    assert close_window(ADVISED, in_gaps) == close_window(ADVISED, in_gaps, 2)
    for limit_us, expected in ((10_049_999, False), (10_050_000, True), (10_050_001, True)):
        assert expected is is_defined(Policy(stall_timeout_us=limit_us), on_ticks, 1)


@pytest.mark.requirement("SC-9", kind="boundary")
@pytest.mark.parametrize("late_us", [0, 1, 2])
@pytest.mark.parametrize(("limit_us", "checks"), [(3, 1), (5, 1), (8, 2), (9, 2), (11, 3)])
def test_the_window_with_skipped_ticks_is_that_of_every_schedule(
    limit_us: int, checks: int, late_us: int
) -> None:
    """Gone through one by one, schedules close at both ends, at no other side, for each skip."""
    policy, ticks = Policy(stall_timeout_us=limit_us, checks_max=checks), Ticks(3, late_us)
    for skipped, closes_us in naive.closes_by_skips(limit_us, checks, 3, late_us).items():
        assert close_window(policy, ticks, skipped) == CloseWindow(
            min(closes_us) - 1, max(closes_us)
        )


@pytest.mark.requirement("SC-9")
@given(
    limit_us=st.integers(1, 100),
    checks=st.integers(1, 9),
    shortest_us=st.integers(1, 20),
    more_us=st.integers(0, 20),
    late_us=st.integers(0, 19),
)
def test_both_forms_agree_with_a_walk_through_the_checks(
    limit_us: int, checks: int, shortest_us: int, more_us: int, late_us: int
) -> None:
    """Adding up gap after gap gives the same ends as the formulas."""
    policy = Policy(stall_timeout_us=limit_us, checks_max=checks)
    longest_us = shortest_us + more_us
    in_gaps = naive.ends(
        limit_us, checks, shortest_us=shortest_us, longest_us=longest_us, late_us=0
    )
    assert CloseWindow(*in_gaps) == close_window(policy, Gaps(shortest_us, longest_us))
    period_us = 20 + shortest_us
    on_ticks = naive.ends(
        limit_us, checks, shortest_us=period_us, longest_us=period_us, late_us=late_us
    )
    assert CloseWindow(*on_ticks) == close_window(policy, Ticks(period_us, late_us))
