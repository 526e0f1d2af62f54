"""Which tests lie nearest to a module, and which are the next.

The nearest are those of the folder that mirrors the module's own, in this order: the file that has
the module's name, files that import it, themselves or by way of a helper, and the others. A test of
the real clock is never asked: on a busy machine it may fail by itself.
"""

import ast
from functools import cache
from pathlib import Path

from proofs.mutants.mutant import ROOT

TESTS = ROOT / "tests"
WIDER: dict[str, tuple[str, ...]] = {
    "machines": ("tests/drivers", "tests/harness", "tests/proofs/test_search.py"),
    "drivers": ("tests/harness",),
    "configuration": ("tests/harness/test_configuring.py", "tests/cli", "tests/reports"),
    "judge": ("tests/generate", "tests/requirements/vectors", "tests/reports", "tests/runner"),
}
"""What is asked where the nearest tests notice nothing, by the folder of the package."""
BESIDE: dict[str, tuple[str, ...]] = {
    # What the law demands of a script is held against a second model, which lies with the vectors.
    "judge/model": ("tests/requirements/vectors/test_naive.py",),
}
"""Tests that lie elsewhere and are as near; they come last."""
FARTHEST = 3
"""How many imports away a helper of the tests is looked for."""


def nearest(file: str) -> list[str]:
    """Return the test files nearest to the module `file`, the nearest first."""
    tests = sorted(_mirror(file).rglob("test_*.py"), key=lambda one: _far(one, file))
    beside = BESIDE.get(str(Path(file).parent.relative_to("reference/stallproof")), ())
    return [*(str(one.relative_to(ROOT)) for one in tests), *beside]


def wider(file: str) -> list[str]:
    """Return what is asked next: folders and files of tests, none where nothing is known."""
    return list(WIDER.get(Path(file).relative_to("reference/stallproof").parts[0], ()))


def _mirror(file: str) -> Path:
    """Return the folder of tests that mirrors the one of `file`, or the next above with tests."""
    place = TESTS / Path(file).relative_to("reference/stallproof").parent
    while not any(place.glob("test_*.py")) and place != TESTS:
        place = place.parent
    return place


def _far(test: Path, file: str) -> tuple[bool, int, int, int]:
    """Return how far `test` is from `file`: by name, imports, words of the name, and folder."""
    module = _module(file)
    is_namesake = test.stem == f"test_{Path(file).stem}"
    steps = next((n for n in range(FARTHEST) if module in _imported(test, n)), FARTHEST)
    shared = {*test.stem.split("_")} & {*Path(file).stem.split("_")}
    return not is_namesake, steps, -len(shared), len(test.parts)


def _module(file: str) -> str:
    return file.removeprefix("reference/").removesuffix(".py").replace("/", ".")


@cache
def _imported(test: Path, steps: int) -> frozenset[str]:
    """Return the modules that `test` imports by way of `steps` helpers at most."""
    tree = ast.parse(test.read_text("utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    helpers = [ROOT / f"{name.replace('.', '/')}.py" for name in names if name.startswith("tests")]
    if steps:
        names |= {name for one in helpers if one.is_file() for name in _imported(one, steps - 1)}
    return frozenset(names)
