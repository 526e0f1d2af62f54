"""What the last run found, as it is committed: `proofs/evidence/caught.json`.

Each entry carries a digest of everything that it rests on: the text of the file, the edit, and the
file of the evidence. An entry whose digest is no longer the present one is stale: nothing is said
of the mutant until it has been run again.

Proofs, models and vectors are asked of every mutant by `make test`, so that nothing is committed of
them here; the prover's verdicts are in `verdicts.json`.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from proofs.mutants.evidence import Trial, Verdict, is_timed
from proofs.mutants.mutant import ROOT, Kind, Mutant, text_of
from proofs.mutants.run import WIDTH, Result

FILE = Path(__file__).resolve().parents[1] / "evidence" / "caught.json"
COMMITTED: tuple[Kind, ...] = ("search", "model", "test", "oracle")
"""The kinds of evidence whose verdicts are committed."""
UNKNOWN_SECONDS = 60.0
"""What a trial is thought to take that was never run, or did not catch."""


@dataclass(frozen=True)
class Entry:
    """What was found in one trial, how long it took, and a digest of what it rests on."""

    verdict: Verdict
    seconds: float
    digest: str


Entries = dict[tuple[str, str], Entry]
"""The entries by the mutant's ID and the evidence."""


def key_of(trial: Trial) -> tuple[str, str]:
    """Return under what a trial is committed."""
    return trial.mutant.id, str(trial.evidence)


def trials_of(mutants: Iterable[Mutant]) -> list[Trial]:
    """Return each mutant with each piece of its evidence."""
    return [Trial(mutant, evidence) for mutant in mutants for evidence in mutant.evidence]


def digest_of(trial: Trial) -> str:
    """Return the digest of all that the verdict rests on; what is missing is empty.

    Only a test has a file of its own; the other kinds of evidence are spread over a folder.
    """
    mutant, evidence = trial.mutant, trial.evidence
    file = ROOT / evidence.target.partition("::")[0]
    is_there = evidence.kind == "test" and file.is_file()
    test = file.read_text("utf-8") if is_there else ""
    whole = [text_of(mutant), mutant.file, mutant.old, mutant.new, str(evidence), test]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]


def load(file: Path = FILE) -> Entries:
    """Return the committed entries; none when nothing was committed."""
    found = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    return {
        (mutant, evidence): Entry(**entry)
        for mutant, entries in found.items()
        for evidence, entry in entries.items()
    }


def is_stale(trial: Trial, entries: Mapping[tuple[str, str], Entry]) -> bool:
    """Tell whether the trial must be run again: not caught, changed since, or never run."""
    entry = entries.get(key_of(trial))
    return entry is None or entry.verdict != "caught" or entry.digest != digest_of(trial)


def write(
    results: Iterable[Result],
    catalogue: Iterable[Mutant],
    file: Path = FILE,
    *,
    digests: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Put `results` in the place of what was committed; entries that left the catalogue go.

    `digests` are those from before the run: what was edited meanwhile was not judged.
    """
    entries = load(file)
    for result in results:
        key = key_of(result.trial)
        digest = digest_of(result.trial) if digests is None else digests[key]
        entries[key] = Entry(result.verdict, result.seconds, digest)
    lines: dict[str, dict[str, object]] = {}
    for trial in trials_of(catalogue):
        if trial.evidence.kind in COMMITTED and (entry := entries.get(key_of(trial))):
            lines.setdefault(trial.mutant.id, {})[str(trial.evidence)] = asdict(entry)
    text = ",\n".join(f" {json.dumps(name)}: {json.dumps(lines[name])}" for name in sorted(lines))
    file.write_text(f"{{\n{text}\n}}\n", "utf-8")


def cost_s(trial: Trial, entries: Mapping[tuple[str, str], Entry]) -> float:
    """Return how much wall-clock time the trial takes, by what was committed."""
    entry = entries.get(key_of(trial))
    seconds = UNKNOWN_SECONDS
    if entry is not None and entry.verdict == "caught":
        seconds = entry.seconds
    return seconds if is_timed(trial.evidence) else seconds / WIDTH


def part_of(
    trials: Sequence[Trial],
    requirements: Sequence[str],
    entries: Mapping[tuple[str, str], Entry],
) -> list[Trial]:
    """Return a cheap set of trials that hits every requirement that they can hit.

    Only those whose verdicts are committed: the others are run by `make test` as a whole. Taken one
    by one, the least costly for each requirement that it newly hits; then those are left out that
    the others make superfluous, the most costly first.
    """
    able = [one for one in trials if one.evidence.kind in COMMITTED]
    costs = {one: cost_s(one, entries) for one in able}
    hits = {one: set(one.mutant.requirements) & set(requirements) for one in able}
    missing = {each for hit in hits.values() for each in hit}
    chosen: list[Trial] = []
    while missing:
        useful = [one for one in able if missing & hits[one]]
        best = min(useful, key=lambda one: costs[one] / len(missing & hits[one]))
        chosen.append(best)
        missing -= hits[best]
    for one in sorted(chosen, key=lambda one: costs[one], reverse=True):
        others = {each for other in chosen if other is not one for each in hits[other]}
        if hits[one] <= others:
            chosen.remove(one)
    return [one for one in able if one in chosen]
