"""The command: `python -m proofs [--json FILE|-] [--only SUBSTRING] [--list] [--table]`.

Exit status: 0 every proof confirmed and every witness and every seeded mistake refuted; 1 one was
not; 2 unusable arguments; 3 something broke (assertions off, the list of obligations is not the
frozen one, a task ended in an error).
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
    parser = argparse.ArgumentParser(prog="python -m proofs", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write the ledger of verdicts; - is stdout")
    parser.add_argument("--only", metavar="SUBSTRING", help="run the tasks whose name contains it")
    parser.add_argument("--list", action="store_true", help="list the tasks and run none")
    parser.add_argument("--names", action="store_true", help="print what names.txt must hold")
    parser.add_argument("--table", action="store_true", help="print the table of obligations")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the gate and return its exit status."""
    arguments = _arguments(argv)
    if not __debug__:
        _fail(3, "assertions are off (python -O): the proofs would prove something else")
    from proofs import ledger
    from proofs.printed import print_results, show_progress

    if arguments.table:
        print(ledger.table(), end="")
        return 0
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
    if arguments.json not in (None, "-") and not Path(arguments.json).resolve().parent.is_dir():
        _fail(2, f"--json: there is no folder for {arguments.json}")
    from proofs.pool import run

    dones = list(show_progress(run(tasks), len(tasks)))
    order = {task: number for number, task in enumerate(tasks)}
    dones.sort(key=lambda done: order[done.task])
    text = json.dumps([ledger.as_entry(done) for done in dones], indent=1) + "\n"
    if arguments.json == "-":
        sys.stdout.write(text)
    elif arguments.json is not None:
        try:
            Path(arguments.json).write_text(text, "utf-8")
        except OSError as error:
            _fail(2, f"--json: {arguments.json}: {error.strerror}")
    return print_results(dones, to=sys.stderr if arguments.json == "-" else sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
