"""Traceability: requirement by requirement, everything that speaks for it, and what is missing.

examples:
  python -m proofs traceability                 say what is wrong with the matrix
  python -m proofs traceability --show SD-6     everything that speaks for one requirement
  python -m proofs traceability --json -        the matrix as JSON on standard output

`make docs` shows the matrix as a page.

exit status:
  0 every cell has its evidence or one written reason
  1 a gap without a reason, a stale reason, a file that is missing
  2 unusable arguments
  3 something broke: a source cannot be read
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from proofs.traceability.evidence import Row, active


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs traceability", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--show", metavar="ID", nargs="+", help="show what speaks for these")
    parser.add_argument("--json", metavar="FILE", help="write the matrix as well; - is stdout")
    arguments = parser.parse_args(argv)
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        parser.error(f"--json: there is no folder for {arguments.json}")
    known = {one.id for one in active()}
    if unknown := [name for name in arguments.show or () if name not in known]:
        parser.error(f"--show {unknown[0]}: no requirement has this ID")
    return arguments


def as_json(rows: Sequence[Row], complaints: Sequence[str]) -> str:
    """Return the matrix with what is wrong with it, for programs."""
    entries = {
        row.requirement: {
            column: [{"name": e.name, "path": e.path, "says": e.says} for e in found]
            for column, found in row.cells.items()
        }
        for row in rows
    }
    whole = {"schema": "stallproof.traced/1", "requirements": entries, "wrong": list(complaints)}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Check or show the matrix and return the exit status."""
    arguments = _arguments(argv)
    try:
        return _run(show=arguments.show, to=arguments.json)
    except Exception as error:  # Whatever broke, no verdict was reached.
        print(f"traced: {type(error).__name__}: {error}", file=sys.stderr)
        return 3


def _run(*, show: Sequence[str] | None, to: str | None) -> int:
    from proofs.traceability import evidence, shown, whole

    if show is not None:
        print(shown.shown(show))
        return 0
    found = whole.columns()
    rows = evidence.matrix(found)
    wrong = whole.complaints(found)
    if to == "-":
        sys.stdout.write(as_json(rows, wrong))
    elif to is not None:
        Path(to).write_text(as_json(rows, wrong), "utf-8")
    for complaint in wrong:
        print(f"traced: {complaint}", file=sys.stderr)
    pieces = sum(len(cell) for row in rows for cell in row.cells.values())
    print(f"traced: {len(rows)} requirements, {pieces} pieces of evidence", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
