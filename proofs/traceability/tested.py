"""The property tests: those that carry the marker `requirement`, read from their files.

`@pytest.mark.requirement("SD-2", "SD-4", kind="boundary")` says that breaking one of these makes
the test fail. Kinds: `boundary`, the edge is met before, at and after; `socket`, on real sockets
and, where a bound in time is judged, on the real clock (threads with a real lock count as well).
That inputs are generated nobody has to say: `@given` and `TestCase` are seen in the syntax tree.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proofs.traceability.evidence import ROOT, ByRequirement, Evidence, filed

TESTS = ROOT / "tests"
MARKER = "requirement"
KINDS = ("boundary", "socket")
Marked = ast.FunctionDef | ast.Assign


class MarkerError(ValueError):
    """A marker that does not say what it must, and where it stands."""


@dataclass(frozen=True)
class Tested:
    """One test that is marked: its node id, its requirements, and what kind of test it is."""

    path: str
    name: str
    requirements: tuple[str, ...]
    kinds: tuple[str, ...]


def marked(folder: Path = TESTS) -> tuple[Tested, ...]:
    """Return every marked test below `folder`; raises `MarkerError` for a marker in vain."""
    return tuple(
        one
        for path in sorted(folder.rglob("test_*.py"))
        if f"mark.{MARKER}(" in (text := path.read_text("utf-8"))
        for one in marked_in(text, str(path.relative_to(folder.parent)))
    )


def marked_in(source: str, path: str) -> list[Tested]:
    """Return the marked tests of one file."""
    tree = ast.parse(source)
    calls = [call for call in ast.walk(tree) if _is_marker(call)]
    found = [one for node in tree.body for one in _of_node(node, path)]
    if len(found) != len(calls):
        raise MarkerError(f"{path}: a marker {MARKER!r} stands on no test at the top of the file")
    return found


def _is_marker(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == MARKER
        and ast.unparse(node.func.value) == "pytest.mark"
    )


def _of_node(node: ast.stmt, path: str) -> Iterator[Tested]:
    """Yield what is marked: a function, or the `TestCase` of a state machine under its name."""
    if isinstance(node, ast.FunctionDef):
        is_generated = any(
            isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "given"
            for one in node.decorator_list
        )
        for one in node.decorator_list:
            if isinstance(one, ast.Call) and _is_marker(one):
                yield _tested(one, path, node.name, is_generated=is_generated)
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
        call, target = node.value.func, node.targets[0]
        if isinstance(call, ast.Call) and _is_marker(call) and isinstance(target, ast.Name):
            cases = [one for one in node.value.args if isinstance(one, ast.Attribute)]
            is_generated = any(one.attr == "TestCase" for one in cases)
            yield _tested(call, path, target.id, is_generated=is_generated)


def _tested(call: ast.Call, path: str, name: str, *, is_generated: bool) -> Tested:
    where = f"{path}:{call.lineno}"
    try:
        requirements = tuple(ast.literal_eval(one) for one in call.args)
        options = {one.arg: ast.literal_eval(one.value) for one in call.keywords}
    except ValueError as error:
        raise MarkerError(f"{where}: a marker says its requirements in words") from error
    kind = options.pop("kind", ())
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    if not name.lower().startswith("test"):
        raise MarkerError(f"{where}: {name} is no test")
    if not requirements or len(set(requirements)) != len(requirements) or options:
        raise MarkerError(f"{where}: expected the IDs of requirements, each once, and a kind")
    if unknown := [one for one in kinds if one not in KINDS]:
        raise MarkerError(f"{where}: there is no kind {unknown[0]!r}: use {', '.join(KINDS)}")
    if not kinds and not is_generated:
        raise MarkerError(f"{where}: expected a kind, since nothing is generated here")
    return Tested(path, name, requirements, (*(("generated",) if is_generated else ()), *kinds))


def properties() -> ByRequirement:
    """Return the property tests by requirement."""
    return filed(
        (requirement, Evidence(one.name, one.path, ", ".join(one.kinds)))
        for one in marked()
        for requirement in one.requirements
    )
