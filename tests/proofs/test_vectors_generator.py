"""The generator of the vectors: what lies in spec/vectors/ is what the catalogue makes."""

from dataclasses import replace
from pathlib import Path

import pytest

from proofs.vectors.__main__ import COMMAND, FOLDER, main
from proofs.vectors.made import (
    UnusableCaseError,
    cases,
    differences,
    made,
    vector_of_case,
    write,
)
from proofs.vectors.script import Case, case, open_, send, until

CASE = case(
    "held-until-the-deadline",
    "SD-2",
    "A case for the generator's own tests, which stalls.",
    [open_("a", 1), send("a", 1, 2, at=5), until(1_000_005)],
    knobs={"streaming_send_timeout": 1},
)
FILE = "sd/held-until-the-deadline.json"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """Return everything that the catalogue makes."""
    return made(cases())


def test_the_files_are_what_the_catalogue_makes(files: dict[str, bytes]) -> None:
    """Nothing in the folder was written by hand, and nothing is stale."""
    assert [] == differences(FOLDER, files), f"run `{COMMAND}`"


def test_the_same_catalogue_makes_the_same_bytes(files: dict[str, bytes]) -> None:
    """Nothing of the moment, or of an order of hashing, gets into a file."""
    assert files == made(cases())


def test_what_is_stale_missing_or_changed_is_named(tmp_path: Path) -> None:
    """Each difference is said, with the name of its file."""
    files = made([CASE])
    write(tmp_path, files)
    assert [] == differences(tmp_path, files)
    (tmp_path / "sd" / "stale.json").write_text("{}")
    (tmp_path / "manifest.json").unlink()
    (tmp_path / FILE).write_text("{}")
    assert [
        "manifest.json: missing",
        "sd/stale.json: nothing in the catalogue makes it",
        f"{FILE}: not what the catalogue makes",
    ] == differences(tmp_path, files)


def test_writing_deletes_stale_vectors_and_nothing_else(tmp_path: Path) -> None:
    """A vector that has left the catalogue leaves the folder; the page about them stays."""
    (tmp_path / "sd").mkdir()
    (tmp_path / "sd" / "stale.json").write_text("{}")
    (tmp_path / "README.md").write_text("stays")
    write(tmp_path, made([CASE]))
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert ["README.md", "manifest.json", FILE] == found


def test_expectations_come_from_the_law() -> None:
    """The case says what happens; the vector says what has to come of it, at the microsecond."""
    stalled, ended = vector_of_case(CASE).steps[1:]
    assert ["lock_taken", "written"] == [one["event"] for one in stalled.expect]
    assert ["closing", "send_ended"] == sorted(one["event"] for one in ended.expect)
    assert {1_000_005} == {one["at_us"] for one in ended.expect}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (replace(CASE, requirements=("SC-9",)), "does not put SC-9 to the test"),
        (replace(CASE, steps=(*CASE.steps, send("b", 2, 1, at=2_000_000))), "held-until"),
        (replace(CASE, name="Not a name"), "not lower-case words"),
    ],
)
def test_a_case_that_is_not_in_order_makes_no_file(wrong: Case, says: str) -> None:
    """A claim that is not put to the test, a script that breaks the rules, a name that is none."""
    with pytest.raises(ValueError, match=says):
        made([wrong])


def test_two_cases_of_one_name_are_refused() -> None:
    """One would overwrite the other in silence."""
    with pytest.raises(UnusableCaseError, match="this name occurs twice"):
        made([CASE, CASE])


def test_the_command_wants_to_be_told_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written by accident."""
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "--write" in capsys.readouterr().err


def test_the_command_finds_the_folder_current() -> None:
    """`--check` gives the exit code for CI."""
    assert 0 == main(["--check"])
