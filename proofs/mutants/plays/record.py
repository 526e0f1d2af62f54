"""What the oracle made of each mutant, as it is committed: `proofs/evidence/plays.json`.

The intuition: a play that no fault can fail is no evidence. So the situations of the law are asked
the other way round: which mutant made this very situation fail on sockets? Those that the vectors
find are in the catalogue.

The use: `load` and `write`; `faults_of` gives the mutants of a situation, the weakest first. The
weakest is the one that breaks the fewest requirements: what finds it would find any stronger one.

The complication: a run takes seconds, and there are hundreds of mutants. So an entry stays until
its edit changes. That the code around it moved on is not looked at; the runs are made anew as a
whole from time to time (`python -m proofs plays --write --all`).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from proofs.mutants.mutant import Mutant

FILE = Path(__file__).resolve().parents[2] / "evidence" / "plays.json"
JUDGED = (
    "reference/stallproof/machines/", "reference/stallproof/drivers/",
    "reference/stallproof/configuration/", "tests/implementations/",
)  # fmt: skip
"""Where a mutant lies that is a wrong implementation; others are wrong judges or proofs."""


@dataclass(frozen=True)
class Entry:
    """What failed with one mutant: by requirement, the situations on sockets.

    `digest` is that of its edit.
    """

    digest: str
    failed: dict[str, list[str]]


Entries = dict[str, Entry]
"""The entries by the mutant's ID."""


def is_judged(mutant: Mutant) -> bool:
    """Tell whether the mutant is an implementation that the oracle can judge."""
    return mutant.file.startswith(JUDGED)


def digest_of(mutant: Mutant) -> str:
    """Return the digest of the edit."""
    edit = json.dumps([mutant.file, mutant.old, mutant.new])
    return hashlib.sha256(edit.encode()).hexdigest()[:16]


def is_current(mutant: Mutant, entries: Mapping[str, Entry]) -> bool:
    """Tell whether there is an entry of this very edit."""
    entry = entries.get(mutant.id)
    return entry is not None and entry.digest == digest_of(mutant)


def load(catalogue: Iterable[Mutant], file: Path = FILE) -> Entries:
    """Return the committed entries, without those of mutants that have gone or have changed."""
    found = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    entries = {mutant: Entry(**entry) for mutant, entry in found.items()}
    return {one.id: entries[one.id] for one in catalogue if is_current(one, entries)}


def write(kept: Entries, file: Path = FILE) -> None:
    """Commit the entries, one a line."""
    lines = (f" {json.dumps(name)}: {json.dumps(asdict(kept[name]))}" for name in sorted(kept))
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def faults_of(requirement: str, situation: str, entries: Mapping[str, Entry]) -> list[str]:
    """Return the mutants that failed `situation` on sockets, the weakest first."""
    found = [
        name for name, entry in entries.items() if situation in entry.failed.get(requirement, ())
    ]
    return sorted(found, key=lambda name: (len(entries[name].failed), name))
