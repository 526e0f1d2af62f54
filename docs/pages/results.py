"""The page of the recorded implementations: how each came out."""

from proofs.results import page
from proofs.results.record import read_all


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {"docs/results.md": page.document(read_all())}
