"""The consecutive-stall count at its boundaries and against a monitor that forgets nothing."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from icontract import ViolationError

from stallproof.machines import policy as shipped_policy
from stallproof.machines import stall_count
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import NEVER_CHECKED, CheckDecision, Snapshot, StallCount
from tests.models.frozen import FROZEN
from tests.models.stall_count import Look, NaiveMonitor, heartbeat_due

POLICY = Policy(stall_timeout_us=100, checks_max=3, close_stalled=True, heartbeat_interval_us=50)
WARN_ONLY = Policy(stall_timeout_us=100, checks_max=3, heartbeat_interval_us=50)


def sending(taken_us: int = 1_000, send_id: int = 7, *, closing: bool = False) -> Snapshot:
    return Snapshot(send_id, taken_us, None, heartbeats=True, closing=closing)


def idle(received_us: int | None, *, heartbeats: bool = True, closing: bool = False) -> Snapshot:
    return Snapshot(None, None, received_us, heartbeats, closing)


@pytest.mark.requirement("SC-1", "SC-2", "SC-4", kind="boundary")
@pytest.mark.parametrize(("now_us", "stalled"), [(1_099, False), (1_100, False), (1_101, True)])
def test_stalled_is_strictly_longer_than_the_limit(now_us: int, stalled: bool) -> None:
    """A stall of the limit exactly is not stalled; one microsecond more is, and warns."""
    count, found = stall_count.on_check(POLICY, NEVER_CHECKED, sending(), now_us=now_us)
    assert CheckDecision(now_us - 1_000, stalled, stalled, False, False) == found
    assert StallCount(1 if stalled else 0, 7) == count


@pytest.mark.parametrize(("before", "closes"), [(0, False), (1, False), (2, True), (3, True)])
def test_the_check_that_reaches_the_threshold_closes(before: int, closes: bool) -> None:
    """With a threshold of 3, the second stalled check stays open and the third and fourth close."""
    count, found = stall_count.on_check(POLICY, StallCount(before, 7), sending(), now_us=2_000)
    assert closes == found.closes
    assert count.stalled_checks == before + 1


def test_warn_only_counts_and_warns_and_never_closes() -> None:
    """In warn-only mode a hundred stalled checks in a row warn a hundred times and never close."""
    count = NEVER_CHECKED
    for number in range(1, 101):
        count, found = stall_count.on_check(WARN_ONLY, count, sending(), now_us=2_000 + number)
        assert (number, True, False) == (count.stalled_checks, found.warns, found.closes)


def test_a_stall_that_outlasts_the_closing_is_not_closed_again() -> None:
    """While closing, a check at the threshold counts and warns and does not close."""
    count, found = stall_count.on_check(
        POLICY, StallCount(2, 7), sending(closing=True), now_us=2_000
    )
    assert count.stalled_checks == 3
    assert found.warns
    assert not found.closes


def test_an_intermittent_stall_resets_the_count() -> None:
    """One check that is not stalled puts two stalled ones back to nothing."""
    count, _ = stall_count.on_check(POLICY, StallCount(2, 7), idle(1_990), now_us=2_000)
    assert StallCount(0, None) == count
    count, found = stall_count.on_check(POLICY, count, sending(), now_us=2_010)
    assert count.stalled_checks == 1
    assert not found.closes


def test_another_send_in_flight_counts_from_one() -> None:
    """Two stalled checks of one send and one of another are not three in a row."""
    count, found = stall_count.on_check(POLICY, StallCount(2, 6), sending(send_id=7), now_us=2_000)
    assert StallCount(1, 7) == count
    assert not found.closes


def test_a_lock_taken_later_than_the_clock_is_no_stall() -> None:
    """A send that took the lock after the clock was read has a stall time of zero."""
    _, found = stall_count.on_check(POLICY, NEVER_CHECKED, sending(2_001), now_us=2_000)
    assert found.stall_us == 0
    assert not found.stalled


@pytest.mark.requirement("SC-10", kind="boundary")
@pytest.mark.parametrize(("now_us", "due"), [(1_049, False), (1_050, False), (1_051, True)])
def test_a_heartbeat_is_due_strictly_after_the_interval(now_us: int, due: bool) -> None:
    """Nothing received for the interval exactly is not idle; one microsecond more is."""
    _, found = stall_count.on_check(POLICY, NEVER_CHECKED, idle(1_000), now_us=now_us)
    assert due == found.heartbeat


@pytest.mark.parametrize(
    ("snapshot", "due"),
    [
        (idle(None), True),
        (idle(None, heartbeats=False), False),
        (idle(None, closing=True), False),
        (sending(1_999), False),
        (sending(1_000), False),
    ],
)
def test_who_gets_a_heartbeat(snapshot: Snapshot, due: bool) -> None:
    """An idle connection gets one; a forbidden, closing, busy or stalled one does not."""
    _, found = stall_count.on_check(POLICY, NEVER_CHECKED, snapshot, now_us=2_000)
    assert due == found.heartbeat


@pytest.mark.parametrize(
    ("count", "snapshot", "now_us"),
    [
        (StallCount(-1, 7), sending(), 2_000),
        (StallCount(1, None), sending(), 2_000),
        (NEVER_CHECKED, Snapshot(1, None, None, True, False), 2_000),
        (NEVER_CHECKED, Snapshot(None, 1, None, True, False), 2_000),
        (NEVER_CHECKED, sending(), -1),
    ],
)
def test_states_that_cannot_be_are_refused(
    count: StallCount, snapshot: Snapshot, now_us: int
) -> None:
    """A count without a send, half a snapshot or a time before zero is refused; nothing changes."""
    before = (hash(count), hash(snapshot))
    with pytest.raises(ViolationError):
        stall_count.on_check(POLICY, count, snapshot, now_us=now_us)
    assert before == (hash(count), hash(snapshot))


class CountAgainstMonitor(RuleBasedStateMachine):
    """Random snapshots at random checks, compared with the whole history after each."""

    code: Any = FROZEN["stall_count"]
    policies: Any = FROZEN["policy"]

    @initialize(limit_us=st.integers(1, 10), threshold=st.integers(1, 4), closes=st.booleans())
    def begin(self, limit_us: int, threshold: int, closes: bool) -> None:
        self.policy = self.policies.Policy(
            stall_timeout_us=limit_us,
            checks_max=threshold,
            close_stalled=closes,
            heartbeat_interval_us=5,
        )
        self.naive = NaiveMonitor(limit_us, threshold, closes)
        self.count = self.code.NEVER_CHECKED
        self.now_us = 100

    @rule(
        pause_us=st.integers(0, 8),
        send=st.none() | st.integers(1, 2),
        held_us=st.integers(0, 14),
        heard_ago_us=st.none() | st.integers(0, 10),
        heartbeats=st.booleans(),
        closing=st.booleans(),
    )
    def check(
        self,
        pause_us: int,
        send: int | None,
        held_us: int,
        heard_ago_us: int | None,
        heartbeats: bool,
        closing: bool,
    ) -> None:
        self.now_us += pause_us
        taken_us = None if send is None else self.now_us - held_us
        heard_us = None if heard_ago_us is None else self.now_us - heard_ago_us
        seen = self.code.Snapshot(send, taken_us, heard_us, heartbeats, closing)
        self.count, found = self.code.on_check(self.policy, self.count, seen, now_us=self.now_us)
        look = Look(send, 0 if send is None else held_us)
        self.naive.looks.append(look)
        due = heartbeat_due(
            heard_us=heard_us,
            now_us=self.now_us,
            interval_us=5,
            allowed=heartbeats,
            busy=send is not None,
            closing=closing,
        )
        stalled = self.naive.is_stalled(look)
        assert self.count.stalled_checks == self.naive.count()
        assert found == self.code.CheckDecision(
            look.held_us, stalled, stalled, self.naive.must_close(closing=closing), due
        )


class ShippedCountAgainstMonitor(CountAgainstMonitor):
    """The same with the states that are shipped."""

    code = stall_count
    policies = shipped_policy


TestCountAgainstMonitor = CountAgainstMonitor.TestCase
TestShippedCountAgainstMonitor = pytest.mark.requirement(
    "SC-1", "SC-2", "SC-3", "SC-4", "SC-5", "SC-6", "SC-7", "SC-8", "SC-10", "SC-11", "SC-15"
)(ShippedCountAgainstMonitor.TestCase)
TestCountAgainstMonitor.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestShippedCountAgainstMonitor.settings = TestCountAgainstMonitor.settings


def close_times(policy: Policy, check_times_us: list[int]) -> list[int]:
    """Run checks over a send that took its lock at 0; return when the monitor closed."""
    count, closed = NEVER_CHECKED, list[int]()
    for now_us in check_times_us:
        seen = sending(0, closing=bool(closed))
        count, found = stall_count.on_check(policy, count, seen, now_us=now_us)
        if found.closes:
            closed.append(now_us)
    return closed


@pytest.mark.parametrize("first_us", range(1, 6))
def test_the_close_window_with_the_documented_numbers(first_us: int) -> None:
    """With L = 75, N = 3, T = 5 the close falls in (85, 90], and each end of it is reached."""
    policy = Policy(stall_timeout_us=75, checks_max=3, close_stalled=True, monitor_period_us=5)
    closed = close_times(policy, list(range(first_us, 200, 5)))
    assert len(closed) == 1
    assert 85 < closed[0] <= 90
    assert closed[0] == {1: 86, 2: 87, 3: 88, 4: 89, 5: 90}[first_us]
