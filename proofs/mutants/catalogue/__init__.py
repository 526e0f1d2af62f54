"""All mutants; each file of this folder holds those of one subject, and all files are found."""

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
