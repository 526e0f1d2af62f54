"""The matrix as a page of the site: from the catalogue and what the last run found."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from proofs.seeded.committed import Entry
from proofs.seeded.seeded import KINDS, Seeded

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")


def document(
    catalogue: Sequence[Seeded], requirements: Mapping[str, str], entries: Mapping[str, Entry]
) -> str:
    """Return the whole document; `requirements` gives the title of each ID."""
    return "\n".join(
        [
            INTRODUCTION,
            "## Counts\n",
            *_counts(catalogue, entries),
            "\n## The matrix\n",
            "A mistake that breaks several requirements stands in the row of each.\n",
            *_matrix(catalogue, requirements, entries),
        ]
    )


def _counts(catalogue: Sequence[Seeded], entries: Mapping[str, Entry]) -> list[str]:
    lines = ["| kind of evidence | mistakes | caught | requirements |", "|---|---|---|---|"]
    for kind in (*KINDS, None):
        mine = [one for one in catalogue if kind in (None, one.evidence.kind)]
        caught = sum(_verdict(one, entries) == "caught" for one in mine)
        hit = {requirement for one in mine for requirement in one.requirements}
        lines.append(f"| {kind or 'all'} | {len(mine)} | {caught} | {len(hit)} |")
    return lines


def _matrix(
    catalogue: Sequence[Seeded], requirements: Mapping[str, str], entries: Mapping[str, Entry]
) -> list[str]:
    lines = [
        "| requirement | the mistake | where | evidence | verdict | s |",
        "|---|---|---|---|---|---|",
    ]
    for requirement, title in requirements.items():
        first = f"**{requirement}** {title}"
        for one in (each for each in catalogue if requirement in each.requirements):
            entry = entries.get(one.name)
            seconds = "" if entry is None else f"{entry.seconds:.1f}"
            evidence = f"{one.evidence.kind}: `{one.evidence.target}`"
            lines.append(
                f"| {first} | {_cell(one.says)} (`{one.name}`) | `{one.module}`"
                f" | {_cell(evidence)} | {_verdict(one, entries)} | {seconds} |"
            )
            first = ""
    return lines


def _verdict(seeded: Seeded, entries: Mapping[str, Entry]) -> str:
    entry = entries.get(seeded.name)
    return "not run" if entry is None else entry.verdict


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
