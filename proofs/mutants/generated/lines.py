"""Which lines of the reference generated scripts reach: what none of them runs, none can find.

As a program it runs another one, and writes down in the end which lines of the package were run:
`python -m proofs.mutants.generated.lines FILE MODULE`.
"""

import ast
import json
import os
import runpy
import sys
import threading
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from proofs.mutants.mutant import ROOT, Mutant, text_of

_PACKAGE = f"{ROOT}/reference/stallproof/"
_seen: set[tuple[str, int]] = set()


def _trace(frame: FrameType, event: str, _arg: Any) -> Any:
    file = frame.f_code.co_filename
    if not file.startswith(_PACKAGE):
        return None
    _seen.add((file.removeprefix(f"{ROOT}/"), frame.f_lineno))
    return _trace


def _told(to: str) -> None:
    sys.settrace(None)
    found: dict[str, list[int]] = {}
    for file, line in sorted(_seen):
        found.setdefault(file, []).append(line)
    Path(to).write_text(json.dumps(found), "utf-8")


def read(file: Path) -> dict[str, set[int]]:
    """Return the lines that were run, by the file from the top of the project."""
    return {name: set(lines) for name, lines in json.loads(file.read_text("utf-8")).items()}


def is_reached(mutant: Mutant, run: dict[str, set[int]]) -> bool:
    """Tell whether any statement that `mutant` changes, or stands beside, was run."""
    if not (lines := run.get(mutant.file)):
        return False
    return not lines.isdisjoint(_changed(mutant))


def _alike(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _changed(mutant: Mutant) -> set[int]:
    """Return the lines of the statements that are changed; of an insertion, of those beside it."""
    text, old, new = text_of(mutant), mutant.old, mutant.new
    alike = _alike(old, new)
    tail = _alike(old[alike:][::-1], new[alike:][::-1])
    start = text.index(old) + alike
    end = start + len(old) - alike - tail
    first, last = (text[:place].count("\n") + 1 for place in (start, end))
    beside = 1 if start == end else 0
    return {
        line
        for begins, ends, is_head in _statements(ast.parse(text))
        if begins <= last + beside * (not is_head) and ends >= first - beside * (not is_head)
        for line in range(begins, ends + 1)
    }


def _statements(tree: ast.AST) -> Iterator[tuple[int, int, bool]]:
    """Yield the first and last line of each statement, and whether it is the head of a function.

    Of one that holds others only its head is meant.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
            yield first, max(node.lineno, node.body[0].lineno - 1), True
        elif isinstance(node, ast.stmt):
            body: list[ast.stmt] = getattr(node, "body", [])
            last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
            yield node.lineno, max(node.lineno, last), False


def _run_traced(to: str, program: str) -> None:
    leave = os._exit

    def told_first(status: int) -> NoReturn:
        _told(to)
        leave(status)

    os._exit = told_first
    threading.settrace(_trace)
    sys.settrace(_trace)
    sys.argv[:] = [program]
    runpy.run_module(program, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    _run_traced(sys.argv[1], sys.argv[2])
