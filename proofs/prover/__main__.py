"""Prove the laws of the pure machines: ask the prover about each obligation, and read every answer.

examples:
  python -m proofs prove                run everything and compare with the committed verdicts
  python -m proofs prove --write        run everything, and commit what was found: verdicts.json
  python -m proofs prove --only sc9a    run the tasks whose name contains the text
  python -m proofs prove --json -       everything, each task's verdict on standard output

exit status:
  0 every proof was confirmed, every witness and every mutant refuted, as committed
  1 one was not, or the committed verdicts say something else or are about other sources
  2 unusable arguments
  3 something broke: assertions off, not the frozen list of obligations, a task in an error
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn


def _fail(status: int, message: str) -> NoReturn:
    print(f"proofs: {message}", file=sys.stderr)
    raise SystemExit(status)


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m proofs prove", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--json", metavar="FILE", help="write each task's verdict; - is stdout")
    parser.add_argument("--only", metavar="SUBSTRING", help="run the tasks whose name contains it")
    parser.add_argument("--write", action="store_true", help="write verdicts.json")
    parser.add_argument("--list", action="store_true", help="list the tasks and run none")
    parser.add_argument("--names", action="store_true", help="print what names.txt must hold")
    parser.add_argument("--ledger", action="store_true", help="print the ledger, as committed")
    arguments = parser.parse_args(argv)
    if arguments.write and arguments.only is not None:
        parser.error("--write commits whole runs only: not with --only")
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        parser.error(f"--json: there is no folder for {arguments.json}")
    return arguments


def _print_ledger() -> int:
    from proofs.prover import page, verdicts

    try:
        print(page.ledger(verdicts.committed()), end="")
    except verdicts.UnusableVerdicts as error:
        _fail(1, str(error))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the gate and return its exit status."""
    arguments = _arguments(argv)
    if not __debug__:
        _fail(3, "assertions are off (python -O): the proofs would prove something else")
    from proofs.prover import ledger

    if arguments.ledger:
        return _print_ledger()
    tasks = ledger.all_tasks()
    if arguments.names:
        print(*(task.name for task in tasks if task.kind != "witness"), sep="\n")
        return 0
    if wrong := ledger.complaints():
        _fail(3, "the list of obligations is not the frozen one:\n  " + "\n  ".join(wrong))
    if arguments.only is not None:
        tasks = [task for task in tasks if arguments.only in task.name]
        if not tasks:
            _fail(2, f"no task has {arguments.only!r} in its name (see --list)")
    if arguments.list:
        for task in tasks:
            print(f"{task.kind:8} {task.name}")
        return 0
    from proofs.prover import run

    dones = run.asked(tasks)
    text = json.dumps([ledger.as_entry(done) for done in dones], indent=1) + "\n"
    if arguments.json == "-":
        sys.stdout.write(text)
    elif arguments.json is not None:
        try:
            Path(arguments.json).write_text(text, "utf-8")
        except OSError as error:
            _fail(2, f"--json: {arguments.json}: {error.strerror}")
    out = sys.stderr if arguments.json == "-" else sys.stdout
    return run.judged(dones, to=out, write=arguments.write, part=arguments.only is not None)


if __name__ == "__main__":
    sys.exit(main())
