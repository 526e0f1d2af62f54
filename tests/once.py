"""What is dear to make is made once for all processes that share the tests, not once for each.

With pytest-xdist a fixture of a session or a module is made by every process that meets a test of
it: four processes on two processors built the same wheel, the same programs and the same site.
"""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled; the other processes wait for the first.

    What `make` raises is its caller's, and the next process tries anew. `name` is that of the
    folder, and no other call of the run may have it.
    """
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder.with_suffix(".made")
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            made.touch()
    return folder
