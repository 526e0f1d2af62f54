"""Seeded mistakes made from those of the ledger, so that no edit is written twice."""

import importlib
import inspect

from proofs.mistakes import MISTAKES
from proofs.mistakes import source_of as wrong_source_of
from proofs.seeded.seeded import Evidence, Seeded, source_of


def proved(name: str, *requirements: str, by: str, says: str) -> Seeded:
    """Return the mistake `name` of `proofs/mistakes.py`, caught by the proof of `by`.

    An edit that is unique in its function only is given as the whole function. Raises `ValueError`
    when the ledger does not name the obligation for this mistake.
    """
    mistake = MISTAKES[name]
    if by not in mistake.caught_by:
        raise ValueError(f"{name} is not given to {by}: {', '.join(mistake.caught_by)}")
    evidence = Evidence("proof", by)
    if source_of(mistake.module).count(mistake.old) == 1:
        old, new = mistake.old, mistake.new
    else:
        function = getattr(importlib.import_module(mistake.module), mistake.function)
        old, new = inspect.getsource(inspect.unwrap(function)), wrong_source_of(mistake)
    return Seeded(name, requirements, says, mistake.module, old, new, evidence)
