"""The page of all mutants: the matrix of requirements and evidence, and each mutant by itself.

Made from the catalogue and from what the last run found; `python -m proofs.mutants --page` prints
it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from proofs.mutants.committed import COMMITTED, Entry, key_of, trials_of
from proofs.mutants.evidence import Trial
from proofs.mutants.mutant import KINDS, Mutant

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")


def mutants_page(
    catalogue: Iterable[Mutant],
    requirements: Mapping[str, str],
    entries: Mapping[tuple[str, str], Entry],
) -> str:
    """Return the whole page, as Markdown; `requirements` gives the title of each ID."""
    mutants = list(catalogue)
    parts = [
        INTRODUCTION,
        "## Requirements and evidence\n",
        "How many mutants of each requirement each kind of evidence has to catch.\n",
        *_matrix(mutants, requirements),
        "\n## The mutants\n",
        "A mutant that breaks several requirements stands under each.\n",
        *_each(mutants, requirements, entries),
    ]
    return "\n".join(parts) + "\n"


def _matrix(mutants: Sequence[Mutant], requirements: Mapping[str, str]) -> list[str]:
    lines = [f"| requirement | mutants | {' | '.join(KINDS)} |", "|---" * (len(KINDS) + 2) + "|"]
    for requirement, title in requirements.items():
        mine = [one for one in mutants if requirement in one.requirements]
        lines.append(_counted(f"{requirement} {title}", mine))
    return [*lines, _counted("all", mutants)]


def _counted(first: str, mutants: Sequence[Mutant]) -> str:
    counts = [sum(bool(one.targets(kind)) for one in mutants) for kind in KINDS]
    cells = " | ".join(str(count or "") for count in counts)
    return f"| {first} | {len(mutants)} | {cells} |"


def _each(
    mutants: Sequence[Mutant],
    requirements: Mapping[str, str],
    entries: Mapping[tuple[str, str], Entry],
) -> list[str]:
    lines: list[str] = []
    for requirement, title in requirements.items():
        lines += [f"### {requirement} {title}\n", "| what is wrong | where | evidence | verdict |"]
        lines.append("|---|---|---|---|")
        for one in (each for each in mutants if requirement in each.requirements):
            trials = trials_of([one])
            evidence = "<br>".join(f"`{trial.evidence}`" for trial in trials)
            verdicts = "<br>".join(verdict_of(trial, entries) for trial in trials)
            says = f"{one.says_of(requirement)} (`{one.id}`)".replace("|", "\\|")
            lines.append(f"| {says} | `{one.file}` | {evidence} | {verdicts} |")
        lines.append("")
    return lines


def verdict_of(trial: Trial, entries: Mapping[tuple[str, str], Entry]) -> str:
    """Return what was committed of a trial, in a word and its seconds."""
    if trial.evidence.kind not in COMMITTED:
        return "asked"
    entry = entries.get(key_of(trial))
    return "not run" if entry is None else f"{entry.verdict}, {entry.seconds:.1f} s"
