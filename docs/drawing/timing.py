"""A vector as a timing diagram: a row for each who takes part, a column for each moment.

The use: `drawn(vector)` returns the picture, `told(vector)` the same as lines of text.

The complication: the time axis is no scale. Each moment of the script has a column of its own, so
that one microsecond before a deadline stands beside it; the head of a column says the time.

Source: `docs/drawing/script.py`.
"""

from docs.drawing.script import Mark, Row, Script, script_of
from proofs.diagrams import ink
from stallproof.requirements.vectors import Vector

LEFT = 130
"""Where the first column begins: left of it stand the names of the rows."""
COLUMN = 112
TOP = 62
_BAR = 26
"""How far below the top of a row its bars and dots are."""


def column_x(place: int) -> float:
    """Return the middle of the column `place`, counted from 0."""
    return LEFT + COLUMN * (place + 0.5)


def time_words(at_us: int) -> str:
    """Return a moment in seconds, to the last microsecond that counts."""
    whole, rest = divmod(at_us, 1_000_000)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".") + " s"


def told(vector: Vector) -> list[str]:
    """Return one line for each thing that happens in `vector`, by time."""
    rows = script_of(vector).rows.values()
    found = [(mark.at_us, row.name, mark.words) for row in rows for mark in row.marks]
    found += [(at_us, row.name, words) for row in rows for at_us, words in row.due.items()]
    found.sort(key=lambda each: each[0])
    return [f"{time_words(at_us)}, {name}: {words}" for at_us, name, words in found]


def drawn(vector: Vector) -> str:
    """Return the picture of `vector`; raises `ValueError` if nothing in it has a row."""
    script = script_of(vector)
    if not script.rows:
        raise ValueError(f"{vector.name}: there is no time in it to draw")
    moments = script.moments
    width = LEFT + COLUMN * len(moments) + 12
    parts: list[str] = []
    y: float = TOP
    for row in script.rows.values():
        lines = _lines(row)
        parts += _row(row, script, y, lines)
        y += _BAR + 22 + ink.LINE * max(map(len, lines.values()))
    head = [ink.text(line, 12, 20, "title", "start") for line in [vector.name]]
    for place, at_us in enumerate(moments):
        x = column_x(place)
        head += [ink.text(time_words(at_us), x, 44, "head"), ink.line(x, 52, x, y, "grid")]
    return ink.picture(
        width, y + 8, f"Timing of {vector.name}", ". ".join(told(vector)), [*head, *parts]
    )


def _lines(row: Row) -> dict[int, list[tuple[str, str]]]:
    """Return the lines of text below each moment of a row, each with its class."""
    found: dict[int, list[tuple[str, str]]] = {row.marks[0].at_us: []}
    for at_us, words in row.due.items():
        found.setdefault(at_us, []).append((words, "dueword"))
    for mark in row.marks:
        kind = "bad" if mark.shape == "bad" else "faint" if mark.shape == "asked" else ""
        for line in ink.wrapped(mark.words, COLUMN - 6):
            found.setdefault(mark.at_us, []).append((line, kind))
    return found


def _row(row: Row, script: Script, y: float, lines: dict[int, list[tuple[str, str]]]) -> list[str]:
    places = {at_us: column_x(place) for place, at_us in enumerate(script.moments)}
    bar = y + _BAR
    parts = [ink.text(row.name, LEFT - 10, bar + 4, "head", "end")]
    for span in row.spans:
        end = places[script.end_us] + COLUMN / 2 if span.end_us is None else places[span.end_us]
        parts.append(ink.line(places[span.begin_us], bar, end, bar, span.kind))
    for at_us in row.due:
        parts.append(ink.line(places[at_us], bar - 20, places[at_us], bar + 14, "due"))
    for mark in _first_of_each(row.marks):
        parts.append(ink.dot(places[mark.at_us], bar, mark.shape, f"{row.name} {mark.at_us}"))
    for at_us, some in lines.items():
        for place, (line, kind) in enumerate(some):
            parts.append(ink.text(line, places[at_us], bar + 22 + ink.LINE * place, kind))
    return parts


def _first_of_each(marks: list[Mark]) -> list[Mark]:
    """Return one mark a moment: a decision before a request, and what went wrong before both."""
    order = {"asked": 0, "mark": 1, "bad": 2}
    return list({mark.at_us: mark for mark in sorted(marks, key=lambda m: order[m.shape])}.values())
