"""How many scenarios play at once: fewer when it is noisy, more when it is quiet, at least one."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stallproof.api.judging import JOBS_EACH_MOST, JOBS_MOST, jobs_in_force
from stallproof.runner.jobs import SHARE_ADDED, Jobs

GRACE_US = 50_000
LOUD_US = GRACE_US // 2 + 1
QUIET_US = GRACE_US // 4


@pytest.mark.parametrize(
    ("noise_us", "now"),
    [
        (0, 10),
        (GRACE_US // 4 - 1, 10),
        (GRACE_US // 4, 10),
        (GRACE_US // 4 + 1, 8),
        (GRACE_US // 2 - 1, 8),
        (GRACE_US // 2, 8),
        (GRACE_US // 2 + 1, 6),
    ],
)
def test_a_run_is_spoilt_by_more_than_half_the_grace_and_room_is_below_a_quarter(
    noise_us: int, now: int
) -> None:
    """Each bound counts to the microsecond: below, at and above it."""
    jobs = Jobs.chosen(8, 16)
    jobs.on_noise(noise_us, GRACE_US, playing=8)
    assert now == jobs.now


def test_a_scripted_noise_monitor_takes_and_gives_jobs() -> None:
    """Quiet adds one at least, up to the most; noise takes a quarter, and one is left always."""
    jobs = Jobs.chosen(2, 5)
    seen = []
    for noise_us in [QUIET_US] * 4 + [LOUD_US] * 5 + [QUIET_US]:
        jobs.on_noise(noise_us, GRACE_US, playing=jobs.now)
        seen.append(jobs.now)
    assert [3, 4, 5, 5, 3, 2, 1, 1, 1, 2] == seen
    assert (5, 5) == (jobs.highest, jobs.fewer)


@pytest.mark.parametrize(
    ("noise_us", "playing", "now"),
    [
        (LOUD_US, 9, 8),
        (LOUD_US, 8, 6),
        (LOUD_US, 4, 3),
        (LOUD_US, 1, 1),
        (LOUD_US, 0, 8),
        (QUIET_US, 9, 8),
        (QUIET_US, 8, 10),
        (QUIET_US, 7, 8),
    ],
)
def test_noise_counts_against_the_number_that_made_it(
    noise_us: int, playing: int, now: int
) -> None:
    """While more play than may nothing changes, and where fewer do there is no need for more."""
    jobs = Jobs.chosen(8, 16)
    jobs.on_noise(noise_us, GRACE_US, playing)
    assert now == jobs.now


def test_quiet_adds_a_quarter_until_the_first_noise_and_then_one() -> None:
    """Before any noise the way up is short; afterwards it is known to be near its end."""
    jobs = Jobs.chosen(3, 64)
    seen = []
    for noise_us in [QUIET_US] * 6 + [LOUD_US] + [QUIET_US] * 2:
        jobs.on_noise(noise_us, GRACE_US, playing=jobs.now)
        seen.append(jobs.now)
    assert [4, 5, 6, 7, 8, 10, 7, 8, 9] == seen


@pytest.mark.parametrize("noise_us", [0, LOUD_US])
def test_a_number_that_was_asked_for_stays(noise_us: int) -> None:
    """Whoever gives `--jobs` gets them, whatever the noise."""
    jobs = Jobs.fixed(7)
    jobs.on_noise(noise_us, GRACE_US, playing=7)
    assert (7, "7, as was asked for") == (jobs.now, jobs.in_words())


@given(
    begun=st.integers(-2, 70),
    most=st.integers(-2, 64),
    looks=st.lists(st.tuples(st.integers(0, 2 * GRACE_US), st.integers(0, 70)), max_size=60),
)
@example(begun=1, most=1, looks=[(GRACE_US, 1)])
def test_it_is_one_at_least_and_the_most_at_most(
    begun: int, most: int, looks: list[tuple[int, int]]
) -> None:
    """Whatever is heard, a run goes on, and no look changes the number by more than is said."""
    jobs = Jobs.chosen(begun, most)
    for noise_us, playing in looks:
        before = jobs.now
        jobs.on_noise(noise_us, GRACE_US, playing)
        assert 1 <= jobs.now <= max(1, most)
        assert jobs.now <= before + (1 if jobs.fewer else max(1, before // SHARE_ADDED))
        assert jobs.now <= before or noise_us * 4 <= GRACE_US
        assert jobs.highest >= jobs.now


@pytest.mark.parametrize(
    ("processors", "load", "begun", "most"),
    [
        (2.0, 0.0, 4, 24),
        (2.0, 2.0, 4, 24),
        (2.0, 2.1, 1, 24),
        (0.05, 0.0, 1, 1),
        (100.0, 0.0, 16, JOBS_MOST),
    ],
)
def test_the_processors_say_where_it_begins(
    processors: float, load: float, begun: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as the doctor suggests, and one where more is wanted already than there is."""
    monkeypatch.setattr("stallproof.api.judging.available", lambda: processors)
    monkeypatch.setattr("stallproof.api.judging.load", lambda: load)
    jobs = jobs_in_force(None)
    assert (begun, most, False) == (jobs.now, jobs.most, jobs.is_fixed)
    assert jobs.most <= max(1, JOBS_EACH_MOST * processors)


def test_what_was_chosen_is_told_with_the_reason() -> None:
    """The report says where it began, how far it went, and how often noise took some."""
    jobs = Jobs.chosen(4, 16)
    for noise_us in (0, 0, LOUD_US):
        jobs.on_noise(noise_us, GRACE_US, playing=jobs.now)
    assert (
        "begun with 4 for the processors that were free, up to 6 while it was quiet (at most 16), "
        "the noise took some: 1"
    ) == jobs.in_words()
