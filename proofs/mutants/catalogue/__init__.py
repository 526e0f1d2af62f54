"""All mutants, by what they break; all files of this folder are found.

A mutant stands with the requirement that it breaks first, in whatever file and language the edit
is, so that the mutants of a requirement have one home. Those of the examples are typical of their
language: callbacks that are believed and zeros that count as nothing in Node.js; deadlines that
restart with each call, error tables with a hole and static variables in C; deadlines for each
write, slices that are cut while they are ranged over and null that is taken for zero in Go.
"""

import importlib
import pkgutil

from proofs.mutants.mutant import Mutant


def _load() -> dict[str, tuple[Mutant, ...]]:
    names = sorted(each.name for each in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").MUTANTS for name in names}


def _by_id() -> dict[str, Mutant]:
    found: dict[str, Mutant] = {}
    for mutant in (each for mutants in SUBJECTS.values() for each in mutants):
        if mutant.id in found:
            raise ValueError(f"two mutants are called {mutant.id}")
        found[mutant.id] = mutant
    return found


SUBJECTS: dict[str, tuple[Mutant, ...]] = _load()
"""The mutants of each file of this folder, by its name."""
MUTANTS: dict[str, Mutant] = _by_id()
"""Every mutant by its ID, in the order of the files."""


def refuted_by(obligation: str) -> list[Mutant]:
    """Return the mutants that the proof of `obligation` must refute."""
    return [each for each in MUTANTS.values() if f"proof:{obligation}" in each.caught_by]
