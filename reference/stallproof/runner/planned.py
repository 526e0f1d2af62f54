"""What would be judged and played, before anything is: each situation with what aims at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stallproof.requirements.registry import Registry, Requirement
from stallproof.requirements.vectors import Vector
from stallproof.runner.scenarios.scenario import Scenario


@dataclass(frozen=True)
class Planned:
    """What is there for one requirement.

    `situations`: the scenarios that bring each about, none of them where all are left out.
    `on_the_way`: scenarios in which it is judged, without aiming at a situation.
    """

    requirement: Requirement
    situations: Mapping[str, Sequence[str]]
    on_the_way: Sequence[str]
    vectors: Sequence[str]

    @property
    def scenarios(self) -> set[str]:
        """All scenarios in which the requirement is judged."""
        return {*self.on_the_way, *(name for names in self.situations.values() for name in names)}


def planned(
    registry: Registry,
    selected: frozenset[str],
    scenarios: Sequence[Scenario],
    vectors: Sequence[Vector],
    without: frozenset[str],
) -> list[Planned]:
    """Return what there is for each of `selected`, in the registry's order.

    `scenarios` and `vectors`: what the clock allows. What takes a feature in `without` is not
    there.
    """
    return [
        Planned(
            requirement=one,
            situations={
                name: [s.name for s in _for(one.id, scenarios, without) if name in _of(s, one.id)]
                for name in one.situation_names
            },
            on_the_way=[s.name for s in _for(one.id, scenarios, without) if not _of(s, one.id)],
            vectors=[
                vector.name
                for vector in vectors
                if one.id in vector.requirements and not without.intersection(vector.needs)
            ],
        )
        for one in registry.requirements
        if one.id in selected
    ]


def _for(
    requirement: str, scenarios: Sequence[Scenario], without: frozenset[str]
) -> list[Scenario]:
    """Return the scenarios for `requirement` that take nothing in `without`."""
    return [
        one
        for one in scenarios
        if requirement in one.aims
        and not without & (one.features | one.takes.get(requirement, frozenset()))
    ]


def _of(scenario: Scenario, requirement: str) -> Sequence[str]:
    return scenario.situations.get(requirement, ())
