"""Building the example in Go for the tests: with the Go that the machine has, and no network.

Without Go a test is skipped, with a word on why; under CI it fails.
"""

import re
import shutil
from pathlib import Path

from proofs.go_programs import MODULE, built, go
from tests.implementations.c.building import without

OLDEST = (1, 19)
"""The oldest version that the example is written for."""


def need_go() -> None:
    """Leave out the test that runs unless there is a Go that is new enough."""
    if shutil.which("go") is None:
        without("Go 1.19 or newer")
    version = re.search(r"go(\d+)\.(\d+)", go("version"))
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        without(f"Go 1.19 or newer (there is {go('version').strip()})")


def program(folder: Path, package: str = ".") -> Path:
    """Return the program that was built into `folder` from one package of the example."""
    need_go()
    return built(folder / "guarded", package, folder=MODULE)
