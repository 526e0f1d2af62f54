"""A harness that has only machines is judged by its decisions, with no knob in force."""

import sys
from pathlib import Path

import pytest

from stallproof.judge.report import Report
from stallproof.runner.conform import conform

DECIDING = Path(__file__).resolve().parent / "harnesses" / "deciding.py"


def judged(way: str) -> Report:
    """Judge its machines on the real clock."""
    return conform(
        (sys.executable, str(DECIDING), way), profile="hardened", grace_us=None, jobs=2,
        selected=frozenset({"SG-1", "SG-2", "SG-3", "DN-1", "DN-2"}), trace_path=None,
        progress=lambda told: None,
    )  # fmt: skip


def test_who_has_only_machines_passes_with_nothing_in_effective() -> None:
    """An empty `effective` is honest, and no trouble of the harness."""
    report = judged("")
    assert ("pass", [], []) == (report.verdict, report.harness, report.notes)


@pytest.mark.parametrize(("way", "notes"), [("misspells", 1), ("forgets-decide", 1)])
def test_a_machine_that_nobody_asks_is_in_the_notes(way: str, notes: int) -> None:
    """Its requirements are unsupported, and the report says why."""
    report = judged(way)
    assert report.verdict == "incomplete"
    assert notes == len(report.notes)
    assert "SG-1" in {j.id for j in report.requirements if j.verdict == "unsupported"}
