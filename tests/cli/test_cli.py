"""The command line: what it refuses, what it shows, and the exit code of everything."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stallproof import __version__, cli
from stallproof.cli import law
from stallproof.reports.json_report import read_report
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import load_registry

STALLPROOF = (sys.executable, "-m", "stallproof")
FACTS = ("id", "level", "profile", "verdict", "selected")


def _run(*tokens: str, timeout_s: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does."""
    return subprocess.run(
        (*STALLPROOF, *tokens), capture_output=True, text=True, timeout=timeout_s, check=False
    )


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["nonsense"], "nonsense"),
        (["conform", "extra"], "extra"),
        (["conform", "--impl", ""], "--impl is empty"),
        (["conform", "--impl", " "], "--impl is empty"),
        (["conform", "--impl", "'"], "--impl"),
        (["conform", "--impl", "''"], "--impl is empty"),
        (["conform", "--profile", "soft"], "--profile"),
        (["conform", "--only", "XX-1"], "XX-1"),
        (["conform", "--only", ","], "--only names no requirement"),
        (["conform", "--only", "SD-6", "--profile", "seed"], "nothing of it"),
        (["conform", "--json", "/nowhere/at/all.json"], "--json /nowhere/at/all.json"),
        (["conform", "--trace", "/nowhere/at/all.jsonl"], "--trace /nowhere/at/all.jsonl"),
        (["conform", "--json", "/"], "folder"),
        (["conform", "--trace=-"], "--trace -"),
        (["conform", "--grace-ms", "0"], "--grace-ms"),
        (["conform", "--grace-ms", "x"], "--grace-ms"),
        (["conform", "--jobs", "0"], "--jobs"),
        (["conform", "--role", "listen"], "--role"),
        (["conform", "--role", "accept", "--clock", "virtual"], "on the real clock"),
        (["conform", "--role", "accept", "--generate", "3"], "on the real clock"),
        (["check"], "at least one trace"),
        (["check", "/nowhere/run.jsonl"], "/nowhere/run.jsonl"),
        (["check", "/nowhere/run.jsonl", "--only", "YY"], "YY"),
        (["law", "SD-99"], "SD-99"),
        (["schema"], "schema"),
        (["schema", "nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_used_is_refused_with_code_2(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each refusal is one line on standard error that names what is wrong."""
    assert cli.run(tokens) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("stallproof: ")
    assert err.count("\n") == 1
    assert why in err


def test_no_command_shows_the_help_but_is_not_a_pass(capsys: pytest.CaptureFixture[str]) -> None:
    """A script whose arguments got lost does not look like one that passed."""
    assert cli.run([]) == 2
    assert "conform" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["conform", "check", "law", "schema"])
def test_every_command_explains_itself_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--help` ends well and shows how the command is used."""
    assert cli.run([command, "--help"]) == 0
    out = capsys.readouterr().out
    assert "Example" in out
    assert f"stallproof {command}" in out


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """`--version` prints the version and nothing else."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out == f"{__version__}\n"


def test_law_shows_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """IDs and groups, in any case and parted by commas, choose requirements."""
    assert cli.run(["law", "sd-3,CX"]) == 0
    out = capsys.readouterr().out
    assert "SD-3  " in out
    assert "CX-6  " in out
    assert "SD-4  " not in out


def test_law_is_printed_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    """With `--json` the registry is printed, of everything or of what was asked for."""
    assert cli.run(["law", "--json"]) == 0
    registry = load_registry()
    whole = json.loads(capsys.readouterr().out)
    assert [one.id for one in registry.requirements] == [one["id"] for one in whole["requirements"]]
    assert cli.run(["law", "CX-2", "--json"]) == 0
    part = json.loads(capsys.readouterr().out)
    assert ["CX-2"] == [one["id"] for one in part["requirements"]]
    assert part["requirements"][0] in whole["requirements"]


def test_law_shows_what_speaks_for_a_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    """In a checkout a program of the proofs tells it."""
    assert cli.run(["law", "CX-3", "--evidence"]) == 0
    said = capsys.readouterr().out
    assert "CX-3  " in said
    assert "spec/models/monitor.pml" in said


def test_evidence_is_not_looked_for_where_it_is_not_installed(tmp_path: Path) -> None:
    """Outside of a checkout it is said where the evidence lies."""
    with pytest.raises(UnusableError, match="the evidence lies in the source repository"):
        law.evidence_of(["CX-3"], tmp_path / "site-packages" / "stallproof")


def test_evidence_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    """The registry and the evidence are not printed into one another."""
    assert cli.run(["law", "--json", "--evidence"]) == 2
    assert "not both" in capsys.readouterr().err


def test_a_fault_of_our_own_is_never_taken_for_a_broken_requirement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unforeseen exception ends with code 3 and says whose fault it is."""
    monkeypatch.setattr(law, "load_registry", lambda: 1 // 0)
    assert cli.run(["law"]) == 3
    assert "fault of stallproof" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_trouble() -> None:
    """`stallproof law | head` ends without a complaint."""
    with subprocess.Popen(
        (*STALLPROOF, "law"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
    assert (process.returncode, complaint) == (0, "")


@pytest.mark.parametrize(
    ("content", "line"),
    [("<html>\n", 1), ("", 0), ('\n\n{"event":"closed","at_us":1}\n', 3), ("\xff\n", 1)],
)
def test_a_file_that_is_no_trace_is_refused_by_name_and_line(
    tmp_path: Path, content: str, line: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """`check` says which file and which line it could not use."""
    path = tmp_path / "run.jsonl"
    path.write_text(content, encoding="latin-1")
    assert cli.run(["check", str(path)]) == 2
    err = capsys.readouterr().err
    assert str(path) in err
    assert not line or f"{path}:{line}:" in err


@pytest.mark.parametrize(
    ("impl", "what"),
    [
        ("/nowhere/harness", {"missing"}),
        ("no-such-program-anywhere", {"missing"}),
        ("echo '<html>hello</html>'", {"garbage", "died"}),
        ("false", {"died"}),
    ],
)
def test_a_harness_that_cannot_be_used_makes_the_report_incomplete(
    impl: str, what: set[str]
) -> None:
    """The report says what is wrong with the harness, judges nothing, and the code is 3."""
    done = _run("conform", "--impl", impl, "--only", "SD-1", "--json", "-")
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (3, "incomplete")
    assert {trouble["what"] for trouble in report["harness"]} <= what
    assert report["harness"]
    assert {item["exercised"] for item in report["requirements"]} == {0}
    assert "no verdict on the implementation" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.timing
def test_a_live_run_and_its_trace_give_the_same_verdicts(tmp_path: Path) -> None:
    """The reference passes SD-4 on real sockets, and passes it again from the trace alone."""
    live, trace, again = (tmp_path / name for name in ("live.json", "run.jsonl", "again.json"))
    done = _run("conform", "--only", "SD-4", "--json", str(live), "--trace", str(trace))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PASS" in done.stdout
    assert "\x1b" not in done.stdout + done.stderr
    assert _run("check", str(trace), "--json", str(again)).returncode == 0
    first, second = read_report(live).requirements, read_report(again).requirements
    assert first == second


@pytest.mark.timing
def test_an_interrupted_run_ends_at_once_with_a_report() -> None:
    """Ctrl-C ends the run within seconds, with code 3 and without a traceback."""
    with subprocess.Popen(
        (*STALLPROOF, "conform", "--only", "SD"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Whoever runs the tests in the background may have had Ctrl-C ignored for all of them.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("[")
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 3, err
    assert "interrupted: by SIGINT (exit code 3)" in " ".join(out.split())
    assert [line for line in err.splitlines() if not line.startswith("[")] == []
