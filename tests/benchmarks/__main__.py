"""Measure what is meant to be fast, beside what else could be used: `python -m tests.benchmarks`.

Exit status: 0 measured, whatever came out; 1 with `--gate`, a figure fell by more than a quarter;
2 unusable arguments or records; 3 a row broke.
"""

import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from tests.benchmarks.against import compared
from tests.benchmarks.environment import environment
from tests.benchmarks.found import rows
from tests.benchmarks.record import (
    Record,
    RecordError,
    encoded,
    merged,
    read_record,
    require_alike,
)
from tests.benchmarks.report import goal_words, lines
from tests.benchmarks.row import Goal, Row
from tests.benchmarks.running import run

FELL, UNUSABLE, BROKEN = 1, 2, 3

app = App(
    name="python -m tests.benchmarks",
    help="Measure what is meant to be fast, beside what else could be used.",
    help_epilogue=(
        "Examples:\n\n"
        "python -m tests.benchmarks --list\n\n"
        "python -m tests.benchmarks send monitor\n\n"
        "python -m tests.benchmarks --json proofs/evidence/benchmarks.json\n\n"
        "python -m tests.benchmarks send --merge --json proofs/evidence/benchmarks.json\n\n"
        "python -m tests.benchmarks --quick --against proofs/evidence/benchmarks.json\n\n"
        "Exit codes: 0 measured, 1 with --gate something fell, 2 unusable, 3 a row broke."
    ),
    help_format="plaintext",
    result_action="return_value",
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
)

Flag = Parameter(negative="")


@app.default
def benchmarks(
    *names: str,
    quick: Annotated[bool, Flag] = False,
    json: Path | None = None,
    merge: Annotated[bool, Flag] = False,
    against: Path | None = None,
    gate: Annotated[bool, Flag] = False,
    list_: Annotated[bool, Parameter(name="--list", negative="")] = False,
) -> int:
    """Measure rows, print the figures, and say what became worse.

    Parameters
    ----------
    names
        The rows to measure; without any, all of them.
    quick
        Fewer pairs and less work, and only the rows that take seconds.
    json
        The file of the record.
    merge
        Keep the rows of that file that are not measured now.
    against
        A record to compare with; what is worse by more than a quarter is told.
    gate
        Exit with 1 if something is worse by more than a quarter.
    list_
        Only list the rows.
    """
    known = rows(only=names)
    if unknown := [name for name in names if name not in known]:
        raise RecordError(f"{unknown[0]}: no such row; one of {', '.join(rows())}")
    if gate and against is None:
        raise RecordError("--gate belongs to --against")
    if merge and json is None:
        raise RecordError("--merge belongs to --json")
    chosen = {name: row for name, row in known.items() if names or row.is_quick or not quick}
    if list_:
        return _listed(chosen)
    # What cannot be used is told before minutes of measuring.
    before = None if against is None else read_record(against)
    old = read_record(json) if merge and json is not None and json.exists() else None
    if old is not None:
        require_alike(old, environment(), is_quick=quick)
    record = run(chosen, is_quick=quick, tell=_tell)
    code = _reported(record, before, gate=gate)
    if json is not None:
        json.parent.mkdir(parents=True, exist_ok=True)
        json.write_bytes(encoded(record if old is None else merged(old, record)))
        _tell(f"written to {json}")
    return code


def _listed(chosen: dict[str, Row]) -> int:
    for name, row in chosen.items():
        quick = "quick" if row.is_quick else ""
        print(f"{row.number:3}  {name:16} {quick:6} {goal_words(row.goal or Goal()):10} {row.name}")
    return 0


def _reported(record: Record, before: Record | None, *, gate: bool) -> int:
    changes = [] if before is None else compared(record, before)
    for line in lines(record, changes):
        print(line)
    if record.broken:
        return BROKEN
    return FELL if gate and any(one.change == "fell" for one in changes) else 0


def _tell(words: str) -> None:
    print(f"benchmarks: {words}", file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        code = app(given)
    except (CycloptsError, RecordError) as error:
        _tell(f"{error}")
        return UNUSABLE
    except KeyboardInterrupt:
        _tell("interrupted")
        return BROKEN
    except Exception:
        # Python's own exit status would be that of a fall.
        traceback.print_exc()
        return BROKEN
    # Help was asked for.
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    # Whoever ends this ends the row that is measured, which is in a session of its own.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(main())
