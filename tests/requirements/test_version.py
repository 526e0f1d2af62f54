"""The version of the law changes with every letter of it, and with nothing else."""

import shutil
from pathlib import Path

import pytest

from stallproof.requirements.registry import find_spec
from stallproof.requirements.version import EDITION, law_version


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """Return a folder with the pages of the law."""
    folder = tmp_path / "spec"
    folder.mkdir()
    for page in find_spec().glob("*.md"):
        shutil.copy(page, folder)
    return folder


def test_a_copy_of_the_law_has_its_version(copied: Path) -> None:
    """It depends on no path and no date; what is no page of the law does not count."""
    (copied / "schemas").mkdir()
    (copied / "notes.txt").write_text("x")
    assert law_version() == law_version(copied)
    assert law_version().startswith(f"{EDITION}+")


@pytest.mark.parametrize("change", ["more", "renamed", "moved"])
def test_another_law_has_another_version(copied: Path, change: str) -> None:
    """A letter more, another name, or a letter that moved from the end of a page to the next."""
    pages = sorted(copied.glob("*.md"))
    if change == "more":
        pages[0].write_bytes(pages[0].read_bytes() + b"x")
    elif change == "renamed":
        pages[0].rename(copied / f"a{pages[0].name}")
    else:
        text = pages[0].read_bytes()
        pages[0].write_bytes(text[:-1])
        pages[1].write_bytes(text[-1:] + pages[1].read_bytes())
    assert law_version() != law_version(copied)
