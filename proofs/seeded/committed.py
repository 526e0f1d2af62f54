"""What the last run found, as it is committed: `proofs/evidence/caught.json`.

Each entry carries a digest of everything that it rests on: the source of the module, the entry of
the catalogue, and the file of the evidence. An entry whose digest is no longer the present one is
stale: nothing is said of the mistake until it has been run again.
"""

import hashlib
import inspect
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from proofs.seeded.evidence import Verdict, is_timed
from proofs.seeded.processes import ROOT
from proofs.seeded.runner import WIDTH, Result
from proofs.seeded.seeded import Evidence, Seeded, source_of

FILE = Path(__file__).resolve().parents[1] / "evidence" / "caught.json"
UNKNOWN_SECONDS = 60.0
"""What a mistake is thought to take that was never run, or was not caught."""


@dataclass(frozen=True)
class Entry:
    """What was found of one mistake, how long it took, and a digest of what it rests on."""

    verdict: Verdict
    seconds: float
    digest: str


def evidence_file(evidence: Evidence) -> Path | None:
    """Return the file that the evidence stands in; `None` where it is spread over a folder."""
    if evidence.kind == "property":
        return ROOT / evidence.target.partition("::")[0]
    if evidence.kind == "proof":
        import proofs.obligations  # noqa: F401  # Registers every statement.
        from proofs.prover.statement import REGISTERED

        if evidence.target in REGISTERED:
            return Path(inspect.getfile(REGISTERED[evidence.target].statement))
    return None


def digest_of(seeded: Seeded) -> str:
    """Return the digest of all that the verdict on `seeded` rests on; what is missing is empty."""
    try:
        source = source_of(seeded.module)
    except LookupError:
        source = ""
    file = evidence_file(seeded.evidence)
    evidence = file.read_text("utf-8") if file is not None and file.is_file() else ""
    text = json.dumps([source, asdict(seeded), evidence])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load(file: Path = FILE) -> dict[str, Entry]:
    """Return the committed entries by the name of the mistake; none when nothing was committed."""
    if not file.is_file():
        return {}
    found = json.loads(file.read_text("utf-8"))
    return {name: Entry(**entry) for name, entry in found.items()}


def is_stale(seeded: Seeded, entries: dict[str, Entry]) -> bool:
    """Tell whether the mistake must be run again: not caught, changed since, or never run."""
    entry = entries.get(seeded.name)
    return entry is None or entry.verdict != "caught" or entry.digest != digest_of(seeded)


def write(
    results: Iterable[Result],
    catalogue: Sequence[Seeded],
    file: Path = FILE,
    *,
    digests: Mapping[str, str] | None = None,
) -> None:
    """Put `results` in the place of what was committed; entries that left the catalogue go.

    `digests` are those from before the run, by name: what was edited meanwhile was not judged.
    """
    entries = load(file)
    for result in results:
        seeded = result.seeded
        digest = digest_of(seeded) if digests is None else digests[seeded.name]
        entries[seeded.name] = Entry(result.verdict, result.seconds, digest)
    kept = {one.name: asdict(entries[one.name]) for one in catalogue if one.name in entries}
    file.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def cost_s(seeded: Seeded, entries: dict[str, Entry]) -> float:
    """Return how much wall-clock time the mistake takes, by what was committed."""
    entry = entries.get(seeded.name)
    seconds = UNKNOWN_SECONDS
    if entry is not None and entry.verdict == "caught":
        seconds = entry.seconds
    return seconds if is_timed(seeded.evidence) else seconds / WIDTH


def part_of(
    catalogue: Sequence[Seeded], requirements: Sequence[str], entries: dict[str, Entry]
) -> list[Seeded]:
    """Return a cheap set of mistakes that hits every requirement that the catalogue can hit.

    Taken one by one, the least costly for each requirement that it newly hits; then those are left
    out that the others make superfluous, the most costly first.
    """
    missing = {one for seeded in catalogue for one in seeded.requirements} & set(requirements)
    chosen: list[Seeded] = []
    while missing:
        useful = [one for one in catalogue if missing & set(one.requirements)]
        best = min(
            useful, key=lambda one: cost_s(one, entries) / len(missing & set(one.requirements))
        )
        chosen.append(best)
        missing -= set(best.requirements)
    for one in sorted(chosen, key=lambda one: cost_s(one, entries), reverse=True):
        others = {each for other in chosen if other is not one for each in other.requirements}
        if set(one.requirements) & set(requirements) <= others:
            chosen.remove(one)
    return [one for one in catalogue if one in chosen]
