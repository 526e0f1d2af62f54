"""How a cost grows, as a picture: both axes in powers of ten, ours as a line, the other dashed.

The intuition: with both axes so, a cost that grows in proportion is a straight line whatever its
factor, and a cost that stays is flat. What matters is the slope.

The complication: zero has no place on such an axis, and a point that lies there is left out.

Source: `proofs/diagrams/ink.py`.
"""

import itertools
import math
from collections.abc import Iterable, Sequence

from proofs.diagrams import ink

WIDTH, HEIGHT = 560.0, 330.0
LEFT, RIGHT, TOP, BOTTOM = 84.0, 18.0, 48.0, 46.0

Point = tuple[float, float]


def decades(values: Iterable[float]) -> list[float]:
    """Return the powers of ten around `values`, which are positive; two at least."""
    found = [math.log10(one) for one in values]
    low, high = math.floor(min(found)), math.ceil(max(found))
    return [10.0**power for power in range(low, max(high, low + 1) + 1)]


def place(value: float, marks: Sequence[float], begin: float, end: float) -> float:
    """Return where `value` lies between `begin` and `end`, the places of the outer marks."""
    low, high = math.log10(marks[0]), math.log10(marks[-1])
    return begin + (math.log10(value) - low) / (high - low) * (end - begin)


def mark_words(value: float) -> str:
    """Return a power of ten as a reader writes it: `1,000`, `0.01`."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def drawn(over: str, unit: str, points: Sequence[tuple[float, float, float | None]]) -> str:
    """Return the picture; raises `ValueError` if no point has a place in it."""
    title = f"{unit}, over {over}"
    ours = [(x, y) for x, y, _ in points if x > 0 and y > 0]
    beside = [(x, other) for x, _, other in points if x > 0 and other is not None and other > 0]
    if not ours:
        raise ValueError(f"{title}: there is no point to draw")
    across = decades(x for x, _ in ours + beside)
    up = decades(y for _, y in ours + beside)
    parts = [ink.text(title, 12, 20, "title", "start"), *_axes(across, up, over)]
    for name, kind, one in (("beside it", "queued", beside), ("ours", "arrow", ours)):
        parts += _curve(name, kind, one, across, up)
    if beside:
        parts.append(ink.text("dashed: beside it", WIDTH - RIGHT, 38, "faint", "end"))
    told = ". ".join(_told(over, unit, points))
    return ink.picture(WIDTH, HEIGHT, title, told, parts)


def _axes(across: Sequence[float], up: Sequence[float], over: str) -> list[str]:
    parts = []
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in across:
        x = place(value, across, LEFT, right)
        parts += [ink.line(x, TOP, x, bottom, "grid")]
        parts += [ink.text(mark_words(value), x, bottom + 16, "faint")]
    for value in up:
        y = place(value, up, bottom, TOP)
        parts += [ink.line(LEFT, y, right, y, "grid")]
        parts += [ink.text(mark_words(value), LEFT - 8, y + 4, "faint", "end")]
    parts.append(ink.text(over, (LEFT + right) / 2, HEIGHT - 10, "head"))
    return parts


def _curve(
    name: str, kind: str, points: Sequence[Point], across: Sequence[float], up: Sequence[float]
) -> list[str]:
    dots = [
        (place(x, across, LEFT, WIDTH - RIGHT), place(y, up, HEIGHT - BOTTOM, TOP))
        for x, y in points
    ]
    lines = [ink.line(*begin, *end, kind) for begin, end in itertools.pairwise(dots)]
    shape = "mark" if name == "ours" else "asked"
    return [*lines, *(ink.dot(x, y, shape, name) for x, y in dots)]


def _told(
    over: str, unit: str, points: Sequence[tuple[float, float, float | None]]
) -> Iterable[str]:
    for x, y, other in points:
        beside = "" if other is None else f", beside {other:g}"
        yield f"{over} {x:g}: {y:g}{beside} {unit}"
