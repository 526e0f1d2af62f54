"""The command: `python -m proofs.diagrams [--check]`.

Writes `docs/machines.md`, or with `--check` compares it with what the machines are now.

Exit status: 0 written, or current; 1 not current; 2 unusable arguments; 3 something broke.

Examples:
  python -m proofs.diagrams
  python -m proofs.diagrams --check
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import proofs.search  # noqa: F401  # A planted mistake has to come before the machines.
from proofs.diagrams.page import COMMAND, page

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "machines.md"


def main(argv: Sequence[str] | None = None) -> int:
    """Write or check the document and return the exit status."""
    parser = argparse.ArgumentParser(
        prog=COMMAND, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; is it current?")
    arguments = parser.parse_args(argv)
    try:
        text = page()
        if not arguments.check:
            DOCUMENT.write_text(text, "utf-8")
            return 0
        current = DOCUMENT.is_file() and DOCUMENT.read_text("utf-8") == text
    except Exception:
        traceback.print_exc()
        return 3
    if not current:
        print(f"docs/machines.md is not current: run `{COMMAND}`", file=sys.stderr)
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
