"""The committed verdicts, `verdicts.json`: what a whole run of the gate found, about which code.

A run that found anything but what must be found is never written. A later run is compared with what
is committed: every verdict and every sentence, but not the seconds, which no two runs share.
"""

import importlib.metadata
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from proofs.mutants.catalogue import refuted_by
from proofs.prover import sources
from proofs.prover.ledger import WISHES, is_as_wished
from proofs.prover.processes import Done
from proofs.prover.statement import REGISTERED

PATH = Path(__file__).resolve().parents[1] / "evidence" / "verdicts.json"
SCHEMA = "stallproof.proofs/1"
REGENERATE = "python -m proofs prove --write"

Verdicts = dict[str, Any]
Entry = dict[str, Any]


class UnusableVerdicts(ValueError):
    """The file is not there, or is not what a run of the gate writes."""


def described(name: str) -> Entry:
    """Return what the code says of an obligation: all of its entry but the verdicts."""
    obligation = REGISTERED[name]
    return {
        "requirements": list(obligation.requirements),
        "statement": obligation.summary,
        "evidence": obligation.evidence,
        "edits": sources.edits_digest(refuted_by(name)),
    }


def mutants_of(name: str) -> list[str]:
    """Return the IDs of the mutants that the obligation must refute."""
    return [mutant.id for mutant in refuted_by(name)]


def collected(dones: Sequence[Done]) -> Verdicts:
    """Return what a run found, in the shape of the file; a task that did not run has no verdict."""
    entries: dict[str, Entry] = {}
    for name in REGISTERED:
        mine = [done for done in dones if done.task.obligation == name]
        verdicts = {done.task.kind: done.answer.verdict for done in mine if not done.task.mutant}
        seconds = {
            "proof": sum(done.seconds for done in mine if done.task.kind == "proof"),
            "all": sum(done.seconds for done in mine),
        }
        entries[name] = {
            **described(name),
            "proof": verdicts.get("proof", "not-run"),
            "witness": verdicts.get("witness", "not-run"),
            "mutants": {d.task.mutant: d.answer.verdict for d in mine if d.task.mutant},
            "seconds": {kind: round(value, 2) for kind, value in seconds.items()},
        }
    prover = {name: importlib.metadata.version(name) for name in ("crosshair-tool", "z3-solver")}
    return {
        "schema": SCHEMA, "sources": sources.digest(), "prover": prover, "obligations": entries,
    }  # fmt: skip


def as_text(verdicts: Mapping[str, Any]) -> str:
    """Return the file's text: one line an obligation, so that a change shows where it is."""
    head = {key: value for key, value in verdicts.items() if key != "obligations"}
    lines = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(entry)}"
        for name, entry in verdicts["obligations"].items()
    )
    start = json.dumps(head, indent=1).rstrip("}").rstrip()
    return f'{start},\n "obligations": {{\n{lines}\n }}\n}}\n'


def committed(path: Path = PATH) -> Verdicts:
    """Return the committed verdicts; raises `UnusableVerdicts` when they cannot be read."""
    try:
        found = json.loads(path.read_text("utf-8"))
        usable = found["schema"] == SCHEMA and isinstance(found["obligations"], dict)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableVerdicts(f"{path.name}: {error!r}; {REGENERATE}") from error
    if not usable:
        raise UnusableVerdicts(f"{path.name}: not of schema {SCHEMA}; {REGENERATE}")
    return dict(found)


def _wrong(name: str, entry: Mapping[str, Any]) -> Iterable[str]:
    for kind in ("proof", "witness"):
        if entry.get(kind) != WISHES[kind]:
            yield f"{name}: the {kind} is committed as {entry.get(kind)}"
    mutants = entry.get("mutants") or {}
    if sorted(mutants) != sorted(mutants_of(name)):
        yield f"{name}: not the mutants that it must refute"
    for mutant, verdict in mutants.items():
        if verdict != WISHES["mutant"]:
            yield f"{name}: the mutant {mutant} is committed as {verdict}"
    for key, value in described(name).items():
        if entry.get(key) != value:
            yield f"{name}: {key}: not what the code says"


def complaints(verdicts: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with committed verdicts without running anything; empty if nothing.

    They must be about these sources and these obligations, and each must be what it must be.
    """
    entries = verdicts["obligations"]
    found = [f"without a verdict: {name}" for name in REGISTERED if name not in entries]
    found += [f"no such obligation: {name}" for name in entries if name not in REGISTERED]
    for name, entry in entries.items():
        if name in REGISTERED:
            found += _wrong(name, entry)
    if verdicts.get("sources") != sources.digest():
        found.append("the sources that decide have changed since the verdicts were written")
    return found


def _without_seconds(entry: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {key: value for key, value in (entry or {}).items() if key != "seconds"}


def differences(found: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """Return where a run differs from the committed verdicts, the seconds aside."""
    told = []
    for name in {**known["obligations"], **found["obligations"]}:
        before = _without_seconds(known["obligations"].get(name))
        after = _without_seconds(found["obligations"].get(name))
        keys = sorted(key for key in {*before, *after} if before.get(key) != after.get(key))
        told += [f"{name}: {key}: {before.get(key)} -> {after.get(key)}" for key in keys]
    if found["sources"] != known.get("sources"):
        told.append("the sources that decide have changed since the verdicts were written")
    return told


def write(dones: Sequence[Done], path: Path = PATH) -> bool:
    """Write what a run found, only if each answer is what it must be and none is missing."""
    verdicts = collected(dones)
    if not all(is_as_wished(done) for done in dones) or complaints(verdicts):
        return False
    path.write_text(as_text(verdicts), "utf-8")
    return True
