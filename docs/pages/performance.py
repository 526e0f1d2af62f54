"""The page of the benchmarks, made of the committed record and of nothing else."""

from collections.abc import Iterable, Iterator

from docs.drawing import growth
from docs.reviewing.words import FULL_WIDTH
from tests.benchmarks.record import COMMITTED, GrowthRecord, Record, RowRecord, read_record
from tests.benchmarks.report import (
    both_words,
    environment_words,
    figure_words,
    goal_words,
    noise_words,
)
from tests.benchmarks.row import Goal

PAGE = "docs/performance.md"
_BEYOND = 20
"""From this number on a row has no goal: it says what a user would pick instead, and more."""
_INTRODUCTION = (
    "How fast the reference and the oracle are, and how their costs grow. How such figures are "
    "made, and how to make them on another machine, is told by [Measuring](measuring.md).\n\n"
    "A figure without a unit is a ratio, ours by the other, of pairs that were measured in turn "
    "within one run. It is the median of their ratios, which is not the ratio of the two medians "
    "told with it. It says something of other machines as well. A figure with a unit says as "
    "much of this machine as of us. In brackets are the quartiles."
)
_BETTER = {True: "more", False: "less", None: ""}
_NO_RECORD = "No run is recorded: `make bench` measures, and records it."


def pages() -> dict[str, str]:
    """Return the page and its pictures by their paths; raises `RecordError` for a broken record."""
    if not COMMITTED.exists():
        return {PAGE: f"# Performance\n\n{_INTRODUCTION}\n\n{_NO_RECORD}\n"}
    record = read_record(COMMITTED)
    return {PAGE: FULL_WIDTH + document(record), **pictures(record)}


def picture_name(row: RowRecord, number: int) -> str:
    """Return the path of the picture of a row's growth, below `docs/`."""
    return f"images/growth-{row.name.replace('_', '-')}-{number}.svg"


def pictures(record: Record) -> dict[str, str]:
    """Return the pictures of how each cost grows, by their paths."""
    return {
        f"docs/{picture_name(row, number)}": growth.drawn(one.over, one.unit, one.points)
        for row in record.rows
        for number, one in enumerate(_drawable(row), 1)
    }


def document(record: Record) -> str:
    """Return the whole page."""
    goals = [row for row in record.rows if row.number < _BEYOND]
    others = [row for row in record.rows if row.number >= _BEYOND]
    parts = ["# Performance", _INTRODUCTION, f"{environment_words(record)}."]
    if record.is_quick:
        parts.append("This was a quick run: with fewer pairs and less work.")
    if goals:
        parts += ["## Goals", "\n".join(_table(goals, "goal", "met")), *_remarks(goals)]
    if others:
        parts += [
            "## Beside what else there is",
            "\n".join(_table(others, "better")),
            *_remarks(others),
        ]
    grown = [row for row in record.rows if _drawable(row)]
    if grown:
        parts += ["## How each cost grows", *_grown(grown)]
    return "\n\n".join(parts) + "\n"


def _table(rows: list[RowRecord], *heads: str) -> Iterator[str]:
    """Yield the table of `rows`; `heads` are those of the last columns."""
    columns = ("#", "what", "case", "figure", "both ends", *heads)
    yield _line(columns)
    yield "|" + "---|" * len(columns)
    for row in rows:
        head = (str(row.number), _sentence(row.title))
        if not row.figures:
            yield _line((*head, "", _why_none(row), "", *("" for _ in heads)))
        for figure in row.figures:
            last = {
                "better": _BETTER[figure.is_more_better],
                "goal": _goal(figure.goal),
                "met": row.judged(figure),
            }
            cells = (figure.case, figure_words(figure), both_words(row, figure))
            yield _line((*head, *cells, *(last[name] for name in heads)))
            head = ("", "")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _goal(goal: Goal) -> str:
    words = goal_words(goal)
    return "" if words == "-" else words


def _why_none(row: RowRecord) -> str:
    if row.error:
        return f"measuring broke: {row.error}"
    return row.left_out or "nothing was measured"


def _remarks(rows: list[RowRecord]) -> list[str]:
    """Return as one list the cases with a note, and the rows that were measured in noise."""
    found = [
        f"- {row.number}, {figure.case}: {figure.note}"
        for row in rows
        for figure in row.figures
        if figure.note and figure.median is not None
    ]
    found += [f"- {row.number}: {words}" for row in rows if (words := noise_words(row))]
    return ["\n".join(found)] if found else []


def _grown(rows: list[RowRecord]) -> Iterator[str]:
    for row in rows:
        yield f"### {row.number} {_sentence(row.title)}"
        for number, one in enumerate(_drawable(row), 1):
            yield f"![{_told(one)}]({picture_name(row, number)})"


def _drawable(row: RowRecord) -> list[GrowthRecord]:
    """Return the growth that has a place on axes of powers of ten."""
    return [one for one in row.growth if any(x > 0 and y > 0 for x, y, _ in one.points)]


def _told(one: GrowthRecord) -> str:
    first, last = one.points[0], one.points[-1]
    return (
        f"{one.unit}, over {one.over}: {first[1]:.3g} at {first[0]:g}, {last[1]:.3g} at {last[0]:g}"
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
