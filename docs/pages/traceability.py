"""The page of the matrix: what speaks for each requirement."""

from proofs.traceability import catalogues, page, reasons, whole


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {
        "docs/traceability.md": page.document(
            whole.rows(), reasons.reasons(), catalogues.recorded()
        )
    }
