"""The page that draws the machines, from the machines."""

from proofs.diagrams.page import page


def pages() -> dict[str, str]:
    """Return the page by its path."""
    return {"docs/machines.md": page()}
