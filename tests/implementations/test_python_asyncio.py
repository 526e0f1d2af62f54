"""The examples for asyncio: one that is right in both kinds of time, and one that is not."""

import sys
from pathlib import Path

import pytest

import stallproof
from stallproof.judge.report import Report

HERE = Path(__file__).resolve().parent / "python"
GUARDED = (sys.executable, str(HERE / "asyncio_guarded.py"))
ON_LINES = (
    sys.executable, "-c", f"import sys; sys.path.append({str(HERE)!r}); "
    "from asyncio_drain import DrainOnLines; DrainOnLines.main()",
)  # fmt: skip
LINES_MAX = 130


def named(report: Report, verdict: str) -> list[str]:
    """Return the requirements with that verdict; the harness has to be in order."""
    assert [] == report.harness
    return [one.id for one in report.requirements if one.selected and one.verdict == verdict]


def test_the_right_one_is_short() -> None:
    """Its owner writes little."""
    assert len((HERE / "asyncio_guarded.py").read_text("utf-8").splitlines()) <= LINES_MAX


def test_the_right_one_passes_everything_it_claims_in_virtual_time() -> None:
    """Nothing fails and nothing goes unplayed: the loop has the oracle's clock."""
    report = stallproof.conform(GUARDED, clock="virtual", only="SD,CX")
    assert ([], []) == (named(report, "fail"), named(report, "not-exercised"))
    assert {"SD-14", "CX-5", "CX-7", "CX-9"} == {*named(report, "unsupported")}
    assert {"SD-1", "SD-2", "SD-8", "SD-13", "SD-18", "CX-4"} <= {*named(report, "pass")}


@pytest.mark.timing
def test_the_right_one_passes_on_real_sockets() -> None:
    """The same code over sockets of the system."""
    report = stallproof.conform(GUARDED, clock="real", only="SD-7,SD-8,SD-13,SD-18")
    assert ["SD-7", "SD-8", "SD-13", "SD-18"] == named(report, "pass"), report


def test_streams_with_a_bounded_drain_fail_by_what_streams_do() -> None:
    """Nobody closes after a TIMEOUT, any error does, and `close` waits for the buffer."""
    report = stallproof.conform(ON_LINES, clock="virtual", only="SD-5,SD-8,CX-2,CX-6")
    assert ["SD-5", "SD-8", "CX-2"] == named(report, "fail")
    assert ["CX-6"] == named(report, "pass")
