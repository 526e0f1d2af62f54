"""A harness with a clock of its own is judged like any other, and a bad date is always its own."""

import sys
from pathlib import Path

import pytest

from stallproof.judge.report import Report
from stallproof.runner.conform import conform
from stallproof.runner.smoke import is_sound, smoked
from tests.masked_by_noise import masked

TAMPERED = Path(__file__).resolve().parent / "harnesses" / "tampered.py"
SELECTED = frozenset({"SD-1", "SC-1", "AP-1", "AP-12", "CX-2"})
CLOCKS = ("own-clock", "own-clock-only-real", "own-clock-drifts", "own-clock-once")


def command(way: str) -> tuple[str, ...]:
    """Return the command of the reference's harness with one thing changed."""
    return (sys.executable, str(TAMPERED), way)


def judged(way: str, selected: frozenset[str]) -> Report:
    """Judge it on the real clock."""
    return conform(
        command(way), profile="hardened", selected=selected, grace_us=None, jobs=4,
        trace_path=None, progress=lambda told: None,
    )  # fmt: skip


@pytest.mark.timing
@pytest.mark.parametrize("way", CLOCKS)
def test_a_clock_of_its_own_breaks_nothing(way: str) -> None:
    """With virtual time and without, drifting, and read once only: no fail and no trouble."""
    report = judged(way, SELECTED)
    selected = [j for j in report.requirements if j.selected]
    assert [] == report.harness
    assert {} == {j.id: j.findings for j in selected if j.verdict == "fail"}
    # What a clock that is hardly known hides may look as if it had not come about.
    assert {"pass", "inconclusive", "not-exercised"} >= {j.verdict for j in selected}
    assert report.clock_uncertainty_us > 1


@pytest.mark.timing
@pytest.mark.parametrize("way", ["own-clock", "own-clock-only-real", "own-clock-drifts"])
def test_a_clock_of_its_own_that_can_be_read_again_hides_little(way: str) -> None:
    """Where it is read as often as one likes, what has room beside the uncertainty passes."""
    selected = frozenset({"SD-13", "CX-2"})
    report = judged(way, selected)
    passed = {j.id for j in report.requirements if j.verdict == "pass"}
    assert selected <= passed | masked(report)


@pytest.mark.parametrize("way", CLOCKS)
def test_the_smoke_test_finds_nothing_wrong_with_a_clock_of_its_own(way: str) -> None:
    """Its times are compared as exactly as its clock could be read, and no more."""
    checks = list(smoked(command(way)))
    assert [] == [check for check in checks if check.state == "broken"]
    assert is_sound(checks)


@pytest.mark.parametrize("event", ["opened", "send_ended", "closed"])
def test_a_date_in_words_is_the_harness_s_failure_every_time(event: str) -> None:
    """Heard while the scenario waits for it, or when nobody waits for anything any more."""
    report = judged(f"says-{event}-in-words", frozenset({"SD-8"}))
    assert "garbage" in {trouble.what for trouble in report.harness}
    assert "incomplete" == report.verdict


@pytest.mark.parametrize("event", ["opened", "send_ended", "closed"])
def test_the_smoke_test_finds_a_date_in_words(event: str) -> None:
    """Whenever it is said."""
    checks = list(smoked(command(f"says-{event}-in-words")))
    assert any("not valid" in check.seen for check in checks if check.state == "broken")
