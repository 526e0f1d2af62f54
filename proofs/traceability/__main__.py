"""Write the traceability matrix: requirement by requirement, everything that speaks for it.

examples:
  python -m proofs.traceability                 write the matrix into docs/traceability.md
  python -m proofs.traceability --check         say whether the document is current; write nothing
  python -m proofs.traceability --json -        the matrix as JSON on standard output

exit status:
  0 every cell has its evidence or one written reason, and the document is current
  1 a gap without a reason, a stale reason, a test or a file that is missing; or, with --check,
    a document that is not current
  2 unusable arguments
  3 something broke: a source cannot be read, the document has no marks
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from proofs.traceability.evidence import Row


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs.traceability", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    parser.add_argument("--json", metavar="FILE", help="write the matrix as well; - is stdout")
    arguments = parser.parse_args(argv)
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        parser.error(f"--json: there is no folder for {arguments.json}")
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
    """Write or check the document and return the exit status."""
    arguments = _arguments(argv)
    try:
        return _run(check=arguments.check, to=arguments.json)
    except Exception as error:  # Whatever broke, no verdict was reached.
        print(f"traced: {type(error).__name__}: {error}", file=sys.stderr)
        return 3


def _run(*, check: bool, to: str | None) -> int:
    from proofs.traceability import evidence, page, whole
    from proofs.traceability.reasons import reasons

    found = whole.columns()
    rows = evidence.matrix(found)
    wrong = whole.complaints(found)
    if to == "-":
        sys.stdout.write(as_json(rows, wrong))
    elif to is not None:
        Path(to).write_text(as_json(rows, wrong), "utf-8")
    for complaint in wrong:
        print(f"traced: {complaint}", file=sys.stderr)
    if wrong:
        print("traced: the document was left as it is", file=sys.stderr)
        return 1
    part = page.generated(rows, reasons())
    current = page.is_current(part)
    if check and not current:
        print(
            "traced: docs/traceability.md is not current; run: python -m proofs.traceability",
            file=sys.stderr,
        )
        return 1
    if not current:
        page.PAGE.write_text(page.spliced(page.PAGE.read_text("utf-8"), part), "utf-8")
    pieces = sum(len(cell) for row in rows for cell in row.cells.values())
    print(f"traced: {len(rows)} requirements, {pieces} pieces of evidence", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
