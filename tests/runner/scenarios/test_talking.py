"""The plays of a peer that talks: each brings its situation about, and ACKs go over the wire."""

import pytest

from stallproof.judge.evaluate import evaluate_run
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.streaming import STREAMING
from stallproof.runner.scenarios.talking import TALKING
from stallproof.wire import events as ev
from tests.runner.scenarios.playing import on_the_reference

OPENS = next(one for one in STREAMING if one.name == "stream-opens")


@pytest.mark.timing
@pytest.mark.parametrize("scenario", TALKING, ids=lambda one: one.name)
def test_a_play_brings_its_situation_about(scenario: Scenario) -> None:
    """On the reference nothing is broken by it, whatever the noise."""
    for run in on_the_reference(scenario):
        assert [] == run.broken
        seen = evaluate_run(run, set(scenario.requirements))
        for requirement, names in scenario.situations.items():
            for name in names:
                assert seen[requirement, name].witnessed, (run.begun.repetition, name)
                assert [] == seen[requirement, name].violations


@pytest.mark.timing
def test_acks_go_over_the_wire_in_every_other_repetition() -> None:
    """Where they have a form there; the other repetitions hand them over."""
    for run in on_the_reference(OPENS):
        by_wire = [one for one in run.of(ev.PeerDid) if one.kind == "ack"]
        handed = run.asked("ack")
        assert (run.begun.repetition % 2 == 1) == bool(by_wire)
        assert (run.begun.repetition % 2 == 0) == bool(handed)
        assert not {one.offset for one in by_wire} - {w.offset for w in run.of(ev.AckReceived)}
