"""The configurations of CF, asked for from real processes: right ones, and wrong ones."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stallproof.judge.report import Report, exit_code
from stallproof.runner.conform import conform
from stallproof.runner.sut.command import REFERENCE_COMMAND

TESTS = Path(__file__).resolve().parents[2]
CF = frozenset(f"CF-{number}" for number in range(1, 6))


def judged(command: Sequence[str], *, profile: str = "hardened") -> Report:
    """Judge the configuration of `command`."""
    os.environ.setdefault("PYTHONPATH", str(TESTS.parent / "reference"))
    return conform(
        command,
        profile=profile,
        selected=CF,
        grace_us=None,
        jobs=2,
        trace_path=None,
        progress=lambda told: None,
    )


def verdicts(report: Report, verdict: str) -> set[str]:
    return {j.id for j in report.requirements if j.verdict == verdict and j.selected}


def negative(name: str) -> tuple[str, ...]:
    return (sys.executable, str(TESTS / "implementations" / "negative" / f"{name}.py"))


def test_the_reference_is_configured_by_the_law() -> None:
    """Every requirement of CF passes, exercised in each of its situations."""
    report = judged(REFERENCE_COMMAND)
    assert CF == verdicts(report, "pass"), [j.findings for j in report.requirements if j.selected]
    assert exit_code(report) == 0


@pytest.mark.parametrize(
    ("name", "breaks"),
    [
        ("refuses_everything", CF),
        ("echoes_its_configuration", {"CF-2", "CF-3", "CF-5"}),
    ],
)
def test_a_wrong_reader_fails_exactly_where_it_is_wrong(name: str, breaks: set[str]) -> None:
    """What it breaks fails with an explanation, and all else passes."""
    report = judged(negative(name))
    explained = {j.id: [f.explanation for f in j.findings] for j in report.requirements}
    assert breaks == verdicts(report, "fail"), explained
    assert CF - breaks == verdicts(report, "pass"), explained
    for judgement in report.requirements:
        if judgement.id in breaks:
            assert judgement.findings[0].tells == "violation"
            assert judgement.findings[0].events


def test_seed_judges_what_seed_has() -> None:
    """What only echoes is not judged for strictness there, and still breaks the clamps."""
    report = judged(negative("echoes_its_configuration"), profile="seed")
    assert {"CF-2"} == verdicts(report, "fail")
    assert {"CF-1", "CF-4"} == verdicts(report, "pass")
