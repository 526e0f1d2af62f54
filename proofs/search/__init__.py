"""Exhaustive search: the real step functions in adversarial surroundings, to a stated bound.

The proofs say what one step does from any state; the search says what all histories do from the
start, as long as time and sizes are small, and that nothing it speaks of is out of reach. Run
`python -m proofs.search`.
"""

from proofs.mutants.plant import plant_inherited

plant_inherited()

from proofs.search.searches import SEARCHES, all_laws  # noqa: E402  # A mutant comes first.

LAWS: dict[str, tuple[str, ...]] = all_laws()
"""Every law by name, with the requirements that it serves."""

__all__ = ["LAWS", "SEARCHES"]
