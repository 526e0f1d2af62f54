"""How a mutant is planted: in modules of this process, in one function of them, or in a program.

No file of the project is ever changed. A module is imported from source that was edited on the way;
a program in another language is copied, edited and compiled. Nothing of the package is imported
here: `plant` comes before everything else, or the mutant is never seen.
"""

import ast
import importlib.machinery
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import CodeType, ModuleType

from proofs.go_programs import DoesNotBuild, built
from proofs.mutants.mutant import ROOT, DoesNotFit, Mutant, mutated, text_of

DOES_NOT_FIT = 3
"""The exit status of a process whose mutant does not fit: none that is taken for a verdict."""
INHERITED = "STALLPROOF_MUTANT"
"""The variable that names the file of the mutant to processes that this one starts."""
COMPILERS = ("gcc", "cc", "tcc")
GO_MODULE = "go.mod"
"""The file that lies where a program in Go begins."""
KITS = Path("tests/implementations/kits")
"""Where what the programs of a language share lies: a folder for each, named like its program."""
_NO_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc")

_mutated: set[tuple[str, str, str]] = set()


class _Loader(importlib.machinery.SourceFileLoader):
    """Load one module from its edited source, past any cached byte code."""

    def __init__(self, name: str, path: str, old: str, new: str) -> None:
        super().__init__(name, path)
        self._edit = (old, new)

    def get_code(self, fullname: str) -> CodeType:
        old, new = self._edit
        source = self.get_data(self.path).decode("utf-8")
        if source.count(old) != 1:
            found = f"fits {source.count(old)} times into {fullname}"
            print(f"the mutant {found}: {old!r}", file=sys.stderr)
            sys.exit(DOES_NOT_FIT)
        code: CodeType = compile(source.replace(old, new), self.path, "exec")
        return code


class _Finder(MetaPathFinder):
    """Find the one module that is to be edited; everything else is found as usual."""

    def __init__(self, module: str, old: str, new: str) -> None:
        self._module, self._old, self._new = module, old, new

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._old, self._new)
        return spec


def plant(module: str, old: str, new: str) -> None:
    """Make this process import `module` with `old`, which must be there exactly once, as `new`.

    A text that does not fit ends the process when the module is imported; a second time changes
    nothing. Raises `RuntimeError` when the module has been imported already, since the mutant would
    then never be seen.
    """
    if (module, old, new) in _mutated:
        return
    if module in sys.modules:
        raise RuntimeError(f"{module} has been imported before its mutant was planted")
    _mutated.add((module, old, new))
    sys.meta_path.insert(0, _Finder(module, old, new))


def plant_from(file: str) -> None:
    """Plant the mutant of `file`, as `planted_in` wrote it, in this process and in those it starts.

    Only programs that call `plant_inherited` notice what the process that started them had.
    """
    plant(*json.loads(Path(file).read_text("utf-8")))
    os.environ[INHERITED] = file


def plant_inherited() -> None:
    """Plant the mutant of the process that started this one, if it had any."""
    if file := os.environ.get(INHERITED):
        plant_from(file)


def wrong_functions(mutant: Mutant) -> CodeType:
    """Return what defines the functions that `mutant` changes, contracts included, as wrong ones.

    It is executed in their module, in a process that has imported it already. Raises `DoesNotFit`
    when the mutant changes anything but functions.
    """
    right = {ast.dump(each) for each in ast.parse(text_of(mutant)).body}
    wrong = [each for each in ast.parse(mutated(mutant)).body if ast.dump(each) not in right]
    if not wrong or not all(isinstance(each, ast.FunctionDef) for each in wrong):
        raise DoesNotFit(f"{mutant.id}: it does not change functions only")
    code: CodeType = compile(ast.Module(wrong, []), f"<mutant {mutant.id}>", "exec")
    return code


def mutated_in(mutant: Mutant, folder: Path) -> Path:
    """Write what `proofs.mutants.under` plants into `folder` and return the file."""
    file = folder / f"{mutant.id}.json"
    file.write_text(json.dumps([mutant.module, mutant.old, mutant.new]), "utf-8")
    return file


def program_of(mutant: Mutant) -> str:
    """Return which program the mutant is one of: the package of the reference, or a folder."""
    if mutant.file.startswith("reference/"):
        return "reference"
    if Path(mutant.file).is_relative_to(KITS):
        # Planted in a kit, it is a mutant of the program that is built on it.
        return str(KITS.parent / Path(mutant.file).relative_to(KITS).parts[0])
    folders = Path(mutant.file).parents
    # A program in Go has packages in folders of its own.
    modules = (each for each in folders if (ROOT / each / GO_MODULE).is_file())
    return str(next(modules, folders[0]))


def harness_of(mutant: Mutant, folder: Path, *, right: bool = False) -> tuple[str, ...]:
    """Return what starts the harness with `mutant` in it, or as it is when `right`.

    Copies and programs are made in `folder`, which is the caller's to remove. Raises `DoesNotFit`
    for a text that does not fit, and for one that does not compile.
    """
    source = ROOT / mutant.file
    if program_of(mutant) == "reference":
        if right:
            return (sys.executable, "-m", "stallproof.harness")
        file = mutated_in(mutant, folder)
        return (sys.executable, "-m", "proofs.mutants.under", str(file), "stallproof.harness")
    whole, copy = ROOT / program_of(mutant), folder / mutant.id
    kits = folder / KITS.name
    shutil.copytree(whole, copy, ignore=_NO_SOURCE)
    # A program finds its kit beside its own folder.
    shutil.copytree(ROOT / KITS, kits, ignore=_NO_SOURCE, dirs_exist_ok=True)
    if not right:
        base, there = (ROOT / KITS, kits) if ROOT / KITS in source.parents else (whole, copy)
        (there / source.relative_to(base)).write_text(mutated(mutant), "utf-8")
    if source.suffix == ".js":
        return ("node", str(copy / "harness.js"))
    if source.suffix == ".go":
        return (str(_built(copy)),)
    return (str(_compiled(next(copy.glob("*.c")))),)


def _built(module: Path) -> Path:
    try:
        return built(module / "guarded", folder=module)
    except DoesNotBuild as error:
        raise DoesNotFit(str(error)) from None


def _compiled(source: Path) -> Path:
    compiler = next((name for name in COMPILERS if shutil.which(name)), None)
    if compiler is None:
        raise DoesNotFit(f"there is no C compiler: {', '.join(COMPILERS)}")
    program = source.with_suffix("")
    command = [compiler, "-std=c11", "-pthread", "-o", str(program), str(source)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise DoesNotFit(f"{source.name} does not compile: {told.stderr}")
    return program
