"""The sections below the table: each requirement with its law, and what was found of it.

The complication: a report may hold thousands of findings. Equal ones are told once, a requirement
shows a few, fewer are drawn, and the page as a whole has a size; what is left out is counted.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stallproof.judge.evidence.run import Run
from stallproof.judge.report import Finding, Judgement, Report
from stallproof.reports.elements import Element, e, written
from stallproof.reports.evidence import Evidence, run_of
from stallproof.reports.html.table import marks_of
from stallproof.reports.html.texts import TEXT_MAX, paragraphs, short, verdict_mark
from stallproof.reports.timeline.figure import figure
from stallproof.requirements.registry import Registry, Requirement

FINDINGS_MAX = 12
"""So many findings of a requirement are told."""
DRAWN_MAX = 3
"""So many of them have a timeline."""
PAGE_MAX_BYTES = 6_000_000
"""When the sections have become so large, further findings are counted and no more told."""
_TELLS = {
    "violation": "Violation",
    "consequence": "Consequence",
    "inconclusive": "Inconclusive",
    "gap": "Not witnessed",
    "unsupported": "Unsupported",
    "note": "Note",
}
_DRAWN = ("violation", "consequence", "inconclusive")
_ORDER = {"fail": 0, "inconclusive": 1}


class Folded(NamedTuple):
    """Findings that say the same: the first of them, and how many there are."""

    finding: Finding
    times: int


def folded(findings: Sequence[Finding]) -> list[Folded]:
    """Return the findings with equal ones told once."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        key = (one.tells, one.scenario, one.of, one.explanation)
        alike.setdefault(key, []).append(one)
    return [Folded(several[0], len(several)) for several in alike.values()]


def sections(report: Report, registry: Registry, evidence: Evidence) -> Element:
    """Return the part of the page with one section for each requirement, failures first."""
    judged = [one for one in report.requirements if one.selected]
    judged.sort(key=lambda one: _ORDER.get(one.verdict, 2))
    told = {one.id: folded(one.findings) for one in judged}
    runs = evidence.runs({each.finding.scenario for one in judged for each in _drawn(told[one.id])})
    law = {one.id: one for one in registry.requirements}
    left, parts = PAGE_MAX_BYTES, []
    for one in judged:
        part = _section(one, law.get(one.id), list(_findings(one, told[one.id], runs)))
        size = len(written(part).encode())
        if size > left:
            part = _section(one, law.get(one.id), [_left_out(len(one.findings))])
        left -= min(size, left)
        parts.append(part)
    head = e("h2", "Requirement by requirement", id="findings")
    return e("section", head, *parts, aria_labelledby="findings")


def _drawn(told: Sequence[Folded]) -> list[Folded]:
    fit = [one for one in told[:FINDINGS_MAX] if one.finding.tells in _DRAWN and one.finding.events]
    return fit[:DRAWN_MAX]


def _section(judgement: Judgement, law: Requirement | None, found: Sequence[Element]) -> Element:
    name = short(judgement.id)
    return e(
        "details",
        e(
            "summary",
            e("h3", f"{name} {short(judgement.title)}"),
            verdict_mark(judgement.verdict),
        ),
        *([] if law is None else _law(law)),
        *found,
        id=name,
        class_="requirement",
        open=judgement.verdict in _ORDER,
        **marks_of(judgement),
    )


def _law(law: Requirement) -> Iterator[Element]:
    yield e("blockquote", *(each for text in law.law for each in paragraphs(text)), class_="law")
    for title, text in (("Boundary", law.boundary), ("Why", law.why)):
        yield e("div", e("h4", title), *paragraphs(text), class_="aside")


def _findings(
    judgement: Judgement, told: Sequence[Folded], runs: Sequence[Run]
) -> Iterator[Element]:
    if judgement.follows:
        roots = " and ".join(short(one) for one in judgement.follows)
        yield e("p", f"It follows from {roots}, which is the root.")
    drawn = _drawn(told)
    for number, one in enumerate(told[:FINDINGS_MAX], 1):
        name = f"{short(judgement.id)}-{number}"
        yield _finding(judgement.id, one, name, runs, draws=one in drawn)
    left = len(judgement.findings) - sum(one.times for one in told[:FINDINGS_MAX])
    if left > 0:
        yield _left_out(left)


def _finding(
    requirement: str, told: Folded, name: str, runs: Sequence[Run], *, draws: bool
) -> Element:
    finding, times = told
    of = "" if finding.of is None else f" of {short(finding.of)}"
    where = f" in {short(finding.scenario)}" if finding.scenario else ""
    often = f" ({times:,} times)" if times > 1 else ""
    shown = figure(requirement, finding, run_of(finding, runs), name) if draws else []
    return e(
        "article",
        e("h4", f"{_TELLS[finding.tells]}{of}{where}{often}"),
        e("p", short(finding.explanation, TEXT_MAX)),
        *shown,
        class_=f"finding {finding.tells}",
    )


def _left_out(count: int) -> Element:
    are, them = ("finding is", "it") if count == 1 else ("findings are", "them")
    words = f"{count:,} more {are} left out here; the JSON report has {them}."
    return e("p", words, class_="left-out")
