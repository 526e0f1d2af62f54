"""Words of pages: cells of tables, links from a page to a file, anchors of sentences."""

import os
from collections.abc import Iterable, Sequence


def cell(text: str) -> str:
    """Return `text` for a cell of a table: in one line, and no bar ends the cell."""
    return " ".join(text.split()).replace("|", "\\|")


def linked(path: str, page: str) -> str:
    """Return the link from the page `page` to `path`, both from the top of the project."""
    return os.path.relpath(path, os.path.dirname(page))


def page_of(requirement: str) -> str:
    """Return the path of a requirement's page."""
    return f"docs/law/{requirement}.md"


def sentence_id(requirement: str, number: int) -> str:
    """Return what a sentence is called; `number` counts from 1."""
    return f"{requirement}.{number}"


def sentence_link(requirement: str, number: int, page: str) -> str:
    """Return the sentence's name as a link to where it stands."""
    place = f"{linked(page_of(requirement), page)}#s{number}"
    return f"[{sentence_id(requirement, number)}]({place})"


FULL_WIDTH = "---\nhide:\n  - toc\n---\n"
"""Before the heading of a page whose table needs the room of the list of headings."""


def wide(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table whose cells stand close together; it scrolls by itself."""
    return ['<div class="wide" markdown="1">', "", *table(heads, rows), "</div>", ""]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table; what stands in it is escaped already."""
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows), ""]
