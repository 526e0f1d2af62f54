"""A track of bars: what lasts from when to when, with its words where there is room."""

from collections.abc import Iterator
from typing import NamedTuple

from stallproof.reports.elements import Element, e
from stallproof.reports.timeline.axis import LEFT, WIDTH, Axis
from stallproof.reports.timeline.shapes import Bar, Track
from stallproof.reports.timeline.words import Shelf, label, width_of

NARROWEST = 1.5
"""The width of a bar that would else not be seen."""


class _Placed(NamedTuple):
    bar: Bar
    begin: float
    end: float

    @property
    def holds_its_words(self) -> bool:
        return width_of(self.bar.words) + 8 <= self.end - self.begin


def bars(axis: Axis, track: Track, top: float, height: float) -> Iterator[Element]:
    """Yield the bars of `track`, and after them their words."""
    placed = [
        _Placed(one, axis.x(one.from_us), max(axis.x(one.until_us), axis.x(one.from_us)))
        for one in track.shapes
        if isinstance(one, Bar) and one.until_us >= axis.from_us and one.from_us <= axis.until_us
    ]
    for one in placed:
        wide = max(NARROWEST, one.end - one.begin)
        yield bar(axis, one.bar, e("rect", x=one.begin, y=top, width=wide, height=height, rx=2))
    words, shapes = Shelf(), Shelf()
    for one in placed:
        shapes.row_for(one.begin, one.end)
        if one.holds_its_words and words.takes(one.begin, one.begin + width_of(one.bar.words)):
            yield label(one.begin + 5, top + 14, one.bar.words, kind="inside")
    for one in placed:
        if not one.holds_its_words:
            # What is beyond its bound may stand on its neighbour, so much does it matter.
            shelves = [words] if one.bar.kind == "over" else [words, shapes]
            yield from _beside(one, top + 14, shelves)


def bar(axis: Axis, one: Bar, *drawn: Element) -> Element:
    """Return a bar as it was `drawn`, with what it is and the moments that it lies between."""
    told = f"{one.words}: {axis.ms(one.from_us)} to {axis.ms(one.until_us)}"
    return e(
        "g",
        e("title", told),
        *drawn,
        class_=f"bar {one.kind}",
        data_from_us=one.from_us,
        data_until_us=one.until_us,
    )


def _beside(one: _Placed, y: float, shelves: list[Shelf]) -> Iterator[Element]:
    """Yield the words of a narrow bar beside it, where they touch nothing; else its title tells."""
    wide = width_of(one.bar.words)
    for begin in (one.end + 5, one.begin - 5 - wide):
        is_inside = begin >= LEFT and begin + wide <= WIDTH - 4
        if is_inside and all(shelf.has_room(begin, begin + wide) for shelf in shelves):
            shelves[0].takes(begin, begin + wide)
            yield label(begin, y, one.bar.words, kind="beside")
            return
