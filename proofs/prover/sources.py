"""The sources that decide what is proved: their digest tells whether verdicts are about this code.

The machines, the statements and the mistakes decide, and what asks the prover and reads its
answers. What runs the other kinds of evidence does not.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "reference/stallproof/machines",
    *("proofs", "proofs/prover", "proofs/assumptions", "proofs/obligations", "proofs/mistaken"),
)


def deciding(root: Path = ROOT) -> list[Path]:
    """Return the files that decide, in an order that does not depend on the file system."""
    return [path for folder in FOLDERS for path in sorted((root / folder).glob("*.py"))]


def digest(paths: Sequence[Path] | None = None, root: Path = ROOT) -> str:
    """Return one number for the names and contents of all the files that decide."""
    whole = hashlib.sha256()
    for path in deciding(root) if paths is None else paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return whole.hexdigest()
