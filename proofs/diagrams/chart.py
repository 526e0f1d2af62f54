"""A state diagram that every renderer shows: a column for each state, a row for each arrow.

The intuition: labels of a machine's arrows are whole conditions. In a graph they lie upon each
other; one below the other each can be read.

The use: `chart(found, title)` returns the picture.

Source: `proofs/diagrams/arrows.py`.
"""

from collections.abc import Sequence

from proofs.diagrams import ink
from proofs.diagrams.arrows import Arrow

START = "[*]"
COLUMN = 168
MARGIN = 90
_BOX = 140
_LABEL = 300
"""How wide a label is at least allowed to be, since a row has only one."""


def label_of(arrow: Arrow) -> str:
    """Return the event, the conditions, and after a slash what drivers are told."""
    when = ", ".join((arrow.event, *arrow.condition))
    return f"{when} / {arrow.action}" if arrow.action else when


def states_of(found: Sequence[Arrow]) -> list[str]:
    """Return the states in the order in which the arrows come to them."""
    return list(dict.fromkeys(box for arrow in found for box in (arrow.source, arrow.target)))


def state_x(place: int) -> float:
    """Return the middle of the column of the state `place`, counted from 0."""
    return MARGIN + COLUMN * place


def chart(found: Sequence[Arrow], title: str) -> str:
    """Return the picture of the arrows `found` below `title`."""
    states = states_of(found)
    places = {state: state_x(place) for place, state in enumerate(states)}
    width = max(2 * MARGIN + COLUMN * (len(states) - 1), _LABEL + 40)
    parts: list[str] = []
    y: float = 88
    for arrow in found:
        drawn, y = _row(arrow, places, width, y)
        parts += drawn
    head = [ink.text(title, 14, 22, "title", "start")]
    for state, x in places.items():
        head.append(ink.line(x, 72, x, y, "life"))
        if state == START:
            head.append(ink.dot(x, 60, "mark"))
        else:
            head += [ink.box(x - _BOX / 2, 40, _BOX, 32, "state"), *_in_box(state, x)]
    return ink.picture(width, y + 10, title, ". ".join(_told(each) for each in found), head + parts)


def _in_box(state: str, x: float) -> list[str]:
    lines = ink.wrapped(state, _BOX - 8)
    top = 60 - (len(lines) - 1) * 7
    return [ink.text(line, x, top + 13 * at, "head") for at, line in enumerate(lines)]


def _row(arrow: Arrow, places: dict[str, float], width: float, y: float) -> tuple[list[str], float]:
    """Return one arrow with its label, and where the next one begins."""
    begin, end = places[arrow.source], places[arrow.target]
    lines = ink.wrapped(label_of(arrow), max(abs(end - begin) - 20, _LABEL))
    wide = max(map(len, lines)) * ink.CHARACTER + 12
    middle = min(max((begin + end) / 2, wide / 2 + 4), width - wide / 2 - 4)
    high = ink.LINE * len(lines) + 4
    stays = begin == end
    parts = [ink.box(middle - wide / 2, y, wide, high, "loop" if stays else "paper")]
    parts += [ink.text(line, middle, y + 13 + ink.LINE * at) for at, line in enumerate(lines)]
    if not stays:
        parts.append(ink.arrow(begin, end, y + high + 5))
    return parts, y + high + (12 if stays else 20)


def _told(arrow: Arrow) -> str:
    source = "the beginning" if arrow.source == START else arrow.source
    where = "stays" if arrow.source == arrow.target else f"to {arrow.target}"
    return f"From {source}, {label_of(arrow)}: {where}"
