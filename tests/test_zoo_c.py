"""The oracle against C programs that are wrong on purpose: each fails by what it breaks.

The example in C, from which each of them is made, passes: `tests/implementations/test_c.py`.
"""

from pathlib import Path

import pytest

from stallproof.oracle.conform import conform
from stallproof.oracle.report import Report
from stallproof.registry import load_registry
from tests.implementations.c.building import found
from tests.zoo.c import WRONG
from tests.zoo.wrong import Wrong, command_of, planted

EVERYTHING = frozenset(requirement.id for requirement in load_registry().requirements)
IN_VIRTUAL_TIME = [wrong for wrong in WRONG if wrong.clock == "virtual"]
ON_SOCKETS = [wrong for wrong in WRONG if wrong.clock == "real"]


def judged(wrong: Wrong, folder: Path) -> Report:
    """Compile a wrong implementation and judge it; it has to answer whatever it is asked."""
    found()
    report = conform(
        command_of(wrong, planted(wrong, folder)),
        profile="hardened", selected=wrong.only or EVERYTHING, grace_us=None, lanes=4,
        trace_path=None, progress=lambda _told: None, clock=wrong.clock,
    )  # fmt: skip
    assert () == tuple(report.harness)
    return report


def failed(report: Report) -> set[str]:
    """Return the requirements that failed."""
    return {j.id for j in report.requirements if j.verdict == "fail"}


def explained(report: Report) -> dict[str, list[str]]:
    """Return why what did not pass did not."""
    return {
        j.id: [finding.explanation for finding in j.findings]
        for j in report.requirements
        if j.verdict == "fail"
    }


@pytest.mark.parametrize("wrong", IN_VIRTUAL_TIME, ids=lambda wrong: wrong.name)
def test_a_wrong_one_fails_exactly_by_what_it_breaks(wrong: Wrong, tmp_path: Path) -> None:
    """One piece of text is exchanged, and exactly the requirements that it breaks fail."""
    report = judged(wrong, tmp_path)
    assert wrong.breaks == failed(report), explained(report)
    for judgement in report.requirements:
        if judgement.id in wrong.breaks:
            assert "violation" == judgement.findings[0].tells
            assert judgement.findings[0].events


@pytest.mark.timing
@pytest.mark.parametrize("wrong", ON_SOCKETS, ids=lambda wrong: wrong.name)
def test_what_only_sockets_show_fails_on_sockets(wrong: Wrong, tmp_path: Path) -> None:
    """A mistake in what goes over the wire, or in how poll is asked, is seen on real sockets."""
    report = judged(wrong, tmp_path)
    assert wrong.breaks == failed(report), explained(report)


def test_there_are_enough_of_them() -> None:
    """Each has a name and a sentence of its own, and names what it breaks."""
    assert len(WRONG) == len({wrong.name for wrong in WRONG})
    assert len(WRONG) == len({wrong.says for wrong in WRONG})
    assert all(wrong.breaks <= EVERYTHING and wrong.breaks for wrong in WRONG)
    assert all(wrong.breaks <= (wrong.only or EVERYTHING) for wrong in WRONG)
    assert 14 <= len(WRONG)
    assert 2 >= len(ON_SOCKETS)
