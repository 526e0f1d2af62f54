"""What is made once for the tests of the package: a source archive, and a wheel from it."""

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.once import once
from tests.packaging.environments import RUNNING, environment, interpreter_of

ROOT = Path(__file__).resolve().parents[2]


class Built(NamedTuple):
    """The files that a user would be handed."""

    sdist: Path
    wheel: Path


def make(to: Path, *options: str, source: Path = ROOT) -> None:
    """Build `source` into the folder `to`: by default an archive, and a wheel from it."""
    command = [sys.executable, "-m", "build", "--no-isolation", f"--outdir={to}", *options]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def files_of(wheel: Path) -> dict[str, bytes]:
    """Return the files of `wheel` by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build both."""
    to = once(tmp_path_factory, "dist", make)
    (sdist,), (wheel,) = to.glob("*.tar.gz"), to.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="session")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of an environment of the running version with the wheel in it."""
    program = interpreter_of(RUNNING)
    assert program is not None

    def install(to: Path) -> None:
        environment(to / "own", program, built.wheel)

    return once(tmp_path_factory, "installed", install) / "own" / "bin"
