"""The scripts that are made up: within the rules, about everything, the same for the same seed."""

from collections.abc import Collection

import pytest

from stallproof.generate.describe import in_words
from stallproof.generate.sampling import BATCH, drawn
from stallproof.generate.scripts import FAMILIES, GROUPS, families_for, scripts
from stallproof.judge.model import expected_of, held_by, problems_of
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.player import is_about_configurations
from tests.generate.generated_bench import EVERY, FEATURES

COUNT = 2000
CF = tuple(sorted(load_registry().select(["CF"])))


def made(
    number: int, count: int, features: Collection[str] = FEATURES, *families: str
) -> list[Vector]:
    """Return so many scripts by the seed `number`."""
    return list(drawn(number, count, scripts(features, families or tuple(FAMILIES))))


@pytest.fixture(scope="module")
def many() -> list[Vector]:
    """Many scripts of every family."""
    return made(7, COUNT)


def test_every_script_keeps_the_rules(many: list[Vector]) -> None:
    """None breaks a rule of virtual time, and none is empty."""
    assert [] == [problem for script in many for problem in problems_of(script)]
    assert all(script.steps for script in many)


def test_generation_is_not_vacuous(many: list[Vector]) -> None:
    """Every requirement that a generated script can decide is put to the test by some script."""
    decidable = {one for one in EVERY - load_registry().undecidable if one.split("-")[0] in GROUPS}
    assert decidable == {one for script in many for one in held_by(script)}


def test_a_script_names_what_it_puts_to_the_test(many: list[Vector]) -> None:
    """Its requirements are those of a faithful play; a configuration is judged by all of CF."""
    timed = [script for script in many if not is_about_configurations(script)][:300]
    assert [sorted(held_by(one)) for one in timed] == [one.requirements for one in timed]
    configured = [script for script in many if is_about_configurations(script)]
    assert len(configured) > COUNT // 10
    assert {tuple(one.requirements) for one in configured} == {CF}
    bare = made(7, 20, FEATURES - {"relations"}, "configured")
    assert {tuple(one.requirements) for one in bare} == {CF[:-1]}


def test_configurations_stand_on_both_sides_of_each_refusal(many: list[Vector]) -> None:
    """Many are refused and many are in force, with notes and with relations of either kind."""
    answers = [
        one.answer
        for script in many
        if is_about_configurations(script)
        for one in expected_of(script)
        if one.answer
    ]
    refused = [answer for answer in answers if "refused" in answer]
    in_force = [answer for answer in answers if "effective" in answer]
    assert min(len(refused), len(in_force)) > len(answers) // 5
    assert any(answer["noted"] for answer in in_force)
    relations = [pair for answer in in_force for pair in answer["relations"].items()]
    for name in ("no_warning", "progress_before_ack_wait", "window_holds_chunk"):
        assert {True, False} == {holds for one, holds in relations if one == name}


def test_scripts_are_not_all_alike(many: list[Vector]) -> None:
    """Hardly any script comes twice."""
    assert len({in_words(script) for script in many}) > 0.95 * COUNT


def test_a_seed_makes_the_same_scripts_however_many_are_asked_for() -> None:
    """Case 12 of a seed is the same script in a long run and in a short one."""
    assert made(5, BATCH + 20)[:30] == made(5, 30)
    assert made(5, 30) != made(6, 30)


def test_what_is_not_declared_is_not_asked_for() -> None:
    """Without a feature no script takes what it stands for."""
    bare = frozenset({"virtual_time"})
    families = families_for(EVERY, bare)
    assert {"sending", "mixed"} == set(families)
    found = made(7, 300, bare, *families)
    ops = {str(step.do["op"]) for script in found for step in script.steps if step.do is not None}
    assert {"check", "monitor", "stream", "ack", "cancel", "wall_jump"}.isdisjoint(ops)
    assert not any("heartbeat_interval" in script.knobs for script in found)


def test_families_are_those_of_what_is_selected() -> None:
    """A run about streams alone plays no script without any."""
    assert ("streaming", "mixed") == families_for({"AP-1"}, FEATURES)
    assert ("configured",) == families_for({"CF-1"}, FEATURES)
    assert () == families_for({"CF-1"}, FEATURES - {"config"})


def test_a_script_of_a_swarm_goes_without_much() -> None:
    """Many scripts of a long family never close, and many close more than once."""
    found = made(5, 300, FEATURES, "mixed")
    closes = [sum(s.do is not None and s.do["op"] == "close" for s in one.steps) for one in found]
    assert 150 < closes.count(0)
    assert 5 < sum(count > 1 for count in closes)
