"""The oracle against Node.js programs that are wrong on purpose: each fails by what it breaks.

The example in Node.js, from which each of them is made, passes: `implementations/test_node.py`.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from stallproof.oracle.conform import conform
from stallproof.oracle.report import Report
from stallproof.registry import load_registry
from tests.implementations.node.running import need_node
from tests.zoo.node import WRONG
from tests.zoo.wrong import ROOT, NotPlanted, Wrong, command_of, copied_from, planted

EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)
IN_VIRTUAL_TIME = [wrong for wrong in WRONG if wrong.clock == "virtual"]
ON_SOCKETS = [wrong for wrong in WRONG if wrong.clock == "real"]
FEWEST = 14
SLOW_AT_MOST = 2


def judged(wrong: Wrong, folder: Path) -> Report:
    """Judge a wrong implementation; it has to answer whatever it is asked."""
    need_node()
    report = conform(
        command_of(wrong, planted(wrong, folder)),
        profile="hardened", selected=wrong.only or EVERYTHING, grace_us=None, lanes=4,
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


@pytest.mark.parametrize("wrong", IN_VIRTUAL_TIME, ids=lambda wrong: wrong.name)
def test_a_wrong_one_fails_exactly_by_what_it_breaks(wrong: Wrong, tmp_path: Path) -> None:
    """One piece of text is exchanged, and exactly the requirements that it breaks fail."""
    report = judged(wrong, tmp_path)
    assert wrong.breaks == explained(report).keys(), explained(report)
    for judgement in report.requirements:
        if judgement.id in wrong.breaks:
            assert "violation" == judgement.findings[0].tells
            assert judgement.findings[0].events


@pytest.mark.timing
@pytest.mark.parametrize("wrong", ON_SOCKETS, ids=lambda wrong: wrong.name)
def test_what_only_sockets_show_fails_on_sockets(wrong: Wrong, tmp_path: Path) -> None:
    """What it says is one thing, and the bytes on a real socket are another."""
    report = judged(wrong, tmp_path)
    assert wrong.breaks == explained(report).keys(), explained(report)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_nothing_else_is_exchanged(wrong: Wrong, tmp_path: Path) -> None:
    """A wrong one differs from the example in one place of one file, and in nothing else."""
    source = copied_from(wrong)
    copy = planted(wrong, tmp_path) / source.name
    differing = [
        name for name in source.glob("*.js") if name.read_text() != (copy / name.name).read_text()
    ]
    assert [ROOT / wrong.file] == differing
    before, after = differing[0].read_text().split(wrong.old)
    assert before + wrong.new + after == (copy / differing[0].name).read_text()


@pytest.mark.parametrize(
    "damaged",
    [
        replace(WRONG[0], old="a text that is not there"),
        replace(WRONG[0], old="flight"),
        replace(WRONG[0], new=WRONG[0].old),
    ],
    ids=["missing", "many times", "unchanged"],
)
def test_a_mistake_that_cannot_be_planted_is_told(damaged: Wrong, tmp_path: Path) -> None:
    """Nothing is planted in vain: the text occurs exactly once, and the exchange changes it."""
    with pytest.raises(NotPlanted, match=damaged.name):
        planted(damaged, tmp_path)


def test_there_are_enough_of_them() -> None:
    """Each has a name and a sentence of its own, and names what it breaks."""
    assert len(WRONG) == len({wrong.name for wrong in WRONG})
    assert len(WRONG) == len({wrong.says for wrong in WRONG})
    assert all(wrong.breaks and wrong.breaks <= (wrong.only or EVERYTHING) for wrong in WRONG)
    assert len(WRONG) >= FEWEST
    assert len(ON_SOCKETS) <= SLOW_AT_MOST
