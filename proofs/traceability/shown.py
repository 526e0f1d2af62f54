"""One requirement with everything that speaks for it, as text: `stallproof law SD-6 --evidence`."""

from collections.abc import Iterator, Sequence

from proofs.traceability import catalogues, whole
from proofs.traceability.evidence import COLUMNS, ByRequirement, Evidence, Row
from proofs.traceability.gaps import Reason, reason_for
from proofs.traceability.page import HEADS
from proofs.traceability.reasons import reasons


def shown(requirements: Sequence[str]) -> str:
    """Return what there is for each of `requirements`; an ID that is none is left out."""
    given, results = reasons(), catalogues.recorded()
    return "\n".join(
        line
        for row in whole.rows()
        if row.requirement in requirements
        for line in _row(row, given, results)
    )


def _row(row: Row, given: Sequence[Reason], results: ByRequirement) -> Iterator[str]:
    yield f"{row.requirement}  {row.title}"
    for column in COLUMNS:
        yield f"  {HEADS[column]}"
        yield from (f"    {_told(one)}" for one in row.cells[column])
        reason = None if row.cells[column] else reason_for(given, column, row.requirement)
        if not row.cells[column]:
            yield f"    none: {'nobody wrote why' if reason is None else reason.text}"
    yield "  judged implementations"
    judged = results.get(row.requirement, ())
    yield from (f"    {one.name}: {one.verdict} ({one.path})" for one in judged)
    if not judged:
        yield "    none: not judged yet"
    yield ""


def _told(one: Evidence) -> str:
    verdict = f": {one.verdict}" if one.verdict else ""
    return f"{one.name}{verdict} ({one.path}): {one.says}"
