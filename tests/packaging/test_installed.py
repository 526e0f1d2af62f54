"""The wheel, installed outside of the checkout, does what the checkout does."""

import os
import subprocess
from pathlib import Path

import pytest

from stallproof import __version__
from tests.packaging.conftest import Built
from tests.packaging.environments import RUNNING, VERSIONS, environment, interpreter_of, outside

SHOWN = {
    "--version": __version__,
    "law SD-3": "SD-3  ",
    "spec protocol": "# ",
    "config": "sfm_send_stall_timeout",
    "schema vector": '"$schema"',
    "vectors verify": "vectors in order",
    "conform --clock virtual --only SD-13": "PASS",
}
"""Commands, each with something that it says; each ends with 0."""
TELLING = ("--version", "config", "conform --clock virtual --only SD-13")
"""Those that take all that a version of Python may lack."""


def _marks(version: str) -> tuple[pytest.MarkDecorator, ...]:
    """Return the marks of a version: the middle one can wait for the night."""
    if version == RUNNING:
        return ()
    return (pytest.mark.installs, *([pytest.mark.nightly] if version == "3.12" else []))


@pytest.mark.parametrize("version", [pytest.param(one, marks=_marks(one)) for one in VERSIONS])
def test_an_installed_wheel_does_its_work(
    version: str, built: Built, installed: Path, tmp_path: Path
) -> None:
    """On each version of Python, in a folder that has nothing of the checkout."""
    program = interpreter_of(version)
    if program is None:
        assert not (os.environ.get("CI") and version == "3.11"), "under CI this must be tried"
        pytest.skip(f"there is no Python {version} here")
    is_running = version == RUNNING
    programs = installed if is_running else environment(tmp_path / "own", program, built.wheel)
    desk = tmp_path / "desk"
    desk.mkdir()

    def says(*command: str | Path) -> str:
        done = subprocess.run(
            command, cwd=desk, capture_output=True, text=True, timeout=120, env=outside()
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    where = says(programs / "python", "-c", "import stallproof; print(stallproof.__file__)")
    assert Path(where).is_relative_to(programs.parent)
    for command in SHOWN if is_running else TELLING:
        assert SHOWN[command] in says(programs / "stallproof", *command.split()), command
