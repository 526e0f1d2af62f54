"""What is made once for the tests of the package: a source archive, and a wheel from it."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Built(NamedTuple):
    """The files that a user would be handed."""

    sdist: Path
    wheel: Path


def make(to: Path, *options: str) -> None:
    """Build what `options` say in the folder `to`: by default an archive, and a wheel from it."""
    command = [sys.executable, "-m", "build", "--no-isolation", f"--outdir={to}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build both."""
    to = tmp_path_factory.mktemp("dist")
    make(to)
    (sdist,), (wheel,) = to.glob("*.tar.gz"), to.glob("*.whl")
    return Built(sdist, wheel)
