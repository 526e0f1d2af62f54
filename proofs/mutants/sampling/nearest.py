"""Which tests lie nearest to a module, and which are the next.

The nearest are those of the folder that mirrors the module's own, in this order: the file that has
the module's name, files that import it, themselves or by way of a helper, and the others. Where a
folder is used as a whole, those who import it by its name come last. A test of the real clock is
never asked: on a busy machine it may fail by itself.
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
FARTHEST = 3
"""How many imports away a helper of the tests is looked for."""


def nearest(file: str) -> list[str]:
    """Return the test files nearest to the module `file`, the nearest first."""
    tests = sorted(_mirror(file).rglob("test_*.py"), key=lambda one: _far(one, file))
    if _has_a_face(ROOT / Path(file).parent):
        package = _module(str(Path(file).parent))
        tests += [one for one in sorted(TESTS.rglob("test_*.py")) if package in _imported(one, 0)]
    return [str(one.relative_to(ROOT)) for one in dict.fromkeys(tests)]


def wider(file: str) -> list[str]:
    """Return what is asked next: folders and files of tests, none where nothing is known."""
    return list(WIDER.get(Path(file).relative_to("reference/stallproof").parts[0], ()))


def _has_a_face(folder: Path) -> bool:
    """Tell whether a package hands out names of its own, so that its modules are inside."""
    return len(ast.parse((folder / "__init__.py").read_text("utf-8")).body) > 1


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
