"""The shape of the code: layers, cycles, what the core may import, sizes, what no file names."""

import ast
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "reference" / "stallproof"

LAYERS: tuple[frozenset[str], ...] = tuple(
    frozenset(layer.split())
    for layer in (
        "states",
        "policy stream",
        "send_deadline stall_count ack_progress close_window settings",
        "connection",
        "trace protocol registry knobs relations",
        "vectors",
        "drivers",
        # The rules judge evidence: what a run is, and the facts found in it.
        "harness oracle.lab oracle.report oracle.twin oracle.driven oracle.evidence",
        "oracle.expectations",
        "oracle.rules",
        # The law of virtual time: what each moment of a script demands.
        "oracle.exact",
        "oracle.check",
        # Virtual time: scripts are made, played and judged.
        "oracle.virtual",
        "oracle.conductor",
        "reports",
        "cli",
    )
)
"""The layers from the bottom up: a unit imports only from layers below its own, or from itself."""

UNITS = {
    "oracle.check.configurations": "oracle.evidence",
    "oracle.check.due": "oracle.evidence",
    "oracle.check.facts": "oracle.evidence",
    "oracle.check.flow": "oracle.evidence",
    "oracle.check.observation": "oracle.evidence",
    "oracle.check.run": "oracle.evidence",
    "oracle.check.streams": "oracle.evidence",
    "oracle.check.rules": "oracle.rules",
    "oracle.stage": "oracle.conductor",
    "oracle.scenarios": "oracle.conductor",
    "oracle.play": "oracle.conductor",
    "oracle.conform": "oracle.conductor",
    # What generates plays by either clock.
    "oracle.virtual.generated": "oracle.conductor",
    "oracle.smoke": "oracle.conductor",
    "__main__": "cli",
}
"""Modules, by the beginning of their names, that make up a unit of another name."""

IMPLEMENTATION = frozenset(
    {
        *("send_deadline", "stall_count", "stream", "ack_progress", "connection"),
        *("close_window", "settings", "knobs", "relations", "drivers", "harness"),
    }
)
"""What the oracle never imports: it judges the reference as it judges everyone else."""

CORE = (
    *("states", "policy", "send_deadline", "stall_count", "stream", "ack_progress"),
    *("close_window", "settings", "connection"),
)
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


def unit_of(module: str) -> str:
    """Return the unit that `module` (without the package's name) belongs to."""
    for beginning, unit in UNITS.items():
        if module.startswith(beginning):
            return unit
    units = [unit for layer in LAYERS for unit in layer]
    for unit in sorted(units, key=len, reverse=True):
        if module == unit or module.startswith(unit + "."):
            return unit
    return module


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
    """Return every import that goes up or sideways, and every module that is in no layer."""
    rank = {unit: number for number, layer in enumerate(LAYERS) for unit in layer}
    found = []
    for module, tree in modules.items():
        unit = unit_of(module)
        if module in ("__init__", "oracle"):
            continue
        if unit not in rank:
            found.append(f"{module} is in no layer")
            continue
        for other in sorted(imported(tree, modules)):
            target = unit_of(other)
            if target in ("oracle", unit):
                continue
            if target not in rank or rank[target] >= rank[unit]:
                found.append(f"{module} imports {other}")
            elif unit.startswith("oracle.") and target in IMPLEMENTATION:
                found.append(f"{module} imports {other}, which it judges")
    return found


def cycle(modules: Mapping[str, ast.Module]) -> list[str]:
    """Return the modules of an import cycle, or nothing."""
    graph = {name: imported(tree, modules) - {name} for name, tree in modules.items()}
    # Taking away what imports nothing that is left, again and again, leaves only cycles.
    while free := {name for name, others in graph.items() if not others}:
        graph = {name: others - free for name, others in graph.items() if name not in free}
    return sorted(graph)


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
    """Every import goes to a lower layer or stays within its unit; siblings do not meet."""
    assert layer_breaks(MODULES) == []


def test_there_is_no_import_cycle() -> None:
    """No module imports itself by way of others."""
    assert cycle(MODULES) == []


@pytest.mark.parametrize("module", CORE)
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
        ("send_deadline", "import stallproof.connection", "up"),
        ("send_deadline", "from stallproof import stall_count", "a sibling"),
        ("policy", "def late():\n    from stallproof.connection import Cause", "up, inside"),
        ("trace.base", "from stallproof.protocol import PROTOCOL", "a sibling"),
        ("oracle.lab.client", "from stallproof.oracle.report import Report", "a sibling"),
        ("oracle.check.judge", "from stallproof.drivers.clock import now_us", "what it judges"),
        ("drivers.sender", "from stallproof.oracle.lab import client", "up"),
        ("newcomer", "", "in no layer"),
    ],
)
def test_a_wrong_import_is_caught(module: str, source: str, why: str) -> None:
    """An import that goes up or sideways, or a module without a layer, is found."""
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
