"""A clock of the harness's own: how it is tied to the oracle's, and what that leaves open."""

import pytest

from stallproof.runner.sut.clock import AHEAD_US, SPAN_US, Clock
from stallproof.wire.protocol import ClockClaim

OWN = ClockClaim(name="own", resolution_us=7, shared=False, now_us=0)
AWAY_US = 10**12


def clock() -> Clock:
    """Return a clock of its own that has not been read yet."""
    one = Clock()
    one.declare(OWN)
    return one


def read(one: Clock, at_us: int, *, took_us: int, off_us: int = 0) -> None:
    """Read a clock that is `AWAY_US` and `off_us` ahead, in the middle of the asking."""
    one.take(at_us + AWAY_US + off_us, at_us - took_us // 2, at_us + took_us // 2)


def test_a_shared_clock_needs_no_reading() -> None:
    """Its resolution is all that there is to know."""
    one = Clock()
    one.declare(ClockClaim(name="shared", resolution_us=3))
    one.take(5, 0, 10)
    assert (123, 3) == (one.to_oracle_us(123), one.uncertainty_us(10**9))
    assert not one.is_ahead(1)


def test_the_narrowest_reading_of_late_ties_the_clock() -> None:
    """Half of it is the uncertainty, however wide the others were."""
    one = clock()
    one.take(1_000_000 + AWAY_US, 999_000, 1_199_000)
    read(one, 1_200_000, took_us=100)
    read(one, 1_300_000, took_us=5_000)
    one.tie()
    assert 2_000_000 == one.to_oracle_us(2_000_000 + AWAY_US)
    assert 50 == one.uncertainty_us(1_200_050)


@pytest.mark.parametrize(("took_us", "expected"), [(12, 7), (14, 7), (16, 8)])
def test_it_is_never_finer_than_its_resolution(took_us: int, expected: int) -> None:
    """Seven microseconds here, whatever the reading."""
    one = clock()
    read(one, 1_000_000, took_us=took_us)
    one.tie()
    assert expected == one.uncertainty_us(1_000_000)


def test_drift_shows_by_what_is_read_later() -> None:
    """A reading that is off by 300 us adds its own width to that."""
    one = clock()
    read(one, 1_000_000, took_us=100)
    one.tie()
    read(one, 1_000_001 + SPAN_US, took_us=100, off_us=300)
    assert 350 == one.uncertainty_us(1_000_000 + SPAN_US)
    one.tie()
    assert 50 == one.uncertainty_us(1_000_000 + SPAN_US)
    assert 5 == one.to_oracle_us(5 + AWAY_US + 300)


def test_a_slow_answer_says_little_beside_a_quick_one() -> None:
    """Of the readings within half a second the narrowest counts."""
    one = clock()
    read(one, 1_000_000, took_us=100)
    one.tie()
    read(one, 1_100_000, took_us=80_000)
    read(one, 1_200_000, took_us=200)
    assert 50 == one.uncertainty_us(1_200_100)


@pytest.mark.parametrize(("later_us", "expected"), [(0, 50), (1, 51), (2_000_000, 1050)])
def test_time_without_a_reading_may_drift(later_us: int, expected: int) -> None:
    """500 millionths of it, rounded up."""
    one = clock()
    read(one, 1_000_000, took_us=100)
    one.tie()
    assert expected == one.uncertainty_us(1_000_050 + later_us)


@pytest.mark.parametrize(("by_us", "is_drift"), [(AHEAD_US, True), (AHEAD_US + 1, False)])
def test_an_event_from_the_future_is_drift_up_to_a_limit(by_us: int, is_drift: bool) -> None:
    """Beyond it the clock is not what it was said to be."""
    one = clock()
    read(one, 1_000_000, took_us=100)
    one.tie()
    assert is_drift is one.is_ahead(by_us)
    assert (by_us if is_drift else 50) == one.uncertainty_us(1_000_050)


def test_a_tie_forgets_nothing_of_late() -> None:
    """The narrowest reading ties; a wider one that contradicts it is drift all the same."""
    one = clock()
    read(one, 1_000_000, took_us=100)
    read(one, 1_400_000, took_us=200, off_us=300)
    one.tie()
    assert 0 == one.to_oracle_us(AWAY_US)
    read(one, 1_600_000, took_us=120, off_us=300)
    assert 360 == one.uncertainty_us(1_600_000)
