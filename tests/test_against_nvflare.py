"""The oracle against the real NVFlare: what must come out of a run, whatever the races bring.

The interpreter of an environment with NVFlare is named by STALLPROOF_NVFLARE_PYTHON; `make test`
makes one. Only verdicts that do not hang on a race are expected here, each known from the package's
source: a blocking write after `select`, `select` itself, a heartbeat sent through the watched lock,
wall time, counts that do not tell sends apart.
"""

import os
from pathlib import Path

import pytest

from stallproof.oracle.conform import conform
from stallproof.oracle.report import Report, exit_code
from stallproof.registry import load_registry

PYTHON = os.environ.get("STALLPROOF_NVFLARE_PYTHON", "")
HARNESS = Path(__file__).resolve().parent / "implementations" / "nvflare" / "harness.py"
FAILS = {"SD-1", "SD-2", "SD-3", "SD-6", "SD-10", "SD-11", "SC-11", "SC-12", "SC-14", "SC-15"}
PASSES = {
    "SD-4", "SD-5", "SD-7", "SD-8", "SD-9", "SD-12", "SD-15", "SC-1", "SC-2", "SC-3", "SC-4",
    "SC-5", "SC-6", "SC-7", "SC-8", "SC-10", "SC-13", "CX-3", "CX-6",
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    not PYTHON, reason="STALLPROOF_NVFLARE_PYTHON names no interpreter that has NVFlare"
)


@pytest.fixture(scope="module")
def report() -> Report:
    """Judge the package once."""
    judged = {r.id for r in load_registry().requirements if r.group in ("SD", "SC", "CX")}
    return conform(
        (PYTHON, str(HARNESS)),
        profile="hardened",
        selected=frozenset(judged),
        grace_us=None,
        lanes=4,
        trace_path=None,
        progress=lambda told: None,
    )


@pytest.mark.timing
def test_the_run_itself_is_sound(report: Report) -> None:
    """The harness never breaks, and every requirement was exercised, whichever way it came out."""
    assert [] == report.harness
    assert "nvflare" == report.implementation["name"]
    assert [] == [j.id for j in report.requirements if j.selected and not j.exercised]
    assert exit_code(report) == 1


@pytest.mark.timing
def test_what_nvflare_does_not_keep_fails_with_its_evidence(report: Report) -> None:
    """Each known departure fails, in plain English and with the events that show it."""
    by_id = {j.id: j for j in report.requirements}
    assert FAILS == {i for i in FAILS if by_id[i].verdict == "fail"}
    for identifier in FAILS:
        finding = by_id[identifier].findings[0]
        assert len(finding.explanation) > 40
        assert finding.events


@pytest.mark.timing
def test_what_nvflare_keeps_passes(report: Report) -> None:
    """The origin's guardrails do what they promise where nothing stands in their way."""
    by_id = {j.id: j for j in report.requirements}
    wrong = {i: by_id[i].findings[:1] for i in PASSES if by_id[i].verdict != "pass"}
    assert {} == wrong
