"""Make the vectors in spec/vectors/ from the catalogue, or say whether they are current.

examples:
  python -m proofs.vectors --write    write every file and the manifest; delete what is stale
  python -m proofs.vectors --check    write nothing; are the files what the catalogue makes?

exit status:
  0 written, or current
  1 not current
  2 unusable arguments, or a case of the catalogue that is not in order
  3 something broke
"""

import argparse
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from proofs.vectors.made import UnusableCaseError, cases, differences, made, write

FOLDER = Path(__file__).resolve().parents[2] / "spec" / "vectors"
COMMAND = "python -m proofs.vectors --write"


def main(argv: Sequence[str] | None = None) -> int:
    """Write or check the files and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m proofs.vectors",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", action="store_true", help="write the files")
    what.add_argument("--check", action="store_true", help="write nothing; are they current?")
    arguments = parser.parse_args(argv)
    try:
        files = made(cases())
        if arguments.write:
            write(FOLDER, files)
            print(f"{len(files) - 1} vectors in {FOLDER.name}", file=sys.stderr)
            return 0
        stale = differences(FOLDER, files)
    except UnusableCaseError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception:
        traceback.print_exc()
        return 3
    for line in stale:
        print(line, file=sys.stderr)
    if stale:
        print(f"spec/vectors is not current: run `{COMMAND}`", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
