"""The property tests: `tests/proofs/traced_tests.py` compared with the tests themselves.

A node must exist in the syntax tree of its file, and whether its inputs are generated is read from
there: by `@given`, or as the `TestCase` of a state machine.
"""

import ast
from collections.abc import Iterable
from functools import cache

from proofs.traceability.evidence import ROOT, ByRequirement, Evidence, filed
from tests.proofs.traced_tests import TESTED, Tested


@cache
def _nodes(path: str) -> dict[str, ast.AST]:
    """Return what a file defines at its top level by name; nothing when there is no file."""
    if not (ROOT / path).is_file():
        return {}
    found: dict[str, ast.AST] = {}
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found.update({t.id: node for t in node.targets if isinstance(t, ast.Name)})
    return found


def node_of(test: str) -> ast.AST | None:
    """Return where the test with the node id `test` is defined, or `None` when it is not there."""
    path, _, name = test.partition("::")
    return _nodes(path).get(name) if name.lower().startswith("test") else None


def is_generated(node: ast.AST) -> bool:
    """Tell whether Hypothesis draws the inputs of a test."""
    if isinstance(node, ast.FunctionDef):
        return any(
            isinstance(d, ast.Call) and isinstance(d.func, ast.Name) and d.func.id == "given"
            for d in node.decorator_list
        )
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "TestCase"
    )


def properties(table: Iterable[Tested] = TESTED) -> ByRequirement:
    """Return the property tests by requirement; what does not exist is left out."""
    return filed(_found(table))


def _found(table: Iterable[Tested]) -> Iterable[tuple[str, Evidence]]:
    for one in table:
        path, _, name = one.node.partition("::")
        if node_of(one.node) is not None:
            kinds = ", ".join(one.kinds)
            for requirement in one.requirements.split():
                yield requirement, Evidence(name, path, kinds)


def faults(table: Iterable[Tested] = TESTED) -> list[str]:
    """Return each test of the table that is missing, twice there, or not what it is said to be."""
    rows = list(table)
    nodes = [row.node for row in rows]
    found = [f"property: {node} stands there twice" for node in {*nodes} if nodes.count(node) > 1]
    for row in rows:
        node = node_of(row.node)
        if node is None:
            found.append(f"property: there is no test {row.node}")
        elif is_generated(node) != ("generated" in row.kinds):
            what = "is" if is_generated(node) else "is not"
            found.append(f"property: {row.node} {what} generated, and the table says otherwise")
    return sorted(found)
