"""The page on pytest is typed, line by line: the example project is green, then red, then green."""

import sys
from pathlib import Path

import pytest

from tests.docs.test_tutorial import ROOT, Block, blocks, commands_of, missing, pairs, typed

PAGE = ROOT / "docs" / "pytest.md"
NOT_RUN = {"pip install stallproof pytest": "installs packages; the environment has them"}
"""Commands of the page that are not run, with the reason."""
PROGRAMS = {
    "python": "",
    "stallproof": " -m stallproof",
    # Named, and not found by its entry point: whether stallproof is installed here or only lies on
    # the path, the plugin is loaded once.
    "pytest": " -m pytest -p stallproof.pytest_plugin -p xdist -p no:cacheprovider",
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with what a checkout has: the tests, and an environment in `.venv`."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # The tests that run this one have words of their own for theirs.
    for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "CI"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, arguments in PROGRAMS.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def test_whoever_types_the_page_sees_what_it_shows(desk: Path) -> None:
    """Each command ends with the code that the page announces, and says what the page shows."""
    for block, shown in pairs(blocks(PAGE)):
        said = ""
        for command, code in commands_of(block):
            if command not in NOT_RUN:
                said = typed(command, code, desk)
                assert "Traceback" not in said
        if shown is not None:
            assert missing(shown.text, said) is None, f"{block.text}\n{said}"
    (vector,) = (desk / "mine" / "failures").glob("sd-2-*.json")
    assert vector.name


def shown_code() -> list[Block]:
    """Return the blocks of the page that name a file."""
    return [block for block in blocks(PAGE) if block.file is not None]


def test_code_that_the_page_shows_is_the_code_of_the_file() -> None:
    """A block with a file above it is a piece of that file, word for word."""
    assert len(shown_code()) > 5
    for block in shown_code():
        assert block.text in (ROOT / str(block.file)).read_text(), block.file
