"""The page of generated scripts: how many mutants they kill, and which they never do, and why.

Made from the catalogue and from what was kept of the last run.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from proofs.mutants.generated.kept import Series
from proofs.mutants.generated.play import UNREACHED, Fate, is_of_an_implementation
from proofs.mutants.mutant import Mutant
from stallproof.requirements.registry import load_registry

STEPS = (10, 30, 100, 300, 1000)
"""After how many scripts the killed are counted."""
INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")
REASONS = {
    UNREACHED: "No script runs what is changed. It is about sockets, threads, TLS or starting up, "
    "which do not exist in virtual time, or about what no script asks for.",
    "real clock only": "What it breaks is decided on the real clock only.",
    "not seen in virtual time": "It is run, and no vector finds it either: it changes what only "
    "threads, sockets or a reader of the code could tell, or what contracts and proofs forbid.",
    "harness broke": "The harness breaks, which is no verdict on a requirement.",
    "missed": "A vector finds it, and no script does: what is left to be drawn.",
    "does not fit": "It could not be planted.",
}
"""Why a mutant is never killed."""


def document(mutants: Iterable[Mutant], series: Mapping[str, Series]) -> str:
    """Return the page, as Markdown."""
    chosen = [one for one in mutants if is_of_an_implementation(one)]
    known = [one for one in chosen if all(one.id in fates for fates in series.values())]
    lines = [INTRODUCTION, *_curve(known, series), "", *_never(known, series)]
    return "\n".join(lines) + "\n"


def _curve(known: Sequence[Mutant], series: Mapping[str, Series]) -> list[str]:
    heads = " | ".join(f"{count}" for count in STEPS)
    lines = [f"| scripts | {heads} | of |", "|---" * (len(STEPS) + 2) + "|"]
    for name, fates in series.items():
        cells = " | ".join(str(killed(known, fates, count)) for count in STEPS)
        lines.append(f"| {name} | {cells} | {len(known)} |")
    return lines


def killed(known: Sequence[Mutant], fates: Series, count: int) -> int:
    """Return how many of `known` one of the first `count` scripts kills."""
    return sum(0 < fates[one.id].script <= count for one in known)


def _never(known: Sequence[Mutant], series: Mapping[str, Series]) -> list[str]:
    found: dict[str, list[Mutant]] = {reason: [] for reason in REASONS}
    for one in known:
        fates = [fates[one.id] for fates in series.values()]
        if not any(fate.script for fate in fates):
            found[reason_of(one, fates)].append(one)
    lines = ["## Never killed\n", "| why | mutants |", "|---|---|"]
    lines += [f"| {says} | {len(found[reason])} |" for reason, says in REASONS.items()]
    for reason in ("missed", "not seen in virtual time"):
        lines += ["", f"### {reason.capitalize()}\n", "| what is wrong | where | breaks |"]
        lines += ["|---|---|---|", *map(_row, found[reason])]
    return lines


def _row(mutant: Mutant) -> str:
    says = mutant.says.replace("|", "\\|")
    return f"| {says} (`{mutant.id}`) | `{mutant.file}` | {', '.join(mutant.requirements)} |"


def reason_of(mutant: Mutant, fates: Sequence[Fate]) -> str:
    """Return why no script kills `mutant`, by the first of `REASONS` that holds."""
    whys = {fate.why for fate in fates}
    if UNREACHED in whys:
        return UNREACHED
    if any(why.startswith("does not fit") for why in whys):
        return "does not fit"
    if any(why.startswith("the harness broke") for why in whys):
        return "harness broke"
    if mutant.targets("vectors"):
        return "missed"
    is_real = load_registry().undecidable.issuperset(mutant.requirements)
    return "real clock only" if is_real else "not seen in virtual time"
