"""Annotations for GitHub Actions: what is broken stands beside the change that is reviewed.

The intuition: a line `::error title=T::message` on standard output becomes a note on the page of
the run. Ten of each kind are shown at most, so the rest is counted.

The complication: the runner obeys such lines wherever they come from. So the text of a report is
put between two lines that turn that off and on again (`unobeyed`).
"""

import secrets
from collections.abc import Iterator

from stallproof.judge.report import Report
from stallproof.reports.folding import folded
from stallproof.reports.lines import visible
from stallproof.reports.told import known_failures
from stallproof.reports.whole import last_line

ANNOTATIONS_MAX = 10
"""How many of each kind there are."""
_TEXT_MAX = 1_000


def unobeyed(text: str) -> str:
    """Return `text` so that the runner obeys no line of it; nobody can guess the line that ends."""
    token = secrets.token_hex(16)
    return f"::stop-commands::{token}\n{text}::{token}::\n"


def annotations(report: Report) -> str:
    """Return the lines: an error for what is broken, a warning for what is open and not allowed.

    What was expected to fail is neither. The whole gets a notice if it is not a pass, and so does
    what was beyond the most of a kind.
    """
    errors, warnings = list(_errors(report)), list(_warnings(report))
    lines = [*_most("error", errors), *_most("warning", warnings)]
    if report.verdict != "pass":
        lines.append(_line("notice", "stallproof", last_line(report).plain))
    return "".join(lines)


def _errors(report: Report) -> Iterator[tuple[str, str]]:
    met = report.expectations
    known = known_failures(report)
    for told in folded(report, "violation"):
        new = [one for one in told.ids if one not in known]
        if new:
            yield ", ".join(new), f"{told.first.explanation} It was seen{told.where}."
    for entry in met.stale if met else ():
        yield entry.requirement, "It passed, and is expected to fail: delete the entry."


def _warnings(report: Report) -> Iterator[tuple[str, str]]:
    if "inconclusive" not in report.allowed:
        for told in folded(report, "inconclusive"):
            yield f"{', '.join(told.ids)} inconclusive", told.first.explanation
    for trouble in report.harness:
        yield f"harness: {trouble.what}", trouble.detail


def _most(kind: str, found: list[tuple[str, str]]) -> Iterator[str]:
    for title, message in found[:ANNOTATIONS_MAX]:
        yield _line(kind, f"stallproof: {title}", message)
    if len(found) > ANNOTATIONS_MAX:
        more = len(found) - ANNOTATIONS_MAX
        yield _line("notice", "stallproof", f"{more} more of kind {kind}; the report has them all")


def _line(kind: str, title: str, message: str) -> str:
    title, message = visible(title, limit=_TEXT_MAX), visible(message, limit=_TEXT_MAX)
    for mark, escaped in (("%", "%25"), (":", "%3A"), (",", "%2C")):
        title = title.replace(mark, escaped)
    return f"::{kind} title={title}::{message.replace('%', '%25')}\n"
