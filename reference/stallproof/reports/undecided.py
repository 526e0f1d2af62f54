"""What was not judged, one line a reason: a feature is missing, nothing came about, noise.

The intuition: hundreds of situations are left open for a handful of reasons. The reasons are what a
reader can do something about, and the requirements stand behind each.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import RenderableType
from rich.text import Text

from stallproof.judge.report import Finding, Report
from stallproof.judge.standing import INSTEAD, NOT_PLAYED, lacked_by
from stallproof.reports.folding import folded, shape_of
from stallproof.reports.page import item
from stallproof.reports.ranges import ranges

_IN_SCENARIO = re.compile(r"\bin [\w-]+( \(# times\))? ")
"""Where something else happened instead: the same in several scenarios is one reason."""
REASONS_MAX = 20
"""How many reasons are told; the others are counted."""


@dataclass(slots=True)
class Reason:
    """Why something is open: in which way, for what reason, how often, of which requirements."""

    way: str
    text: str
    allowed: bool
    times: int = 0
    ids: dict[str, None] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """Say all of it on one line."""
        one, many = ("finding", "findings") if self.way == "inconclusive" else (
            "situation", "situations",
        )  # fmt: skip
        told = f"{self.times} {one if self.times == 1 else many} of {ranges(self.ids)}"
        return f"{self.way}{' (allowed)' if self.allowed else ''}: {self.text} ({told})"


def reasons_of(report: Report) -> list[Reason]:
    """Return the reasons, what nobody allowed first, then by how much is open for them."""
    found: dict[tuple[str, str], Reason] = {}
    allowed = frozenset(map(str, report.allowed))
    for judgement in report.requirements:
        for finding in judgement.findings if judgement.selected else ():
            if finding.tells not in ("gap", "unsupported"):
                continue
            way = "not exercised" if finding.tells == "gap" else "unsupported"
            is_allowed = way.replace(" ", "-") in allowed
            text = _reason(finding, is_short=is_allowed)
            shape = _IN_SCENARIO.sub("", shape_of(text))
            reason = found.setdefault((way, shape), Reason(way, text, is_allowed))
            reason.times += 1
            reason.ids[judgement.id] = None
    for told in folded(report, "inconclusive"):
        text = told.first.explanation.rstrip(".")
        is_allowed = "inconclusive" in allowed
        found[told.tells, text] = Reason(
            "inconclusive", text, is_allowed, len(told.findings), dict.fromkeys(told.ids)
        )
    return sorted(found.values(), key=lambda one: (one.allowed, -one.times))


def _reason(finding: Finding, *, is_short: bool) -> str:
    if lacked := lacked_by(finding):
        return f"it lacks {', '.join(sorted(lacked))}"
    text = finding.explanation
    if text.endswith(NOT_PLAYED):
        return "nothing was played that brings it about"
    if INSTEAD in text:
        if is_short:
            return "something else happened instead (the JSON report says what)"
        return f"instead {text.rpartition(INSTEAD)[2].strip(' .')}"
    return "not seen (the JSON report says more)" if is_short else text.rstrip(".")


def undecided_parts(report: Report) -> Iterator[RenderableType]:
    """Yield one line a reason for what was not judged, the most of it first."""
    reasons = reasons_of(report)
    if not reasons:
        return
    yield Text("Not judged:", "bold")
    for reason in reasons[:REASONS_MAX]:
        yield item(reason.line)
    if len(reasons) > REASONS_MAX:
        yield item(f"and {len(reasons) - REASONS_MAX} more reasons; the JSON report has them all")
    yield Text()
