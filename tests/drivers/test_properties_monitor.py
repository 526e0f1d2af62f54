"""The monitor over any schedule: its window, its peace with the deadline, and its passes.

When checks come is drawn at random within the two forms of SC-9; the ends of the window are told
again from the words of `spec/sc.md`.
"""

from dataclasses import dataclass, field, replace
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.monitor import Monitor
from stallproof.drivers.steps import CHECKED
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import NEVER_CHECKED, Snapshot, on_check
from stallproof.wire.implementation import Checked, PassEnded
from tests.drivers.peers import Ear
from tests.no_deadline import NO_DEADLINE


@dataclass
class Schedule:
    """The moments of checks around a stall that begins at 0, and the window that they promise."""

    limit_us: int
    checks_max: int
    moments_us: list[int]
    lower_us: int
    upper_us: int

    def policy(self, send_timeout_us: int = 1) -> Policy:
        return Policy(
            send_timeout_us=send_timeout_us, stall_timeout_us=self.limit_us,
            checks_max=self.checks_max, close_stalled=True,
        )  # fmt: skip


@st.composite
def in_gaps(draw: st.DrawFn) -> Schedule:
    """Form (a): gaps between a smallest and a largest one, the first check before the stall."""
    shortest_us = draw(st.integers(1, 12))
    longest_us = shortest_us + draw(st.integers(0, 8))
    limit_us = longest_us + draw(st.integers(0, 30))
    checks_max = draw(st.integers(1, 4))
    upper_us = limit_us + checks_max * longest_us
    moment_us = -draw(st.integers(0, longest_us))
    moments_us = [moment_us]
    gaps = st.sampled_from([shortest_us, longest_us]) | st.integers(shortest_us, longest_us)
    while moment_us <= upper_us:
        moment_us += draw(gaps)
        moments_us.append(moment_us)
    lower_us = limit_us + (checks_max - 1) * shortest_us
    return Schedule(limit_us, checks_max, moments_us, lower_us, upper_us)


@st.composite
def on_ticks(draw: st.DrawFn) -> Schedule:
    """Form (b): a check belongs to a tick and is late by less than the declared lateness."""
    period_us = draw(st.integers(2, 15))
    late_us = draw(st.integers(0, period_us - 1))
    limit_us = period_us + late_us + draw(st.integers(0, 30))
    checks_max = draw(st.integers(1, 4))
    upper_us = limit_us + checks_max * period_us + late_us
    first_us = -period_us - draw(st.integers(0, period_us))
    ticks = range(first_us, upper_us + 2 * period_us, period_us)
    lates = st.sampled_from([0, late_us]) | st.integers(0, late_us)
    moments_us = [tick_us + draw(lates) for tick_us in ticks]
    lower_us = limit_us + max(0, (checks_max - 1) * period_us - late_us)
    return Schedule(limit_us, checks_max, moments_us, lower_us, upper_us)


schedules = in_gaps() | on_ticks()


def watch(schedule: Schedule, policy: Policy, ends_us: int | None) -> tuple[list[int], list[int]]:
    """Check at every moment; return when it warned and when it closed.

    The stall begins at 0 and ends at `ends_us`, if it does. Another send was stalled before it.
    """
    origin_us = 1_000_000
    count, warned, closed = NEVER_CHECKED, list[int](), list[int]()
    for moment_us in schedule.moments_us:
        number: int | None = 2
        taken_us: int | None = origin_us
        if moment_us < 0:
            number, taken_us = 1, 0
        elif ends_us is not None and moment_us >= ends_us:
            number = taken_us = None
        seen = Snapshot(number, taken_us, origin_us, True, bool(closed))
        count, found = on_check(policy, count, seen, now_us=origin_us + moment_us)
        if moment_us >= 0:
            warned += [moment_us] if found.warns else []
            closed += [moment_us] if found.closes else []
    return warned, closed


def with_an_honest_past(schedule: Schedule) -> Schedule:
    """Leave out the checks before the stall, as if nothing had been sent there."""
    kept = [moment_us for moment_us in schedule.moments_us if moment_us >= 0]
    return replace(schedule, moments_us=kept)


@pytest.mark.requirement("SC-2", "SC-3", "SC-4", "SC-6", "SC-7", "SC-8", "SC-9")
@given(schedule=schedules)
@NO_DEADLINE
def test_a_stall_is_closed_once_and_within_its_window(schedule: Schedule) -> None:
    """After the lower end, at the upper end at the latest, and once."""
    warned, closed = watch(with_an_honest_past(schedule), schedule.policy(), ends_us=None)
    assert len(closed) == 1
    assert schedule.lower_us < closed[0] <= schedule.upper_us
    beyond = [at_us for at_us in schedule.moments_us if at_us > schedule.limit_us]
    assert beyond == warned
    assert closed[0] == warned[schedule.checks_max - 1]


@pytest.mark.requirement("SC-2", "SC-6", "SC-7", "SC-9")
@given(
    limit_us=st.integers(20, 60),
    shortest_us=st.integers(1, 10),
    more_us=st.integers(0, 10),
    checks_max=st.integers(1, 4),
)
@NO_DEADLINE
def test_both_ends_of_the_window_are_reached(
    limit_us: int, shortest_us: int, more_us: int, checks_max: int
) -> None:
    """The tightest schedules close 1 us after the lower end and at the upper end."""
    longest_us = shortest_us + more_us
    lower_us = limit_us + (checks_max - 1) * shortest_us
    upper_us = limit_us + checks_max * longest_us
    early = [limit_us + 1 + number * shortest_us for number in range(checks_max)]
    late = [limit_us + number * longest_us for number in range(checks_max + 1)]
    for moments_us, expected_us in ((early, lower_us + 1), (late, upper_us)):
        schedule = Schedule(limit_us, checks_max, moments_us, lower_us, upper_us)
        assert [expected_us] == watch(schedule, schedule.policy(), ends_us=None)[1]


