"""The image with the oracle in it: what it takes from the checkout, and that it can be built."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from stallproof import __version__
from tests.packaging.conftest import ROOT, Built, files_of, make

FILE = ROOT / "Containerfile"
BUILDERS = ("podman", "docker")


def instructions() -> list[list[str]]:
    """Return the words of each instruction, with lines that go on joined, and without comments."""
    text = re.sub(r"^#.*\n", "", FILE.read_text("utf-8"), flags=re.MULTILINE)
    return [line.split() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def _builder() -> str | None:
    """Return a program that builds images here, `None` if none is there or none works."""
    for name in filter(shutil.which, BUILDERS):
        if subprocess.run([name, "info"], capture_output=True, timeout=60).returncode == 0:
            return name
    return None


def test_what_the_image_copies_makes_the_same_wheel(built: Built, tmp_path: Path) -> None:
    """Every path exists, and the package is made of nothing else."""
    copies = [words for name, *words in instructions() if name == "COPY"]
    source, wheels = tmp_path / "source", tmp_path / "wheels"
    source.mkdir()
    for *paths, to in (words for words in copies if not words[0].startswith("--from")):
        for path in paths:
            if (ROOT / path).is_dir():
                shutil.copytree(ROOT / path, source / to)
            else:
                shutil.copy(ROOT / path, source / to)
    make(wheels, "--wheel", source=source)
    (wheel,) = wheels.glob("*.whl")
    assert files_of(wheel) == files_of(built.wheel)


def test_the_image_runs_stallproof_as_a_user_without_rights() -> None:
    """The last word on the user stands before the entry point, and is not root."""
    last = {name: words for name, *words in instructions()}
    assert ["oracle"] == last["USER"]
    assert ['["stallproof"]'] == last["ENTRYPOINT"]
    (made,) = (words for name, *words in instructions() if "useradd" in words)
    assert "oracle" == made[-1]
    names = [name for name, *_ in instructions()]
    assert names.index("USER") < names.index("ENTRYPOINT")


def test_the_image_can_be_built_and_used() -> None:
    """Where a builder works that can get the image which this one begins with."""
    builder = _builder()
    if builder is None:
        pytest.skip("nothing builds images here")
    base = next(words[0] for name, *words in instructions() if name == "FROM")
    if subprocess.run([builder, "pull", base], capture_output=True, timeout=300).returncode != 0:
        pytest.skip(f"{base} cannot be had here")
    tag = "stallproof-tested"
    built = subprocess.run(
        [builder, "build", "-f", FILE, "-t", tag, ROOT], capture_output=True, text=True, timeout=900
    )
    assert built.returncode == 0, built.stdout + built.stderr
    try:
        said = subprocess.run(
            [builder, "run", "--rm", tag, "--version"], capture_output=True, text=True, timeout=120
        )
        assert (0, __version__) == (said.returncode, said.stdout.strip())
    finally:
        subprocess.run([builder, "rmi", tag], capture_output=True, timeout=120)
