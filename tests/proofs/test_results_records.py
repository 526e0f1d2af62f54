"""The records of the page of results: what is damaged is refused, and what is missing is told."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from proofs.results.__main__ import main
from proofs.results.implementations import BY_NAME
from proofs.results.record import (
    RecordError,
    path_of,
    placeless,
    read_all,
    read_record,
    write_record,
)
from tests.proofs.results_records import BROKEN, UNSEEN, record


def test_the_peer_s_folder_is_left_out() -> None:
    """Where a socket lay is another place in each run."""
    assert "on .../1:1100 it" == placeless("on /var/tmp/stallproof-aix_hj/1:1100 it")


def written(folder: Path) -> dict[str, Any]:
    """Write a sound record and return what it says."""
    write_record(record("trio", trickle=BROKEN), folder)
    said: dict[str, Any] = json.loads(path_of("trio", folder).read_text("utf-8"))
    return said


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """Nothing is lost on the way."""
    written(tmp_path)
    assert {"trio": record("trio", trickle=BROKEN)} == read_all(tmp_path)


def test_what_has_got_a_situation_since_is_not_judged_yet(tmp_path: Path) -> None:
    """What passed before says nothing of it; what failed without it has failed."""
    said = written(tmp_path)
    failed, passed = said["requirements"][0], said["requirements"][1]
    passed["situations"] = {}
    failed["situations"]["new"] = failed["situations"].pop("trickle")
    path_of("trio", tmp_path).write_text(json.dumps(said), "utf-8")
    ids = {one.id for one in read_record(path_of("trio", tmp_path)).requirements}
    assert failed["id"] in ids
    assert passed["id"] not in ids


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (["requirements", 0, "verdict"], "pass", "SD-1: verdict and violations differ"),
        (["requirements", 0, "violations"], 0, "SD-1: its violations do not add up"),
        (["requirements", 0, "verdict"], "splendid", "splendid"),
        (["requirements", 0, "id"], "SD-12", "not part of the page"),
        (["requirements", 0, "id"], "SC-1", "it holds SC-1, which is not judged"),
        (["requirements", 0, "id"], "SD-2", "it holds a requirement twice"),
        (["requirements"], [], "it was judged by no requirement"),
        (["profile"], "seed", "its profile is not hardened"),
        (["name"], "asyncio", "it is the record of asyncio"),
        (["schema"], "stallproof.results/0", "its schema is not"),
        (["more"], 1, "more"),
    ],
)
def test_a_damaged_record_is_refused(
    tmp_path: Path, path: list[str | int], value: Any, words: str
) -> None:
    """It is named with what is wrong, and no page is made of it."""
    said = written(tmp_path)
    place: Any = said
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    path_of("trio", tmp_path).write_text(json.dumps(said), "utf-8")
    with pytest.raises(RecordError, match=words):
        read_record(path_of("trio", tmp_path))


def test_a_pass_needs_every_situation(tmp_path: Path) -> None:
    """A record whose verdict was mended by hand is not taken."""
    held = record("trio", trickle=UNSEEN)
    with pytest.raises(RecordError, match="passed with a situation that was not kept"):
        write_record(held, tmp_path)
    assert not path_of("trio", tmp_path).exists()


# --- The command ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--missing"], ["--run", "nobody"], ["--qzvkx"]])
def test_unusable_arguments_end_with_two(words: list[str]) -> None:
    """Nothing is run then."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert 2 == ended.value.code


def test_a_run_without_its_environment_leaves_no_record(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status is three, and the words say how to go on."""
    nowhere = replace(BY_NAME["trio"], python=".venvs/qzvkx/bin/python")
    monkeypatch.setitem(BY_NAME, "trio", nowhere)
    before = path_of("trio").read_bytes() if path_of("trio").exists() else b""
    assert 3 == main(["--run", "trio"])
    said = capsys.readouterr().err
    assert "make results" in said
    assert "python -m proofs results --run trio" in said
    assert before == (path_of("trio").read_bytes() if path_of("trio").exists() else b"")
