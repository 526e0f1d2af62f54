"""The oracle against mutants of right implementations: each fails by exactly what it breaks.

In Python, in Node.js, in C and in Go one piece of text of a right implementation is exchanged, and
the verdict turns on the requirements that this piece was there for.
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.committed import trials_of
from proofs.mutants.evidence import Trial
from proofs.mutants.mutant import ROOT, DoesNotFit, Mutant, mutated, text_of
from proofs.mutants.plant import harness_of, program_of
from stallproof.judge.report import Report, exit_code
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import Clock, conform, decidable
from tests.implementations.c.building import found
from tests.implementations.go.building import need_go
from tests.implementations.node.running import need_node

EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)
REFERENCE, NODE, C, GO = PROGRAMS = (
    "reference",
    "tests/implementations/node",
    "tests/implementations/c",
    "tests/implementations/go",
)
TRIALS = trials_of(MUTANTS.values())
IN_VIRTUAL_TIME = [one for one in TRIALS if one.evidence.kind == "vectors"]
ON_SOCKETS = [
    one
    for one in TRIALS
    if one.evidence.kind == "oracle" and program_of(one.mutant) != REFERENCE
]  # fmt: skip
IN_NODE, IN_C, IN_GO = (
    next(one for one in MUTANTS.values() if program_of(one) == program) for program in (NODE, C, GO)
)
FEWEST = {REFERENCE: 75, NODE: 26, C: 35, GO: 15}


def need(one: Trial) -> None:
    """Leave out the test that runs where the machine cannot run this program."""
    if program_of(one.mutant) == NODE:
        need_node()
    elif program_of(one.mutant) == C:
        found()
    elif program_of(one.mutant) == GO:
        need_go()


TRIED_EACH = 3
"""Of the mutants that vectors find, `make test` tries one in so many, `make nightly` the others."""


def judged(command: tuple[str, ...], one: Trial | None = None) -> Report:
    """Judge `command` as the evidence says; it has to answer whatever it is asked."""
    clock: Clock = "virtual"
    selected = EVERYTHING
    if one is not None and one.evidence.kind == "oracle":
        clock, selected = "real", frozenset(one.evidence.judged)
    report = conform(
        command, profile="hardened", selected=selected, grace_us=None, jobs=4, trace_path=None,
        progress=lambda _told: None, clock=clock,
    )  # fmt: skip
    assert () == tuple(report.harness)
    return report


def explained(report: Report) -> dict[str, list[str]]:
    """Return the requirements that failed, and why they did."""
    return {
        judgement.id: [finding.explanation for finding in judgement.findings]
        for judgement in report.requirements
        if judgement.verdict == "fail"
    }


def named(one: Trial) -> str:
    """Return the name of the test of a mutant."""
    return one.mutant.id


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(one, marks=pytest.mark.nightly if number % TRIED_EACH else (), id=named(one))
        for number, one in enumerate(IN_VIRTUAL_TIME)
    ],
)
def test_a_mutant_fails_exactly_by_what_it_breaks(one: Trial, tmp_path: Path) -> None:
    """One piece of text is exchanged, and exactly the requirements that it breaks fail."""
    need(one)
    report = judged(harness_of(one.mutant, tmp_path), one)
    breaks = sorted(one.evidence.must_fail)
    assert breaks == sorted(explained(report)), explained(report)
    assert 1 == exit_code(report)
    for judgement in report.requirements:
        if judgement.id in breaks:
            assert "violation" == judgement.findings[0].tells
            assert judgement.findings[0].events


# What was found is committed as well (`proofs/evidence/caught.json`), and stale when it changes.
@pytest.mark.nightly
@pytest.mark.timing
@pytest.mark.parametrize(
    "one",
    [
        # Whoever spins is found by the processor time that it takes, and has to be given it.
        pytest.param(
            one, marks=pytest.mark.alone if "AP-7" in one.evidence.must_fail else (), id=named(one)
        )
        for one in ON_SOCKETS
    ],
)
def test_what_only_sockets_show_fails_on_sockets(one: Trial, tmp_path: Path) -> None:
    """What it says is one thing, and the bytes on a real socket are another."""
    need(one)
    report = judged(harness_of(one.mutant, tmp_path), one)
    assert sorted(one.evidence.must_fail) == sorted(explained(report)), explained(report)


@pytest.mark.parametrize("program", PROGRAMS)
def test_unmutated_it_passes_whatever_its_mutants_fail_by(program: str, tmp_path: Path) -> None:
    """What each mutant is made from passes every requirement that any of them fails by."""
    here = [one for one in IN_VIRTUAL_TIME if program_of(one.mutant) == program]
    assert len(here) >= FEWEST[program]
    need(here[0])
    report = judged(harness_of(here[0].mutant, tmp_path, right=True))
    broken = {each for one in here for each in one.evidence.must_fail}
    passed = {j.id for j in report.requirements if j.verdict == "pass"}
    assert {} == explained(report)
    assert set() == broken - passed


@pytest.mark.parametrize("mutant", [IN_NODE, IN_C, IN_GO], ids=["node", "c", "go"])
def test_nothing_else_is_exchanged(mutant: Mutant, tmp_path: Path) -> None:
    """The copy differs from the right one in one place of one file, and in nothing else."""
    need(Trial(mutant, mutant.evidence[0]))
    harness_of(mutant, tmp_path)
    copy, source = tmp_path / mutant.id, ROOT / program_of(mutant)
    names = [place.relative_to(source) for place in source.rglob("*") if place.is_file()]
    kept = [name for name in names if "__pycache__" not in name.parts]
    differing = [n for n in kept if (source / n).read_bytes() != (copy / n).read_bytes()]
    assert [ROOT / mutant.file] == [source / name for name in differing]
    before, after = text_of(mutant).split(mutant.old)
    assert before + mutant.new + after == (copy / differing[0]).read_text("utf-8")


@pytest.mark.parametrize(
    "damaged",
    [
        replace(IN_NODE, old="a text that is not there"),
        replace(IN_NODE, old="flight"),
        replace(IN_NODE, new=IN_NODE.old),
    ],
    ids=["missing", "many times", "unchanged"],
)
def test_a_mutant_that_cannot_be_planted_is_told(damaged: Mutant) -> None:
    """Nothing is planted in vain: the text occurs exactly once, and the exchange changes it."""
    with pytest.raises(DoesNotFit, match=damaged.id):
        mutated(damaged)


def test_few_of_them_need_sockets() -> None:
    """At most five of each program, since they take seconds."""
    slow = Counter(program_of(one.mutant) for one in ON_SOCKETS)
    assert all(times <= 5 for times in slow.values())


def test_each_requirement_is_broken_by_somebody() -> None:
    """Whatever virtual time can decide, there is a mutant that fails by it."""
    broken = {each for one in IN_VIRTUAL_TIME for each in one.evidence.must_fail}
    broken |= {each for one in ON_SOCKETS for each in one.evidence.must_fail}
    assert set() == decidable(EVERYTHING) - broken
