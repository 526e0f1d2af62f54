"""The page that draws the machines, from the machines, and its pictures."""

from docs.reviewing.words import FULL_WIDTH
from proofs.diagrams.page import page, pictures


def pages() -> dict[str, str]:
    """Return the page and its pictures by their paths."""
    images = {f"docs/images/{name}": text for name, text in pictures().items()}
    return {"docs/machines.md": FULL_WIDTH + page(), **images}
