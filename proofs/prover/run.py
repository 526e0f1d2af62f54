"""One run of the gate from its tasks to its exit status."""

import sys
from collections.abc import Sequence
from typing import TextIO

from proofs.prover import verdicts
from proofs.prover.printed import print_results, show_progress
from proofs.prover.processes import Done, run
from proofs.prover.question import Task


def asked(tasks: Sequence[Task]) -> list[Done]:
    """Carry out `tasks` and return what came of them, in their order."""
    dones = list(show_progress(run(tasks), len(tasks)))
    order = {task: number for number, task in enumerate(tasks)}
    return sorted(dones, key=lambda done: order[done.task])


def _say(*lines: str) -> None:
    for line in lines:
        print(f"proofs: {line}", file=sys.stderr)


def _compared(dones: Sequence[Done]) -> int:
    try:
        known = verdicts.committed()
    except verdicts.UnusableVerdicts as error:
        _say(str(error))
        return 1
    wrong = verdicts.differences(verdicts.collected(dones), known)
    wrong += [each for each in verdicts.complaints(known) if each not in wrong]
    if wrong:
        _say(*wrong, f"after a deliberate change: {verdicts.REGENERATE}")
        return 1
    return 0


def judged(dones: Sequence[Done], *, to: TextIO, write: bool, part: bool) -> int:
    """Print what came of a run, write it or compare it with what is committed; return the status.

    `part`: only some tasks were run, and there is nothing to compare.
    """
    status = print_results(dones, to=to)
    if part:
        _say("only a part was run: not compared with the committed verdicts")
        return status
    if not write:
        return max(status, _compared(dones))
    if status or not verdicts.write(dones):
        _say("nothing was written: not everything is as it must be")
        return status or 1
    _say(f"wrote {verdicts.PATH.name}")
    return 0
