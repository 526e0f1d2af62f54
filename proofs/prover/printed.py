"""What a person sees: progress while the gate runs and a table at the end."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from proofs.prover.ledger import is_as_wished
from proofs.prover.processes import Done
from proofs.prover.statement import REGISTERED


def show_progress(dones: Iterable[Done], total: int) -> Iterator[Done]:
    """Pass `dones` on and say on standard error how far the run is."""
    is_terminal = sys.stderr.isatty()
    for number, done in enumerate(dones, 1):
        if not is_as_wished(done):
            print(f"\r{done.task.kind} {done.task.name}: {done.answer.verdict}", file=sys.stderr)
        if is_terminal:
            print(f"\r{number} of {total}", end="", file=sys.stderr, flush=True)
        elif number % 25 == 0 or number == total:
            print(f"proofs: {number} of {total}", file=sys.stderr)
        yield done
    if is_terminal:
        print("\r" + " " * 20 + "\r", end="", file=sys.stderr)


def _cell(dones: Sequence[Done]) -> str:
    if not dones:
        return "-"
    good = sum(is_as_wished(done) for done in dones)
    if len(dones) == 1:
        return dones[0].answer.verdict
    return f"{good} of {len(dones)} refuted"


def print_results(dones: Sequence[Done], *, to: TextIO) -> int:
    """Print a line an obligation and every answer that is not the wish; return the exit status."""
    width = max(len(name) for name in REGISTERED)
    print(f"{'obligation':{width}}  {'proof':13} {'witness':20} mutants", file=to)
    for name in REGISTERED:
        mine = [done for done in dones if done.task.obligation == name]
        if not mine:
            continue
        cells = [
            _cell([done for done in mine if done.task.kind == kind])
            for kind in ("proof", "witness", "mutant")
        ]
        print(f"{name:{width}}  {cells[0]:13} {cells[1]:20} {cells[2]}", file=to)
    bad = [done for done in dones if not is_as_wished(done)]
    for done in bad:
        print(f"\n{done.task.kind} {done.task.name}: {done.answer.verdict}", file=to)
        print(f"  {done.answer.detail}", file=to)
    seconds = sum(done.seconds for done in dones)
    print(
        f"\n{len(dones)} tasks, {len(bad)} not as they must be; {seconds:.0f} s of proving", file=to
    )
    if any(done.answer.verdict == "error" for done in bad):
        return 3
    return 1 if bad else 0
