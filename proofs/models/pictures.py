"""How each broken variant of a model fails, as pictures and in words: a page of the site.

The intuition: that a claim can fail is shown best by the run in which it does. The runs are the
shortest that SPIN finds, so that a picture fits a page.

The use: `python -m proofs models --pictures` searches everything anew, and writes what the page is
made of, `proofs/evidence/pictures.json`; unless every claim holds and every variant fails, nothing
is written. `make docs` makes page and pictures of it.

Spec: `spec/models/README.md`. Source: `pictures_runs.py`.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from proofs.models.catalogue import MODELS
from proofs.models.model import Model, Variant
from proofs.models.pictures_runs import (
    KEPT,
    NotAsItMustBe,
    Runs,
    as_text,
    pictured,
    searched,
    sequence_kept,
)
from proofs.models.pictures_svg import drawn
from proofs.models.source import sizes_in, text_of

INTRODUCTION = Path(__file__).with_name("introduction.md").read_text("utf-8")

_HEADER = re.compile(r"/\*(.*?)\*/", re.DOTALL)


def image_of(model: Model, variant: Variant) -> str:
    """Return the name of the picture's file."""
    return f"model-{model.name}-{variant.name}.svg"


def _law(model: Model, variant: Variant) -> str:
    claim = model.claim(variant.breaks)
    return f"{claim.says} ({', '.join(claim.requirements)})"


def ending_of(model: Model, variant: Variant) -> str:
    """Return what the picture says at its end: which law is broken there."""
    claim = model.claim(variant.breaks)
    if claim.kind == "liveness":
        return f"And so on for ever. The law that is broken: {_law(model, variant)}"
    return f"The law that is broken here: {_law(model, variant)}"


def picture_of(runs: Runs, model: Model, variant: Variant) -> str:
    """Return the picture of how `variant` fails."""
    heading = f"{model.name}, broken on purpose: {variant.says}. {sizes_of(model)}".rstrip()
    sequence = sequence_kept(runs, model, variant)
    return drawn(sequence, heading=heading, ending=ending_of(model, variant))


def processes_of(model: Model) -> str:
    """Return what the header of a model's text says of its processes, as one paragraph.

    Raise `ValueError` if it does not say anything.
    """
    header = _HEADER.search(text_of(model))
    lines = [] if header is None else [line.strip(" *\t") for line in header[1].splitlines()]
    for place, line in enumerate(lines):
        if re.match(r"(The )?[Pp]rocesses\b", line):
            rest = lines[place:]
            return "\n".join(rest[: rest.index("")] if "" in rest else rest)
    raise ValueError(f"the header of {model.name} says nothing of its processes")


def sizes_of(model: Model) -> str:
    """Return the sizes in play, as the model's text has them; empty where it has none."""
    sizes = sizes_in(text_of(model), model.sizes)
    told = ", ".join(f"{name} {number}" for name, number in sizes.items())
    return f"Sizes: {told}." if told else ""


def _told(runs: Runs, model: Model, variant: Variant) -> list[str]:
    sequence = sequence_kept(runs, model, variant)
    lines: list[str] = []
    for place, message in enumerate(sequence.messages):
        again = " (from here on, again and again)" if place == sequence.repeats_from else ""
        lines.append(f"{place + 1}. {message}{again}")
    if sequence.repeats_from == len(sequence.messages):
        lines.append(f"{len(lines) + 1}. nothing that would be told here happens any more")
    return [*lines, "", f"{ending_of(model, variant)}."]


def _variant(runs: Runs, model: Model, variant: Variant) -> list[str]:
    verdict = runs[model.name]["variants"][variant.name]["verdict"]
    lines = [
        f"### {model.name}, `{variant.name}`",
        "",
        f"Broken on purpose: {variant.says}. The claim `{variant.breaks}` {verdict}.",
        "",
    ]
    if not variant.pictured:
        return lines
    alternative = f"Message sequence: {variant.says}. {ending_of(model, variant)}"
    lines += [f"![{alternative}](images/{image_of(model, variant)})", ""]
    lines += ['<details markdown="1">', "<summary>The same in words</summary>", ""]
    return [*lines, *_told(runs, model, variant), "", "</details>", ""]


def _model(runs: Runs, model: Model) -> list[str]:
    lines = [f"## {model.name}", "", model.says, "", "```text", processes_of(model), "```", ""]
    lines += [sizes_of(model), ""] if model.sizes else []
    lines += ["| claim | requirements | law | verdict | states |", "|---|---|---|---|---|"]
    for claim in model.claims:
        found = runs[model.name]["claims"][claim.name]
        named = ", ".join(claim.requirements)
        kind = "" if claim.kind == "safety" else " (liveness, weak fairness)"
        lines.append(
            f"| `{claim.name}` | {named} | {claim.says}{kind} | {found['verdict']} | "
            f"{found['states']} |"
        )
    lines.append("")
    for variant in model.variants:
        lines += _variant(runs, model, variant)
    return lines


def document(runs: Runs, models: Sequence[Model] = MODELS) -> str:
    """Return the whole page."""
    return "\n".join([INTRODUCTION, *(line for model in models for line in _model(runs, model))])


def pictures(runs: Runs, models: Sequence[Model] = MODELS) -> dict[str, str]:
    """Return every picture by the name of its file."""
    return {image_of(*each): picture_of(runs, *each) for each in pictured(models)}


def main() -> int:
    """Search all models, keep what there is to see, and return the exit status.

    0 written; 1 a claim does not hold or a variant does not fail, and nothing was written.
    """
    print("models: searching all models, then all variants for their runs", file=sys.stderr)
    try:
        runs = searched(MODELS)
    except NotAsItMustBe as error:
        print(f"models: nothing was written:\n{error}", file=sys.stderr)
        return 1
    KEPT.write_text(as_text(runs), "utf-8")
    print(f"models: wrote {KEPT.name}", file=sys.stderr)
    return 0
