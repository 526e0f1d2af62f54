"""Fresh environments with the wheel in them, one a version of Python.

The environment of the running version borrows what the package needs from the one that runs the
tests, which is quick. That of another version gets its own from the registry.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ("3.11", "3.12", "3.13")
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def interpreter_of(version: str) -> str | None:
    """Return a Python of `version` that can make environments, `None` if the machine has none."""
    usable = f"import sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != {version!r})"
    for program in _candidates(version):
        done = subprocess.run([program, "-c", usable], capture_output=True, timeout=60)
        if done.returncode == 0:
            return program
    return None


def _candidates(version: str) -> Iterator[str]:
    if version == RUNNING:
        yield sys.executable
    if (found := shutil.which(f"python{version}")) is not None:
        yield found
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True))


def environment(folder: Path, program: str, wheel: Path) -> Path:
    """Install `wheel` into a new environment of `program` in `folder`; return its programs' folder.

    The environment has no pip of its own: the one of the running environment installs into it.
    """
    _run(program, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "--disable-pip-version-check", "--python", python, "install")
    version = _run(python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])").strip()
    if version == RUNNING:
        # Before the rest is borrowed: what is installed there is nothing that pip may replace.
        _run(sys.executable, *pip, "--no-deps", "--no-index", wheel)
        borrowed = [one for one in sys.path if Path(one).name == "site-packages"]
        place = folder / "lib" / f"python{version}" / "site-packages" / "borrowed.pth"
        # Path files in those folders are not read, so the checkout does not come along.
        place.write_text("".join(f"{one}\n" for one in borrowed))
    else:
        _run(sys.executable, *pip, "--constraint", ROOT / "constraints.txt", f"{wheel}[all]")
    return python.parent


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=outside())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outside() -> dict[str, str]:
    """Return the process's environment without what leads Python into the checkout."""
    leading = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in leading}
