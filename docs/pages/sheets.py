"""The sheet of symbols, and the page of what is not assured."""

from docs.reviewing import symbols, unassured


def pages() -> dict[str, str]:
    """Return both pages by their paths."""
    makers = {"docs/symbols.md": symbols.document, "docs/unassured.md": unassured.document}
    return {path: make(path) for path, make in makers.items()}
