"""`stallproof config`: what it shows, what it refuses, and its exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from stallproof import cli
from stallproof.configuration.knobs import KNOBS

MIXED = '{"streaming_ack_interval": 33554432, "sfm_send_stall_timeout": 75.0, "internal": {}}'
ADVISED = ("--set", "sfm_send_stall_timeout=75", "--set", "sfm_close_stalled_connection=true")


pytestmark = pytest.mark.usefixtures("plain")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a comm_config.json whose ACK interval is greater than its window."""
    path = tmp_path / "comm_config.json"
    path.write_text(MIXED, "utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *tokens: str) -> dict[str, Any]:
    """Return the JSON that the command writes for `tokens`, which it has to accept."""
    assert cli.run(["config", *tokens, "--json", "-"]) in (0, 1)
    out, err = capsys.readouterr()
    assert "Relations between knobs" in err
    found: dict[str, Any] = json.loads(out)
    return found


def words(text: str) -> str:
    """Return `text` with one blank wherever there are several or a line ends."""
    return " ".join(text.split())


def test_the_defaults_are_silent(capsys: pytest.CaptureFixture[str]) -> None:
    """30 s plus grace is at most 45 s, every relation holds, and all values are defaults."""
    assert 0 == cli.run(["config"])
    out, err = capsys.readouterr()
    assert "" == err
    assert "silent: where the send deadline works, the monitor never warns" in words(out)
    assert "streaming_window_size 16777216 bytes, 16 MiB default" in words(out)
    assert "with a grace of 0.05 s" in out
    assert "HOLDS: every relation holds (exit code 0)" in out
    assert [name for name in KNOBS if name not in out] == []


def test_the_worked_example_comes_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Limit 75 s, 3 checks, period 5 s: 85 s to 90 s, outer timeouts above 90 s plus a margin."""
    assert 0 == cli.run(["config", *ADVISED, "--margin", "2.5", "--outer", "task=93"])
    out = words(capsys.readouterr().out)
    assert "(a) T = 5 s apart 85 s 90 s 92.5 s" in out
    assert "(b) each T = 5 s, at most J = 0.05 s late 84.95 s 90.05 s 92.55 s" in out
    assert "task (93 s): more than 92.55 s" in out
    assert "sfm_send_stall_timeout 75 s --set" in out
    assert 1 == cli.run(["config", *ADVISED, "--margin", "2.5", "--outer", "task=92.55"])
    out = words(capsys.readouterr().out)
    assert "BROKEN outer_timeouts: task (92.55 s): not more than 92.55 s" in out


def test_a_broken_relation_is_a_warning_with_code_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The values are shown with their sources, and the relation says what follows."""
    assert 1 == cli.run(["config", str(file)])
    out = words(capsys.readouterr().out)
    assert "streaming_ack_interval 33554432 bytes, 32 MiB file" in out
    assert "the stream stalls for good" in out
    assert "BROKEN: ack_interval_in_window; the configuration takes effect (exit code 1)" in out


def test_the_sources_are_in_their_order(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand, file, environment, default."""
    monkeypatch.setenv("NVFLARE_SFM_SEND_STALL_TIMEOUT", "60")
    monkeypatch.setenv("NVFLARE_STREAMING_ACK_INTERVAL", "1e6")
    monkeypatch.setenv("NVFLARE_HEARTBEAT_INTERVAL", "3e1")
    found = told(capsys, str(file), "--set", "streaming_ack_interval=2000000")
    values = {one["knob"]: (one["value"], one["source"]) for one in found["knobs"]}
    assert (2000000, "set") == values["streaming_ack_interval"]
    assert (75, "file") == values["sfm_send_stall_timeout"]
    assert (30, "environment") == values["heartbeat_interval"]
    assert (30, "default") == values["streaming_send_timeout"]


def test_the_json_has_the_same_content(capsys: pytest.CaptureFixture[str]) -> None:
    """`stallproof.configuration/1`: times in microseconds, knobs in their units."""
    found = told(capsys, *ADVISED, "--outer", "task=90.05", "--grace-ms", "0")
    assert ("stallproof.configuration/1", "broken") == (found["schema"], found["verdict"])
    assert (5_000_000, 0, 0, {"task": 90_050_000}) == (
        found["monitor_period_us"], found["grace_us"], found["margin_us"],
        found["outer_timeouts_us"],
    )  # fmt: skip
    assert [("a", 85_000_000, 90_000_000, True), ("b", 84_950_000, 90_050_000, True)] == [
        (one["form"], one["after_us"], one["by_us"], one["defined"])
        for one in found["close_windows"]
    ]
    assert [list(KNOBS), "silent"] == [
        [one["knob"] for one in found["knobs"]],
        found["case"]["case"],
    ]
    assert ["outer_timeouts"] == [one["relation"] for one in found["relations"] if not one["holds"]]
    assert 0 == cli.run(["schema", "configuration"])
    jsonschema.validate(found, json.loads(capsys.readouterr().out))


def test_the_json_goes_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a file named, the text stays on standard output."""
    path = tmp_path / "out.json"
    assert 0 == cli.run(["config", "--json", str(path)])
    assert "HOLDS" in capsys.readouterr().out
    assert "holds" == json.loads(path.read_text("utf-8"))["verdict"]


def test_grace_decides_at_the_edge(capsys: pytest.CaptureFixture[str]) -> None:
    """S + G = L is silent, one microsecond more is not, and the tool says which grace it used."""
    at_edge = told(capsys, "--set", "streaming_send_timeout=44.95")
    assert ("silent", "holds") == (at_edge["case"]["case"], at_edge["verdict"])
    beyond = told(capsys, "--set", "streaming_send_timeout=44.950001")
    assert ("warns only", "broken") == (beyond["case"]["case"], beyond["verdict"])
    without = told(capsys, "--set", "streaming_send_timeout=44.950001", "--grace-ms", "0")
    assert ("silent", "holds") == (without["case"]["case"], without["verdict"])


def test_notes_are_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Clamped values and unknown keys are told, and nothing of them reaches the terminal raw."""
    path = tmp_path / "x.json"
    path.write_text('{"sfm_send_stall_consecutive_checks": -1, "\\u001b[31mred": 1}', "utf-8")
    assert 0 == cli.run(["config", str(path)])
    out = capsys.readouterr().out
    assert "sfm_send_stall_consecutive_checks = -1 is below its minimum and becomes 1" in words(out)
    assert "is not a knob and is passed over" in words(out)
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--set", "heartbeat_interval"], "write KNOB=VALUE"),
        (["--set", "=1"], "write KNOB=VALUE"),
        (["--set", "heartbeat_interval=soon"], "allowed: a whole number of seconds"),
        (["--set", "heart=1"], "no knob"),
        (["--set", "streaming_send_timout=1"], "did you mean streaming_send_timeout?"),
        (["--set", "heartbeat_interval=1", "--set", "heartbeat_interval=2"], "2 times"),
        (["--outer", "90"], "write NAME=SECONDS"),
        (["--outer", "task=0"], "--outer task"),
        (["--outer", "task=nan"], "--outer task"),
        (["--outer", "task=1", "--outer", "task=2"], "given twice"),
        (["--margin", "-1"], "--margin"),
        (["--margin", "1e10"], "--margin"),
        (["--grace-ms", "-1"], "--grace-ms"),
        (["--json", "/nowhere/at/all.json"], "/nowhere/at/all.json"),
        (["/nowhere/comm_config.json"], "No such file"),
        (["/"], "directory"),
        (["a", "b"], "b"),
    ],
)
def test_what_cannot_be_used_is_refused_with_code_2(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each refusal is on standard error and says what is wrong; nothing else is shown."""
    assert 2 == cli.run(["config", *tokens])
    out, err = capsys.readouterr()
    assert "" == out
    assert why in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1, column 1"),
        (b"[1]", "no object"),
        (b"{\n 1}", "line 2, column 2"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"heartbeat_interval": 1e999}', "heartbeat_interval = 1e999"),
        (b'{"heartbeat_intervall": 1}', "heartbeat_interval misspelt"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (16 * 1024 * 1024 + 1), "longer than"),
    ],
)
def test_a_bad_file_is_refused_with_code_2(
    content: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file makes the command crash, hang or show half of it."""
    path = tmp_path / "comm_config.json"
    path.write_bytes(content)
    assert 2 == cli.run(["config", str(path)])
    out, err = capsys.readouterr()
    assert ("", True, False) == (out, why in err, "Traceback" in err)


def test_every_refusal_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Knob, value and what is allowed, one line each."""
    path = tmp_path / "comm_config.json"
    path.write_text('{"heartbeat_interval": 1.5, "streaming_chunk_size": "1"}', "utf-8")
    assert 2 == cli.run(["config", str(path), "--set", "streaming_ack_wait=x"])
    lines = capsys.readouterr().err.splitlines()
    assert [
        'stallproof: streaming_ack_wait = "x" in --set is refused; '
        "allowed: a whole number of seconds from 1 to 1000000",
        'stallproof: streaming_chunk_size = "1" in the file is refused; '
        "allowed: a whole number of bytes from 1 to 9007199254740991",
        "stallproof: heartbeat_interval = 1.5 in the file is refused; "
        "allowed: a whole number of seconds from 1 to 1000000",
    ] == lines


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Permission denied is an unusable input."""
    file.chmod(0)
    assert 2 == cli.run(["config", str(file)])
    assert "cannot be read" in capsys.readouterr().err


def test_the_json_never_overwrites_the_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is read is not written."""
    assert 2 == cli.run(["config", str(file), "--json", str(file)])
    assert MIXED == file.read_text("utf-8")
    assert "used already" in capsys.readouterr().err


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Every option, an example, and the exit codes."""
    assert 0 == cli.run(["config", "--help"])
    out = words(capsys.readouterr().out)
    for text in ("--set", "--outer", "--margin", "--grace-ms", "--json", "Examples", "Exit codes"):
        assert text in out
    assert "stallproof config comm_config.json" in out


@pytest.mark.parametrize("columns", [40, 60, 120])
def test_no_line_is_wider_than_asked(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It also reads well in a narrow terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert 0 == cli.run(["config"])
    assert columns >= max(map(len, capsys.readouterr().out.splitlines()))


def test_the_program_itself_runs_it(file: Path) -> None:
    """As a user does, in a pipe: no terminal codes, and the exit code of what was found."""
    done = subprocess.run(
        (sys.executable, "-m", "stallproof", "config", str(file), "--json", "-"),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert 1 == done.returncode
    assert "broken" == json.loads(done.stdout)["verdict"]
    assert "\x1b" not in done.stderr
