"""What is drawn: the same edits for the same seed and the same code.

Each folder has an equal share, or a small one would hardly be looked at. Within a folder the kind
is drawn first and the edit second, so that the few locks are drawn as often as the many numbers.
"""

import random
from collections.abc import Sequence

from proofs.mutants.sampling.edits import Edit, edits_of, files_in, is_program
from proofs.mutants.sampling.operators import KINDS

FOLDERS = ("machines", "drivers", "configuration", "judge")
"""Where edits are drawn unless folders are named: what is judged, and what judges."""


def draw(number: int, seed: int, folders: Sequence[str] = FOLDERS) -> list[Edit]:
    """Return `number` edits of the modules in `folders`, or fewer where there are not so many.

    Raises `FileNotFoundError` for a folder without modules.
    """
    found: list[Edit] = []
    for place, folder in enumerate(folders):
        share = number // len(folders) + (place < number % len(folders))
        found += _drawn_in(folder, share, random.Random(f"{seed} {folder}"))
    return list(dict.fromkeys(found))


def _drawn_in(folder: str, number: int, chance: random.Random) -> list[Edit]:
    files = files_in(folder)
    if not files:
        raise FileNotFoundError(f"the package has no modules in {folder}")
    edits = [edit for file in files for edit in edits_of(file)]
    pools = {kind: [edit for edit in edits if edit.kind == kind] for kind in KINDS}
    drawn: list[Edit] = []
    while len(drawn) < number and (able := [kind for kind, pool in pools.items() if pool]):
        pool = pools[chance.choice(able)]
        edit = pool.pop(chance.randrange(len(pool)))
        if is_program(edit):
            drawn.append(edit)
    return drawn
