"""The plays in which the harness is suspended: each provokes what it is for."""

import pytest

from stallproof.judge.evaluate import evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.requirements.registry import load_registry
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US
from stallproof.runner.scenarios.suspending import SUSPENDING
from stallproof.wire import events as ev
from tests.runner.scenarios.playing import on_the_reference

EVERY = {one.id for one in load_registry().requirements}
PLAYS = {s.name: s for s in SUSPENDING if not s.streams}


def test_grace_is_its_default_in_every_play() -> None:
    """No bound of these plays is so small that grace has to shrink."""
    assert {GRACE_DEFAULT_US} == {s.grace_us(None) for s in SUSPENDING}


@pytest.mark.timing
def test_each_play_provokes_what_it_is_for() -> None:
    """Each situation is witnessed, nothing breaks, and one suspension is told of in each run."""
    for name, runs in on_the_reference(*PLAYS.values()).items():
        _provokes_what_it_is_for(name, runs)


def _provokes_what_it_is_for(name: str, runs: list[Run]) -> None:
    assert [] == [b for r in runs for b in (*r.broken, *r.unsupported)]
    evaluated = [evaluate_run(run, EVERY) for run in runs]
    assert [] == [v for run in evaluated for one in run.values() for v in one.violations]
    for requirement, situations in PLAYS[name].situations.items():
        for situation in situations:
            assert any(run[requirement, situation].witnessed for run in evaluated), name
    assert {1} == {len(run.of(ev.Suspended)) for run in runs}
