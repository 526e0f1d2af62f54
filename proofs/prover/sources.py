"""The sources that decide what is proved: their digest tells whether verdicts are about this code.

The machines and the statements decide, and what plants mutants, asks the prover and reads its
answers. What runs the other kinds of evidence does not. The mutants have digests of their own, one
an obligation, so that one more for a driver leaves every verdict of a proof as it is.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from proofs.mutants.mutant import Mutant

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "reference/stallproof/machines",
    *("proofs", "proofs/prover", "proofs/assumptions", "proofs/obligations"),
)
FILES = ("proofs/mutants/mutant.py", "proofs/mutants/plant.py")


def deciding(root: Path = ROOT) -> list[Path]:
    """Return the files that decide, in an order that does not depend on the file system."""
    found = [path for folder in FOLDERS for path in sorted((root / folder).glob("*.py"))]
    return found + [root / file for file in FILES]


def edits_digest(mutants: Iterable[Mutant]) -> str:
    """Return one number for the edits that mutants make."""
    edits = sorted((one.id, one.file, one.old, one.new) for one in mutants)
    return hashlib.sha256(repr(edits).encode()).hexdigest()[:16]


def digest(paths: Sequence[Path] | None = None, root: Path = ROOT) -> str:
    """Return one number for the names and contents of all the files that decide."""
    whole = hashlib.sha256()
    for path in deciding(root) if paths is None else paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return whole.hexdigest()
