"""What is judged and what is told: --skip, --list, --quiet, --verbose, --fail-fast."""

import json
import sys
from pathlib import Path

import pytest

from stallproof import cli
from stallproof.requirements.registry import load_registry

ROOT = Path(__file__).parents[2]
WRONG = ROOT / "tests" / "implementations" / "negative" / "rounds_its_deadline_down.py"
WRONG_IN_VIRTUAL_TIME = f"{sys.executable} {WRONG}"
"""It breaks SD-4 and SD-18, in virtual time as well."""
pytestmark = pytest.mark.usefixtures("plain")
EVERY = [one.id for one in load_registry().requirements]
VIRTUAL = ("conform", "--clock", "virtual")


def _listed(capsys: pytest.CaptureFixture[str], *tokens: str) -> list[str]:
    """Return the IDs that would be judged."""
    assert 0 == cli.run(["conform", *tokens, "--list", "--quiet"])
    return capsys.readouterr().out.split()


def test_skip_leaves_out_what_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    """Requirements and groups, with --only and without."""
    assert [one for one in EVERY if one[:2] not in ("SD", "AP")] == _listed(
        capsys, "--skip", "SD,ap"
    )
    assert ["SG-1", "SG-3"] == _listed(capsys, "--only", "SG", "--skip", "SG-2")


