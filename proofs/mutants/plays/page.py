"""The page of plays and mutants: each situation with the weakest mutant that it finds.

Made from what was committed (`record`) and from the reasons in `reasons.toml`;
`python -m proofs plays --page` prints it.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path

from proofs.mutants.catalogue import MUTANTS
from proofs.mutants.plays.measure import Situations
from proofs.mutants.plays.record import Entries, faults_of

_REASONS = Path(__file__).with_name("reasons.toml")
_HEAD = Path(__file__).with_name("introduction.md").read_text("utf-8")


def reasons() -> dict[str, str]:
    """Return why a situation has no mutant on sockets, by requirement and situation."""
    found: dict[str, str] = tomllib.loads(_REASONS.read_text("utf-8"))["reasons"]
    return found


def bare(asked: Situations, entries: Entries) -> list[tuple[str, str]]:
    """Return the situations that no mutant has failed, and that have no reason either."""
    told = reasons()
    return [
        (requirement, name)
        for requirement, names in asked.of.items()
        for name in names
        if not faults_of(requirement, name, entries) and f"{requirement} {name}" not in told
    ]


def document(asked: Situations, entries: Entries) -> str:
    """Return the page, as Markdown."""
    return "\n".join(
        [
            _HEAD,
            *_counts(asked, entries),
            "\n| requirement | situation | weakest mutant on sockets | fails | in virtual time |",
            "|---|---|---|---|---|",
            *_rows(asked, entries),
            "",
        ]
    )


def _found_in_virtual_time(requirement: str) -> str | None:
    """Return the weakest mutant that the vectors have to fail `requirement` for."""
    found = [
        (len(evidence.must_fail), one.id)
        for one in MUTANTS.values()
        for evidence in one.evidence
        if evidence.kind == "vectors" and requirement in evidence.must_fail
    ]
    return min(found)[1] if found else None


def _counts(asked: Situations, entries: Entries) -> Iterator[str]:
    every = [(one, name) for one, names in asked.of.items() for name in names]
    found = [(one, name) for one, name in every if faults_of(one, name, entries)]
    alone = [each for each in found if len(entries[faults_of(*each, entries)[0]].failed) == 1]
    told = reasons()
    excused = sum(f"{one} {name}" in told for one, name in every if (one, name) not in found)
    yield (
        f"{len(every)} situations: {len(found)} found a mutant on sockets ({len(alone)} of them one"
        f" that breaks no other requirement), {excused} have a reason, and"
        f" {len(every) - len(found) - excused} have neither."
    )


def _rows(asked: Situations, entries: Entries) -> Iterator[str]:
    told = reasons()
    for requirement, names in asked.of.items():
        virtual = _found_in_virtual_time(requirement)
        beside = f"`{virtual}`" if virtual else "-"
        for name in names:
            found = faults_of(requirement, name, entries)
            if found:
                failed = ", ".join(entries[found[0]].failed)
                cells = f"{MUTANTS[found[0]].says} (`{found[0]}`) | {failed}"
            else:
                cells = f"{told.get(f'{requirement} {name}', 'none yet')} | "
            yield f"| {requirement} | `{name}` | {cells} | {beside} |"
