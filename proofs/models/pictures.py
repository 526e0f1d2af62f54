"""How each broken variant of a model fails, as pictures and in words: `docs/models.md`.

The intuition: that a claim can fail is shown best by the run in which it does. The runs are the
shortest that SPIN finds, so that a picture fits a page.

The use: `python -m proofs.models --pictures` searches everything anew, and writes `pictures.json`,
`docs/images/model-<model>-<variant>.svg` and the generated part of the page. Nothing is written
unless every claim holds and every variant fails.

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
from proofs.models.source import text_of

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "models.md"
IMAGES = ROOT / "docs" / "images"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
COMMAND = "python -m proofs.models --pictures"

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
    heading = f"{model.name}, broken on purpose: {variant.says}"
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
    lines += ["<details>", "<summary>The same in words</summary>", ""]
    return [*lines, *_told(runs, model, variant), "", "</details>", ""]


def _model(runs: Runs, model: Model) -> list[str]:
    lines = [f"## {model.name}", "", model.says, "", "```text", processes_of(model), "```", ""]
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


def generated(runs: Runs, models: Sequence[Model] = MODELS) -> str:
    """Return the generated part of the page, without its marks."""
    return "\n".join(line for model in models for line in _model(runs, model))


def page_with(part: str, page: str) -> str:
    """Return `page` with `part` between its marks; raise `ValueError` if it does not have both."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{part}\n{END}{after}"


def main() -> int:
    """Search all models, write what there is to see, and return the exit status.

    0 written; 1 a claim does not hold or a variant does not fail, and nothing was written.
    """
    print("models: searching all models, then all variants for their runs", file=sys.stderr)
    try:
        runs = searched(MODELS)
    except NotAsItMustBe as error:
        print(f"models: nothing was drawn:\n{error}", file=sys.stderr)
        return 1
    page = page_with(generated(runs), PAGE.read_text("utf-8"))
    pictures = {image_of(*each): picture_of(runs, *each) for each in pictured(MODELS)}
    IMAGES.mkdir(exist_ok=True)
    for old in IMAGES.glob("model-*.svg"):
        if old.name not in pictures:
            old.unlink()
    for name, picture in pictures.items():
        (IMAGES / name).write_text(picture, "utf-8")
    KEPT.write_text(as_text(runs), "utf-8")
    PAGE.write_text(page, "utf-8")
    print(f"models: {len(pictures)} pictures, {PAGE.relative_to(ROOT)}", file=sys.stderr)
    return 0
