"""A track of numbers: steps, levels and points above a base line, with bars shaded behind them."""

from collections.abc import Iterator

from stallproof.reports.elements import Element, e
from stallproof.reports.timeline.axis import LEFT, RIGHT, WIDTH, Axis
from stallproof.reports.timeline.bars import NARROWEST, bar
from stallproof.reports.timeline.shapes import Bar, Level, Point, Steps, Track
from stallproof.reports.timeline.words import label, width_of

HEADROOM = 20
"""What is left free above the greatest number, for the words of points."""
APART = 13


def graph(axis: Axis, track: Track, top: float, height: float) -> Iterator[Element]:
    """Yield what `track` shows; its greatest number lies below `top`, and zero at the bottom."""
    scale = (height - HEADROOM) / track.most
    base = top + height
    for shade in (one for one in track.shapes if isinstance(one, Bar)):
        yield from _shade(axis, shade, top, height)
    yield e("line", class_="base", x1=LEFT, x2=WIDTH - RIGHT, y1=base, y2=base)
    for level in (one for one in track.shapes if isinstance(one, Level)):
        y = base - level.value * scale
        line = e("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y)
        yield e("g", line, label(LEFT + 4, y - 4, level.words), class_=f"level {level.kind}")
    steps = [one for one in track.shapes if isinstance(one, Steps) and one.points]
    for one in steps:
        yield e("path", d=_path(axis, one, base, scale), class_=f"steps {one.kind}")
    yield from _names(axis, steps, base, scale)
    for point in (one for one in track.shapes if isinstance(one, Point)):
        if axis.shows(point.at_us):
            yield _point(axis, point, base, scale)


def _shade(axis: Axis, shade: Bar, top: float, height: float) -> Iterator[Element]:
    x, end = axis.x(shade.from_us), axis.x(shade.until_us)
    if shade.until_us < axis.from_us or shade.from_us > axis.until_us:
        return
    wide = max(NARROWEST, end - x)
    parts = [e("rect", x=x, y=top, width=wide, height=height)]
    if width_of(shade.words) <= wide:
        parts.append(label(x + 4, top + height - 6, shade.words))
    elif x - width_of(shade.words) > LEFT:
        parts.append(label(x - 4, top + height - 6, shade.words, anchor="end"))
    yield bar(axis, shade, *parts)


def _path(axis: Axis, steps: Steps, base: float, scale: float) -> str:
    """Return the path of a line that goes up at each point, and stays until the axis ends."""
    before = [value for at_us, value in steps.points if at_us <= axis.from_us]
    value = before[-1] if before else steps.points[0][1]
    begin_us = max(axis.from_us, steps.points[0][0])
    parts = [f"M{axis.x(begin_us):g} {base - value * scale:.1f}"]
    for at_us, value in steps.points:
        if axis.shows(at_us):
            parts.append(f"H{axis.x(at_us):g} V{base - value * scale:.1f}")
    return " ".join([*parts, f"H{WIDTH - RIGHT}"])


def _names(axis: Axis, steps: list[Steps], base: float, scale: float) -> Iterator[Element]:
    """Yield the words of each line at its end, apart from each other."""
    ends = []
    for one in steps:
        shown = [value for at_us, value in one.points if at_us <= axis.until_us]
        value = shown[-1] if shown else one.points[0][1]
        ends.append((base - value * scale - 4, one, value))
    lowest = base + APART
    for y, one, value in sorted(ends, key=lambda end: -end[0]):
        lowest = min(y, lowest - APART)
        words = f"{one.words}: {value:,}"
        yield label(WIDTH - RIGHT - 4, lowest, words, anchor="end", kind=f"line {one.kind}")


def _point(axis: Axis, point: Point, base: float, scale: float) -> Element:
    x, y = axis.x(point.at_us), base - point.value * scale
    return e(
        "g",
        e("title", f"{point.words}, {axis.ms(point.at_us)}"),
        e("line", x1=x, x2=x, y1=base, y2=y),
        e("circle", cx=x, cy=y, r=5),
        label(x, y - 8, str(point.value), anchor="middle"),
        class_=f"point {point.kind}",
        data_at_us=point.at_us,
    )
