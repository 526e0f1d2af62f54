"""The scheduler: a scenario plays again because of noise only, and nothing seen is lost."""

from collections.abc import Sequence
from concurrent.futures import Future

import pytest

from stallproof.runner.jobs import Jobs
from stallproof.runner.play import SCENARIOS
from stallproof.runner.played import Played, PlayedRun
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US, Scenario
from stallproof.runner.scheduler import ATTEMPTS_MAX, CALM_US, LOOK_US, Progress, Scheduler
from stallproof.wire import codec
from stallproof.wire import events as ev

NAME = "never-reads-unix"
MINUTE_US = 60_000_000


def played(repetition: int, *, lasted_us: int, spun: bool = False) -> "Future[Played]":
    """Return what a worker brings: one run of `lasted_us`."""
    begun = ev.ScenarioBegun(
        at_us=0,
        name=NAME,
        repetition=repetition,
        requirements=["SD-3"],
        policy={},
        grace_us=GRACE_DEFAULT_US,
    )
    future: Future[Played] = Future()
    run = PlayedRun(0, lasted_us, [codec.encode(begun)], spun, repetition=repetition)
    future.set_result(Played(NAME, [run]))
    return future


def scheduler(told: list[Progress]) -> Scheduler:
    """Return a scheduler whose noise monitor never started: all time without its word is noise."""
    one = Scheduler(("unused",), None, 1, told.append)
    one._attempts[NAME] = 1
    return one


def test_noise_lets_a_scenario_play_again_three_times_at_most() -> None:
    """Each noisy attempt but the last asks for another, and every one stays in the trace."""
    told: list[Progress] = []
    one = scheduler(told)
    again = []
    for attempt in range(1, ATTEMPTS_MAX + 1):
        one._attempts[NAME] = attempt
        again.append(one._take(played(attempt, lasted_us=GRACE_DEFAULT_US)))
    assert [NAME] * (ATTEMPTS_MAX - 1) + [None] == again
    kept = [e.repetition for e in one._played[NAME] if isinstance(e, ev.ScenarioBegun)]
    assert [1, 2, 3] == kept
    assert [1, 2, 3] == [p.done for p in told]


