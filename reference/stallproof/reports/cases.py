"""A report as test cases, as a CI counts them: one a requirement and transport.

The intuition: viewers of CI systems know passed, failed, skipped and broken. A requirement that
fails on one transport is one red case beside green ones.

The complication: no file may be green where the exit code is not 0. So a requirement that has
another verdict than any of its transports gets a case of its own, and so has the whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from stallproof.judge.places import places_of
from stallproof.judge.report import Finding, Judgement, Report, exit_code
from stallproof.reports.folding import shape_of
from stallproof.reports.lines import event_lines
from stallproof.reports.told import known_failures
from stallproof.reports.whole import last_line

ROOT = "stallproof"
Outcome = Literal["passed", "failed", "skipped", "error"]
SHAPES_MAX, EVENTS_MAX = 10, 30
"""How many kinds of finding a case tells, and how many events of each; the JSON has them all."""
_SKIPPED = {
    "inconclusive": ("inconclusive",),
    "not-exercised": ("gap",),
    "unsupported": ("unsupported",),
    "left-out": (),
}
"""What a standing that is neither pass nor fail is told by."""


@dataclass(frozen=True)
class Case:
    """One case: how it came out, of which kind that is, in a sentence, and at length."""

    group: str
    name: str
    outcome: Outcome = "passed"
    kind: str = ""
    message: str = ""
    text: str = ""


def cases_of(report: Report) -> list[Case]:
    """Return the cases of what was selected, then trouble with the harness, then the whole."""
    cases = [case for one in report.requirements if one.selected for case in _of(report, one)]
    for trouble in report.harness:
        times = f" ({trouble.times} times)" if trouble.times > 1 else ""
        name = f"{trouble.scenario}: {trouble.what}{times}"
        cases.append(
            Case(f"{ROOT}.harness", name, "error", trouble.what, trouble.detail, trouble.detail)
        )
    return [*cases, _whole(report)]


def _of(report: Report, judgement: Judgement) -> Iterator[Case]:
    standings: dict[str, str] = dict(judgement.transports)
    verdict = "left-out" if judgement.is_left_out else judgement.verdict
    if verdict not in standings.values():
        standings = {"": verdict, **standings}
    if (stale := _stale(report, judgement)) is not None:
        standings.pop("", None)
        yield stale
    for transport, standing in standings.items():
        group, _, _ = judgement.id.partition("-")
        on = f" [{transport}]" if transport else ""
        yield _case(
            report, judgement, transport, standing, f"{ROOT}.{group}",
            f"{judgement.id}{on} {judgement.title}",
        )  # fmt: skip


def _case(
    report: Report, judgement: Judgement, transport: str, standing: str, group: str, name: str
) -> Case:
    if standing == "pass":
        return Case(group, name)
    if standing != "fail":
        why = _why(report, judgement, standing)
        return Case(group, name, "skipped", standing, why)
    findings = [
        one
        for one in judgement.findings
        if one.tells in ("violation", "consequence")
        and (not transport or not one.transports or transport in one.transports)
    ]
    kind = findings[0].tells if findings else "violation"
    message = findings[0].explanation if findings else "It is broken; the JSON report says where."
    if (reason := _known(report, judgement)) is not None:
        return Case(group, name, "skipped", "expected", f"expected to fail: {reason}")
    return Case(group, name, "failed", kind, message, "\n\n".join(_told(findings)))


def _stale(report: Report, judgement: Judgement) -> Case | None:
    """Return the failure of what passed and was expected to fail, `None` where it was not."""
    for entry in report.expectations.stale if report.expectations else ():
        if entry.requirement == judgement.id:
            why = f"It passed, and the file expects it to fail ({entry.reason}). Delete this entry."
            group = f"{ROOT}.{judgement.id.partition('-')[0]}"
            return Case(group, f"{judgement.id} {judgement.title}", "failed", "stale", why, why)
    return None


def _known(report: Report, judgement: Judgement) -> str | None:
    """Return why it was expected to fail, `None` where it was not."""
    entry = known_failures(report).get(judgement.id)
    return None if entry is None else f"{entry.reason} [{entry.link}]"


def _why(report: Report, judgement: Judgement, standing: str) -> str:
    """Say why it was neither kept nor broken."""
    if standing == "left-out":
        return f"left out, without {', '.join(report.without)}"
    reasons = [one.explanation for one in judgement.findings if one.tells in _SKIPPED[standing]]
    return f"{standing}: {reasons[0]}" if reasons else standing


def _told(findings: list[Finding]) -> Iterator[str]:
    """Yield each shape of explanation once, with its places and the events of the first."""
    alike: dict[tuple[str | None, str], list[Finding]] = {}
    for one in findings:
        alike.setdefault((one.of, shape_of(one.explanation)), []).append(one)
    for (of, _), same in list(alike.items())[:SHAPES_MAX]:
        follows = f" (it follows from {of})" if of else ""
        times = f" ({len(same)} times)" if len(same) > 1 else ""
        lines = [f"{places_of([one.scenario for one in same])}{times}{follows}:"]
        lines.append(same[0].explanation)
        shown = event_lines(same[0].events, EVENTS_MAX)
        lines += [f"{when:>16}  {who:6}  {what}" for when, who, what in shown]
        if len(same[0].events) > EVENTS_MAX:
            lines.append(f"... and {len(same[0].events) - EVENTS_MAX} more events")
        yield "\n".join(lines)
    if len(alike) > SHAPES_MAX:
        yield f"and {len(alike) - SHAPES_MAX} more; the JSON report has them all"


def _whole(report: Report) -> Case:
    """Return the case that is red whenever the exit code is not 0."""
    said = last_line(report).plain
    outcomes: dict[int, Outcome] = {0: "passed", 1: "failed"}
    return Case(
        ROOT, "the whole", outcomes.get(exit_code(report), "error"), report.verdict, said, said
    )
