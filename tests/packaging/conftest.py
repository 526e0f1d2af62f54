"""What is made once for the tests of the package: a source archive and two wheels."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Built(NamedTuple):
    """The files that a user would be handed; `direct` was made without the source archive."""

    sdist: Path
    wheel: Path
    direct: Path


def _build(to: Path, *options: str) -> None:
    command = [sys.executable, "-m", "build", "--no-isolation", f"--outdir={to}", *options, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the archive, a wheel from it, and a wheel from the checkout."""
    both, direct = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("direct")
    _build(both)
    _build(direct, "--wheel")
    (sdist,), (wheel,) = both.glob("*.tar.gz"), both.glob("*.whl")
    return Built(sdist, wheel, next(direct.glob("*.whl")))
