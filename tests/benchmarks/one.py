"""One row, measured in a process of its own, which `running.py` starts.

So no row measures the threads, the garbage or the imports that another has left behind, and what
the row used is all that this process and its children used. The record goes to FILE, since a row
may print.
"""

import sys
import time
from pathlib import Path

import msgspec

from tests.benchmarks.found import row_of
from tests.benchmarks.record import FigureRecord, GrowthRecord, RowRecord
from tests.benchmarks.results import RATIO, figure_value, is_more_better, is_ratio, value_of
from tests.benchmarks.row import Figure, Goal, Growth, Missing, Pace, Row


def recorded(row: Row, figure: Figure) -> FigureRecord:
    """Return the record of one figure; raises `ValueError` for samples that are none."""
    goal = figure.goal if figure.goal is not None else row.goal
    value = figure_value(figure) if figure.ours else None
    return FigureRecord(
        case=figure.case,
        unit=RATIO if is_ratio(figure) else row.unit,
        samples=len(figure.ours),
        median=None if value is None else value.median,
        low=None if value is None else value.low,
        high=None if value is None else value.high,
        ours=value_of(figure.ours).median if figure.ours else None,
        beside=value_of(figure.beside).median if figure.beside else None,
        at_least=(goal or Goal()).at_least,
        at_most=(goal or Goal()).at_most,
        is_more_better=is_more_better(goal, row.is_more_better),
        note=figure.note,
        is_wall_clock=figure.is_wall_clock,
    )


def grown(growth: Growth) -> GrowthRecord:
    """Return the record of how a cost grows, by x."""
    return GrowthRecord(over=growth.over, unit=growth.unit, points=sorted(growth.points))


def measured(name: str, row: Row, pace: Pace, *, with_growth: bool) -> RowRecord:
    """Measure `row`; what breaks is told in the record and not raised."""
    begun = time.monotonic()
    figures: list[FigureRecord] = []
    growth: list[GrowthRecord] = []
    left_out = error = ""
    try:
        figures = [recorded(row, one) for one in row.measure(pace)]
        if with_growth and row.growth is not None:
            growth = [grown(one) for one in row.growth(pace)]
    except Missing as missing:
        left_out = str(missing) or "something is missing"
    except Exception as why:
        error = f"{type(why).__name__}: {why}"
    return RowRecord(
        name=name,
        number=row.number,
        title=row.name,
        unit=row.unit,
        duration_s=round(time.monotonic() - begun, 1),
        figures=figures,
        growth=growth,
        left_out=left_out,
        error=error,
    )


def main(name: str, pairs: str, scale: str, with_growth: str, to: str) -> None:
    """Measure one row and write its record."""
    row = row_of(name)
    assert row is not None, f"{name} exports no ROW"
    pace = Pace(int(pairs), float(scale))
    record = measured(name, row, pace, with_growth=with_growth == "growth")
    Path(to).write_bytes(msgspec.json.encode(record))


if __name__ == "__main__":
    main(*sys.argv[1:])
