"""The schedule of the monitor: which ticks are skipped, and that each of them is told."""

from typing import Any

import pytest

from stallproof.drivers.io import REAL
from stallproof.drivers.monitor import SLACK_US, Monitor, ticks_missed
from stallproof.wire.implementation import PassBegun, TicksSkipped
from tests.drivers.peers import Ear

PERIOD_US = 4 * SLACK_US


@pytest.mark.parametrize(
    ("late_us", "missed"),
    [
        (0, 0),
        (SLACK_US - 1, 0),
        (SLACK_US, 0),
        (SLACK_US + 1, 1),
        (PERIOD_US + SLACK_US - 1, 1),
        (PERIOD_US + SLACK_US, 1),
        (PERIOD_US + SLACK_US + 1, 2),
        (10 * PERIOD_US, 10),
    ],
)
def test_a_tick_is_skipped_only_for_more_than_the_slack(late_us: int, missed: int) -> None:
    """At the slack it is in time; a later tick that is not late beyond it is not skipped."""
    assert missed == ticks_missed(late_us, PERIOD_US, SLACK_US)


class Wakes:
    """An event that wakes the schedule at the moments that it is told, and then stops it."""

    def __init__(self, moments_us: list[int]) -> None:
        self.moments_us = moments_us
        self.now_us = 0

    def wait(self, timeout: float | None = None) -> bool:
        if not self.moments_us:
            return True
        self.now_us = max(self.moments_us.pop(0), self.now_us)
        return False

    def set(self) -> None: ...


class WokenAt:
    """The real `io`, but for the clock and the event that the schedule waits for."""

    def __init__(self, *moments_us: int) -> None:
        self.wakes = Wakes(list(moments_us))

    def now_us(self) -> int:
        return self.wakes.now_us

    def event(self) -> Wakes:
        return self.wakes

    def __getattr__(self, name: str) -> Any:
        return getattr(REAL, name)


def scheduled(*moments_us: int) -> list[tuple[int, ...]]:
    """Return what the monitor says when it is woken at these moments after its start."""
    ear, io = Ear(), WokenAt(*moments_us)
    monitor = Monitor(ear, io=io)
    monitor.start(PERIOD_US)
    assert monitor._thread is not None
    monitor._thread.join()
    monitor.stop()
    said: list[tuple[int, ...]] = []
    for event in ear.events:
        if isinstance(event, PassBegun):
            said.append((event.at_us,))
        elif isinstance(event, TicksSkipped):
            said.append((event.at_us, event.tick, event.ticks, event.late_us))
    return said


def test_each_skipped_tick_is_reported() -> None:
    """Those for which it is too late are told at once, with how late it is for the last one."""
    late_us = 3 * PERIOD_US + SLACK_US + 1
    found = scheduled(late_us, 4 * PERIOD_US)
    assert [(late_us, 1, 3, SLACK_US + 1), (4 * PERIOD_US,)] == found


def test_a_tick_in_time_is_not_skipped_with_those_before_it() -> None:
    """Three ticks are missed, and the fourth is late by just what is allowed: it is made."""
    late_us = 4 * PERIOD_US + SLACK_US
    assert [(late_us, 1, 3, PERIOD_US + SLACK_US), (late_us,)] == scheduled(late_us, late_us)


@pytest.mark.parametrize("period_us", [0, -1])
def test_a_period_has_at_least_a_microsecond(period_us: int) -> None:
    """Less is refused, and one microsecond is not."""
    monitor = Monitor(Ear(), io=WokenAt())
    with pytest.raises(ValueError, match="at least 1 us"):
        monitor.start(period_us)
    monitor.start(1)
    monitor.stop()
