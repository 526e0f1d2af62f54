"""The verdict at a glance: the whole verdict in words, the counts, and what the run was."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from stallproof.judge.report import Report, Verdict
from stallproof.reports.elements import Element, e
from stallproof.reports.html.texts import short, verdict_mark
from stallproof.reports.lines import ms
from stallproof.reports.whole import last_line

VERDICTS: tuple[Verdict, ...] = ("fail", "inconclusive", "not-exercised", "unsupported", "pass")
_CLOCKS = {
    "real": "real clock",
    "virtual": "virtual time",
    "both": "real clock and virtual time",
}
_TOLD = frozenset(
    ("schema", "verdict", "why", "selected", "harness", "requirements", "notes", "expectations")
)
"""What of a report has a place of its own on the page."""


def glance(report: Report) -> Element:
    """Return the part of the page that says how it came out."""
    counts = Counter(one.verdict for one in report.requirements if one.selected)
    chips = [
        e("li", e("span", str(counts[verdict]), class_="count"), verdict_mark(verdict))
        for verdict in VERDICTS
        if counts[verdict]
    ]
    facts = [
        part
        for name, value in facts_of(report)
        for part in (e("dt", name), e("dd", short(value, 500)))
    ]
    return e(
        "section",
        e("h2", "Verdict", id="verdict"),
        e(
            "p",
            verdict_mark(report.verdict),
            e("span", short(_meaning(report), 2_000), class_="words"),
            class_=f"whole {report.verdict}",
        ),
        e("ul", *chips, class_="counts", aria_label="Requirements by verdict"),
        e("dl", *facts, class_="facts"),
        aria_labelledby="verdict",
    )


def _meaning(report: Report) -> str:
    """Return what the last line of the report says after its first word."""
    words = last_line(report).plain.partition(": ")[2]
    return words[:1].upper() + words[1:]


def facts_of(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what the run was, name by name; fields that this page does not know come as well."""
    known: dict[str, str] = {
        "implementation": " ".join(
            value for value in report.implementation.values() if isinstance(value, str)
        ),
        "clock": _CLOCKS[report.clock],
        "grace_us": ms(report.grace_us),
        "noise_us": ms(report.noise_us),
        "clock_uncertainty_us": ms(report.clock_uncertainty_us),
    }
    for field in report.__struct_fields__:
        value = msgspec.to_builtins(getattr(report, field))
        if field in known:
            yield _name(field), known[field]
        elif field not in _TOLD:
            yield from _facts(field, value)


def _facts(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield a value that may have parts; what is empty says nothing."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _facts(str(key), part)
    elif isinstance(value, list):
        if value:
            yield _name(name), ", ".join(map(str, value))
    elif value is not None and value != "":
        yield _name(name), f"{value} s" if name.endswith("_s") else str(value)


def _name(field: str) -> str:
    return short(field.removesuffix("_us").removesuffix("_s").replace("_", " "))
