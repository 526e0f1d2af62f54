"""The command `stallproof vectors fill`: a script becomes a vector, and nothing else is lost."""

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.cli import run
from stallproof.cli.filling import fill_installed
from stallproof.cli.vetting import law_problems, vet_installed
from stallproof.requirements.vectors import load_all
from stallproof.requirements.vectors.installed import (
    MANIFEST,
    encode_manifest,
    files_of,
    read_manifest,
    vectors_folder,
)

FOLDER = vectors_folder()
TIMEOUT = "sd/expired-exactly-at-the-deadline.json"
QUIET = "sd/blocked-send-is-suppressed-by-the-close.json"
KEPT = (TIMEOUT, QUIET)


def script_of(file: str) -> dict[str, Any]:
    """Return what a person writes of an installed vector: nothing that can be told from it."""
    raw: dict[str, Any] = json.loads((FOLDER / file).read_bytes())
    del raw["needs"], raw["profile"]
    for step in raw["steps"]:
        step.pop("expect", None)
        step.pop("answer", None)
    return raw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a small set of vectors of its own, in order."""
    for file in KEPT:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        shutil.copy(FOLDER / file, tmp_path / file)
    listed = [one for one in read_manifest(FOLDER).vectors if one.file in KEPT]
    (tmp_path / MANIFEST).write_bytes(encode_manifest(listed))
    assert ([], 2) == vet_installed(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file under `folder`, hidden ones included."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def fill(*files: Path) -> int:
    """Run the command on `files`."""
    return run(["vectors", "fill", *map(str, files)])


def put(path: Path, raw: Any) -> Path:
    """Write `raw` as JSON to `path` and return it."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(raw))
    return path