def test_a_quiet_run_is_enough() -> None:
    """At half the grace of noise the scenario is done; one microsecond more and it plays again."""
    assert scheduler([])._take(played(1, lasted_us=GRACE_DEFAULT_US // 2)) is None
    assert NAME == scheduler([])._take(played(1, lasted_us=GRACE_DEFAULT_US // 2 + 1))


def test_an_implementation_that_burnt_the_processor_gets_no_second_try() -> None:
    """Noise that the implementation made itself is no reason to play again."""
    assert scheduler([])._take(played(1, lasted_us=GRACE_DEFAULT_US, spun=True)) is None


def test_a_scenario_is_taken_when_its_last_piece_is_over() -> None:
    """Its runs stand in the order of repetitions; a quiet one among noisy ones is enough."""
    told: list[Progress] = []
    one = scheduler(told)
    one._of[NAME] = 3
    quiet_us, noisy_us = GRACE_DEFAULT_US // 2, GRACE_DEFAULT_US
    took = [one._take(played(n, lasted_us=us)) for n, us in ((3, noisy_us), (1, noisy_us))]
    assert ([None, None], {}, []) == (took, one._played, told)
    assert one._take(played(2, lasted_us=quiet_us)) is None
    kept = [e.repetition for e in one._played[NAME] if isinstance(e, ev.ScenarioBegun)]
    assert ([1, 2, 3], [1]) == (kept, [p.done for p in told])


class Told:
    """Stands for a noise monitor that saw `noise_us` in whatever span it is asked about."""

    def __init__(self, noise_us: int) -> None:
        self.noise_us = noise_us
        self.spans_us: list[int] = []

    def worst_overrun_us(self, begin_us: int, end_us: int) -> int:
        self.spans_us.append(end_us - begin_us)
        return self.noise_us


@pytest.mark.parametrize(
    ("noise_us", "left_us", "plays"),
    [
        (25_000, MINUTE_US, True),
        (25_001, MINUTE_US, False),
        (25_001, 0, True),
    ],
    ids=["quiet", "too noisy", "time is up"],
)
def test_who_was_too_noisy_waits_for_a_quiet_machine(
    noise_us: int, left_us: int, plays: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half the grace of noise is quiet, a microsecond more is not; a minute is the most."""
    one, noise_monitor = scheduler([]), Told(noise_us)
    monkeypatch.setattr(one, "_noise_monitor", noise_monitor)
    assert plays is one._may_play(GRACE_DEFAULT_US // 2, now_us() + left_us)
    assert set(noise_monitor.spans_us) <= {CALM_US}


def test_a_noise_monitor_that_says_nothing_leaves_nobody_waiting_for_ever() -> None:
    """Silence is noise, until the time to wait is up."""
    one = scheduler([])
    assert not one._may_play(GRACE_DEFAULT_US // 2, now_us() + MINUTE_US)
    assert one._may_play(GRACE_DEFAULT_US // 2, now_us())


@pytest.mark.parametrize(
    ("undecided", "played"),
    [({"SD-3"}, 3), ({"CX-1"}, 1), (set(), 1)],
    ids=["needed", "needed by others", "all is decided"],
)
def test_who_was_too_noisy_plays_again_for_what_is_undecided(
    undecided: set[str], played: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A noisy run whose requirements are decided is not made again; others are, to the third."""
    one, batches = Scheduler(("unused",), None, 1, lambda told: None), []

    def play(batch: Sequence[Scenario], workers: object) -> set[str]:
        batches.append([s.name for s in batch])
        return {NAME} if len(batches) < ATTEMPTS_MAX else set()

    monkeypatch.setattr(one, "_play", play)
    only = [s for s in SCENARIOS if s.name == NAME]
    one.play_all(only, lambda events: frozenset(undecided))
    assert [[NAME]] * played == batches


@pytest.mark.parametrize(
    ("noise_us", "now"),
    [(GRACE_DEFAULT_US // 4, 5), (GRACE_DEFAULT_US // 2, 4), (GRACE_DEFAULT_US // 2 + 1, 3)],
    ids=["quiet", "at the bound", "noisy"],
)
def test_the_noise_since_the_last_look_says_how_many_play(
    noise_us: int, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look comes once enough time is over, and no noise counts twice."""
    jobs = Jobs.chosen(4, 8)
    one, noise_monitor = Scheduler(("unused",), None, jobs, lambda told: None), Told(noise_us)
    monkeypatch.setattr(one, "_noise_monitor", noise_monitor)
    monkeypatch.setattr(one, "_waiting", {Future() for _ in range(4)})
    one._looked_us = now_us()
    one._listen(GRACE_DEFAULT_US)
    assert (4, []) == (jobs.now, noise_monitor.spans_us)
    begun_us = now_us()
    one._looked_us = begun_us - 2 * LOOK_US
    one._listen(GRACE_DEFAULT_US)
    one._listen(GRACE_DEFAULT_US)
    assert now == jobs.now
    assert 1 == len(noise_monitor.spans_us)
    assert begun_us - LOOK_US < one._looked_us


class Sleepers:
    """Stands for workers: each play is over at the next look; `most` is how many played at once."""

    def __init__(self) -> None:
        self.begun: list[Future[Played]] = []
        self.most = 0

    def submit(self, *asked: object) -> "Future[Played]":
        self.begun.append(played(1, lasted_us=0))
        self.most = max(self.most, len(self.begun))
        return self.begun[-1]

    def next(self, timeout_s: float | None) -> "Future[Played] | None":
        return self.begun.pop(0) if self.begun else None


@pytest.mark.parametrize("jobs", [1, 3])
def test_no_more_play_than_may(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where as many play as may, the next one waits for one of them to end."""
    one, workers = Scheduler(("unused",), None, jobs, lambda told: None), Sleepers()
    monkeypatch.setattr(one, "_take", lambda future: None)
    assert set() == one._play(SCENARIOS[:7], workers)  # type: ignore[arg-type]
    assert (jobs, 7) == (workers.most, len(one._attempts))
