"""Texts of the page: the law's prose as paragraphs, and words from outside cut to a length."""

import re
from collections.abc import Iterator

from stallproof.reports.elements import Element, Inside, e
from stallproof.reports.lines import visible

NAME_MAX = 200
"""The longest name from outside that is shown."""
TEXT_MAX = 2_000
"""The longest text from outside that is shown."""
_MARKUP = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")


def short(text: str, limit: int = NAME_MAX) -> str:
    """Return `text` cut after `limit` characters."""
    return visible(text, limit=limit)


def paragraphs(text: str) -> Iterator[Element]:
    """Yield the paragraphs of the law's prose; what it marks as code or as strong is so here."""
    for paragraph in text.split("\n\n"):
        yield e("p", *_inline(" ".join(paragraph.split())))


def _inline(text: str) -> Iterator[Inside]:
    end = 0
    for match in _MARKUP.finditer(text):
        yield text[end : match.start()]
        yield e("code", match[1]) if match[1] else e("strong", match[2])
        end = match.end()
    yield text[end:]


def verdict_mark(verdict: str) -> Element:
    """Return a verdict as a word with a sign, so that nobody needs the colour."""
    sign = e("span", SIGNS.get(verdict, ""), class_="sign", aria_hidden="true")
    return e("span", sign, verdict.replace("-", " "), class_=f"verdict {verdict}")


SIGNS = {
    "pass": "✓",
    "fail": "✗",
    "incomplete": "…",
    "inconclusive": "?",
    "not-exercised": "○",
    "unsupported": "-",
    "left-out": "-",
}
