"""From a report to the outcome of one test, by the rules of the command line.

A test fails where what it stands for keeps `stallproof conform` from PASS: the requirement is
broken and nobody expected it, it was expected to fail and passed, or it was left open and nobody
allowed that. So a run is green exactly where the exit code is 0, and INCOMPLETE is not green.

Spec: `spec/README.md` (verdicts, expected failures).
"""

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple

import msgspec

from stallproof.judge.report import Expectation, Judgement, Report
from stallproof.reports.lines import visible
from stallproof.reports.terminal import explained
from stallproof.reports.whole import by_transport, last_line

WIDTH = 100
Transports = Callable[[str], Collection[str]]


class Outcome(NamedTuple):
    """How a test comes out, and what it shows; `why` is empty for one that passed."""

    kind: Literal["passed", "failed", "skipped", "xfailed"]
    why: str = ""


PASSED = Outcome("passed")


def outcome_of_run(report: Report) -> Outcome:
    """Return how the run itself came out: was the harness sound, and was anything judged?"""
    said = [f"{one.scenario}: {one.what}: {one.detail}" for one in report.harness]
    if report.interrupted is not None:
        said.append(f"interrupted: {report.interrupted}")
    judged = [one for one in report.requirements if one.selected and not one.is_left_out]
    if not any(one.verdict in ("pass", "fail") for one in judged):
        said.append("nothing was judged")
    if not said:
        return PASSED
    return Outcome("failed", "\n".join([*map(visible, said), last_line(report).plain]))


def outcome_of(
    report: Report, requirement: str, transport: str | None, transports_of: Transports
) -> Outcome:
    """Return how `requirement` came out on `transport`; `None`: as a whole.

    The whole fails for what shows on no transport alone. `transports_of` tells on which a scenario
    plays.
    """
    judgement = next(one for one in report.requirements if one.id == requirement)
    if not judgement.selected:
        return Outcome("skipped", "nothing that was played can decide it")
    if transport is not None:
        return _on_transport(report, judgement, transport, transports_of)
    entry = _expected(report, requirement, "stale")
    if entry is not None:
        return Outcome(
            "failed",
            f"[XPASS(strict)] {requirement} passed, and it is expected to fail "
            f"({visible(entry.reason)}). Delete its entry.",
        )
    shown = set(judgement.transports.values())
    if judgement.verdict == "fail" and "fail" not in shown:
        return _failed(report, judgement, judgement)
    left_open = judgement.lacks - set(report.allowed)
    if left_open - shown:
        return _open(report, judgement, judgement, sorted(left_open - shown)[0])
    if left_open or judgement.verdict == "fail":
        return Outcome("skipped", f"told by transport: {by_transport(judgement.transports)}")
    if judgement.verdict == "pass":
        return PASSED
    return Outcome("skipped", _skipped(judgement, judgement.verdict))


def _on_transport(
    report: Report, judgement: Judgement, transport: str, transports_of: Transports
) -> Outcome:
    standing = judgement.transports.get(transport)
    if standing is None:
        return Outcome("skipped", f"nothing of it was judged over {transport} alone")
    if standing == "pass":
        return PASSED
    findings = [
        one
        for one in judgement.findings
        if not transports_of(one.scenario) or transport in transports_of(one.scenario)
    ]
    there = msgspec.structs.replace(judgement, findings=findings or judgement.findings)
    if standing == "fail":
        return _failed(report, judgement, there)
    if standing in judgement.lacks - set(report.allowed):
        return _open(report, judgement, there, standing)
    return Outcome("skipped", _skipped(judgement, standing))


def _failed(report: Report, judgement: Judgement, shown: Judgement) -> Outcome:
    for entries in ("expected", "flaky_failed"):
        if (entry := _expected(report, judgement.id, entries)) is not None:
            return Outcome("xfailed", visible(f"{entry.reason} [{entry.link}]"))
    return Outcome("failed", _told(report, shown))


def _open(report: Report, judgement: Judgement, shown: Judgement, standing: str) -> Outcome:
    """Fail for what is left open, and say what would make a skip of it."""
    if (entry := _expected(report, judgement.id, "unresolved")) is not None:
        known = f"It is known beforehand ({visible(entry.reason)}), which takes a failure.\n"
    else:
        known = ""
    allowing = f"It is {standing}: --stallproof-allow {standing} makes this a skip."
    return Outcome("failed", f"{_told(report, shown)}\n{known}{allowing}")


def _told(report: Report, judgement: Judgement) -> str:
    """Return what the report says of it: findings with their events, and what was written."""
    mine = [note for note in report.notes if note.startswith(f"{judgement.id}: ")]
    notes = "".join(f"{visible(note)}\n" for note in mine)
    return f"{explained(report, judgement, width=WIDTH)}{notes}".rstrip()


def _skipped(judgement: Judgement, standing: str) -> str:
    if standing == "left-out" or judgement.is_left_out:
        return "left out: it takes a feature that nobody wanted"
    tells = "gap" if standing == "not-exercised" else standing
    why = next((one.explanation for one in judgement.findings if one.tells == tells), "")
    return visible(f"{standing}: {why}" if why else standing)


def _expected(report: Report, requirement: str, entries: str) -> Expectation | None:
    """Return the entry for `requirement` among those of the report's expectations."""
    if report.expectations is None:
        return None
    found: list[Expectation] = getattr(report.expectations, entries)
    return next((one for one in found if one.requirement == requirement), None)
