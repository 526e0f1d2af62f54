"""The numbered events of the finding, as they stand in its table, on top of a timeline."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from stallproof.reports.elements import Element, e
from stallproof.reports.timeline.axis import Axis
from stallproof.reports.timeline.words import Shelf, label, width_of

HIGH, APART = 18, 21
TOGETHER = 4
"""Neighbours in the table that lie no further apart than this share one mark."""
LEAST = 34
"""The height of the title beside them."""


class Numbered(NamedTuple):
    """One event of the finding: its number in the table, when it was, and what it is."""

    number: int
    at_us: int
    words: str


def evidence(
    axis: Axis, events: Sequence[Numbered], wrong: int | None, top: float
) -> tuple[list[Element], float]:
    """Return the marks of `events` below `top`, and how high they are together.

    `wrong`: the number of the event that contradicts the law, `None` if there is none.
    """
    parts = [label(8, top + 14, "evidence"), label(8, top + 29, "as in the table", kind="faint")]
    shelf = Shelf()
    for group in _together(axis, events, wrong):
        first, last = group[0].number, group[-1].number
        words = str(first) if first == last else f"{first}\u2013{last}"
        x, half = axis.x(group[0].at_us), max(HIGH, width_of(words) + 8) / 2
        y = top + 1 + APART * shelf.row_for(x - half - 1, x + half + 1)
        told = "; ".join(f"{one.number}: {one.words}, {axis.ms(one.at_us)}" for one in group)
        shape = e("rect", x=x - half, y=y, width=2 * half, height=HIGH, rx=HIGH / 2)
        mark = label(x, y + 13, words, anchor="middle")
        kind = "event wrong" if first == wrong else "event"
        parts.append(e("g", e("title", told), shape, mark, class_=kind))
    return parts, max(LEAST, shelf.rows * APART)


def _together(
    axis: Axis, events: Sequence[Numbered], wrong: int | None
) -> Iterator[list[Numbered]]:
    """Yield the events that are shown, neighbours at one place together; `wrong` is alone."""
    group: list[Numbered] = []
    for one in events:
        if not axis.shows(one.at_us):
            continue
        is_near = group and axis.x(one.at_us) - axis.x(group[0].at_us) <= TOGETHER
        if group and (not is_near or wrong in (one.number, group[-1].number)):
            yield group
            group = []
        group.append(one)
    if group:
        yield group
