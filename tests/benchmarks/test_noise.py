"""The noise beside a row: what others took, and how the speed drifted."""

import pytest

from tests.benchmarks.noise import Noise, Reading, busy_ticks, noise_between, reading

STAT = """cpu  100 20 30 4000 50 6 7 8 9 10
cpu0 60 10 20 2000 25 3 4 5 6 7
cpu1 40 10 10 2000 25 3 3 3 3 3
intr 12345
"""


@pytest.mark.parametrize(
    ("processors", "expected"),
    [({0}, 95), ({1}, 63), ({0, 1}, 158), ({7}, None)],
)
def test_busy_is_work_and_what_was_stolen(processors: set[int], expected: int | None) -> None:
    """Of our processors; not idling, waiting, nor interrupts, and no guest twice."""
    assert expected == busy_ticks(STAT, processors)


@pytest.mark.parametrize(
    ("busy_s", "expected"), [(18.0, 0.0), (20.0, 0.1), (22.0, 0.2), (17.0, 0.0)]
)
def test_others_took_what_was_done_less_what_we_did(busy_s: float, expected: float) -> None:
    """In 10 s of two processors we worked for 8 s; a tick more of ours is not negative."""
    before = Reading(100.0, 10.0, 5.0, 0.001)
    after = Reading(110.0, busy_s, 13.0, 0.001)
    assert Noise(others=expected, drift=0.0) == noise_between(before, after, 2)


@pytest.mark.parametrize(("spin_s", "expected"), [(0.0012, 0.2), (0.0008, 0.2), (0.001, 0.0)])
def test_the_speed_may_drift_both_ways(spin_s: float, expected: float) -> None:
    """Where the kernel tells nothing, only that is known."""
    found = noise_between(Reading(0.0, None, 0.0, 0.001), Reading(1.0, None, 0.0, spin_s), 2)
    assert Noise(others=None, drift=expected) == found


@pytest.mark.parametrize(
    ("others", "drift", "expected"),
    [
        (0.1, 0.1, False),
        (0.101, 0.0, True),
        (0.0, 0.101, True),
        (None, 0.1, False),
        (None, 0.101, True),
    ],
)
def test_a_tenth_is_still_quiet(others: float | None, drift: float, expected: bool) -> None:
    """More of either is too much."""
    assert expected == Noise(others=others, drift=drift).is_too_much


def test_a_reading_of_this_machine_goes_forward() -> None:
    """Time and work do not go back, and the spin took some time."""
    before, after = reading(), reading()
    assert before.at_s < after.at_s
    assert before.ours_s < after.ours_s
    assert after.spin_s > 0
    assert (before.busy_s is None) == (after.busy_s is None)
