"""The oracle over TLS against implementations that are wrong there on purpose."""

import os
import sys
from pathlib import Path

import pytest

from stallproof.judge.report import Judgement
from stallproof.runner.conform import conform

ROOT = Path(__file__).resolve().parents[3]


def _judged(name: str, requirement: str) -> Judgement:
    os.environ.setdefault("PYTHONPATH", str(ROOT / "reference"))
    report = conform(
        (sys.executable, str(ROOT / "tests" / "implementations" / "negative" / f"{name}.py")),
        profile="hardened",
        selected=frozenset({requirement}),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    assert [] == report.harness
    return next(j for j in report.requirements if j.id == requirement)


@pytest.mark.timing
def test_who_takes_a_cut_for_the_end_fails() -> None:
    """Each of the three cuts is told, and the orderly end is none of them."""
    judged = _judged("takes_cuts_for_ends", "SD-16")
    assert "fail" == judged.verdict
    # On a noisy machine the scenario plays again, and its findings are told again.
    told = [f.explanation for f in judged.findings if f.scenario == "cuts-its-stream #1"]
    assert 3 == len(told)
    assert all("taken for an orderly end" in text for text in told)


@pytest.mark.timing
def test_who_takes_the_layer_down_first_fails() -> None:
    """The bytes in clear are found with their place, although the connection is closed at once."""
    judged = _judged("leaves_in_clear", "SD-12")
    assert "fail" == judged.verdict
    assert all("left unencrypted" in f.explanation for f in judged.findings if f.events)
