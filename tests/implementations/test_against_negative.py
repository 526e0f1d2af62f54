"""The oracle against implementations that are wrong on purpose, and against ones that are broken.

Each wrong one fails by the requirement that it breaks and by no other, on real sockets.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stallproof.judge.report import Report, exit_code
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import REFERENCE_COMMAND, Progress, conform
from tests.masked_by_noise import masked

HERE = Path(__file__).resolve().parent
ALL = load_registry().requirements
SENDS = frozenset(r.id for r in ALL if r.group in ("SD", "CX"))
MONITOR = frozenset(r.id for r in ALL if r.group == "SC")


def negative(name: str) -> tuple[str, ...]:
    """Return the command of one wrong implementation."""
    return (sys.executable, str(HERE / "negative" / f"{name}.py"))


def judged(command: Sequence[str], selected: frozenset[str]) -> Report:
    """Judge `command` on real sockets."""
    os.environ.setdefault("PYTHONPATH", str(HERE.parents[1] / "reference"))
    told: list[Progress] = []
    report = conform(
        command,
        profile="hardened",
        selected=selected,
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=told.append,
    )
    assert report.harness or told[-1].done == told[-1].total
    return report


def failed(report: Report) -> set[str]:
    """Return the requirements that failed."""
    return {j.id for j in report.requirements if j.verdict == "fail"}


def passed(report: Report) -> set[str]:
    """Return the requirements that passed."""
    return {j.id for j in report.requirements if j.verdict == "pass"}


@pytest.mark.timing
@pytest.mark.parametrize(
    ("name", "selected", "breaks"),
    [
        # The write begins before the deadline and ends beyond it: the bound breaks, nothing else.
        ("blocks_in_its_write", SENDS, {"SD-1", "SD-3"}),
        # The peer's trickle was once too thin to catch this one.
        ("extends_its_deadline", SENDS, {"SD-1", "SD-2", "SD-3", "CX-4"}),
        ("heartbeats_through_the_lock", MONITOR, {"SC-11"}),
        ("ok_while_closing", frozenset({"SD-5", "SD-9", "SD-10", "SD-13", "SD-15"}), {"SD-10"}),
        ("loses_the_wake_up", frozenset({"AP-3", "AP-6", "AP-8", "AP-12"}), {"AP-8"}),
        # By its own events all is well; the eyes of the peer tell otherwise.
        ("lies_in_its_trace", frozenset({"SD-3", "SD-9", "SD-14", "CX-4"}), {"SD-9"}),
        # It has no monitor, and needs none to be seen closing.
        ("closes_behind_the_writer", frozenset({"SD-4", "CX-2"}), {"CX-2"}),
        # The connection closes in time, and its caller is kept for a quarter of a second more.
        ("answers_late", frozenset({"SD-1", "SD-2", "SD-3", "SD-5"}), {"SD-1", "SD-3"}),
    ],
)
def test_a_wrong_implementation_fails_exactly_where_it_is_wrong(
    name: str, selected: frozenset[str], breaks: set[str]
) -> None:
    """One mistake fails the requirements it breaks, passes all others, and is exercised in each.

    Whatever a burst of noise hides counts neither way; the reference has to pass it elsewhere.
    """
    report = judged(negative(name), selected)
    hidden = masked(report)
    explained = {j.id: [f.explanation for f in j.findings] for j in report.requirements}
    assert breaks - hidden == failed(report), explained
    assert selected - breaks - hidden == passed(report), explained
    if breaks <= hidden:
        pytest.skip("the machine was too noisy in every repetition to see the mistake")
    assert exit_code(report) == 1
    for judgement in report.requirements:
        if judgement.id in breaks - hidden:
            assert judgement.findings[0].tells == "violation"
            assert judgement.findings[0].events


@pytest.mark.timing
def test_doing_nothing_passes_nothing() -> None:
    """An implementation that answers the protocol and does nothing passes no requirement."""
    report = judged(
        negative("does_nothing"), frozenset({"SD-3", "SD-4", "SC-5", "SC-9", "CX-1", "CX-6"})
    )
    assert set() == passed(report)
    assert exit_code(report) == 3
    assert "nothing connected" in report.harness[0].detail


@pytest.mark.timing
def test_the_reference_passes_under_both_profiles() -> None:
    """The seed profile judges the seed requirements alone, and the reference passes them."""
    report = conform(
        REFERENCE_COMMAND,
        profile="seed",
        selected=frozenset({"SD-3", "SD-6", "SC-9"}),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    assert {"SD-3", "SC-9"} == passed(report)
    left_out = next(j for j in report.requirements if j.id == "SD-6")
    assert not left_out.selected
    assert "hardened" in left_out.findings[0].explanation


@pytest.mark.parametrize(
    ("command", "what", "says"),
    [
        (("/nonexistent/harness",), "missing", "/nonexistent/harness"),
        (("echo", "<html>"), "garbage", "<html>"),
        (("true",), "died", "status 0"),
        (("cat",), "protocol", "not valid"),
    ],
)
def test_what_is_no_harness_is_blamed_as_such(
    command: tuple[str, ...], what: str, says: str
) -> None:
    """A harness that cannot be used makes the report incomplete and says why, never a verdict."""
    report = judged(command, SENDS)
    assert "incomplete" == report.verdict
    assert exit_code(report) == 3
    assert what == report.harness[0].what
    assert says in report.harness[0].detail
    assert set() == passed(report) | failed(report)
