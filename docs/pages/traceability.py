"""The page of the matrix: what speaks for each requirement."""

from docs.reviewing import facts
from proofs.traceability import catalogues, page, reasons


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {
        "docs/traceability.md": page.document(
            tuple(facts.rows().values()), reasons.reasons(), catalogues.recorded()
        )
    }
