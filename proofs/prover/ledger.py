"""The list of what is to be proved, and what each task must come to.

The list is frozen in `names.txt`: an obligation, or a mutant that must be caught, cannot
vanish or appear without that file changing too.
"""

from collections.abc import Sequence
from pathlib import Path

import proofs.obligations  # noqa: F401  # Registers every statement.
from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.mutant import DoesNotFit, Mutant
from proofs.mutants.plant import wrong_functions
from proofs.prover import reasons
from proofs.prover.processes import Done
from proofs.prover.question import Task
from proofs.prover.statement import REGISTERED

NAMES = Path(__file__).resolve().parents[1] / "evidence" / "names.txt"

WISHES = {"proof": "confirmed", "witness": "refuted-as-expected", "mutant": "refuted-as-expected"}


def proof_mutants() -> list[Mutant]:
    """Return the mutants that a proof must refute."""
    return [mutant for mutant in MUTANTS.values() if mutant.targets("proof")]


def all_tasks() -> list[Task]:
    """Return every proof with its witness, then every mutant for each proof that must refute it."""
    tasks = [Task(name, kind) for name in REGISTERED for kind in ("proof", "witness")]
    for mutant in proof_mutants():
        tasks += [Task(catcher, "mutant", mutant.id) for catcher in mutant.targets("proof")]
    return tasks


def complaints(frozen: Sequence[str] | None = None) -> list[str]:
    """Return what is wrong with the list of tasks; empty when it is exactly the frozen one.

    Every obligation must also refute at least one mutant, since a statement that passes over every
    mistake may say nothing.
    """
    expected = NAMES.read_text("utf-8").split() if frozen is None else list(frozen)
    actual = [task.name for task in all_tasks() if task.kind != "witness"]
    gone, new = sorted({*expected} - {*actual}), sorted({*actual} - {*expected})
    found = [f"in names.txt but not in the code: {name}" for name in gone]
    found += [f"in the code but not in names.txt: {name}" for name in new]
    found += [f"twice: {name}" for name in sorted({n for n in actual if actual.count(n) > 1})]
    caught = {catcher for mutant in proof_mutants() for catcher in mutant.targets("proof")}
    found += [f"catches no mutant: {name}" for name in REGISTERED if name not in caught]
    found += [f"no such obligation: {name}" for name in sorted(caught - set(REGISTERED))]
    for mutant in proof_mutants():
        try:
            wrong_functions(mutant)
        except DoesNotFit as stale:
            found.append(f"the mutant does not fit the code: {stale}")
    return found + reasons.complaints()


def as_entry(done: Done) -> dict[str, object]:
    """Return one entry of the JSON ledger; `detail` only where the verdict is not the wish."""
    entry: dict[str, object] = {
        "name": done.task.name,
        "requirements": list(REGISTERED[done.task.obligation].requirements),
        "kind": done.task.kind,
        "verdict": done.answer.verdict,
        "seconds": done.seconds,
    }
    if not is_as_wished(done):
        entry["detail"] = done.answer.detail
    return entry


def is_as_wished(done: Done) -> bool:
    """Tell whether the verdict is exactly what this kind of task must come to."""
    return done.answer.verdict == WISHES[done.task.kind]
