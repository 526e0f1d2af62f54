"""A run of many rows: one after the other, each in its own process, with the noise meanwhile."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tests.benchmarks.environment import environment
from tests.benchmarks.noise import noise_between, processors, reading
from tests.benchmarks.record import ROOT, SCHEMA, Record, RowRecord
from tests.benchmarks.row import Pace, Row

FULL = Pace(pairs=9, scale=1.0)
QUICK = Pace(pairs=5, scale=0.2)
ROW_MAX_S = 600.0
"""How long one row may take; then it counts as broken."""
QUICK_S = 42.0
"""How long a quick run goes on to begin rows; those that are left are left out."""
_QUICK_ROW_MAX_S = 15.0

_STDERR = 2

Tell = Callable[[str], None]


def run(rows: Mapping[str, Row], *, is_quick: bool, tell: Tell) -> Record:
    """Measure `rows`; a quick run leaves out those for which its time does not suffice."""
    here = environment()
    date = f"{datetime.now(UTC):%Y-%m-%d %H:%M}"
    begun = time.monotonic()
    found = []
    for number, (name, row) in enumerate(rows.items(), 1):
        tell(f"{number} of {len(rows)}: {name}, {row.name} ...")
        if is_quick and time.monotonic() - begun > QUICK_S:
            record = _empty(name, row, left_out="a quick run has no more time")
        else:
            record = measured(name, row, is_quick=is_quick)
        found.append(record)
        tell(f"{name}: {_told(record)}")
    return Record(schema=SCHEMA, date=date, is_quick=is_quick, environment=here, rows=found)


def measured(name: str, row: Row, *, is_quick: bool) -> RowRecord:
    """Measure one row in a process of its own, and the noise meanwhile."""
    count = len(processors())
    with tempfile.TemporaryDirectory(prefix="stallproof-") as folder:
        to = Path(folder, "row.json")
        before = reading()
        most_s = _QUICK_ROW_MAX_S if is_quick else ROW_MAX_S
        try:
            error = _run_one(name, to, is_quick, most_s)
        except subprocess.TimeoutExpired:
            late = f"it took longer than {most_s:.0f} s"
            # A quick run is a report of what can be had soon; a slow machine breaks nothing.
            return _empty(name, row, left_out=late) if is_quick else _empty(name, row, error=late)
        noise = noise_between(before, reading(), count)
        if not error:
            record = msgspec.json.decode(to.read_bytes(), type=RowRecord)
            return msgspec.structs.replace(record, noise=noise)
    return _empty(name, row, error=error)


def _run_one(name: str, to: Path, is_quick: bool, most_s: float) -> str:
    """Run the process of one row; return what went wrong, or nothing."""
    pace = QUICK if is_quick else FULL
    growth = "quick" if is_quick else "growth"
    words = [name, str(pace.pairs), str(pace.scale), growth, str(to)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.one", *words],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        # What a row prints is not what is measured; the record has a file of its own.
        stdout=_STDERR,
        start_new_session=True,
    )
    try:
        code = process.wait(most_s)
    finally:
        _end(process)
    if code or not to.exists():
        return f"its process ended with {code} and no record"
    return ""


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of the row: whoever it started is in the same session."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _empty(name: str, row: Row, *, left_out: str = "", error: str = "") -> RowRecord:
    return RowRecord(
        name=name, number=row.number, title=row.name, unit=row.unit, duration_s=0.0,
        left_out=left_out, error=error,
    )  # fmt: skip


def _told(record: RowRecord) -> str:
    if record.error:
        return f"BROKEN, {record.error}"
    if record.left_out:
        return f"left out, {record.left_out}"
    noisy = ", too noisy" if record.noise is not None and record.noise.is_too_much else ""
    return f"{len(record.figures)} figures after {record.duration_s:.1f} s{noisy}"
