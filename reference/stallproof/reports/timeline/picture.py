"""The picture of a timeline: marks on top, a track below the other, the axis at the bottom.

Colours and patterns are the page's (`reports/html/style.css`); what a colour says is said by a
pattern, a shape or words as well.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stallproof.reports.elements import Element, e
from stallproof.reports.timeline.axis import LEFT, RIGHT, WIDTH, Axis
from stallproof.reports.timeline.bars import bars
from stallproof.reports.timeline.evidence import Numbered, evidence
from stallproof.reports.timeline.graph import graph
from stallproof.reports.timeline.shapes import KINDS, Bar, Level, Limit, Point, Steps, Track
from stallproof.reports.timeline.words import Shelf, label, width_of

TOP, LINE, BAR, GRAPH, GAP, FOOT = 8, 15, 20, 96, 12, 44


class Marked(NamedTuple):
    """The moment that contradicts the law: `number` `None` where something did not come."""

    at_us: int
    words: str
    number: int | None


def picture(
    axis: Axis, tracks: Sequence[Track], events: Sequence[Numbered], mark: Marked | None, name: str
) -> Element:
    """Return the picture; `name` begins the IDs in it, and is unique on the page."""
    parts: list[Element] = []
    bottom: float = TOP + (LINE + 8 if mark is not None else 0)
    wrong = None if mark is None else mark.number
    numbers, rows = evidence(axis, events, wrong, bottom)
    parts += numbers
    bottom += rows + GAP
    for track in tracks:
        drawn = _track(axis, track, bottom)
        parts += drawn.parts
        bottom = drawn.bottom
    return e(
        "svg",
        e("g", *_axis(axis, bottom), class_="axis"),
        None if mark is None else _mark(axis, mark, bottom),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {bottom + FOOT}",
        role="img",
        aria_labelledby=f"{name}-title",
        aria_describedby=f"{name}-desc",
        class_="timeline",
    )


class _Drawn(NamedTuple):
    parts: list[Element]
    bottom: float


def _axis(axis: Axis, bottom: float) -> Iterator[Element]:
    for at_us, words in axis.ticks():
        x = axis.x(at_us)
        yield e("line", class_="grid", x1=x, x2=x, y1=TOP, y2=bottom + 4)
        yield label(x, bottom + 19, words, anchor="middle")
    yield e("line", class_="base", x1=LEFT, x2=WIDTH - RIGHT, y1=bottom + 4, y2=bottom + 4)
    whole = "time from the first event of the run"
    yield label((LEFT + WIDTH - RIGHT) / 2, bottom + 37, whole, anchor="middle", kind="faint")


def _mark(axis: Axis, mark: Marked, bottom: float) -> Element:
    """Draw the marked moment as a line through all tracks, which are drawn over it."""
    x, y = axis.x(mark.at_us), TOP + 8
    is_left = x > (LEFT + WIDTH) / 2
    came = mark.number is not None
    return e(
        "g",
        e("line", x1=x, x2=x, y1=y, y2=bottom + 4),
        e("path", d=f"M{x} {y - 7} L{x + 7} {y} L{x} {y + 7} L{x - 7} {y} Z"),
        label(
            x - 12 if is_left else x + 12, y + 4, mark.words, anchor="end" if is_left else "start"
        ),
        class_="mark" if came else "mark missing",
        data_at_us=mark.at_us,
    )


def _track(axis: Axis, track: Track, top: float) -> _Drawn:
    limits = [one for one in track.shapes if isinstance(one, Limit) and axis.shows(one.at_us)]
    shelf, placed = Shelf(), []
    for one in sorted(limits, key=lambda limit: limit.at_us):
        words = f"{one.words} ({axis.ms(one.at_us)})"
        x = axis.x(one.at_us)
        is_left = x + width_of(words) > WIDTH - 4
        begin = x - width_of(words) - 4 if is_left else x
        placed.append((one, words, x, is_left, shelf.row_for(begin, begin + width_of(words) + 8)))
    head = max(1, shelf.rows) * LINE if limits else 2
    height = GRAPH if track.is_graph else BAR
    parts: list[Element] = [
        label(8, top + head + 14, track.title, kind="name"),
        label(8, top + head + 29, track.about, kind="faint"),
        e("line", class_="rule", x1=8, x2=WIDTH - RIGHT, y1=top - 5, y2=top - 5),
    ]
    draw = graph if track.is_graph else bars
    parts += draw(axis, track, top + head, height)
    for one, words, x, is_left, row in placed:
        y = top + row * LINE + 11
        at = x - 5 if is_left else x + 5
        parts.append(
            e(
                "g",
                e("line", x1=x, x2=x, y1=y - 9, y2=top + head + height),
                label(at, y, words, anchor="end" if is_left else "start"),
                class_="bound",
                data_at_us=one.at_us,
            )
        )
    return _Drawn(parts, top + head + max(height, 32) + GAP)


def kinds_of(tracks: Sequence[Track]) -> list[str]:
    """Return the kinds of shapes in `tracks`, in the order of the legend."""
    used = {
        "bound" if isinstance(one, Limit) else one.kind
        for track in tracks
        for one in track.shapes
        if isinstance(one, Bar | Limit | Steps | Level | Point)
    }
    return [kind for kind in KINDS if kind in used]
