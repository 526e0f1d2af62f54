"""The page of what is not assured: limits, waivers, what one clock cannot decide, faults not found.

Each line of it has its source beside what it is about; nothing is written for this page alone.
"""

from docs.reviewing import facts
from docs.reviewing.words import FULL_WIDTH, cell, linked, page_of, wide
from proofs.traceability.evidence import ROOT
from proofs.traceability.page import HEADS
from proofs.world.reports import kinds

_TEXT = """# What is not assured

What the evidence leaves open, in one place. What no requirement decides is in
[the law's scope](../spec/README.md#scope); what the models leave out is in
[their guide](../spec/models/README.md); mutants that nothing catches are on the page of
[plays](plays.md) and of [generated scripts](generated.md).
"""
CLAIMED = "## What is not claimed"
"""The part of the page for reviewers that is repeated here."""


def document(page: str) -> str:
    """Return the whole page."""
    return "\n".join(
        [
            FULL_WIDTH + _TEXT,
            "## Limits of all of it",
            "",
            limits(),
            "",
            "## Evidence that is missing, and why",
            "",
            *wide(("kind", "requirements", "why there is none"), _waived(page)),
            "## Decided on the real clock only",
            "",
            "Virtual time is exact, and cannot decide this. Here grace and noise apply.",
            "",
            *wide(("requirement", "what of it"), _real_only(page)),
            "## Faults that were real and are not found",
            "",
            *wide(("the fault", "what becomes of it"), _not_found()),
        ]
    )


def limits() -> str:
    """Return the limits as the page for reviewers states them; `ValueError` if it does not."""
    text = (ROOT / "docs" / "reviewers.md").read_text("utf-8")
    _before, there, rest = text.partition(f"{CLAIMED}\n")
    if not there:
        raise ValueError(f"docs/reviewers.md has no part {CLAIMED!r}")
    return rest.partition("\n## ")[0].strip()


def _waived(page: str) -> list[tuple[str, str, str]]:
    found = []
    for reason in facts.reasons():
        bare = [
            name
            for name in reason.requirements
            if name in facts.rows() and not facts.rows()[name].cells[reason.column]
        ]
        if bare:
            names = ", ".join(_link(name, page) for name in bare)
            found.append((HEADS[reason.column], names, cell(reason.text)))
    return found


def _real_only(page: str) -> list[tuple[str, str]]:
    chosen = [facts.registry().by_id(name) for name in facts.rows()]
    return [(_link(one.id, page), cell(one.real_only)) for one in chosen if one.real_only]


def _link(requirement: str, page: str) -> str:
    return f"[{requirement}]({linked(page_of(requirement), page)})"


def _not_found() -> list[tuple[str, str]]:
    found = []
    for kind in kinds():
        becomes = [
            *([f"not found: {kind.not_found}"] if kind.not_found else []),
            *([f"outside the law: {kind.outside}"] if kind.outside else []),
        ]
        if becomes:
            found.append((cell(kind.says), cell("; ".join(becomes))))
    return found or [("none", "each kind of the list has something that finds it")]
