"""`stallproof spec`: the pages of the law, where they are installed."""

from pathlib import Path

import pytest

from stallproof.cli import run
from stallproof.cli.spec import pages_of
from stallproof.requirements.registry import find_spec

SPEC = find_spec()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("protocol", "protocol.md"),
        ("SD", "sd.md"),
        ("sd.md", "sd.md"),
        ("readme", "README.md"),
        ("vectors", "vectors/README.md"),
    ],
)
def test_a_page_is_printed_as_it_was_written(
    name: str, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name in any case, with its ending or without; a folder stands for its guide."""
    assert 0 == run(["spec", name])
    assert (SPEC / file).read_text("utf-8") == capsys.readouterr().out


def test_the_list_names_every_page_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    """One page a line."""
    assert 0 == run(["spec"])
    lines = capsys.readouterr().out.splitlines()
    assert list(pages_of(SPEC)) == [line.split()[0] for line in lines]
    assert {path.stem.lower() for path in SPEC.glob("*.md")} <= set(pages_of(SPEC))
    title = (SPEC / "trace.md").read_text("utf-8").splitlines()[0].removeprefix("# ")
    assert any(line.startswith("trace ") and line.endswith(title) for line in lines)


@pytest.mark.parametrize("name", ["protocl", "../LICENSE", "", "sd.md.md", "\x1b[2J", "x" * 5000])
def test_what_is_no_page_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the way to the list; control characters do not reach the terminal."""
    assert 2 == run(["spec", name])
    said = capsys.readouterr()
    assert "" == said.out
    assert "`stallproof spec` lists them" in said.err
    assert "\x1b" not in said.err


def test_a_name_that_is_nearly_right_is_answered_with_the_right_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As with vectors and requirements."""
    assert 2 == run(["spec", "protocl"])
    assert "near to it: protocol" in capsys.readouterr().err


def test_pages_of_a_folder_without_any_are_none(tmp_path: Path) -> None:
    """Files of other kinds are no pages."""
    (tmp_path / "schema.json").write_text("{}")
    assert {} == pages_of(tmp_path)
