"""The rules: found and not listed, run only when they are asked for, true to their marks."""

import contextlib
from collections.abc import Iterator

import pytest

from stallproof.judge import evaluate
from stallproof.judge.evaluate import observe
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.observation import Observation, held
from stallproof.judge.evidence.run import KnobMissing, Run
from stallproof.judge.rules import Rule, find_rules, rule
from stallproof.requirements.registry import load_registry
from tests.judge.case import Case
from tests.judge.cases import CASES
from tests.judge.verdicts import trace_of

each_case = pytest.mark.parametrize("case", CASES, ids=str)


def run_of(case: Case) -> Run:
    """Return the broken story of `case` as a run."""
    return runs_of(trace_of(case.broken()))[1][0]


def test_every_requirement_that_is_judged_has_a_rule() -> None:
    """And no rule speaks of a requirement that the law does not have."""
    registry = load_registry()
    judged = {one.id for one in registry.requirements if registry.group(one.group).judged}
    assert judged == {name for one in find_rules() for name in one.requirements}


def test_only_the_rules_of_what_is_in_scope_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that speaks of nothing in scope is not called at all."""
    called: list[str] = []

    def rule_for(*names: str) -> Rule:
        def look(_run: Run) -> Iterator[Observation]:
            called.append(names[0])
            yield held(names[0], None)

        return Rule(names, look)

    rules = (rule_for("SD-1"), rule_for("SD-2"), rule_for("SD-3", "SD-1"))
    monkeypatch.setattr(evaluate, "find_rules", lambda: rules)
    seen = observe(run_of(CASES[0]), {"SD-1"})
    assert ["SD-1", "SD-3"] == called
    assert ["SD-1", "SD-3"] == [one.requirement for one in seen]


@each_case
def test_a_rule_tells_of_the_requirements_on_its_mark_alone(case: Case) -> None:
    """Otherwise it would be silent where the other requirement is selected without it."""
    run = run_of(case)
    for one in find_rules():
        # A story may not state the knobs of which a rule speaks.
        with contextlib.suppress(KnobMissing):
            assert {told.requirement for told in one.observe(run)} <= set(one.requirements)


@each_case
def test_with_one_requirement_in_scope_the_same_is_seen_of_it(case: Case) -> None:
    """What is judged beside it makes no difference to what its own rules see."""
    run = run_of(case)
    whole = observe(run, {one.id for one in load_registry().requirements})
    expected = [one for one in whole if one.requirement == case.requirement]
    alone = observe(run, {case.requirement})
    assert expected == [one for one in alone if one.requirement == case.requirement]


def test_a_marked_function_stays_what_it_is() -> None:
    """It can be called as before, and a mark outside of the rules' folder makes no rule."""

    def sd_1(_run: Run) -> Iterator[Observation]:
        return iter(())

    assert rule("SD-1")(sd_1) is sd_1
    assert sd_1 not in {one.observe for one in find_rules()}
