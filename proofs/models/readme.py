"""The table of claims and variants in `spec/models/README.md`, made from the catalogue.

The intuition: a reviewer wants the list in one place, and a list by hand falls behind.

The use: `python -m proofs.models --table` writes it; a test compares.

Spec: `spec/models/README.md`. Source: `proofs/models/catalogue/`.
"""

from collections.abc import Sequence

from proofs.models.catalogue import MODELS
from proofs.models.model import Model
from proofs.models.spin import FOLDER

README = FOLDER / "README.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"


def table(models: Sequence[Model] = MODELS) -> str:
    """Return the claims of each model, each with the variants that break it, as Markdown."""
    lines: list[str] = []
    for model in models:
        lines += [f"### `{model.name}.pml`", "", model.says, ""]
        lines += ["| claim | requirements | says | kind | broken by |", "|---|---|---|---|---|"]
        for claim in model.claims:
            breakers = [each for each in model.variants if each.breaks == claim.name]
            told = "; ".join(f"`{each.name}`: {each.says}" for each in breakers)
            named = ", ".join(claim.requirements)
            lines.append(f"| `{claim.name}` | {named} | {claim.says} | {claim.kind} | {told} |")
        lines.append("")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """Return `page` with the table between its marks; raise `ValueError` if it lacks a mark."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page has no {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def write() -> None:
    """Bring the README's table up to date."""
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