@pytest.mark.requirement("SC-4", "SC-6", "CX-5")
@given(schedule=schedules, held_us=st.integers(1, 120))
@NO_DEADLINE
def test_a_send_that_ends_in_time_is_left_alone(schedule: Schedule, held_us: int) -> None:
    """No warning up to the limit, no close up to the lower end."""
    warned, closed = watch(with_an_honest_past(schedule), schedule.policy(), ends_us=held_us + 1)
    if held_us <= schedule.limit_us:
        assert [] == warned
    if held_us <= schedule.lower_us:
        assert [] == closed


@pytest.mark.requirement("SC-15")
@given(schedule=schedules, limit_us=st.integers(1, 3))
@NO_DEADLINE
def test_an_earlier_stall_shortens_no_window(schedule: Schedule, limit_us: int) -> None:
    """Checks that found another send stalled count for nothing, even right before."""
    # Far below the premise of SC-9: no check needs to fall between the two stalls.
    hasty = replace(schedule, limit_us=limit_us)
    alone = watch(with_an_honest_past(hasty), hasty.policy(), ends_us=None)
    assert alone == watch(hasty, hasty.policy(), ends_us=None)


@dataclass(eq=False)
class Seen:
    """A connection as the monitor sees it; `fails`: looking at it raises.

    `is_fresh`: its send has just taken the lock, and it has just received something.
    """

    name: str
    policy: Policy
    number: int | None = None
    fails: bool = False
    is_fresh: bool = False
    is_finished: bool = False
    row: int = 0
    """Stalled checks of the same send in a row, by the law."""
    last: int | None = None
    closed: bool = False
    beats: list[int] = field(default_factory=list)

    def snapshot(self) -> tuple[Snapshot, int | None]:
        if self.fails:
            raise RuntimeError("this connection is broken")
        at_us = NOW_US if self.is_fresh else None
        taken_us = None if self.number is None else at_us or 0
        return Snapshot(self.number, taken_us, at_us, True, self.closed), self.number

    def begin_closing(self, cause: Cause) -> bool:
        assert cause is Cause.MONITOR
        self.closed = True
        return True

    def queue_heartbeat(self) -> None:
        self.beats.append(self.row)

    def expect(self) -> int:
        """Return the count that the check of this pass must find: fresh sends are not stalled."""
        stalled = self.number is not None and not self.is_fresh
        self.row = (self.row + 1 if self.number == self.last else 1) if stalled else 0
        self.last = self.number
        return self.row


NOW_US = 1_000
one_look = st.tuples(st.sampled_from([None, 1, 1, 2]), st.booleans(), st.booleans())
passes = st.lists(
    st.tuples(
        st.lists(one_look, min_size=4, max_size=4),
        st.sampled_from(["", "", "comes", "goes"]),
        st.integers(-(10**10), 10**10),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.requirement(
    "SC-3", "SC-7", "SC-8", "SC-10", "SC-11", "SC-12", "SC-13", "SC-14", "SC-15"
)
@given(passes=passes)
@NO_DEADLINE
def test_every_pass_checks_every_connection_for_itself(
    passes: list[tuple[list[tuple[int | None, bool, bool]], str, int]],
) -> None:
    """Whoever fails, comes or goes, and whatever the wall clock says."""
    policy = Policy(stall_timeout_us=1, checks_max=3, close_stalled=True)
    ear, conns = Ear(), [Seen("same name", policy) for _ in range(3)]
    monitor = Monitor(ear, clock=lambda: NOW_US, steps=CHECKED)
    for conn in conns:
        monitor.add(conn)
    for looks, change, wall_s in passes:
        if change == "comes" and len(conns) < 4:
            conns.append(Seen("same name", policy))
            monitor.add(conns[-1])
        elif change == "goes" and conns:
            monitor.discard(conns.pop(0))
        ear.events.clear()
        expected, beating = [], []
        for conn, (number, fails, is_fresh) in zip(conns, looks, strict=False):
            conn.number, conn.fails, conn.is_fresh = number, fails, is_fresh
            if not fails:
                expected.append(conn.expect())
                beating.append(number is None and not conn.closed and not is_fresh)
            else:
                # Nothing was seen of it: whether a count survives that is left open by the law.
                conn.row, conn.last = 0, None
        before = [len(conn.beats) for conn in conns]
        with mock.patch("time.time", lambda wall_s=wall_s: wall_s):
            monitor.run_pass()
        assert expected == [event.count for event in ear.all(Checked)]
        assert len(ear.all(PassEnded)) == 1
        after = [len(conn.beats) for conn in conns]
        grew = [new - old for old, new in zip(before, after, strict=True)]
        sound = [grown for conn, grown in zip(conns, grew, strict=True) if not conn.fails]
        assert beating == [grown == 1 for grown in sound]
        for conn in conns:
            assert conn.closed or conn.row < 3
