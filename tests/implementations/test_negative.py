"""The oracle against implementations that are wrong on purpose: each fails by what it breaks.

In Python, in Node.js and in C one piece of text of a right implementation is exchanged, and the
verdict turns on exactly the requirements that this piece was there for.
"""

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from stallproof.judge.report import Report, exit_code
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import conform, decidable
from tests.implementations.c.building import SOURCE, built, found
from tests.implementations.negative import c, node, python
from tests.implementations.negative.wrong import (
    ROOT,
    NotPlanted,
    Wrong,
    command_of,
    copied_from,
    planted,
)
from tests.implementations.node.running import COMMAND as NODE
from tests.implementations.node.running import need_node

EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)
ZOO = (*python.WRONG, *node.WRONG, *c.WRONG)
IN_VIRTUAL_TIME = [wrong for wrong in ZOO if wrong.clock == "virtual"]
ON_SOCKETS = [wrong for wrong in ZOO if wrong.clock == "real"]
FEWEST = {"python": 45, "node": 14, "c": 14}
FEWEST_OF_ALL = 75
SLOW_AT_MOST = 2


def need(language: str) -> None:
    """Leave out the test that runs where the machine cannot run this language."""
    if language == "node":
        need_node()
    elif language == "c":
        found()


def judged(command: tuple[str, ...], wrong: Wrong) -> Report:
    """Judge `command` by what `wrong` is judged by; it has to answer whatever it is asked."""
    report = conform(
        command, profile="hardened", selected=wrong.only or EVERYTHING, grace_us=None, jobs=4,
        trace_path=None, progress=lambda _told: None, clock=wrong.clock,
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


def named(wrong: Wrong) -> str:
    """Return the name of the test of `wrong`."""
    return f"{wrong.language}-{wrong.name}"


@pytest.mark.parametrize("wrong", IN_VIRTUAL_TIME, ids=named)
def test_a_wrong_one_fails_exactly_by_what_it_breaks(wrong: Wrong, tmp_path: Path) -> None:
    """One piece of text is exchanged, and exactly the requirements that it breaks fail."""
    need(wrong.language)
    report = judged(command_of(wrong, planted(wrong, tmp_path)), wrong)
    assert wrong.breaks == explained(report).keys(), explained(report)
    assert 1 == exit_code(report)
    for judgement in report.requirements:
        if judgement.id in wrong.breaks:
            assert "violation" == judgement.findings[0].tells
            assert judgement.findings[0].events


@pytest.mark.timing
@pytest.mark.parametrize(
    "wrong",
    [
        # Whoever spins is found by the processor time that it takes, and has to be given it.
        pytest.param(one, marks=pytest.mark.alone if "AP-7" in one.breaks else (), id=named(one))
        for one in ON_SOCKETS
    ],
)
def test_what_only_sockets_show_fails_on_sockets(wrong: Wrong, tmp_path: Path) -> None:
    """What it says is one thing, and the bytes on a real socket are another."""
    need(wrong.language)
    report = judged(command_of(wrong, planted(wrong, tmp_path)), wrong)
    assert wrong.breaks == explained(report).keys(), explained(report)


@pytest.mark.parametrize("language", ["python", "node", "c"])
def test_mended_it_passes_whatever_it_was_judged_by(language: str, tmp_path: Path) -> None:
    """What each wrong one is made from passes every requirement that any of them fails by."""
    need(language)
    here = [wrong for wrong in IN_VIRTUAL_TIME if wrong.language == language]
    command = {
        "python": (sys.executable, "-m", "stallproof.harness"),
        "node": NODE,
        "c": (str(built(SOURCE, tmp_path)),) if language == "c" else (),
    }[language]
    report = judged(command, replace(here[0], only=None))
    broken = frozenset[str]().union(*(wrong.breaks for wrong in here))
    passed = {j.id for j in report.requirements if j.verdict == "pass"}
    assert {} == explained(report)
    assert set() == broken - passed


@pytest.mark.parametrize("wrong", ZOO, ids=named)
def test_nothing_else_is_exchanged(wrong: Wrong, tmp_path: Path) -> None:
    """A wrong one differs from the right one in one place of one file, and in nothing else."""
    source = copied_from(wrong)
    copy = planted(wrong, tmp_path) / source.name
    files = [place.relative_to(copy) for place in copy.rglob("*") if place.is_file()]
    differing = [
        name for name in files if (source / name).read_bytes() != (copy / name).read_bytes()
    ]
    assert [ROOT / wrong.file] == [source / name for name in differing]
    before, after = (ROOT / wrong.file).read_text("utf-8").split(wrong.old)
    assert before + wrong.new + after == (copy / differing[0]).read_text("utf-8")


@pytest.mark.parametrize(
    "damaged",
    [
        replace(node.WRONG[0], old="a text that is not there"),
        replace(node.WRONG[0], old="flight"),
        replace(node.WRONG[0], new=node.WRONG[0].old),
    ],
    ids=["missing", "many times", "unchanged"],
)
def test_a_mistake_that_cannot_be_planted_is_told(damaged: Wrong, tmp_path: Path) -> None:
    """Nothing is planted in vain: the text occurs exactly once, and the exchange changes it."""
    with pytest.raises(NotPlanted, match=damaged.name):
        planted(damaged, tmp_path)


def test_there_are_enough_of_them() -> None:
    """Each has a name and a sentence of its own, and names what it breaks."""
    counted = Counter[str](wrong.language for wrong in ZOO)
    assert len(ZOO) == len({(wrong.language, wrong.name) for wrong in ZOO})
    assert len(ZOO) == len({(wrong.language, wrong.says) for wrong in ZOO})
    assert all(wrong.breaks and wrong.breaks <= (wrong.only or EVERYTHING) for wrong in ZOO)
    assert len(ZOO) >= FEWEST_OF_ALL
    assert all(counted[language] >= fewest for language, fewest in FEWEST.items())
    slow = Counter(wrong.language for wrong in ON_SOCKETS)
    assert all(times <= SLOW_AT_MOST for times in slow.values())


def test_each_requirement_is_broken_by_somebody() -> None:
    """Whatever virtual time can decide, there is a wrong implementation that fails by it.

    What looking costs (AP-7) is seen in processor time, so that one fails on the real clock.
    """
    broken = frozenset[str]().union(*(wrong.breaks for wrong in ZOO))
    assert set() == decidable(EVERYTHING) - broken
