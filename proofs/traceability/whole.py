"""The whole matrix, as the sources have it now, and what is wrong with it."""

from collections.abc import Sequence

from proofs.traceability import catalogues, evidence, gaps, tested, written
from proofs.traceability.evidence import COLUMNS, ByRequirement, Column, Row
from proofs.traceability.gaps import Reason
from proofs.traceability.reasons import reasons


def columns() -> dict[Column, ByRequirement]:
    """Return what every source has now."""
    return {
        "prose": written.prose(),
        "contract": written.contracts(),
        "proof": catalogues.proved(),
        "search": catalogues.searched(),
        "model": catalogues.modelled(),
        "property": tested.properties(),
        "vector": catalogues.vectored(),
        "oracle": catalogues.judged(),
        "mutant": catalogues.mutated(),
    }


def rows() -> tuple[Row, ...]:
    """Return the matrix."""
    return evidence.matrix(columns())


def complaints(
    found: dict[Column, ByRequirement] | None = None, given: Sequence[Reason] | None = None
) -> list[str]:
    """Return everything that is wrong: gaps, stale reasons, missing files, strangers."""
    chosen = columns() if found is None else found
    matrix = evidence.matrix(chosen)
    return [
        *gaps.faults(matrix, reasons() if given is None else given),
        *evidence.strangers(chosen),
        *missing_files(matrix),
    ]


def missing_files(matrix: Sequence[Row]) -> list[str]:
    """Return the files of evidence that are not there."""
    paths = {
        one.path.partition("#")[0]
        for row in matrix
        for column in COLUMNS
        for one in row.cells[column]
    }
    return [
        f"there is no file {path}" for path in sorted(paths) if not (evidence.ROOT / path).is_file()
    ]
