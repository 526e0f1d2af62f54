"""Every bound of group AP on both sides: early, on time, within grace, within noise, and beyond."""

from collections.abc import Callable

import pytest

from tests.judge import stopping, streaming, suspended
from tests.judge.case import Bound
from tests.judge.story import GRACE_US, NOISE_US
from tests.judge.stream_story import StreamStory
from tests.judge.verdicts import weighed

UPPER = (*streaming.UPPER, *stopping.UPPER, *suspended.STREAMS_UPPER)
EARLY = (*streaming.EARLY, *stopping.EARLY)


@pytest.mark.parametrize("bound", UPPER, ids=str)
@pytest.mark.parametrize(
    ("late_us", "expected"),
    [
        (0, "pass"),
        (1, "pass"),
        (GRACE_US - 1, "pass"),
        (GRACE_US, "pass"),
        (GRACE_US + 1, "inconclusive"),
        (GRACE_US + NOISE_US, "inconclusive"),
        (GRACE_US + NOISE_US + 1, "fail"),
    ],
)
def test_grace_and_noise_are_all_that_excuses_lateness(
    bound: Bound, late_us: int, expected: str
) -> None:
    """On time up to the grace, undecided up to the noise beyond it, and then late."""
    told = weighed(bound.told(late_us), bound.requirement)
    assert expected == told[bound.situation]


@pytest.mark.parametrize(("requirement", "early"), EARLY)
def test_no_noise_lets_pass_what_is_early(
    requirement: str, early: Callable[[int], StreamStory]
) -> None:
    """It fails, or nobody can tell whether progress so long ago had come before the end."""
    story = early(1)
    story.noise_us = 100 * GRACE_US
    assert set(weighed(story, requirement).values()) & {"fail", "inconclusive"}


@pytest.mark.parametrize("noise_us", [0, NOISE_US, GRACE_US])
@pytest.mark.parametrize(("requirement", "early"), EARLY)
def test_one_microsecond_early_fails_in_noise(
    requirement: str, early: Callable[[int], StreamStory], noise_us: int
) -> None:
    """At the due moment and after it is right; a microsecond before it is not."""
    for early_us, expected in ((1, True), (0, False), (-1, False)):
        story = early(early_us)
        story.noise_us = noise_us
        assert expected == ("fail" in weighed(story, requirement).values())


@pytest.mark.parametrize(
    ("uncertainty_us", "expected"), [(0, "fail"), (1, "inconclusive"), (10, "inconclusive")]
)
@pytest.mark.parametrize(("requirement", "early"), EARLY)
def test_the_clock_uncertainty_of_both_moments_excuses_what_is_early(
    requirement: str, early: Callable[[int], StreamStory], uncertainty_us: int, expected: str
) -> None:
    """Within twice the uncertainty before the due moment the clock cannot tell."""
    told = weighed(early(1), requirement, clock_uncertainty_us=uncertainty_us)
    assert expected in told.values()
    assert {expected, "pass"} >= set(told.values())
