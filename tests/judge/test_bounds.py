"""Every bound on both sides: on time, within grace, within noise, and beyond."""

import pytest

from tests.judge import (
    beating,
    clocks,
    closing,
    company,
    giving_up,
    monitored,
    sending,
    suspended,
    talking,
    windows,
)
from tests.judge.case import Bound
from tests.judge.cases import CASES
from tests.judge.story import GRACE_US, NOISE_US
from tests.judge.verdicts import verdicts_of

UPPER = (
    *sending.UPPER,
    *closing.UPPER,
    *giving_up.UPPER,
    *monitored.UPPER,
    *beating.UPPER,
    *windows.UPPER,
    *suspended.UPPER,
    *clocks.UPPER,
    *clocks.STREAM_UPPER,
    *company.UPPER,
    *talking.UPPER,
)

each_bound = pytest.mark.parametrize("bound", UPPER, ids=str)


def _tells(bound: Bound, *late_us: int, noise_us: int = NOISE_US, spun: bool = False) -> str:
    """Say how the situation is judged: `kept`, `fail`, or `unclear` when it stays undecided."""
    requirement, situation = bound.requirement, bound.situation
    stories = [bound.told(us) for us in late_us]
    for story in stories:
        story.noise_us, story.spun = noise_us, spun
    seen = verdicts_of(*stories)[requirement].situations
    assert seen[situation] >= 1
    # The other situations of the requirement are told as well, so that it can pass at all.
    rest = [c.kept() for c in CASES if c.requirement == requirement and not seen[c.situation]]
    verdict = verdicts_of(*stories, *rest)[requirement].verdict
    return {"fail": "fail", "inconclusive": "unclear", "pass": "kept"}[verdict]


@each_bound
@pytest.mark.parametrize("late_us", [0, 1, GRACE_US - 1, GRACE_US])
def test_up_to_the_grace_after_the_bound_is_on_time(bound: Bound, late_us: int) -> None:
    """At the bound, and with all of the grace used, the law is kept."""
    assert "kept" == _tells(bound, late_us)


@each_bound
@pytest.mark.parametrize("late_us", [GRACE_US + 1, GRACE_US + NOISE_US])
def test_between_grace_and_noise_it_is_undecided(bound: Bound, late_us: int) -> None:
    """One microsecond beyond the grace, up to the measured noise, nothing is decided."""
    assert "unclear" == _tells(bound, late_us)


@each_bound
def test_one_microsecond_beyond_grace_and_noise_fails(bound: Bound) -> None:
    """Beyond grace and noise no excuse is left, also when other repetitions were on time."""
    assert "fail" == _tells(bound, GRACE_US + NOISE_US + 1)
    assert "fail" == _tells(bound, 0, GRACE_US + NOISE_US + 1, 0)


@each_bound
def test_one_repetition_on_time_outweighs_the_undecided_ones(bound: Bound) -> None:
    """Out of three repetitions one on time is enough, if none fails."""
    assert "kept" == _tells(bound, GRACE_US + NOISE_US, GRACE_US, GRACE_US + 1)


@each_bound
def test_noise_above_half_the_grace_leaves_lateness_undecided(bound: Bound) -> None:
    """At half the grace it is still judged; one microsecond more and on time means nothing."""
    half_us = GRACE_US // 2
    assert "kept" == _tells(bound, 0, noise_us=half_us)
    assert "unclear" == _tells(bound, 0, noise_us=half_us + 1)


@each_bound
def test_beyond_grace_and_noise_fails_only_on_a_machine_quiet_enough(bound: Bound) -> None:
    """At half the grace of noise lateness still fails; one microsecond more and it says nothing."""
    half_us = GRACE_US // 2
    late_us = 2 * GRACE_US + 1
    assert "fail" == _tells(bound, late_us, noise_us=half_us)
    assert "unclear" == _tells(bound, late_us, noise_us=half_us + 1)


@each_bound
def test_an_implementation_that_spins_buys_no_more_than_half_the_grace(bound: Bound) -> None:
    """With the processor burnt, later than one and a half graces fails, and on time is on time."""
    late_us = GRACE_US + GRACE_US // 2 + 1
    assert "fail" == _tells(bound, late_us, noise_us=3 * GRACE_US, spun=True)
    assert "kept" == _tells(bound, GRACE_US, noise_us=3 * GRACE_US, spun=True)
