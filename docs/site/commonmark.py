"""CommonMark's lists and anchors for Python-Markdown, which the site is rendered with.

The pages are read where the repository is browsed as well. There a list may follow a paragraph
without an empty line, what lies within an item is indented by two, and anchors are made otherwise.
"""

import re
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from proofs.traceability.written import anchor

_ITEM = re.compile(r"([-*+]|1\.) ")
_PARAGRAPH = re.compile(r"(?!([-*+|#<>]|\d+\.) )\S")
_AFTER_FENCES = 22
"""Superfences has taken the code out of the lines by then."""


def slug(heading: str, _separator: str) -> str:
    """Return the anchor of a heading, as links in the repository name it."""
    return anchor(heading)


class _ListAfterParagraph(Preprocessor):
    """Puts an empty line between the last line of a paragraph and the first of a list."""

    def run(self, lines: list[str]) -> list[str]:
        found: list[str] = []
        for line in lines:
            if found and _ITEM.match(line) and _PARAGRAPH.match(found[-1]):
                found.append("")
            found.append(line)
        return found


class CommonMarkLists(Extension):
    """The extension of Python-Markdown."""

    def extendMarkdown(self, md: Markdown) -> None:
        """Set what an indent is, and put the preprocessor in its place."""
        md.tab_length = 2
        md.preprocessors.register(_ListAfterParagraph(md), "commonmark_lists", _AFTER_FENCES)


def makeExtension(**settings: Any) -> CommonMarkLists:
    """Return the extension; Python-Markdown looks for this name."""
    return CommonMarkLists(**settings)
