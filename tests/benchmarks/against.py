"""What became worse since a committed record.

A ratio is compared wherever it was taken. An absolute figure is compared only if both records are
of the same kind of machine, since it says as much of that as of us.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tests.benchmarks.record import Environment, FigureRecord, Record, RowRecord
from tests.benchmarks.results import RATIO, Value

MARGIN = 0.25
"""How much worse a figure may be, as a part of the committed one; at exactly that it still may."""

Change = Literal["as before", "better", "fell", "too noisy to say", "not compared"]


class Compared(NamedTuple):
    """One figure now and before; `why` says what kept it from being compared."""

    row: str
    case: str
    change: Change
    now: float | None
    before: float | None
    unit: str
    why: str


def fell(now: float, before: float, more_is_better: bool) -> bool:
    """Tell whether `now` is worse than `before` by more than the margin."""
    worse_by = before - now if more_is_better else now - before
    return worse_by > MARGIN * abs(before)


def change_of(now: Value, before: float, more_is_better: bool, is_noisy: bool) -> Change:
    """Say how a figure changed; in noise only what both quartiles say as well."""
    if fell(now.median, before, more_is_better):
        better_end = now.high if more_is_better else now.low
        if is_noisy and not fell(better_end, before, more_is_better):
            return "too noisy to say"
        return "fell"
    is_better = fell(now.median, before, not more_is_better)
    return "better" if is_better else "as before"


def compared(now: Record, before: Record) -> list[Compared]:
    """Compare every figure of `now` with that of the same row and case in `before`."""
    found: list[Compared] = []
    for row in now.rows:
        old = before.row(row.name)
        for figure in row.figures:
            found.append(_compared(row, figure, old, now.environment, before.environment))
        found += _gone(row, old)
    return found


def _compared(
    row: RowRecord, figure: FigureRecord, old_row: RowRecord | None,
    here: Environment, there: Environment,
) -> Compared:  # fmt: skip
    figures = [] if old_row is None else old_row.figures
    old = next((one for one in figures if one.case == figure.case), None)
    value, before = figure.value, None if old is None else old.median
    why = ""
    if value is None:
        why = figure.note or "not measured here"
    elif old is None or before is None:
        why = "new"
    elif old.unit != figure.unit:
        why = f"its unit was {old.unit}"
    elif figure.is_more_better is None:
        why = "nothing says which way is better"
    elif figure.unit != RATIO and not here.is_like(there):
        why = "an absolute figure of another machine"
    now = None if value is None else value.median
    if why or value is None or before is None or figure.is_more_better is None:
        return Compared(row.name, figure.case, "not compared", now, before, figure.unit, why)
    change = change_of(value, before, figure.is_more_better, row.is_noisy(figure))
    if change == "fell" and row.is_loud and figure.is_wall_clock:
        # Whoever takes the processors takes time of each sample, so that the quartiles agree.
        change = "too noisy to say"
    return Compared(row.name, figure.case, change, now, before, figure.unit, "")


def _gone(row: RowRecord, old: RowRecord | None) -> Iterator[Compared]:
    """Yield the cases that were measured before and are no more."""
    cases = {figure.case for figure in row.figures}
    for figure in [] if old is None or row.left_out else old.figures:
        if figure.case not in cases and figure.median is not None:
            yield Compared(
                row.name, figure.case, "not compared", None, figure.median, figure.unit, "gone"
            )
