"""A run as lines of text: one a figure, and what became worse."""

from collections.abc import Iterator, Sequence

from tests.benchmarks.against import MARGIN, Compared
from tests.benchmarks.record import FigureRecord, Record, RowRecord
from tests.benchmarks.results import RATIO
from tests.benchmarks.row import Goal


def number(value: float | None) -> str:
    """Return `value` with three digits that count, and thousands parted; `-` for none."""
    if value is None:
        return "-"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def goal_words(goal: Goal) -> str:
    """Return a goal in words, `-` for none."""
    bounds = [
        f"{sign} {number(bound)}"
        for sign, bound in ((">=", goal.at_least), ("<=", goal.at_most))
        if bound is not None
    ]
    return ", ".join(bounds) or "-"


def figure_words(figure: FigureRecord) -> str:
    """Return median, unit and quartiles."""
    if figure.median is None:
        return figure.note or "not measured"
    unit = "" if figure.unit == RATIO else f" {figure.unit}"
    return f"{number(figure.median)}{unit} ({number(figure.low)} to {number(figure.high)})"


def both_words(row: RowRecord, figure: FigureRecord) -> str:
    """Return the medians of both ends of a pair, empty where there is one end."""
    if figure.ours is None or figure.beside is None:
        return ""
    return f"{number(figure.ours)} beside {number(figure.beside)} {row.unit}"


def environment_words(record: Record) -> str:
    """Return in one line what the figures were taken on."""
    one = record.environment
    load = "" if one.load is None else f", load {one.load}"
    return (
        f"stallproof {one.stallproof} with {one.python} on {one.processors} of {one.processor}, "
        f"{one.system}{load}, {record.date} UTC"
    )


def noise_words(row: RowRecord) -> str:
    """Say that a row was measured in too much noise, and in which; empty where it was not."""
    noise = row.noise
    if noise is None or not noise.is_too_much:
        return ""
    others = "" if noise.others is None else f"others took {noise.others:.0%} of the processors, "
    return f"too noisy: {others}their speed drifted by {noise.drift:.0%}"


def lines(record: Record, changes: Sequence[Compared] = ()) -> Iterator[str]:
    """Yield the report of a run, line by line."""
    yield environment_words(record)
    if record.is_quick:
        yield "a quick run: fewer pairs and less work"
    for row in record.rows:
        yield ""
        yield f"{row.number:3} {row.title} ({row.name})"
        if row.error:
            yield f"      BROKEN: {row.error}"
        if row.left_out:
            yield f"      left out: {row.left_out}"
        for figure in row.figures:
            yield "      " + "; ".join(filter(None, _parts(row, figure)))
        if noise := noise_words(row):
            yield f"      {noise}"
    if changes:
        yield ""
        yield from _changes(changes)


def _parts(row: RowRecord, figure: FigureRecord) -> Iterator[str]:
    yield f"{figure.case}: {figure_words(figure)}"
    yield both_words(row, figure)
    if word := row.judged(figure):
        yield f"goal {goal_words(figure.goal)}: {word}"
    if figure.note and figure.median is not None:
        yield figure.note


def _changes(changes: Sequence[Compared]) -> Iterator[str]:
    told = [one for one in changes if one.change in ("fell", "better", "too noisy to say")]
    same = sum(one.change == "as before" for one in changes)
    for one in told:
        before = f"{number(one.before)} before, {number(one.now)} now"
        yield f"{one.change}: {one.row}, {one.case}: {before}"
    yield f"{same} figures are as before, to within {MARGIN:.0%}"
    reasons = [one for one in changes if one.change == "not compared"]
    for one in reasons:
        yield f"not compared: {one.row}, {one.case}: {one.why}"
