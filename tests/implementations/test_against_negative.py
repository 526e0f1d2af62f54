"""The oracle against implementations that are wrong on purpose, and against ones that are broken.

Each wrong one fails by the requirement that it breaks and by no other, on real sockets.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from stallproof.judge.offline import report_on
from stallproof.judge.report import Report, exit_code
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import Progress, conform
from stallproof.runner.play import scenario_named
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.command import REFERENCE_COMMAND
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.events import PeerSawEnd
from tests.masked_by_noise import explanations, masked

HERE = Path(__file__).resolve().parent
ALL = load_registry().requirements
SENDS = frozenset(r.id for r in ALL if r.group in ("SD", "CX"))
STALLS = frozenset({"SD-1", "SD-2", "SD-3", "SD-9", "SD-18", "CX-1", "CX-4"})
"""What a peer that stalls or trickles puts to the test."""
MONITOR = frozenset(r.id for r in ALL if r.group == "SC")


def negative(name: str) -> tuple[str, ...]:
    """Return the command of one wrong implementation; what follows its name are arguments."""
    program, *arguments = name.split()
    return (sys.executable, str(HERE / "negative" / f"{program}.py"), *arguments)


def copying(*arguments: str) -> tuple[str, ...]:
    """Return the command of the right implementation that works before it takes the lock."""
    return (sys.executable, str(HERE / "python" / "copies_first.py"), *arguments)


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
        # Whoever is in a write that blocks hears of no give-up.
        ("blocks_in_its_write", STALLS, {"SD-1", "SD-3", "SD-18"}),
        # The peer's trickle was once too thin to catch this one.
        ("extends_its_deadline", STALLS, {"SD-1", "SD-2", "SD-3", "CX-4"}),
        ("heartbeats_through_the_lock", MONITOR, {"SC-11"}),
        ("ok_while_closing", frozenset({"SD-9", "SD-10", "SD-13", "SD-15"}), {"SD-10"}),
        ("loses_the_wake_up", frozenset({"AP-1", "AP-8", "AP-12"}), {"AP-8"}),
        # By its own events all is well; the eyes of the peer tell otherwise.
        ("lies_in_its_trace", frozenset({"SD-3", "SD-9", "SD-14", "CX-4"}), {"SD-9"}),
        # It has no monitor, and needs none to be seen closing.
        ("closes_behind_the_writer", frozenset({"SD-14", "CX-2"}), {"CX-2"}),
        # The connection closes in time, and its caller is kept for a quarter of a second more.
        ("answers_late", frozenset({"SD-1", "SD-3"}), {"SD-1", "SD-3"}),
        # What fails without a cause is SD-7's, on whatever descriptor it happens.
        ("fails_now_and_then", frozenset({"SD-7", "SD-11"}), {"SD-7"}),
        # It says nothing of its lock, or something untrue; the peer saw the first byte.
        ("holds_longer", frozenset({"SD-1", "SD-9"}), {"SD-1"}),
        ("holds_longer --late", frozenset({"SD-1", "SD-3", "SD-9"}), {"SD-1", "SD-3"}),
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
    explained = explanations(report)
    assert breaks - hidden == failed(report), explained
    assert selected - breaks - hidden == passed(report), explained
    if breaks <= hidden:
        pytest.skip("the machine was too noisy in every repetition to see the mistake")
    assert exit_code(report) == 1
    for judgement in report.requirements:
        if judgement.id in breaks - hidden:
            assert judgement.findings[0].tells in ("violation", "consequence")
            assert judgement.findings[0].events


@pytest.mark.timing
@pytest.mark.parametrize("arguments", [(), ("--silent",)], ids=["tells", "silent"])
def test_work_before_the_lock_is_nobody_s_stall(arguments: tuple[str, ...]) -> None:
    """Who copies a frame for 120 ms before it takes the lock breaks nothing, and passes."""
    selected = frozenset({"SD-1", "SD-13", "SC-1", "SC-9", "CX-2", "CX-4", "CX-5"})
    report = judged(copying(*arguments), selected)
    explained = explanations(report)
    assert set() == failed(report), explained
    assert selected - masked(report) == passed(report), explained


@pytest.mark.timing
def test_a_buffer_of_the_program_s_own_makes_no_send_ok() -> None:
    """What neither the peer has read nor the kernel can hold has not left, whatever is said."""
    command = (sys.executable, str(HERE / "python" / "asyncio_unbounded.py"))
    report = judged(command, frozenset({"SD-9", "SD-10"}))
    assert "SD-10" in failed(report)
    findings = next(j.findings for j in report.requirements if j.id == "SD-10")
    assert any("not all can have left" in f.explanation for f in findings)


@pytest.mark.timing
def test_a_reset_makes_no_send_ok() -> None:
    """Who takes a refusal or a reset for a success is found where OK alone is asked for."""
    plays = [scenario_named(name) for name in ("refuses-midway", "refuses-at-once", "resets")]
    assert all("SD-10" in play.aims for play in plays)
    wrong = negative("ok_after_a_reset")
    scheduler = Scheduler(wrong, None, 3, lambda told: None, attempts_max=1)
    header = trace_header(None, profile="hardened", selected={"SD-10"}, clock="real")
    report = report_on([header, *scheduler.play_all(plays)])
    (judgement,) = (one for one in report.requirements if one.id == "SD-10")
    found = {one.scenario.split()[0] for one in judgement.findings if one.tells == "violation"}
    assert {play.name for play in plays} == found


@pytest.mark.timing
@pytest.mark.parametrize(
    ("arguments", "what"), [("", "died"), (" --speaks", "protocol")], ids=["exits", "speaks"]
)
def test_the_end_of_a_broken_harness_closes_nothing(arguments: str, what: str) -> None:
    """Who breaks after an OK has not closed for it, although the peer saw the connection end."""
    breaking = negative("dies_after_an_ok" + arguments)
    scheduler = Scheduler(breaking, None, 1, lambda told: None, attempts_max=1)
    events = scheduler.play_all([scenario_named("outlives-its-deadline")])
    assert any(isinstance(event, PeerSawEnd) for event in events)
    header = trace_header(None, profile="hardened", selected={"SD-9", "SD-10"}, clock="real")
    report = report_on([header, *events])
    assert set() == failed(report), report.requirements
    assert {what} == {trouble.what for trouble in report.harness}


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
        selected=frozenset({"SD-13", "SD-6", "SC-9"}),
        grace_us=None,
        jobs=4,
        trace_path=None,
        progress=lambda told: None,
    )
    assert {"SD-13", "SC-9"} - masked(report) == passed(report), explanations(report)
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
