"""What is read from text: the sections of the law, and the contracts of the machines.

Contracts are found in the syntax tree: a clause of `require` or `ensure` whose text names a
requirement states it. So a clause without an ID counts for nothing here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from proofs.traceability.evidence import ROOT, ByRequirement, Evidence, active, filed

MACHINES = ROOT / "reference" / "stallproof" / "machines"
ID = re.compile(r"\b[A-Z]{2}-\d+\b")
CLAUSES = {"require": "requires", "ensure": "ensures"}


def anchor(heading: str) -> str:
    """Return the anchor that a heading gets: lower case, no punctuation, hyphens for blanks."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def prose() -> ByRequirement:
    """Return the section of the law for each requirement."""
    return filed(_sections())


def _sections() -> Iterator[tuple[str, Evidence]]:
    for one in active():
        heading = f"{one.id}: {one.title}"
        path = f"spec/{one.group.lower()}.md#{anchor(heading)}"
        yield one.id, Evidence(heading, path, "the law sentences")


def contracts(folder: Path = MACHINES) -> ByRequirement:
    """Return each clause of a contract in the machines of `folder` that names a requirement."""
    return filed(
        found
        for path in sorted(folder.glob("*.py"))
        for found in clauses_of(path.read_text("utf-8"), path.stem)
    )


def clauses_of(source: str, machine: str) -> Iterator[tuple[str, Evidence]]:
    """Yield requirement and evidence for every clause in `source` that names one."""
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef):
            continue
        for kind, text in _clauses(function):
            said = f"{kind} “{text}”"
            name = f"{machine}.{function.name}"
            for requirement in dict.fromkeys(ID.findall(text)):
                yield (
                    requirement,
                    Evidence(name, f"reference/stallproof/machines/{machine}.py", said),
                )


def _clauses(function: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for call in function.decorator_list:
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        named = [keyword.value for keyword in call.keywords if keyword.arg == "description"]
        for value in [*call.args[1:2], *named]:
            if isinstance(value, ast.Constant) and call.func.id in CLAUSES:
                yield CLAUSES[call.func.id], str(value.value)
