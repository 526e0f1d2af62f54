"""Which features a situation takes, and what is left out where one of them is missing.

The scenarios and the vectors say what they take; everything here is made from that alone.

Spec: `spec/protocol.md` (`features`), `spec/README.md` (verdicts).
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import UNSET

from stallproof.requirements.registry import Registry
from stallproof.requirements.requirement import VIRTUAL
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.scenarios.record import Record
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from stallproof.wire.operations import DECIDE, MACHINES
from stallproof.wire.protocol import Hello
from stallproof.wire.request import VIRTUAL_TIME

if TYPE_CHECKING:
    # What reads vectors takes long to import, and each worker imports this.
    from stallproof.requirements.vectors import Vector


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one situation takes: any of `ways`, each a set of features that are needed together."""

    requirement: str
    situation: str
    ways: list[list[str]]


def is_left_out(scenario: Scenario, hello: Hello, record: Record) -> bool:
    """Record what of `scenario` is left out for lack of features; tell whether all of it is."""
    missing = scenario.missing(hello.features)
    for feature in missing:
        record.add(ev.Unsupported(at_us=now_us(), feature=feature))
    if missing:
        return True
    for feature, requirements in scenario.missing_for(hello.features).items():
        record.add(ev.Unsupported(at_us=now_us(), feature=feature, requirements=requirements))
    return False


def never_played(
    scenarios: Sequence[Scenario], without: Collection[str], grace_us: int | None = None
) -> list[AnyEvent]:
    """Return the runs of those scenarios that take a feature of `without`: nothing is started.

    `grace_us`: `None` for the default of each scenario.
    """
    runs: list[AnyEvent] = []
    for scenario in scenarios:
        features = sorted(scenario.features.intersection(without))
        if features:
            at_us = now_us()
            runs.append(
                ev.ScenarioBegun(
                    at_us=at_us, name=scenario.name, repetition=1,
                    requirements=list(scenario.requirements), policy=scenario.policy,
                    situations=scenario.situations or UNSET, grace_us=scenario.grace_us(grace_us),
                )
            )  # fmt: skip
            runs += [ev.Unsupported(at_us=at_us, feature=feature) for feature in features]
            runs.append(ev.ScenarioEnded(at_us=at_us, noise_us=0))
    return runs


def features_taken(
    registry: Registry, scenarios: Sequence[Scenario], vectors: "Sequence[Vector]"
) -> list[Taken]:
    """Return what each situation takes, in the registry's order; virtual time is one of them."""
    taken: list[Taken] = []
    for requirement in registry.requirements:
        for name in requirement.situation_names:
            ways = [
                scenario.features | scenario.takes.get(requirement.id, frozenset())
                for scenario in scenarios
                if name in scenario.situations.get(requirement.id, ())
            ]
            taken.append(_taken(requirement.id, name, ways))
        ways = [
            frozenset({VIRTUAL_TIME, *vector.needs})
            for vector in vectors
            if requirement.id in vector.requirements
        ]
        if ways:
            taken.append(_taken(requirement.id, VIRTUAL, ways))
    return taken


def lacking(taken: Sequence[Taken], features: Collection[str]) -> list[str]:
    """Return what `--without` has to name so that nothing is unsupported for who has `features`.

    Virtual time is never among it: on the real clock nobody needs that.
    """
    lacked: set[str] = set()
    for one in taken:
        ways = [set(way).difference(features) for way in one.ways]
        if one.situation != VIRTUAL and all(ways):
            lacked.update(*ways)
    # Who asks for no decision has no machine either.
    return sorted(lacked - {*MACHINES} if DECIDE in lacked else lacked)


def _taken(requirement: str, situation: str, ways: Sequence[frozenset[str]]) -> Taken:
    """Return the row of one situation: a way that takes more than another is none."""
    least = dict.fromkeys(way for way in ways if not any(other < way for other in ways))
    return Taken(requirement=requirement, situation=situation, ways=[sorted(w) for w in least])
