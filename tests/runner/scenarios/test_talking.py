"""The plays of a peer that talks: each brings its situation about, and ACKs go over the wire."""

import pytest

from stallproof.judge.evaluate import evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.streaming import STREAMING
from stallproof.runner.scenarios.talking import TALKING
from stallproof.wire import events as ev
from tests.runner.scenarios.playing import on_the_reference

OPENS = next(one for one in STREAMING if one.name == "stream-opens")


@pytest.mark.timing
def test_each_play_brings_its_situation_about() -> None:
    """On the reference nothing is broken by it, whatever the noise."""
    played = on_the_reference(*TALKING)
    for scenario in TALKING:
        _brings_its_situation_about(scenario, played[scenario.name])


def _brings_its_situation_about(scenario: Scenario, runs: list[Run]) -> None:
    assert runs, scenario.name
    for run in runs:
        assert [] == run.broken
        seen = evaluate_run(run, set(scenario.requirements))
        for requirement, names in scenario.situations.items():
            for name in names:
                assert seen[requirement, name].witnessed, (run.begun.repetition, name)
                assert [] == seen[requirement, name].violations


@pytest.mark.timing
def test_acks_go_over_the_wire_in_every_other_repetition() -> None:
    """Where they have a form there; the other repetitions hand them over."""
    for run in on_the_reference(OPENS)[OPENS.name]:
        by_wire = [one for one in run.of(ev.PeerDid) if one.kind == "ack"]
        handed = run.asked("ack")
        assert (run.begun.repetition % 2 == 1) == bool(by_wire)
        assert (run.begun.repetition % 2 == 0) == bool(handed)
        assert not {one.offset for one in by_wire} - {w.offset for w in run.of(ev.AckReceived)}
