"""Text from outside in Markdown: shown as it is, on one line, and obeyed nowhere.

A name must not end a table's cell, begin an element, call a person, refer to an issue or lead to an
address. Spec: CommonMark (backslash escapes), GitHub's extensions of it.
"""

import html
import re

from stallproof.reports.lines import visible

_MARKS = re.compile(r"([\\`*_{}\[\]|~!$#])")
_CALLS = re.compile(r"(@|#|://|\bwww\.|\bGH-)", re.IGNORECASE)
_BREAK = "\N{ZERO WIDTH SPACE}"


def markdown_text(text: str, *, limit: int = 300) -> str:
    """Return `text` for a line of Markdown, cut after `limit` characters of its own."""
    broken = _CALLS.sub(rf"\1{_BREAK}", visible(text, limit=limit))
    return html.escape(_MARKS.sub(r"\\\1", broken), quote=False)


def code_lines(lines: list[str]) -> list[str]:
    """Return `lines` as a block of code; each has to begin with a blank, so that none ends it."""
    return ["```text", *(f"  {visible(line)}" for line in lines), "```"]
