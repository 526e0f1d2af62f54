"""Exhaustive search: the real step functions in adversarial surroundings, to a stated bound.

The proofs say what one step does from any state; the search says what all histories do from the
start, as long as time and sizes are small, and that nothing it speaks of is out of reach. Run
`python -m proofs.search`.

`STALLPROOF_PLANTED`, as `tests/planted.py` reads it, plants one mistake in a machine before it is
imported, so that the search can be shown to find it.
"""

import importlib
import os

if os.environ.get("STALLPROOF_PLANTED"):
    importlib.import_module("tests.planted")

from proofs.search.searches import SEARCHES, all_laws  # Plants come first.

LAWS: dict[str, tuple[str, ...]] = all_laws()
"""Every law by name, with the requirements that it serves."""

__all__ = ["LAWS", "SEARCHES"]
