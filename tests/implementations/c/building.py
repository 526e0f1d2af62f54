"""Compiling the example in C for the tests: with whatever compiler the machine has.

Without a compiler a test is skipped, with a word on why; under CI it fails.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "guarded.c"
COMPILERS = ("gcc", "cc", "tcc")
"""What is looked for, in this order."""
QUICK = ("-std=c11",)
"""Quick to compile, and fast enough."""
USUAL = ("-std=c11", "-O2")
WARNED = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")
SANITIZED = ("-std=c11", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


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
    """Compile `source` into `folder` and return the program; raises on an error or a warning.

    A compiler that has something to say fails the test that asked for it, in its own words.
    """
    program = folder / "guarded"
    command = [compiler or found(), *options, "-o", str(program), str(source)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", ""), told.stderr
    return program
