"""The shape of the code: layers, cycles, what the core may import, sizes, what no file names."""

import ast
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reference" / "stallproof"

LAYERS = (
    "machines",
    "wire",
    "requirements",
    "configuration",
    "drivers",
    "aio",
    "harness",
    "simulate",
    "judge/evidence",
    "judge/rules",
    "judge/model",
    "judge",
    "runner/sut",
    "runner/peer",
    "runner/scenarios",
    "runner",
    "runner/smoke",
    "runner/doctor",
    "generate",
    "cluster",
    "reports",
    "api",
    "cli",
    "testkit",
    "pytest_plugin",
)
"""The layers, which are folders, from the bottom up.

A module belongs to the longest of these folders that it lies in, and imports only from its own
layer and from those below.
"""

JUDGED = frozenset({"machines", "configuration", "drivers", "aio", "harness", "simulate"})
JUDGING = frozenset({"judge", "runner", "generate", "cluster"})
"""What judges imports nothing of what is judged: the reference is treated like everyone else."""

CORE = "machines"
BANNED_IN_CORE = {
    *("time", "datetime", "socket", "ssl", "select", "signal", "threading", "asyncio"),
    *("logging", "random", "json", "os", "sys"),
}

FILE_LINES_MAX = 250
FUNCTION_LINES_MAX = 40

# Put together here, so that this file does not name what it forbids.
INDEXES = re.compile(
    "|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "index" + "-url", "trusted" + "-host"])
)
MACHINE_PATHS = re.compile(
    r"(?<![\w./-])/(?:" + "|".join(["home", "root", "work", "Users"]) + r")/\w"
)


def layer_of(module: str) -> str | None:
    """Return the layer that `module` (without the package's name) lies in, `None` without one."""
    path = module.replace(".", "/")
    inside = [layer for layer in LAYERS if path == layer or path.startswith(layer + "/")]
    return max(inside, key=len, default=None)


def modules_of(package: Path) -> dict[str, ast.Module]:
    """Return the syntax tree of each module of `package` by its name within it."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" and parts[:-1] else parts)
        found[name] = ast.parse(path.read_text("utf-8"))
    return found


def imported(tree: ast.AST, known: Iterable[str]) -> set[str]:
    """Return which of the modules `known` the code of `tree` imports, wherever it does so."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute in this project"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                is_module = whole.removeprefix("stallproof.") in known
                names.add(whole if is_module else str(node.module))
    inside = {name.removeprefix("stallproof.") for name in names if name.startswith("stallproof.")}
    return inside & set(known)


def layer_breaks(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return every import that goes up, or from what judges to what is judged; strays as well."""
    found = []
    for module, tree in modules.items():
        layer = layer_of(module)
        if layer is None:
            if module not in ("__init__", "__main__"):
                found.append(f"{module} is in no layer")
            continue
        for other in sorted(imported(tree, modules)):
            target = layer_of(other)
            if target is None or LAYERS.index(target) > LAYERS.index(layer):
                found.append(f"{module} imports {other}")
            elif layer.split("/")[0] in JUDGING and target in JUDGED:
                found.append(f"{module} imports {other}, which it judges")
    return found


def circles(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return the folders that import each other, at any depth, as `folder: others`."""
    graph: dict[str, set[str]] = {}
    packages = {name.rpartition(".")[0] for name in modules}
    for module, tree in modules.items():
        for other in imported(tree, modules):
            # A package's own module lies in its folder, not beside it.
            here, there = (
                (name if name in packages else name.rpartition(".")[0]).split(".")
                for name in (module, other)
            )
            same = 0
            while same < min(len(here), len(there)) and here[same] == there[same]:
                same += 1
            # Two folders side by side; a folder and what lies in it are told apart by `LAYERS`.
            if same < len(here) and same < len(there):
                one, two = ("/".join(path[: same + 1]) for path in (here, there))
                graph.setdefault(one, set()).add(two)
    return _rest(graph)


def _rest(graph: Mapping[str, set[str]]) -> list[str]:
    """Take away what imports nothing that is left, again and again: only circles stay."""
    left = {name: set(others) - {name} for name, others in graph.items()}
    for others in list(left.values()):
        for other in others:
            left.setdefault(other, set())
    while free := {name for name, others in left.items() if not others}:
        left = {name: others - free for name, others in left.items() if name not in free}
    return sorted(left)


def cycle(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return the modules of an import cycle, or nothing."""
    return _rest({name: imported(tree, modules) for name, tree in modules.items()})


def banned_imports(tree: ast.AST) -> set[str]:
    """Return which top-level modules that the core must not import `tree` imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).split(".")[0])
    return names & BANNED_IN_CORE


def long_functions(tree: ast.AST) -> list[str]:
    """Return the functions of `tree` that are too long, decorators not counted."""
    return [
        f"{node.name} has {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES_MAX
    ]


def places_named(text: str) -> list[str]:
    """Return the package indexes and the places on somebody's machine that `text` names."""
    return [
        found.group() for pattern in (INDEXES, MACHINE_PATHS) for found in pattern.finditer(text)
    ]