@pytest.mark.parametrize(
    ("tokens", "why"),
    [
        (["--only", "SD-3", "--skip", "SD-3"], "--only SD-3 and --skip SD-3"),
        (["--only", "AP,SD-3", "--skip", "SD"], "nothing is left of SD-3"),
        (["--skip", ",".join(EVERY)], "nothing is left of the profile"),
        (["--skip", "XX"], "--skip: unknown requirement or group 'XX'"),
        (["--skip", ","], "--skip names no requirement"),
        (["--quiet", "--verbose"], "one of them at a time"),
        (["--list", "--trace", "t.jsonl"], "--list plays nothing"),
        (["--list", "--generate", "5"], "--list plays nothing"),
        (["--list", "--fail-fast"], "--list plays nothing"),
        (["--smoke", "--list"], "--smoke judges nothing"),
        (["--smoke", "--skip", "SD"], "--smoke judges nothing"),
        (["--smoke", "--verbose"], "--smoke judges nothing"),
        (["--smoke", "--fail-fast"], "--smoke judges nothing"),
        (["--generate", "5", "--fail-fast"], "--fail-fast and --generate"),
    ],
)
def test_what_contradicts_itself_is_refused_by_name(
    tokens: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line names the options that do not go together."""
    assert 2 == cli.run(["conform", *tokens])
    out, err = capsys.readouterr()
    assert "" == out
    assert why in err


def test_the_list_names_what_aims_at_each_situation(capsys: pytest.CaptureFixture[str]) -> None:
    """Scenarios by situation, vectors by number, and nothing is played."""
    assert 0 == cli.run(["conform", "--only", "SD-6", "--list"])
    out = capsys.readouterr().out
    assert "- failed-midway: " in out
    assert "refuses-midway" in out
    assert "in virtual time: " in out
    assert "nothing was played" in out


def test_the_list_keeps_to_the_clock_and_the_features(capsys: pytest.CaptureFixture[str]) -> None:
    """Virtual time has no scenarios; what takes a feature that nobody wants is not there."""
    assert 0 == cli.run([*VIRTUAL, "--only", "SD-3", "--list", "--verbose"])
    virtual = capsys.readouterr().out
    assert "never-reads-unix" not in virtual
    assert "stall-after-a-long-healthy-time" in virtual
    assert 0 == cli.run(["conform", "--clock", "real", "--only", "SD-3", "--without", "tls,tcp",
                         "--list"])  # fmt: skip
    real = capsys.readouterr().out
    assert "- trickles-tls: nothing" in real
    assert "- trickles-tcp: nothing" in real
    assert "- trickles-unix: trickles-unix" in real
    assert "in virtual time" not in real


def test_the_list_starts_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A harness that would leave a mark leaves none."""
    mark = tmp_path / "started"
    assert 0 == cli.run(["conform", "--impl", f"touch {mark}", "--only", "SD-3", "--list"])
    assert "SD-3" in capsys.readouterr().out
    assert not mark.exists()


def test_quiet_shows_the_last_line_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing on standard error, one line on standard output."""
    assert 0 == cli.run([*VIRTUAL, "--only", "MD", "--quiet"])
    out, err = capsys.readouterr()
    assert "" == err
    assert ["PASS: every applicable requirement passed (exit code 0)"] == out.splitlines()


def test_verbose_says_what_each_script_broke(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a script: what it broke, or that it broke nothing."""
    tokens = [*VIRTUAL, "--impl", WRONG_IN_VIRTUAL_TIME, "--only", "SD-4", "--verbose"]
    assert 1 == cli.run(tokens)
    told = capsys.readouterr().err.splitlines()
    assert any(line.endswith(": broke SD-4") for line in told)
    assert any(line.endswith(": nothing broken") for line in told)


def test_fail_fast_ends_at_the_first_failure(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The report says why it ended, and judges fewer scripts than a whole run."""
    found = []
    for more in ([], ["--fail-fast"]):
        path = tmp_path / f"{len(more)}.json"
        tokens = [*VIRTUAL, "--impl", WRONG_IN_VIRTUAL_TIME, "--only", "SD-3,SD-4,SD-5"]
        assert 1 == cli.run([*tokens, "--json", str(path), "--quiet", *more])
        found.append(json.loads(path.read_text()))
    whole, short = found
    assert whole["interrupted"] is None
    assert "by --fail-fast" in short["interrupted"]
    assert "SD-4" in short["interrupted"]
    assert short["scenarios"] < whole["scenarios"]
    assert "interrupted: by --fail-fast" in capsys.readouterr().out


def test_an_expected_failure_ends_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The run goes on to its end where only what was known to fail does."""
    known = tmp_path / "known.toml"
    known.write_text('[[expected]]\nrequirement = "SD-4"\nreason = "early"\nlink = "unfiled"\n')
    tokens = [*VIRTUAL, "--impl", WRONG_IN_VIRTUAL_TIME, "--only", "SD-4", "--quiet"]
    assert 0 == cli.run([*tokens, "--fail-fast", "--expected-failures", str(known)])
    assert "interrupted" not in capsys.readouterr().out


def test_what_ended_one_run_does_not_end_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    """Within one process, as a test suite has it."""
    tokens = [*VIRTUAL, "--only", "SD-4", "--quiet", "--fail-fast"]
    assert 1 == cli.run([*tokens, "--impl", WRONG_IN_VIRTUAL_TIME])
    assert 0 == cli.run(tokens)
    assert "PASS" in capsys.readouterr().out


def test_fail_fast_ends_a_replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Files that are played again end at the first failure as well."""
    files = [str(path) for path in sorted((ROOT / "spec" / "vectors" / "sd").glob("*.json"))]
    tokens = [*VIRTUAL, "--impl", WRONG_IN_VIRTUAL_TIME, "--only", "SD-4", "--fail-fast", "-q"]
    assert 1 == cli.run([*tokens, "--replay", *files])
    assert "interrupted: by --fail-fast" in capsys.readouterr().out


def test_check_skips_as_conform_does(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A skipped requirement is out of scope, whatever the trace says of it."""
    trace, again = tmp_path / "run.jsonl", tmp_path / "again.json"
    tokens = [*VIRTUAL, "--impl", WRONG_IN_VIRTUAL_TIME, "--only", "SD-4,SD-9", "--quiet"]
    assert 1 == cli.run([*tokens, "--trace", str(trace)])
    assert 0 == cli.run(["check", str(trace), "--skip", "SD-4", "-q", "--json", str(again)])
    assert ["SD-9"] == json.loads(again.read_text())["selected"]
    assert 2 == cli.run(["check", str(trace), "--skip", "SD-4", "--only", "SD-4"])
    assert "PASS" in capsys.readouterr().out


def test_check_reads_standard_input_and_takes_no_option_for_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hyphen alone is standard input; what is misspelt is an option all the same."""
    trace = tmp_path / "run.jsonl"
    assert 0 == cli.run([*VIRTUAL, "--only", "SD-9", "--quiet", "--trace", str(trace)])
    with trace.open() as lines:
        monkeypatch.setattr(sys, "stdin", lines)
        assert 0 == cli.run(["check", "-", "--quiet"])
    for token in ("--jsn", "--jsn=x", "-x"):
        capsys.readouterr()
        assert 2 == cli.run(["check", str(trace), token])
        assert f"stallproof: Unknown option: {token}." in capsys.readouterr().err


def test_a_smoke_test_that_was_ended_calls_nobody_broken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where nothing was looked at in the time, nothing is known."""
    command = f"{sys.executable} -c 'import time; time.sleep(60)'"
    assert 3 == cli.run(["conform", "--smoke", "--impl", command, "--timeout", "0.2"])
    out, err = capsys.readouterr()
    assert "nothing was looked at; interrupted (exit code 3)" in out
    assert "after --timeout 0.2 s" in err
