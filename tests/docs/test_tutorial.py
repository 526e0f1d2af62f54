"""Each tutorial is typed, line by line, in a folder made as its reader would have it.

A command of an `sh` block is run as it stands, and ends with the exit code that stands behind it
(`# exit code 1`; 0 if nothing does). The `text` block after it shows what it says, in that order,
with other numbers and lines of another length; where it has `...` something is left out. Code that
the page shows is the code of the file named above it.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from proofs.go_programs import CACHE

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("tutorial*.md"))

WHOLE = ".venv/bin/stallproof conform --impl"
NOT_RUN = {
    "make venv": "the environment that runs this test",
    f'{WHOLE} ".venv/bin/python mine/harness.py"': "takes a minute; its parts are run",
    f'{WHOLE} ".venv/bin/python mine/asyncio_guarded.py" --only SD,CX --without tls,sequence,'
    "checks,monitor,heartbeats,streams,descriptor,heartbeat_frames,receiving": "takes a minute; "
    "its parts are run",
}
"""Commands of the pages that are not run, with the reason."""

_BLOCK = re.compile(
    r"^(?:<!-- (?P<file>\S+) -->\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
_CODE = re.compile(r"\s+# exit code (\d)$")
_NUMBER = re.compile(r"(?<![\w-])\d[\d,.]+")
"""A number of one digit is compared, and one that belongs to a name."""


@dataclass(frozen=True)
class Block:
    """One fenced block of the page; `file` is named above those that show code."""

    kind: str
    text: str
    file: str | None = None


def blocks(page: Path) -> list[Block]:
    """Return the blocks of `page`, in order."""
    found = _BLOCK.finditer(page.read_text())
    return [Block(one["kind"], one["text"], one["file"]) for one in found]


def all_blocks() -> list[Block]:
    """Return the blocks of all pages."""
    return [block for page in PAGES for block in blocks(page)]


def commands_in(some: Sequence[Block]) -> set[str]:
    """Return the commands of the `sh` blocks among `some`."""
    return {command for one in some if one.kind == "sh" for command, _ in commands_of(one)}


def commands_of(block: Block) -> list[tuple[str, int]]:
    """Return the commands of an `sh` block, each with the exit code that it announces."""
    lines = block.text.splitlines()
    codes = [(line, _CODE.search(line)) for line in lines]
    return [(_CODE.sub("", line), int(code[1]) if code else 0) for line, code in codes]


def shape_of(text: str) -> str:
    """Return `text` as one line, without what varies: how it is wrapped, and most numbers."""
    return _NUMBER.sub("#", " ".join(text.split()))


def missing(shown: str, said: str) -> str | None:
    """Return the first piece of `shown`, between `...`, that `said` does not have in its place."""
    rest = shape_of(said)
    for piece in map(shape_of, shown.split("...")):
        _, found, rest = rest.partition(piece) if piece else ("", "", rest)
        if piece and not found:
            return piece
    return None


def desk_in(folder: Path) -> Path:
    """Give `folder` what a checkout has: tests and law, and an environment in `.venv`."""
    for name in ("spec", "tests"):
        (folder / name).symlink_to(ROOT / name)
    programs = folder / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, arguments in {"python": "", "stallproof": " -m stallproof"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        (programs / name).chmod(0o755)
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return a folder of its own for each page, so that what one leaves spoils no other."""
    return desk_in(tmp_path)


def typed(command: str, code: int, folder: Path) -> str:
    """Run `command` in `folder`, and return what it says; fails for another exit code."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            **os.environ,
            "COLUMNS": "100",
            "PYTHONPATH": str(ROOT / "reference"),
            "GOCACHE": str(CACHE),
            "GOFLAGS": "-mod=mod",
            "GOPROXY": "off",
        },
    )
    assert code == done.returncode, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def _absent(command: str) -> bool:
    """Return whether `command` needs a program that this machine does not have; never under CI."""
    compiled = r"cc -std|(\./guarded-c|mine/blocking|mine/smallest)( |$)"
    needs = {"node": "node ", "cc": compiled, "go": "go (mod|build|test) |mine/bin/"}
    wanted = {name for name, sign in needs.items() if re.search(sign, command)}
    return not os.environ.get("CI") and any(shutil.which(name) is None for name in wanted)


def pairs(page: Sequence[Block]) -> Iterator[tuple[Block, Block | None]]:
    """Yield each `sh` block, with the `text` block that follows it at once."""
    for block, after in zip(page, [*page[1:], None], strict=True):
        if block.kind == "sh":
            yield block, after if after is not None and after.kind == "text" else None


@pytest.mark.timing
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_whoever_types_a_tutorial_sees_what_it_shows(page: Path, desk: Path) -> None:
    """Each command ends with the code that the page announces, and says what the page shows."""
    for block, shown in pairs(blocks(page)):
        said = ""
        for command, code in commands_of(block):
            if command in NOT_RUN:
                continue
            if _absent(command):
                said = "" if shown is None else shown.text
                continue
            said = typed(command, code, desk)
        if shown is not None:
            assert missing(shown.text, said) is None, f"{block.text}\n{said}"


def test_code_that_a_tutorial_shows_is_the_code_of_the_file() -> None:
    """A block with a file above it is a piece of that file, word for word."""
    shown = [block for block in all_blocks() if block.file is not None]
    assert {"py", "js", "c", "go"} == {str(block.file).rsplit(".")[-1] for block in shown}
    for block in shown:
        assert block.text in (ROOT / str(block.file)).read_text(), block.file


def test_code_that_was_changed_would_be_noticed() -> None:
    """One letter more, and a block is no piece of its file."""
    block = next(block for block in all_blocks() if block.file is not None)
    changed = replace(block, text=f"x{block.text}")
    assert changed.text not in (ROOT / str(block.file)).read_text()


def test_commands_that_are_not_run_are_shown() -> None:
    """No reason stands there for a command that no page has any more."""
    assert set(NOT_RUN) <= commands_in(all_blocks())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_for_ci_uses_commands_of_the_page(page: Path) -> None:
    """What a CI job runs has been run before, or is known not to be."""
    jobs = [block for block in blocks(page) if block.kind == "yaml"]
    steps = [step for job in jobs for step in re.findall(r"- run: (.*)", job.text)]
    assert steps
    assert set(steps) <= commands_in(blocks(page))


@pytest.mark.parametrize(
    ("shown", "said", "expected"),
    [
        ("a 11\n...\nb\n", "a 22,5\nother\nb\n", None),
        ("PASS\n", "FAIL\n", "PASS"),
        ("b\n...\na\n", "a\nb\n", "a"),
        ("a\nb\n", "a\nother\nb\n", "a b"),
        ("a   2 b\n", "a 2\nb\n", None),
        ("1 fail\n", "2 fail\n", "1 fail"),
        ("SD-13 fail\n", "SD-12 fail\n", "SD-13 fail"),
    ],
)
def test_output_that_differs_is_told(shown: str, said: str, expected: str | None) -> None:
    """Great numbers and spaces may differ; words, names and their order may not."""
    assert expected == missing(shown, said)


def test_a_wrong_exit_code_is_told(tmp_path: Path) -> None:
    """A command that ends otherwise than announced makes the test fail."""
    with pytest.raises(AssertionError):
        typed("exit 1", 0, tmp_path)