MODULES = modules_of(PACKAGE)


def test_imports_point_down() -> None:
    """Every import goes to a lower layer or stays within its own."""
    assert layer_breaks(MODULES) == []


def test_there_is_no_import_cycle() -> None:
    """No module imports itself by way of others."""
    assert cycle(MODULES) == []


def test_there_is_no_circle_of_folders() -> None:
    """No two folders side by side import each other, directly or by way of others."""
    assert circles(MODULES) == []


def test_every_layer_is_a_folder() -> None:
    """The tuple names nothing that is not there."""
    assert [layer for layer in LAYERS if not (PACKAGE / layer).is_dir()] == []


@pytest.mark.parametrize("module", [name for name in MODULES if layer_of(name) == CORE])
def test_the_core_is_pure(module: str) -> None:
    """The machines read no clock, touch no socket, log nothing and draw no random numbers."""
    assert banned_imports(MODULES[module]) == set()


def test_files_are_short() -> None:
    """No file of the package is longer than can be read in one sitting."""
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines())
        for path in PACKAGE.rglob("*.py")
    }
    assert {name: n for name, n in lengths.items() if n > FILE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    """No function of the package is longer than fits on a screen."""
    found = {name: long_functions(tree) for name, tree in MODULES.items()}
    assert {name: functions for name, functions in found.items() if functions} == {}


def kept_files() -> list[Path]:
    """Return the files that git keeps, or would keep if they were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_names_a_package_index_or_a_place_on_a_machine() -> None:
    """What is published works anywhere: no address of an index, no path of somebody's machine."""
    files = kept_files()
    assert len(files) > 20
    named = {str(path): places_named(path.read_text("utf-8", "replace")) for path in files}
    assert {path: places for path, places in named.items() if places} == {}


# --- the checks themselves catch what they are for ------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source", "why"),
    [
        ("machines.policy", "import stallproof.drivers.clock", "up"),
        ("machines.policy", "def late():\n    from stallproof.wire import codec", "up, inside"),
        ("judge.rules.wire", "from stallproof.judge.report import Report", "up, to the parent"),
        ("runner.peer.client", "from stallproof.runner.play import plays", "up, to the parent"),
        ("judge.verdict", "from stallproof.drivers.clock import now_us", "what it judges"),
        ("runner.play", "from stallproof.machines.policy import Policy", "what it judges"),
        ("drivers.sender", "from stallproof.runner.peer import client", "up"),
        ("newcomer", "", "in no layer"),
    ],
)
def test_a_wrong_import_is_caught(module: str, source: str, why: str) -> None:
    """An import that goes up or to what is judged, or a module without a layer, is found."""
    assert layer_breaks({**MODULES, module: ast.parse(source)}) != [], why


def test_a_cycle_is_caught() -> None:
    """Two modules of one unit that import each other are found, and nothing else is blamed."""
    pair = {
        "drivers.a": ast.parse("from stallproof.drivers import b"),
        "drivers.b": ast.parse("from stallproof.drivers.a import x"),
        "drivers.c": ast.parse(""),
    }
    assert layer_breaks(pair) == []
    drivers = {**pair, "drivers.b": ast.parse("import stallproof.drivers.a")}
    assert cycle(drivers) == ["drivers.a", "drivers.b"]


def test_a_circle_of_folders_is_caught() -> None:
    """Two folders of one layer that import each other are found, and nothing else is blamed."""
    pair = {
        "runner.peer.one.a": ast.parse("import stallproof.runner.peer.two.b"),
        "runner.peer.two.b": ast.parse(""),
        "runner.peer.two.c": ast.parse("import stallproof.runner.peer.one.d"),
        "runner.peer.one.d": ast.parse(""),
    }
    assert cycle(pair) == []
    assert circles(pair) == ["runner/peer/one", "runner/peer/two"]


@pytest.mark.parametrize(
    "source", ["import time", "from socket import socket", "def f():\n    import json.decoder"]
)
def test_an_impure_import_is_caught(source: str) -> None:
    """A banned module is found however it is imported."""
    assert banned_imports(ast.parse(source)) != set()


@pytest.mark.parametrize(("lines", "caught"), [(40, False), (41, True)])
def test_a_long_function_is_caught(lines: int, caught: bool) -> None:
    """Forty lines are allowed and forty-one are not."""
    source = "@decorated\ndef f():\n" + "    pass\n" * (lines - 1)
    assert caught == bool(long_functions(ast.parse(source)))


@pytest.mark.parametrize(
    ("text", "caught"),
    [
        ("--" + "index" + "-url=x", True),
        ("https://" + "pypi" + ".org/simple", True),
        ("see /" + "home/somebody/x", True),
        ('"/' + "work/main", True),
        ("spec/work/x and docs/home/y", False),
        ("/tmp/x/a and /usr/bin", False),
    ],
)
def test_a_place_that_is_named_is_caught(text: str, caught: bool) -> None:
    """Indexes and absolute paths of a machine are found; relative and common paths are not."""
    assert caught == bool(places_named(text))
