"""The eight slides, and the page that leads to them."""

from docs.reviewing import slides


def pages() -> dict[str, str]:
    """Return the page, the slides and their picture by their paths."""
    return slides.pages()
