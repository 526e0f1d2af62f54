"""A message sequence as a picture: one self-contained SVG.

The intuition: a life line for each who takes part, time going down, an arrow for each exchange, a
box for what somebody notes for itself, and a bar where the law breaks.

The use: `drawn(sequence, heading, ending)` returns the text of the picture.

The complication: nothing measures text here, so a character counts as wide as a wide one is; and a
picture in a page cannot know the page's colours, so it has its own, for light and for dark.

Source: SVG 1.1 and 2; the colours have a contrast of at least 4.5 to 1.
"""

import textwrap
from collections.abc import Sequence as Lines
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from proofs.models.pictures_sequence import Message, Sequence

_GAP = 230
_MARGIN = 150
_CHARACTER = 7.2
_LINE = 17
_STYLE = """
    text { font: 13px system-ui, sans-serif; fill: #1b1b1b }
    .head, .title { font-weight: 600 }
    .said { paint-order: stroke; stroke: #ffffff; stroke-width: 5px }
    .number { fill: #5a5a5a; font-size: 11px }
    .paper { fill: #ffffff }
    .life { stroke: #8a8a8a; stroke-dasharray: 4 4 }
    .name { fill: #e4edf7; stroke: #33567f }
    .note { fill: #f4f1e4; stroke: #7d7350 }
    .arrow { stroke: #1b1b1b; stroke-width: 1.5; marker-end: url(#tip) }
    .tip { fill: #1b1b1b }
    .again { stroke: #7a3fa0; stroke-width: 1.5; stroke-dasharray: 8 4 }
    .broken { fill: #fbe3e0; stroke: #b3261e; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #ececec }
      .said { stroke: #16181c }
      .number { fill: #b0b0b0 }
      .paper { fill: #16181c }
      .life { stroke: #808080 }
      .name { fill: #22344c; stroke: #8db4e2 }
      .note { fill: #35311f; stroke: #c9bb86 }
      .arrow { stroke: #ececec }
      .tip { fill: #ececec }
      .again { stroke: #cf9bee }
      .broken { fill: #4b1d1a; stroke: #ff8a80 }
    }
"""


def _wrapped(words: str, width: float) -> list[str]:
    return textwrap.wrap(words, max(12, int(width / _CHARACTER)))


def _texts(lines: Lines[str], x: float, y: float, *, kind: str = "", anchor: str = "middle") -> str:
    name = f' class="{kind}"' if kind else ""
    return "\n".join(
        f'  <text{name} x="{x:g}" y="{y + _LINE * place:g}" text-anchor="{anchor}">'
        f"{escape(line)}</text>"
        for place, line in enumerate(lines)
    )


@dataclass
class _Paper:
    """A picture while it is drawn: who has a life line, what is there, and how far down it is."""

    names: tuple[str, ...]
    parts: list[str] = field(default_factory=list)
    y: float = 0

    @property
    def width(self) -> float:
        """Return the width of the whole picture."""
        return 2 * _MARGIN + _GAP * max(1, len(self.names) - 1)

    def x(self, name: str) -> float:
        """Return where the life line of `name` is."""
        alone = _GAP / 2 if len(self.names) == 1 else 0
        return _MARGIN + alone + _GAP * self.names.index(name)

    def bar(self, words: str, kind: str, width: float, middle: float) -> None:
        """Draw a box with `words` in it around `middle`, as far as the paper reaches."""
        lines = _wrapped(words, width - 20)
        wide = max(len(line) for line in lines) * _CHARACTER + 20
        left = min(max(36, middle - wide / 2), self.width - wide - 8)
        high = _LINE * len(lines) + 9
        self.parts.append(
            f'  <rect class="{kind}" x="{left:g}" y="{self.y:g}" width="{wide:g}" '
            f'height="{high:g}" rx="4"/>'
        )
        self.parts.append(_texts(lines, left + wide / 2, self.y + 17))
        self.y += high

    def number(self, place: int, y: float) -> None:
        """Write the number of a message at the edge."""
        self.parts.append(_texts([str(place)], 22, y, kind="number", anchor="end"))


def _message(paper: _Paper, message: Message, place: int) -> None:
    if message.is_note:
        paper.number(place, paper.y + 17)
        paper.bar(message.words, "note", _GAP - 4, paper.x(message.sender))
        paper.y += 12
        return
    begin, end = paper.x(message.sender), paper.x(message.receiver)
    lines = _wrapped(message.words, abs(end - begin) - 20)
    paper.parts.append(_texts(lines, (begin + end) / 2, paper.y + 12, kind="said"))
    paper.y += _LINE * len(lines) + 2
    paper.number(place, paper.y + 4)
    paper.parts.append(
        f'  <line class="arrow" x1="{begin:g}" y1="{paper.y:g}" x2="{end:g}" y2="{paper.y:g}"/>'
    )
    paper.y += 16


def _again(paper: _Paper) -> None:
    y, end = paper.y, paper.width - 8
    paper.parts.append(f'  <line class="again" x1="36" y1="{y:g}" x2="{end:g}" y2="{y:g}"/>')
    words = ["from here on, again and again"]
    paper.parts.append(_texts(words, 40, paper.y + 16, anchor="start"))
    paper.y += 30


def _heads(paper: _Paper, heading: str, bottom: float, top: float) -> list[str]:
    parts = [_texts(_wrapped(heading, paper.width - 40), 20, 26, kind="title", anchor="start")]
    for name in paper.names:
        x = paper.x(name)
        parts += [
            f'  <line class="life" x1="{x:g}" y1="{top + 26:g}" x2="{x:g}" y2="{bottom:g}"/>',
            f'  <rect class="name" x="{x - 55:g}" y="{top:g}" width="110" height="26" rx="4"/>',
            _texts([name], x, top + 18, kind="head"),
        ]
    return parts


def drawn(sequence: Sequence, *, heading: str, ending: str) -> str:
    """Return the picture of `sequence` below `heading`; `ending` says in the bar what is broken.

    Raise `ValueError` if there is nothing to draw.
    """
    if not sequence.messages:
        raise ValueError(f"nobody says anything: {heading}")
    paper = _Paper(sequence.names)
    top = 26 + _LINE * len(_wrapped(heading, paper.width - 40))
    paper.y = top + 44
    for place, message in enumerate(sequence.messages):
        if place == sequence.repeats_from:
            _again(paper)
        _message(paper, message, place + 1)
    if sequence.repeats_from == len(sequence.messages):
        _again(paper)
    life_end = paper.y
    paper.bar(ending, "broken", paper.width - 44, paper.width / 2 + 14)
    height = paper.y + 14
    told = " ".join(f"{place}. {each}." for place, each in enumerate(sequence.messages, 1))
    return "\n".join(
        [
            '<svg xmlns="http://www.w3.org/2000/svg" '
            f'viewBox="0 0 {paper.width:g} {height:g}" role="img" aria-labelledby="title desc">',
            f'  <title id="title">{escape(heading)}</title>',
            f'  <desc id="desc">{escape(f"{told} {ending}")}</desc>',
            f"  <style>{_STYLE}  </style>",
            '  <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
            'markerHeight="8" orient="auto"><path class="tip" d="M0 0 L8 4 L0 8 z"/></marker>'
            "</defs>",
            f'  <rect class="paper" width="{paper.width:g}" height="{height:g}"/>',
            *_heads(paper, heading, life_end, top),
            *paper.parts,
            "</svg>",
            "",
        ]
    )
