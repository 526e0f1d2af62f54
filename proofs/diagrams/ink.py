"""Text, lines and boxes of a drawing: plain SVG that every renderer shows.

The intuition: what a picture says stands in it as text elements, never as HTML inside the SVG, and
colours follow the reader's light or dark.

The complication: nothing measures text here, so a character counts as wide as a wide one is. A
renderer that ignores the style still shows black text on nothing.

Source: SVG 1.1; the colours have a contrast of at least 4.5 to 1.
"""

import textwrap
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

CHARACTER = 6.7
"""How wide a character is, at most."""
LINE = 15
_STYLE = """
    text { font: 12px system-ui, sans-serif; fill: #1b1b1b }
    .title { font-weight: 600; font-size: 14px }
    .head { font-weight: 600 }
    .faint { fill: #5a5a5a; font-size: 11px }
    .paper { fill: #ffffff }
    .grid { stroke: #dcdcdc }
    .queued { stroke: #8a6d1d; stroke-width: 3; stroke-dasharray: 3 3 }
    .held { stroke: #33567f; stroke-width: 9 }
    .closing { stroke: #b3261e; stroke-width: 4 }
    .due { stroke: #7a3fa0; stroke-width: 2; stroke-dasharray: 5 3 }
    .dueword { fill: #6b3390; font-weight: 600 }
    .mark { fill: #1b1b1b }
    .asked { fill: #ffffff; stroke: #1b1b1b; stroke-width: 1.5 }
    .bad { fill: #b3261e }
    .state { fill: #e4edf7; stroke: #33567f }
    .loop { fill: #f4f1e4; stroke: #7d7350 }
    .life { stroke: #8a8a8a; stroke-dasharray: 4 4 }
    .arrow { stroke: #1b1b1b; stroke-width: 1.5 }
    @media (prefers-color-scheme: dark) {
      text { fill: #ececec }
      .faint { fill: #b0b0b0 }
      .paper { fill: #16181c }
      .grid { stroke: #34383f }
      .queued { stroke: #d9b95c }
      .held { stroke: #8db4e2 }
      .closing { stroke: #ff8a80 }
      .due { stroke: #cf9bee }
      .dueword { fill: #cf9bee }
      .mark { fill: #ececec }
      .asked { fill: #16181c; stroke: #ececec }
      .bad { fill: #ff8a80 }
      .state { fill: #22344c; stroke: #8db4e2 }
      .loop { fill: #35311f; stroke: #c9bb86 }
      .life { stroke: #808080 }
      .arrow { stroke: #ececec }
    }
"""


def wrapped(words: str, width: float) -> list[str]:
    """Return `words` in lines that fit `width`; a word that is too long is parted."""
    return textwrap.wrap(words, max(6, int(width / CHARACTER)))


def text(words: str, x: float, y: float, kind: str = "", anchor: str = "middle") -> str:
    """Return one line of text with its base line at `y`."""
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    """Return a straight line; `kind` is its class."""
    return f'<line class="{kind}" x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'


def box(x: float, y: float, width: float, height: float, kind: str) -> str:
    """Return a box with its upper left corner at `x` and `y`."""
    size = f'width="{width:g}" height="{height:g}"'
    return f'<rect class="{kind}" x="{x:g}" y="{y:g}" {size} rx="4"/>'


def dot(x: float, y: float, kind: str, about: str = "") -> str:
    """Return a dot; `about` names what happened there, for tests and for tools."""
    named = f" data-event={quoteattr(about)}" if about else ""
    return f'<circle class="{kind}"{named} cx="{x:g}" cy="{y:g}" r="5"/>'


def arrow(x1: float, x2: float, y: float) -> str:
    """Return an arrow from `x1` to `x2`, to the right or to the left."""
    back = 8 if x2 < x1 else -8
    tip = f"{x2:g},{y:g} {x2 + back:g},{y - 4:g} {x2 + back:g},{y + 4:g}"
    return f'{line(x1, y, x2, y, "arrow")}<polygon class="mark" points="{tip}"/>'


def picture(width: float, height: float, title: str, told: str, parts: Iterable[str]) -> str:
    """Return the whole picture; `told` says in words what it shows, for those who cannot see it."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" aria-labelledby="title desc">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" width="{width:g}" height="{height:g}"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
