"""A page for each requirement, with its pictures."""

from docs.reviewing import requirement


def pages() -> dict[str, str]:
    """Return the pages and the pictures by their paths."""
    return requirement.pages()
