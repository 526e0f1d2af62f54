"""The sources that decide what is proved: their digest tells whether verdicts are about this code.

The machines, the statements and the mistakes decide, and what asks the prover and reads its
answers. What runs the other kinds of evidence does not.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MACHINES = (
    *("states", "policy", "settings", "send_deadline", "stall_count"),
    *("stream", "ack_progress", "connection", "close_window"),
)


def deciding(root: Path = ROOT) -> list[Path]:
    """Return the files that decide, in an order that does not depend on the file system."""
    found = [root / "reference" / "stallproof" / f"{name}.py" for name in MACHINES]
    for folder in ("proofs", "proofs/obligations", "proofs/mistaken"):
        found += sorted((root / folder).glob("*.py"))
    return found


def digest(paths: Sequence[Path] | None = None, root: Path = ROOT) -> str:
    """Return one number for the names and contents of all the files that decide."""
    whole = hashlib.sha256()
    for path in deciding(root) if paths is None else paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return whole.hexdigest()
