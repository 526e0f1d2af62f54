"""What a cell of the matrix holds: named pieces of evidence, each with the file where it stands.

The intuition: a reviewer asks of a requirement "what makes you sure?", column by column. An empty
cell is an answer too, but only with a written reason.

The use: each source returns `Evidence` by requirement; `matrix` puts the columns side by side.

The complication: names have to survive edits, so evidence is named by what it is called and never
by a line.

Spec: the registry. Source: `spec/README.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from stallproof.requirements.registry import Requirement, load_registry

ROOT = Path(__file__).resolve().parents[2]

Column = Literal[
    "prose", "contract", "proof", "search", "model", "property", "vector", "oracle", "mutant"
]
COLUMNS: tuple[Column, ...] = get_args(Column)
"""The columns of the matrix, in the order in which it shows them."""


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence: its name, the file from the root (with an anchor), and its words.

    `verdict`: how it came out when it was last run, where that is committed.
    """

    name: str
    path: str
    says: str
    verdict: str = ""


@dataclass(frozen=True)
class Row:
    """One requirement of the registry, with what each column has for it."""

    requirement: str
    title: str
    profile: str
    cells: Mapping[Column, tuple[Evidence, ...]]


ByRequirement = dict[str, list[Evidence]]
"""What one source found, by the ID of the requirement."""


def active() -> list[Requirement]:
    """Return every active requirement, in the registry's order."""
    return [one for one in load_registry().requirements if one.status == "active"]


def matrix(columns: Mapping[Column, ByRequirement]) -> tuple[Row, ...]:
    """Return the rows of all requirements; a column that was not given is empty."""
    return tuple(
        Row(
            one.id,
            one.title,
            one.profile,
            {column: tuple(columns.get(column, {}).get(one.id, ())) for column in COLUMNS},
        )
        for one in active()
    )


def strangers(columns: Mapping[Column, ByRequirement]) -> list[str]:
    """Return what was found for requirements that the registry does not have."""
    known = {one.id for one in active()}
    return [
        f"{column}: {evidence.name} speaks of {requirement}, which is no requirement"
        for column, found in columns.items()
        for requirement in found
        if requirement not in known
        for evidence in found[requirement]
    ]


def filed(found: Iterable[tuple[str, Evidence]]) -> ByRequirement:
    """Return evidence by requirement, each piece once, in the order in which it was found."""
    filed_so_far: ByRequirement = {}
    for requirement, evidence in found:
        pieces = filed_so_far.setdefault(requirement, [])
        if evidence not in pieces:
            pieces.append(evidence)
    return filed_so_far


def path_of(module: str) -> str:
    """Return the file of a module of the project, from its root."""
    folder = "reference/" if module.split(".")[0] == "stallproof" else ""
    path = folder + module.replace(".", "/")
    return f"{path}/__init__.py" if (ROOT / path).is_dir() else f"{path}.py"
