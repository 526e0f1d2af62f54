"""The kinds of edits: each finds what it can do to one node of a syntax tree.

Every one is a mistake that programmers make: the other side of a bound, the wrong sign, a forgotten
condition, statement, lock or exception, arguments in the wrong order, a number that is one off.
"""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from proofs.mutants.sampling.source import Source

Found = Iterator[tuple[int, int, str]]
"""From where to where an edit goes, and the new text."""

_SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Div: "/", ast.Mod: "%",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip
_COMPARED = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "is": "is not", "is not": "is", "in": "not in", "not in": "in",
}  # fmt: skip
_ARITHMETIC = {"+": "-", "-": "+", "*": "//", "//": "*", "/": "*", "%": "+"}
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
_SYMMETRIC = {"min", "max", "isinstance"}
"""Calls that say the same when their arguments are swapped, or nothing at all."""
_WORD = re.compile(r"""["'][A-Za-z0-9_.-]+["']""")
"""Text that programs compare. Anything with a space in it is prose."""


def _compare(node: ast.AST, source: Source) -> Found:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            sign = _SIGNS[type(operator)]
            yield *source.sign_between(sign, left, right), _COMPARED[sign]
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in _NAMES:
        yield source.start(node), source.end(node), _NAMES[node.id]


def _arithmetic(node: ast.AST, source: Source) -> Found:
    operands: tuple[ast.expr, ast.expr] | None = None
    if isinstance(node, ast.BinOp):
        operands = node.left, node.right
    elif isinstance(node, ast.AugAssign):
        operands = node.target, node.value
    if isinstance(node, ast.BinOp | ast.AugAssign) and operands:
        sign = _SIGNS.get(type(node.op), "")
        if sign in _ARITHMETIC:
            yield *source.sign_between(sign, *operands), _ARITHMETIC[sign]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield source.start(node), source.start(node.operand), ""


def _boolean(node: ast.AST, source: Source) -> Found:
    if isinstance(node, ast.BoolOp):
        sign = _SIGNS[type(node.op)]
        for left, right in pairwise(node.values):
            other = "or" if sign == "and" else "and"
            yield *source.sign_between(sign, left, right), other


def _negated(node: ast.AST, source: Source) -> Found:
    conditions: list[ast.expr] = []
    if isinstance(node, ast.If | ast.While | ast.IfExp):
        conditions = [node.test]
    elif isinstance(node, ast.comprehension):
        conditions = node.ifs
    for each in conditions:
        if isinstance(each, ast.UnaryOp) and isinstance(each.op, ast.Not):
            yield source.start(each), source.start(each.operand), ""
        elif not isinstance(each, ast.Constant):
            yield source.start(each), source.end(each), f"not ({source.of(each)})"


def _dropped(node: ast.AST, source: Source) -> Found:
    """Find statements without which the others still have all their names."""
    if isinstance(node, ast.Expr):
        is_dropped = not isinstance(node.value, ast.Constant)
    elif isinstance(node, ast.Assign):
        is_dropped = all(isinstance(one, ast.Attribute | ast.Subscript) for one in node.targets)
    else:
        simple = ast.Return | ast.AugAssign | ast.Raise | ast.Continue | ast.Break | ast.Delete
        is_dropped = isinstance(node, simple)
    if is_dropped:
        assert isinstance(node, ast.stmt)
        yield source.start(node), source.end(node), "pass"


def _unguarded(node: ast.AST, source: Source) -> Found:
    """Find locks that are not taken, and exceptions that are let through."""
    if not isinstance(node, ast.With) or any(one.optional_vars for one in node.items):
        return
    items = [one.context_expr for one in node.items]
    for item in items:
        others = ", ".join(source.of(one) for one in items if one is not item)
        new = f"with {others}" if others else "if True"
        yield source.start(node), source.end(items[-1]), new


def _swapped(node: ast.AST, source: Source) -> Found:
    pairs: list[tuple[ast.expr, ast.expr]] = []
    if isinstance(node, ast.Call):
        is_symmetric = isinstance(node.func, ast.Name) and node.func.id in _SYMMETRIC
        positional = () if is_symmetric else node.args
        named = [one.value for one in node.keywords if one.arg]
        pairs += [*pairwise(positional)]
        pairs += [*pairwise(named)]
    elif isinstance(node, ast.IfExp):
        pairs.append((node.body, node.orelse))
    elif isinstance(node, ast.Return | ast.Yield) and isinstance(node.value, ast.Tuple):
        pairs += [*pairwise(node.value.elts)]
    for first, second in pairs:
        one, other = source.of(first), source.of(second)
        if one != other and not isinstance(first, ast.Starred):
            new = f"{other}{source.between(first, second)}{one}"
            yield source.start(first), source.end(second), new


def _constant(node: ast.AST, source: Source) -> Found:
    if not isinstance(node, ast.Constant):
        return
    place = source.start(node), source.end(node)
    if isinstance(node.value, bool):
        yield *place, str(not node.value)
    elif isinstance(node.value, int | float):
        yield *place, f"({source.of(node)} + 1)"
        if node.value:
            yield *place, f"({source.of(node)} - 1)"


def _word(node: ast.AST, source: Source) -> Found:
    """Find texts without a space; what tells a program something is compared somewhere.

    Not the name of the encoding: Python takes a misspelt one for the same.
    """
    if isinstance(node, ast.Constant) and node.value == "utf-8":
        return
    if isinstance(node, ast.Constant) and _WORD.fullmatch(text := source.of(node)):
        yield source.start(node), source.end(node), f"{text[:-1]}!{text[-1]}"


KINDS: dict[str, Callable[[ast.AST, Source], Found]] = {
    "comparison": _compare,
    "arithmetic": _arithmetic,
    "boolean": _boolean,
    "negated": _negated,
    "dropped": _dropped,
    "unguarded": _unguarded,
    "swapped": _swapped,
    "constant": _constant,
    "word": _word,
}
"""What finds the edits of each kind."""
