"""The page of public reports: faults that were real, and what finds each."""

from proofs.mutants.__main__ import titles
from proofs.world import page
from proofs.world.reports import kinds


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {"docs/reports.md": page.document(kinds(), titles())}
