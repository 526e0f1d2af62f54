"""The command `python -m proofs results`: judge and record; `make docs` makes the page of it.

Exit status: 0 done; 2 unusable arguments; 3 anything else (a run without a verdict, a record that
cannot be used). What the verdicts say does not change it.
"""

import argparse
import sys
import time
from collections.abc import Sequence

from proofs.results.implementations import BY_NAME
from proofs.results.record import RecordError, path_of, read_all, write_record
from proofs.results.running import run
from stallproof.reports.progress import progress

EXAMPLES = """examples:
  python -m proofs results --run                judge everybody, one after the other (12 minutes)
  python -m proofs results --run trio grpcio    judge these again
  python -m proofs results --run --missing      judge those that have no record yet
  python -m proofs results                      say whether the records can be used

Run it on a machine that does nothing else: noise makes verdicts inconclusive.
"""


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs results", description=__doc__, epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add("--run", metavar="NAME", nargs="*", help=f"judge these: {', '.join(BY_NAME)}; or all")
    add("--missing", action="store_true", help="of these only who has no record yet")
    arguments = parser.parse_args(argv)
    if arguments.missing and arguments.run is None:
        parser.error("--missing belongs to --run")
    if unknown := [name for name in arguments.run or () if name not in BY_NAME]:
        parser.error(f"--run {unknown[0]}: one of {', '.join(BY_NAME)}")
    return arguments


def _say(text: str) -> None:
    print(f"results: {text}", file=sys.stderr, flush=True)


def _run_all(names: Sequence[str]) -> bool:
    """Judge one after the other; each record is written at once. Tell whether all have one."""
    failed: list[str] = []
    for number, name in enumerate(names, 1):
        _say(f"{number} of {len(names)}: {name} ...")
        begun = time.monotonic()
        try:
            with progress(sys.stderr) as show:
                record = run(BY_NAME[name], show)
            path = write_record(record)
        except Exception as error:
            # Whatever it was, those that come after it are judged all the same.
            _say(f"{name}: no record: {type(error).__name__}: {error}")
            failed.append(name)
            continue
        seconds = time.monotonic() - begun
        _say(f"{name}: {record.verdict} after {seconds:.0f} s, written to {path.name}")
    if failed:
        _say(f"run again: python -m proofs results --run {' '.join(failed)}")
    return not failed


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    arguments = _arguments(argv)
    is_whole = True
    if arguments.run is not None:
        names = [name for name in BY_NAME if not arguments.run or name in arguments.run]
        if arguments.missing:
            names = [name for name in names if not path_of(name).exists()]
        is_whole = _run_all(names)
    try:
        read_all()
    except RecordError as error:
        _say(str(error))
        return 3
    return 0 if is_whole else 3


if __name__ == "__main__":
    sys.exit(main())
