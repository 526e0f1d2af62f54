"""The pieces of a play: what one worker plays in one go.

The stall it guards against is the oracle's own: a run takes at least as long as its longest play.
Repetitions know nothing of each other, so those of a long play are played side by side. Those of a
short one are played one after the other: each piece may cost the start of a harness.
"""

from collections.abc import Sequence
from typing import NamedTuple

from stallproof.runner.played import Played
from stallproof.runner.scenarios.scenario import Scenario

SIDE_BY_SIDE_S = 8.0
"""A play that is at least as long as this is played in pieces of one repetition each."""


class Piece(NamedTuple):
    """Some repetitions of a scenario: those at `numbers` of each attempt, counted from 0."""

    scenario: Scenario
    numbers: range

    @property
    def play_s(self) -> float:
        """How long it takes, roughly."""
        return self.scenario.play_s * len(self.numbers) / self.scenario.repetitions


def pieces_of(scenario: Scenario) -> list[Piece]:
    """Return what is to be played, in the order of its repetitions."""
    every = range(scenario.repetitions)
    if scenario.play_s < SIDE_BY_SIDE_S:
        return [Piece(scenario, every)]
    return [Piece(scenario, every[number : number + 1]) for number in every]


def longest_first(scenarios: Sequence[Scenario]) -> list[Piece]:
    """Return the pieces of all scenarios in the order in which they are best begun."""
    return sorted((one for s in scenarios for one in pieces_of(s)), key=lambda one: -one.play_s)


def put_together(played: Sequence[Played]) -> Played:
    """Return what came of a scenario whose pieces were played in whatever order."""
    whole = Played(played[0].name)
    whole.runs = sorted((run for one in played for run in one.runs), key=lambda run: run.repetition)
    whole.complaints = list(dict.fromkeys(c for one in played for c in one.complaints))
    return whole
