"""Records that the tests of the benchmarks make up."""

from typing import Any

import msgspec

from tests.benchmarks.noise import Noise
from tests.benchmarks.record import SCHEMA, Environment, FigureRecord, Record, RowRecord
from tests.benchmarks.results import RATIO

QUIET = Noise(others=0.0, drift=0.0)
LOUD = Noise(others=0.5, drift=0.0)
HERE = Environment(
    python="CPython 3.11.7",
    system="Linux 6.1 x86_64",
    processor="A processor",
    processors=2,
    load=0.1,
    stallproof="0.1.0",
)
ELSEWHERE = msgspec.structs.replace(HERE, processor="Another processor")


def figure(median: float | None = 1.0, **fields: Any) -> FigureRecord:
    """Return a figure whose quartiles are its median, unless told otherwise; more is better."""
    whole: dict[str, Any] = {
        "case": "a case", "unit": RATIO, "samples": 0 if median is None else 9, "median": median,
        "low": median, "high": median, "ours": median, "beside": None, "at_least": None,
        "at_most": None, "is_more_better": True, "note": "", **fields,
    }  # fmt: skip
    return FigureRecord(**whole)


def row(*figures: FigureRecord, **fields: Any) -> RowRecord:
    """Return a row that was measured in quiet, unless told otherwise."""
    whole: dict[str, Any] = {
        "name": "a_row", "number": 4, "title": "what it is", "unit": "us", "duration_s": 1.0,
        "noise": QUIET, "figures": list(figures), **fields,
    }  # fmt: skip
    return RowRecord(**whole)


def record(*rows: RowRecord, environment: Environment = HERE, is_quick: bool = False) -> Record:
    """Return a record of `rows`."""
    return Record(
        schema=SCHEMA, date="2026-01-02 03:04", is_quick=is_quick, environment=environment,
        rows=list(rows),
    )  # fmt: skip
