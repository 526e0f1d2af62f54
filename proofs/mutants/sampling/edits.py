"""All edits of a module that a sample may draw.

Edited is what decides. Never edited: comments, docstrings, annotations, type aliases, imports,
exports, protocols, assertions, postconditions, and the texts of messages. Preconditions are edited,
for they refuse input.
"""

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from proofs.mutants.mutant import ROOT, Mutant
from proofs.mutants.sampling.operators import KINDS
from proofs.mutants.sampling.source import Source

PACKAGE = ROOT / "reference" / "stallproof"
_CHECKS = {"ensure", "snapshot", "invariant", "overload"}
"""Decorators that judge what a function did, or speak to the type checker: they decide nothing."""
_TYPES = {"TypeVar", "ParamSpec", "Literal", "cast"}
_NEVER = (ast.Import, ast.ImportFrom, ast.Assert, ast.JoinedStr)


@dataclass(frozen=True)
class Edit:
    """One edit of `file`, which is named from the top: `start` to `end` becomes `new`."""

    file: str
    kind: str
    scope: str
    line: int
    start: int
    end: int
    new: str

    @property
    def name(self) -> str:
        """Return where the edit is and what it does, for people."""
        return f"{self.file}:{self.line} in {self.scope or 'the module'} ({self.kind})"


def is_there(file: str) -> bool:
    """Tell whether there is a `file`, named from the top."""
    return (ROOT / file).is_file()


@cache
def text_of(file: str) -> str:
    """Return the text of `file`, the same for as long as this process lives."""
    return (ROOT / file).read_text("utf-8")


def applied(edit: Edit, text: str) -> str:
    """Return `text`, in which the edit was found, with the edit made."""
    return text[: edit.start] + edit.new + text[edit.end :]


def mutant_of(edit: Edit, name: str) -> Mutant:
    """Return the edit as a mutant that can be planted: the whole text, with the edit made."""
    text = text_of(edit.file)
    return Mutant(name, edit.file, edit.name, (), text, applied(edit, text))


def diff_of(edit: Edit) -> str:
    """Return what changes, as a diff with one line around it."""
    before = text_of(edit.file)
    after = applied(edit, before)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    return "\n".join(list(lines)[2:])


def files_in(folder: str) -> list[str]:
    """Return the modules in `folder` of the package and below, or the one module that it names."""
    place = PACKAGE / folder
    found = [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [str(each.relative_to(ROOT)) for each in found]


@cache
def edits_of(file: str) -> tuple[Edit, ...]:
    """Return every edit of `file`; not each of them is a program."""
    source = Source(text_of(file))
    found: list[Edit] = []
    for scope, node in _decisive(source.tree, ""):
        for kind, find in KINDS.items():
            for start, end, new in find(node, source):
                line = source.text.count("\n", 0, start) + 1
                found.append(Edit(file, kind, scope, line, start, end, new))
    return tuple(found)


def is_program(edit: Edit) -> bool:
    """Tell whether Python can read what comes of the edit, and reads something else than before."""
    text = text_of(edit.file)
    try:
        return ast.dump(ast.parse(applied(edit, text))) != ast.dump(ast.parse(text))
    except SyntaxError:
        return False


def _decisive(node: ast.AST, scope: str) -> Iterator[tuple[str, ast.AST]]:
    """Yield the nodes that decide something, each with the function or class around it."""
    for child in _children(node):
        if isinstance(child, _NEVER) or _is_type(child) or _is_said(child):
            continue
        inner = scope
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            inner = f"{scope}.{child.name}" if scope else child.name
        if not _is_plain_end(node, child):
            yield inner, child
        yield from _decisive(child, inner)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what lies in `node`, but for annotations and for decorators that decide nothing."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "type_params"):
            continue
        for each in value if isinstance(value, list) else [value]:
            is_check = name == "decorator_list" and _called(each) in _CHECKS
            if isinstance(each, ast.AST) and not is_check:
                yield each


def _is_plain_end(parent: ast.AST, child: ast.AST) -> bool:
    """Tell whether `child` is the return at the end of a function: every test misses its value."""
    is_last = isinstance(parent, ast.FunctionDef) and parent.body[-1] is child
    return is_last and isinstance(child, ast.Return) and not isinstance(child.value, ast.Tuple)


def _is_type(node: ast.AST) -> bool:
    """Tell whether `node` speaks of types alone, or of what a module exports."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.ClassDef):
        return any("Protocol" in ast.unparse(base) for base in node.bases)
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value) in _TYPES
    return _called(node) in _TYPES if isinstance(node, ast.Call) else False


def _is_said(node: ast.AST) -> bool:
    """Tell whether `node` is how something shows itself to people."""
    return isinstance(node, ast.FunctionDef) and node.name in ("__repr__", "__str__")


def _called(node: ast.AST) -> str:
    """Return the last name of what a call calls, or of a decorator without arguments."""
    called = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(called).rpartition(".")[2] if isinstance(called, ast.expr) else ""
