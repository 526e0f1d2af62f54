"""How a broken variant goes wrong: the run that violates its claim, as SPIN replays it.

The intuition: a short run is a picture that a person reads, a long one is not. So the search is
given an ever greater bound on the length of a run, up to the first violation.

The use: `trail_of(model, variant)` returns what `spin -t` prints, with the model's own lines among
it. The same SPIN makes the same trail of the same model.

The complication: a search with a bound is no verdict. The bounds here only choose which violation
to show; that there is one is checked again by what the bounded search says.

Spec: `spec/models/README.md`. Source: SPIN's manual, option -m and -DREACH.
"""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from proofs.models.model import Claim, Model, Variant
from proofs.models.spin import SpinFailed, Verifier, build, run_tool
from proofs.models.verdict import read_search

_BOUNDS = (*range(10, 100, 5), *range(100, 200, 20), 200, 300, 500, 1000, 5000, 200000)
"""Steps, the claim's own among them."""


def _leave_trail(verifier: Verifier, claim: Claim, bounds: Iterable[int]) -> bool:
    """Search within each of `bounds`; tell whether a violation was found and its trail left."""
    # With -DREACH a state that is met again by a shorter way is searched again, so that nothing
    # within the bound is missed. Under fairness that takes too long; without it, a violation may
    # be missed within one bound, and is found within a later one.
    options = ["-DREACH"] if claim.kind == "safety" else []
    program = str(verifier.compiled("pan-trail", *options, optimised=True))
    fairness = ["-f"] if claim.kind == "liveness" else []
    for bound in bounds:
        command = [program, "-a", *fairness, "-w18", f"-m{bound}", "-N", claim.name]
        text, _ = run_tool(command, verifier.folder)
        search = read_search(text)
        if search.formula == claim.name and search.claim_violated and search.errors:
            return True
    return False


def trail_of(model: Model, variant: Variant, *, shortest: bool = True) -> str:
    """Return the text of a run in which `variant` violates the claim that it breaks.

    `<<<<<START OF CYCLE>>>>>` stands where a run of a liveness claim begins to repeat itself. Raise
    `SpinFailed` if there is no such run.
    """
    with tempfile.TemporaryDirectory(prefix="stallproof-model-") as folder:
        verifier = build(model.name, Path(folder), (variant.define,))
        claim = model.claim(variant.breaks)
        if not _leave_trail(verifier, claim, _BOUNDS if shortest else _BOUNDS[-1:]):
            raise SpinFailed(f"{variant.name} of {model.name} does not violate {claim.name}")
        return verifier.replayed()
