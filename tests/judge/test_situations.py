"""Each situation told twice: kept, it is witnessed; broken in one thing, its requirement fails."""

import pytest

from stallproof.judge.evaluate import observe
from stallproof.judge.evidence.arrange import runs_of
from stallproof.requirements.registry import load_registry
from tests.judge.case import Case
from tests.judge.cases import CASES
from tests.judge.verdicts import report_of, trace_of, verdicts_of

REGISTRY = load_registry()
JUDGED_GROUPS = {group.id for group in REGISTRY.groups if group.judged}
SITUATIONS = {
    (one.id, name)
    for one in REGISTRY.requirements
    if one.group in JUDGED_GROUPS and one.status == "active"
    for name in one.situation_names
}
IDS = {one.id for one in REGISTRY.requirements}
each_case = pytest.mark.parametrize("case", CASES, ids=str)


@each_case
def test_a_kept_story_witnesses_its_situation_and_breaks_nothing(case: Case) -> None:
    """The situation counts as exercised and no requirement fails or is left in doubt."""
    judged = verdicts_of(case.kept())
    assert judged[case.requirement].situations[case.situation] >= 1
    doubtful = {i for i, j in judged.items() if j.verdict in ("fail", "inconclusive")}
    assert set() == doubtful


@each_case
def test_a_broken_story_fails_exactly_its_requirement(case: Case) -> None:
    """One thing is different; what fails beside the requirement is named with its reason."""
    judged = verdicts_of(case.broken())
    assert case.fails == {i for i, j in judged.items() if j.verdict == "fail"}
    assert bool(case.also) == bool(case.since)


@each_case
def test_a_violation_is_explained_with_its_numbers(case: Case) -> None:
    """The finding names the scenario, shows events, and says the numbers that contradict."""
    found = verdicts_of(case.broken())[case.requirement].findings
    violations = [f for f in found if f.tells == "violation"]
    text = " ".join(f.explanation for f in violations)
    assert [] == [part for part in case.says if part not in text], text
    assert all(f.events and f.scenario and f.explanation.endswith(".") for f in violations)


@each_case
def test_a_kept_story_beside_it_does_not_save_a_broken_one(case: Case) -> None:
    """A violation in one run fails the requirement whatever other runs show."""
    judged = verdicts_of(case.kept(), case.broken(), case.kept())
    assert "fail" == judged[case.requirement].verdict


@pytest.mark.parametrize("profile", ["seed", "hardened"])
def test_all_kept_stories_together_pass(profile: str) -> None:
    """Every requirement of the profile passes, and so does the whole."""
    report = report_of(*(case.kept() for case in CASES), profile=profile)
    selected = {j.id for j in report.requirements if j.selected}
    assert {r.id for r in REGISTRY.applicable(profile) if r.group in JUDGED_GROUPS} == selected
    assert set() == {j.id for j in report.requirements if j.selected and j.verdict != "pass"}
    assert "pass" == report.verdict


def test_every_situation_of_the_judged_groups_has_its_stories() -> None:
    """No situation in the registry is without a case, and no case is without a situation."""
    assert SITUATIONS == {(case.requirement, case.situation) for case in CASES}


def test_no_rule_speaks_of_what_the_registry_lacks() -> None:
    """Every observation names a requirement, and one of its situations or none."""
    stories = [story() for case in CASES for story in (case.kept, case.broken)]
    _header, runs = runs_of(trace_of(*stories))
    seen = {(o.requirement, o.situation) for run in runs for o in observe(run, IDS)}
    known = SITUATIONS | {(requirement, None) for requirement, _name in SITUATIONS}
    assert set() == seen - known
