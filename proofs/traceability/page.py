"""The page of traceability: the matrix, the reasons for gaps, every name."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from proofs.traceability.evidence import COLUMNS, ByRequirement, Column, Evidence, Row
from proofs.traceability.gaps import Reason, reason_for
from proofs.traceability.written import anchor

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")

HEADS: dict[Column, str] = {
    "prose": "prose",
    "contract": "contract",
    "proof": "proof",
    "search": "search",
    "model": "model",
    "property": "property test",
    "vector": "vector",
    "oracle": "oracle check",
    "mutant": "mutant",
}
"""How the columns are called in the document."""


def document(rows: Sequence[Row], reasons: Sequence[Reason], results: ByRequirement) -> str:
    """Return the whole page; `results` is what judged implementations came out as."""
    used = [r for r in reasons if any(_empty(row, r) for row in rows)]
    marks = {reason: number for number, reason in enumerate(used, 1)}
    lines = [
        INTRODUCTION,
        "## The matrix",
        "",
        *_matrix(rows, reasons, marks),
        "",
        "## Gaps",
        "",
        *_gaps(rows, marks),
        "",
        "## Every name",
        "",
    ]
    for row in rows:
        lines += [*_section(row, reasons, marks), *_results(row, results), ""]
    return "\n".join(lines)


def _empty(row: Row, reason: Reason) -> bool:
    return not row.cells[reason.column] and reason.covers(row.requirement)


def _heading(row: Row) -> str:
    return f"{row.requirement}: {row.title}"


def _matrix(
    rows: Sequence[Row], reasons: Sequence[Reason], marks: dict[Reason, int]
) -> Iterator[str]:
    yield "| requirement | " + " | ".join(HEADS[column] for column in COLUMNS) + " |"
    yield "|---|" + "---|" * len(COLUMNS)
    for row in rows:
        cells = " | ".join(_cell(row, column, reasons, marks) for column in COLUMNS)
        yield f"| [{row.requirement}](#{anchor(_heading(row))}) {row.title} | {cells} |"
    totals = (str(sum(len(row.cells[column]) for row in rows)) for column in COLUMNS)
    yield "| in all | " + " | ".join(totals) + " |"


def _cell(row: Row, column: Column, reasons: Sequence[Reason], marks: dict[Reason, int]) -> str:
    found = row.cells[column]
    if column == "prose" and found:
        return f"[law]({linked(found[0])})"
    if found:
        return f"[{len(found)}](#{anchor(_heading(row))})"
    reason = reason_for(reasons, column, row.requirement)
    return "**none**" if reason is None else f"[gap {marks[reason]}](#gaps)"


def _gaps(rows: Sequence[Row], marks: dict[Reason, int]) -> Iterator[str]:
    yield "| gap | column | requirements | why |"
    yield "|---|---|---|---|"
    for reason, number in marks.items():
        named = [row.requirement for row in rows if _empty(row, reason)]
        yield f"| {number} | {HEADS[reason.column]} | {', '.join(named)} | {reason.text} |"


def _section(row: Row, reasons: Sequence[Reason], marks: dict[Reason, int]) -> Iterator[str]:
    yield f"### {_heading(row)}"
    yield ""
    for column in COLUMNS:
        found = row.cells[column]
        if not found:
            yield f"- {HEADS[column]}: {_cell(row, column, reasons, marks)}"
        elif column == "prose":
            yield f"- prose: [{found[0].path.partition('#')[0]}]({linked(found[0])}), {row.profile}"
        else:
            yield f"- {HEADS[column]}:"
            yield from (f"  - {named(one)}: {one.says}" for one in found)


def _results(row: Row, results: ByRequirement) -> Iterator[str]:
    told = [f"{one.name} {one.verdict}" for one in results.get(row.requirement, ())]
    yield f"- [judged](results.md): {', '.join(told) or 'nobody yet'}"


def named(evidence: Evidence) -> str:
    """Return the name as a link to its file, and the verdict where there is one."""
    verdict = f" ({evidence.verdict})" if evidence.verdict else ""
    return f"[`{evidence.name}`]({linked(evidence)}){verdict}"


def linked(evidence: Evidence) -> str:
    """Return the link from the document to the file of `evidence`."""
    return os.path.relpath(evidence.path, "docs")
