"""Compiling the programs in C for the tests: with whatever compiler the machine has.

Without a compiler a test is skipped, with a word on why; under CI it fails.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "guarded.c"
KIT = Path(__file__).parents[1] / "kits" / "c"
"""Where the kit lies, with its own examples."""
COMPILERS = ("gcc", "cc", "tcc")
"""What is looked for, in this order."""
QUICK = ("-std=c11", "-pthread")
"""Quick to compile, and fast enough."""
USUAL = (*QUICK, "-O2")
WARNED = (*USUAL, "-Wall", "-Wextra", "-Werror")
SANITIZED = (*QUICK, "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def without(what: str) -> None:
    """Leave out the test that runs because `what` is missing; under CI it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(f"under CI this has to be there: {what}")
    pytest.skip(f"{what} is not there, so this is NOT checked")


def found(*names: str) -> str:
    """Return the first of these compilers that is there; without one the test is left out."""
    for name in names or COMPILERS:
        if shutil.which(name):
            return name
    without("a C compiler (" + ", ".join(names or COMPILERS) + ")")
    raise AssertionError("unreachable")


def built(
    source: Path, folder: Path, *, compiler: str | None = None, options: Sequence[str] = QUICK
) -> Path:
    """Compile `source` into `folder` and return the program, which is called like it.

    A compiler that has something to say fails the test that asked for it, in its own words.
    """
    program = folder / source.stem
    command = [compiler or found(), *options, "-o", str(program), str(source)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", ""), told.stderr
    return program


def watched(source: Path, folder: Path) -> Path:
    """Compile `source` so that every read, write and sum is watched: it ends if one is wrong."""
    compiler = found("gcc", "cc")
    probe = folder / "probe.c"
    probe.write_text("int main(void) { return 0; }\n", "utf-8")
    command = [compiler, *SANITIZED, "-o", str(folder / "probe"), str(probe)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        without("a compiler with sanitizers")
    return built(source, folder, compiler=compiler, options=SANITIZED)
