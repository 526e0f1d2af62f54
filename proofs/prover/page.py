"""The ledger for people: a page of the site, made of the committed verdicts."""

from collections.abc import Iterator, Mapping
from typing import Any

from proofs.prover.ledger import WISHES
from proofs.prover.reasons import requirement_ids, unproved
from proofs.prover.verdicts import mutants_of

HEAD = """# The ledger of the proofs

A row for each requirement that an obligation serves; where there is none, what stands in its place
and why. *Can occur* is the witness; *seconds* is the processor time of the proof alone.
`proofs/evidence/verdicts.json` holds the same for programs, with a digest of the sources that
decide. `proofs/README.md` says how to read it.
"""

LEDGER_HEAD = (
    "| requirement | statement | evidence | verdict | can occur | mutants refuted | seconds |\n"
    "|---|---|---|---|---|---|---|"
)


def _row(requirement: str, name: str, entry: Mapping[str, Any]) -> str:
    verdicts = list(entry["mutants"].values())
    refuted = verdicts.count(WISHES["mutant"])
    occurs = "yes" if entry["witness"] == WISHES["witness"] else entry["witness"]
    return (
        f"| {requirement} | {entry['statement']} (`{name}`) | {entry['evidence']} "
        f"| {entry['proof']} | {occurs} | {refuted} of {len(verdicts)} "
        f"| {entry['seconds']['proof']:.2f} |"
    )


def _rows(obligations: Mapping[str, Any]) -> Iterator[str]:
    reasons = unproved()
    for requirement in requirement_ids():
        for name, entry in obligations.items():
            if requirement in entry["requirements"]:
                yield _row(requirement, name, entry)
        if requirement in reasons:
            yield f"| {requirement} | {reasons[requirement]} | no proof | - | - | - | - |"


def ledger(verdicts: Mapping[str, Any]) -> str:
    """Return the two tables and the counts above them, as Markdown."""
    obligations = verdicts["obligations"]
    entries = list(obligations.values())
    confirmed = sum(entry["proof"] == WISHES["proof"] for entry in entries)
    occurs = sum(entry["witness"] == WISHES["witness"] for entry in entries)
    refuted = [verdict == WISHES["mutant"] for e in entries for verdict in e["mutants"].values()]
    served = {each for entry in entries for each in entry["requirements"]}
    seconds = sum(entry["seconds"]["all"] for entry in entries)
    prover = ", ".join(f"{name} {version}" for name, version in verdicts["prover"].items())
    told = (
        f"{confirmed} of {len(entries)} obligations are confirmed and serve {len(served)} of "
        f"{len(requirement_ids())} requirements; {occurs} witnesses show that their situations can "
        f"occur; mutants were refuted in {sum(refuted)} of {len(refuted)} questions. All "
        f"tasks together took {seconds:.0f} s of processor time ({prover})."
    )
    second = [
        f"| `{name}` | {', '.join(f'`{mutant}`' for mutant in mutants_of(name))} |"
        for name in obligations
    ]
    parts = [
        told,
        "\n".join([LEDGER_HEAD, *_rows(obligations)]),
        "## The mutants that each obligation refutes",
        "\n".join(["| obligation | mutants |", "|---|---|", *second]),
    ]
    return "\n\n".join(parts) + "\n"


def document(verdicts: Mapping[str, Any]) -> str:
    """Return the whole page."""
    return f"{HEAD}\n{ledger(verdicts)}"