def test_the_installed_vectors_are_what_their_scripts_come_to(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No expectation was written by hand, and neither was the manifest."""
    assert 0 == run(["vectors", "fill", "--check"])
    assert "nothing would change\n" == capsys.readouterr().out


def test_every_expectation_can_be_told_from_its_script(tmp_path: Path) -> None:
    """Without expectations and profiles the same files come out, byte for byte."""
    for file in files_of(FOLDER):
        script = script_of(file)
        whole = json.loads((FOLDER / file).read_bytes())
        # What a script takes besides its own operations is for its writer to say.
        put(tmp_path / file, {**script, "needs": whole["needs"], "profile": whole["profile"]})
    filling = fill_installed(tmp_path)
    assert [] == filling.problems
    assert contents(FOLDER).keys() - {"README.md"} == {
        path.relative_to(tmp_path).as_posix() for path in filling.contents
    }
    for path, content in filling.contents.items():
        assert (FOLDER / path.relative_to(tmp_path)).read_bytes() == content


@pytest.mark.parametrize(
    "file", [TIMEOUT, QUIET, "ap/one-byte-more-is-progress.json", "cf/checks-below-zero.json"]
)
def test_a_script_alone_becomes_the_vector(file: str, tmp_path: Path) -> None:
    """Decisions, answers, profile and needs: whoever writes the script writes none of them."""
    path = put(tmp_path / Path(file).name, script_of(file))
    assert 0 == fill(path)
    assert (FOLDER / file).read_bytes() == path.read_bytes()
    assert [Path(file).name] == list(contents(tmp_path))


def test_outdated_expectations_are_replaced(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A deadline moved by one microsecond moves what is expected, and the hash in the manifest."""
    raw = json.loads((folder / TIMEOUT).read_bytes())
    raw["knobs"]["streaming_send_timeout"] = 1.000001
    path = put(folder / TIMEOUT, raw)
    assert 0 == fill(path)
    assert capsys.readouterr().out.endswith("1 filled, 2 files changed\n")
    ended = json.loads(path.read_bytes())["steps"][4]["expect"]
    assert {1_000_008} == {one["at_us"] for one in ended}
    assert ([], 2) == vet_installed(folder)


def test_check_shows_what_would_change_and_writes_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The code is 1, for CI; the lines are those of a diff."""
    put(folder / "sd" / "mine.json", {**script_of(TIMEOUT), "name": "mine"})
    before = contents(folder)
    assert 1 == run(["vectors", "fill", "--check", str(folder / "sd" / "mine.json")])
    shown = capsys.readouterr().out
    assert '+      {"event": "closing", "at_us": 1000007, "conn": "a"}' in shown.splitlines()
    assert shown.endswith("2 files would change\n")
    assert before == contents(folder)


def test_a_new_vector_is_listed_and_the_others_stay(folder: Path) -> None:
    """The manifest grows by one line; no other file is touched."""
    before = contents(folder)
    path = put(folder / "sd" / "mine.json", {**script_of(TIMEOUT), "name": "mine"})
    assert 0 == fill(path)
    after = contents(folder)
    assert {MANIFEST, "sd/mine.json"} == {name for name in after if after[name] != before.get(name)}
    assert before.keys() | {"sd/mine.json"} == after.keys()
    assert ["expired-exactly-at-the-deadline", "mine"] == sorted(
        vector.name for vector in load_all(folder) if vector.requirements == ["SD-2"]
    )


def test_a_vector_that_was_renamed_is_listed_once(folder: Path) -> None:
    """What no longer lies there leaves the manifest with the next filling."""
    (folder / TIMEOUT).unlink()
    path = put(folder / "sd" / "mine.json", {**script_of(TIMEOUT), "name": "mine"})
    assert 0 == fill(path)
    assert ([], 2) == vet_installed(folder)


def test_a_file_of_the_set_that_was_not_named_is_not_approved(folder: Path) -> None:
    """Filling one vector must not put the hash of another, changed one into the manifest."""
    changed = folder / QUIET
    changed.write_bytes(changed.read_bytes().replace(b'"reason": "', b'"reason": "Not '))
    assert 0 == fill(folder / TIMEOUT)
    (problem,) = vet_installed(folder)[0]
    assert f"{QUIET}: its content is not the one in the manifest" in problem


def test_a_broken_manifest_is_made_anew_from_the_whole_set(folder: Path) -> None:
    """Two branches that each add a vector meet in the manifest, and nobody merges hashes."""
    before = contents(folder)
    (folder / MANIFEST).write_text("<<<<<<<")
    assert before[MANIFEST] == fill_installed(folder).contents[folder.resolve() / MANIFEST]
    assert 2 == fill(folder / TIMEOUT), "one file cannot tell what belongs to the set"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"requirements": ["SC-9"]}, "requirements: SC-9 is not put to the test by this script"),
        ({"requirements": []}, "requirements: a list of at least one ID is needed"),
        ({"requirements": [["SD-2"]]}, "requirements: ['SD-2'] is no requirement"),
        ({"needs": [{}]}, "needs: {} is no feature of the protocol"),
        ({"name": "Mine"}, "name: 'Mine' is not lower-case words with hyphens"),
        ({"name": "other"}, "name: 'other' is not the name of the file, 'mine'"),
        ({"reason": " "}, "reason: a sentence is needed"),
        ({"requirements": ["SD-2", "SD-14"], "profile": "seed"}, "profile: seed, but SD-14 is"),
        ({"steps": 5}, "steps: a list of at least one step is needed"),
        ({"steps": [5]}, "step 0: not an object"),
        ({"steps": [{"at_us": 0, "doo": {}}]}, "step 0: doo: a step has no such field"),
        ({"steps": [{"at_us": 0, "do": {"op": "sned"}}]}, "step 0: do.op: 'sned' is no operation"),
        ({"steps": [{"at_us": 0, "do": {"op": "close", "conn": "b"}}]}, "'b' was never opened"),
        ({"extra": 1}, "extra: a vector has no such field"),
    ],
)
def test_what_is_not_in_order_is_named_and_nothing_is_written(
    change: dict[str, Any], says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file, the place in it and what is wrong; the file beside it, which is in order, waits."""
    path = put(folder / "sd" / "mine.json", {**script_of(TIMEOUT), "name": "mine", **change})
    good = put(folder / "sd" / "good.json", {**script_of(TIMEOUT), "name": "good"})
    before = contents(folder)
    assert 2 == fill(good, path)
    said = capsys.readouterr().err
    assert f"{path}: " in said
    assert says in said
    assert said.endswith("nothing was written\n")
    assert before == contents(folder)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("cx/mine.json", "it is for SD-2 and has to be"),
        ("mine.json", "it is for SD-2 and has to be"),
        ("cx/expired-exactly-at-the-deadline.json", "another vector has the same name"),
    ],
)
def test_a_file_that_lies_in_the_wrong_place_is_refused(
    file: str, says: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who looks for SD-2 looks in `sd/`."""
    path = put(folder / "sd" / "any.json", {**script_of(TIMEOUT), "name": Path(file).stem})
    (folder / file).parent.mkdir(exist_ok=True)
    path.rename(folder / file)
    assert 2 == fill(folder / file)
    assert says in capsys.readouterr().err


def test_text_that_is_no_json_is_refused_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slip of the pen costs nobody the text."""
    path = folder / "sd" / "mine.json"
    path.write_text('{"schema": ')
    assert 2 == fill(path)
    assert "mine.json: not JSON, line 1, column 12" in capsys.readouterr().err
    assert '{"schema": ' == path.read_text()


def test_what_cannot_be_written_leaves_the_old_files(folder: Path) -> None:
    """The disk fails at the second file: the first is as it was, and no half of any is left."""
    path = put(folder / TIMEOUT, {**script_of(TIMEOUT), "reason": "Another one."})
    (folder / f".{MANIFEST}.new").mkdir()
    before = contents(folder)
    assert 3 == fill(path)
    assert before == contents(folder)


def test_a_vector_that_claims_too_little_is_not_in_order() -> None:
    """A profile that cannot hold it, and a feature that it takes and does not name."""
    vectors = {vector.name: vector for vector in load_all()}
    quiet = vectors[Path(QUIET).stem]
    seed = msgspec.structs.replace(quiet, profile="seed")
    assert ["profile: seed, but `suppressed` is demanded, which only hardened knows"] == list(
        law_problems(seed)
    )
    bare = msgspec.structs.replace(vectors["one-byte-more-is-progress"], needs=[])
    assert ["needs: streams is missing, which this script takes"] == list(law_problems(bare))
    assert [] == list(law_problems(quiet))
