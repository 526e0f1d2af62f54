"""The commands `stallproof vectors list`, `show` and `verify`, and what verifying notices."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from stallproof.cli import run
from stallproof.cli.vetting import vet_files, vet_installed
from stallproof.requirements.vectors import Vector, load_all
from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.installed import MANIFEST, vectors_folder

NAME = "expired-exactly-at-the-deadline"
FILE = vectors_folder() / "sd" / f"{NAME}.json"


def test_list_shows_every_vector_with_its_requirements(capsys: pytest.CaptureFixture[str]) -> None:
    """One line each, and the sum below."""
    assert 0 == run(["vectors", "list"])
    lines = capsys.readouterr().out.splitlines()
    assert len(load_all()) + 1 == len(lines)
    assert lines[-1].startswith(f"{len(load_all())} vectors for ")
    assert [f"{NAME}", "seed", "SD-2"] == next(x for x in lines if x.startswith(NAME)).split()


def test_list_can_be_narrowed_and_read_by_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """`--only` takes requirements and groups; the JSON goes where it is asked to go."""
    assert 0 == run(["vectors", "list", "--only", "CX-3", "--json", "-"])
    listed = json.loads(capsys.readouterr().out)
    assert "stallproof.vector-list/1" == listed["schema"]
    assert listed["vectors"]
    assert all("CX-3" in one["requirements"] for one in listed["vectors"])


def test_show_tells_what_is_asked_and_what_has_to_be_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The steps with their moments, and the decisions below each."""
    assert 0 == run(["vectors", "show", NAME])
    shown = capsys.readouterr().out
    assert f"{NAME}  (SD-2; seed)" == shown.splitlines()[0]
    assert "           7  send conn=a send=1 size_bytes=10\n" in shown
    assert "1000007  send_ended conn=a send=1 outcome=timeout raised=true\n" in shown


@pytest.mark.parametrize(
    ("tokens", "says"),
    [
        (["vectors", "show", "expired-exactly"], f"near to it: {NAME}"),
        (["vectors", "list", "--only", "SD-99"], "unknown requirement or group 'SD-99'"),
        (["vectors", "verify", "nothing.json"], "nothing.json: No such file"),
        (["vectors", "fill", "nothing.json"], "nothing.json: No such file"),
        (["vectors", "juggle"], "juggle"),
        (["vectors"], ""),
    ],
)
def test_unusable_arguments_are_two(
    tokens: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says which argument, and what would have been right."""
    assert 2 == run(tokens)
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("command", [[], ["list"], ["show"], ["verify"], ["fill"]])
def test_help_has_an_example(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody has to guess how a command is called."""
    assert 0 == run(["vectors", *command, "--help"])
    assert "stallproof vectors" in capsys.readouterr().out.split("Example")[1]


def test_installed_vectors_that_cannot_be_read_are_three(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is nobody's argument, and no verdict."""
    monkeypatch.setattr(
        "stallproof.requirements.vectors.installed.vectors_folder", lambda: tmp_path
    )
    assert 3 == run(["vectors", "list"])
    assert "the installed vectors cannot be read" in capsys.readouterr().err


def test_the_installed_vectors_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Every file keeps to the format, the manifest and the law, and tests what it says."""
    assert 0 == run(["vectors", "verify"])
    assert f"{len(load_all())} vectors in order\n" == capsys.readouterr().out


def _ended(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one
        for step in raw["steps"]
        for one in step.get("expect", [])
        if one["event"] == "send_ended"
    )
    return found


def _drop(raw: dict[str, Any]) -> None:
    step = next(one for one in raw["steps"] if one["at_us"] == 1_000_007)
    step["expect"] = [one for one in step["expect"] if one["event"] != "closing"]


def _double(raw: dict[str, Any]) -> None:
    step = next(one for one in raw["steps"] if one["at_us"] == 1_000_007)
    step["expect"].insert(0, next(one for one in step["expect"] if one["event"] == "closing"))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (
            lambda raw: _ended(raw).update(outcome="closed"),
            'not by the law: {"event": "send_ended"',
        ),
        (lambda raw: _ended(raw).update(raised=False), "demanded by the law, and not expected"),
        (_drop, 'demanded by the law, and not expected: {"event": "closing"'),
        (_double, 'expected, and not by the law: {"event": "closing"'),
        (lambda raw: raw.update(requirements=["SD-14"], profile="hardened"), "SD-14 is not put to"),
        (lambda raw: raw["steps"][1]["do"].update(conn="b"), "'b' was never opened"),
        (lambda raw: raw["knobs"].update(streaming_send_timeout=2), "not by the law"),
        (lambda raw: raw["steps"][0].update(at_us=99), "lies before 99"),
    ],
)
def test_verify_notices_what_is_not_the_law(
    damage: Callable[[dict[str, Any]], None],
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A wrong expectation, an empty claim, a broken script: each is said, and the code is 1."""
    raw = json.loads(FILE.read_bytes())
    damage(raw)
    path = tmp_path / FILE.name
    path.write_bytes(_canonical(raw))
    assert 1 == run(["vectors", "verify", str(path)])
    assert says in capsys.readouterr().out


def _canonical(raw: dict[str, Any]) -> bytes:
    return encode_vector(msgspec.convert(raw, Vector))


def test_verify_notices_another_form(tmp_path: Path) -> None:
    """The same vector in other bytes is not in order."""
    path = tmp_path / FILE.name
    path.write_text(json.dumps(json.loads(FILE.read_bytes())))
    (problem,) = vet_files([path])[0]
    assert "not in the canonical form" in problem


def test_verify_notices_a_manifest_that_does_not_agree(tmp_path: Path) -> None:
    """The set as a whole is verified as well."""
    (tmp_path / "sd").mkdir()
    shutil.copy(FILE, tmp_path / "sd")
    shutil.copy(vectors_folder() / MANIFEST, tmp_path)
    (problem,) = vet_installed(tmp_path)[0]
    assert "the manifest lists this file, and it is missing" in problem
