"""The record of a run: what was measured, on what, and how much else went on meanwhile.

A record is read by `--against` and by the page (`docs/pages/performance.py`). The committed one is
`proofs/evidence/benchmarks.json`; it is made anew by `make bench`, never edited.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from tests.benchmarks.noise import Noise
from tests.benchmarks.results import SPREAD_MAX, Value, Word, judged
from tests.benchmarks.row import Goal

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "proofs" / "evidence" / "benchmarks.json"
SCHEMA: Literal["stallproof.benchmarks/1"] = "stallproof.benchmarks/1"


class RecordError(ValueError):
    """Say which record cannot be used, and why."""


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the figures were taken on. `load` is that of the minute before the run."""

    python: str
    system: str
    processor: str
    processors: int
    load: float | None
    stallproof: str

    def is_like(self, other: "Environment") -> bool:
        """Tell whether absolute figures of both can be compared."""

        def key(one: "Environment") -> tuple[str, int, str]:
            return one.processor, one.processors, one.python.rpartition(".")[0]

        return key(self) == key(other)


class FigureRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case: median and quartiles of `samples` values, and the medians of both ends.

    Without samples it was not measured, and `note` says why.
    """

    case: str
    unit: str
    samples: int
    median: float | None
    low: float | None
    high: float | None
    ours: float | None
    beside: float | None
    at_least: float | None
    at_most: float | None
    is_more_better: bool | None
    note: str
    is_wall_clock: bool = False

    @property
    def goal(self) -> Goal:
        """Return the goal; one without bounds where there is none."""
        return Goal(self.at_least, self.at_most)

    @property
    def value(self) -> Value | None:
        """Return median and quartiles, `None` where nothing was measured."""
        if self.median is None or self.low is None or self.high is None:
            return None
        return Value(self.median, self.low, self.high)


class GrowthRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a cost grows: (x, ours, beside or `None`)."""

    over: str
    unit: str
    points: list[tuple[float, float, float | None]]


class RowRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row. `left_out` says what was missing, `error` how it broke; both are empty otherwise."""

    name: str
    number: int
    title: str
    unit: str
    duration_s: float
    noise: Noise | None = None
    figures: list[FigureRecord] = []
    growth: list[GrowthRecord] = []
    left_out: str = ""
    error: str = ""

    def is_noisy(self, figure: FigureRecord) -> bool:
        """Tell whether too much else went on, or the samples of `figure` lie too far apart."""
        value = figure.value
        is_wide = value is not None and value.spread > SPREAD_MAX
        return is_wide or self.is_loud

    @property
    def is_loud(self) -> bool:
        """Tell whether too much else went on."""
        return self.noise is not None and self.noise.is_too_much

    def judged(self, figure: FigureRecord) -> Word:
        """Say whether `figure` meets its goal; empty without a goal or a value."""
        value = figure.value
        return "" if value is None else judged(figure.goal, value, self.is_noisy(figure))


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One run. `date` is its beginning (UTC); `is_quick`: it took less work and fewer pairs."""

    schema: Literal["stallproof.benchmarks/1"]
    date: str
    is_quick: bool
    environment: Environment
    rows: list[RowRecord]

    def row(self, name: str) -> RowRecord | None:
        """Return the row `name`, `None` where it was not measured."""
        return next((one for one in self.rows if one.name == name), None)

    @property
    def broken(self) -> Sequence[RowRecord]:
        """Return the rows whose measuring broke."""
        return [one for one in self.rows if one.error]


def read_record(path: Path) -> Record:
    """Read a record; raises `RecordError` for one that cannot be read."""
    try:
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except OSError as error:
        raise RecordError(f"{path.name}: {error.strerror or error}") from error
    except msgspec.MsgspecError as error:
        raise RecordError(f"{path.name}: {error}") from error
    names = [one.name for one in record.rows]
    if len(names) > len(set(names)):
        raise RecordError(f"{path.name}: it holds a row twice")
    return record


def encoded(record: Record) -> bytes:
    """Return the JSON of `record`, with a newline in the end."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def require_alike(old: Record, here: Environment, *, is_quick: bool) -> None:
    """Raise `RecordError` if rows of `old` cannot stand beside new ones."""
    if not old.environment.is_like(here):
        raise RecordError("the rows to keep are of another machine")
    if old.is_quick != is_quick:
        raise RecordError("quick rows and others cannot stand in one record")


def merged(old: Record, new: Record) -> Record:
    """Return `new`, with those rows of `old` that it has not; the environment is that of `new`."""
    names = {one.name for one in new.rows}
    rows = [*new.rows, *(one for one in old.rows if one.name not in names)]
    rows.sort(key=lambda one: (one.number, one.name))
    return msgspec.structs.replace(new, rows=rows)
