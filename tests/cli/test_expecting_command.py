"""`--expected-failures`, `stallproof expect` and `--smoke` on the command line."""

import json
import sys
from pathlib import Path

import pytest

from stallproof.cli import run

ROOT = Path(__file__).resolve().parents[2]
PYTHON = f"{sys.executable} {ROOT / 'tests' / 'implementations' / 'python' / 'harness.py'}"
JUDGED = ["conform", "--clock", "virtual", "--only", "SD-2,SD-4"]
ENTRY = '[[expected]]\nrequirement = "SD-2"\nreason = "why"\nlink = "unfiled"\n'


def test_a_first_version_is_written_and_never_over_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file can be read at once; a second time it is refused, unless it is forced."""
    report, known = tmp_path / "report.json", tmp_path / "known.toml"
    assert 0 == run([*JUDGED, "--json", str(report)])
    assert 0 == run(["expect", str(report), "--write", str(known)])
    assert 0 == run([*JUDGED, "--expected-failures", str(known)])
    assert 2 == run(["expect", str(report), "--write", str(known)])
    assert "exists" in capsys.readouterr().err
    assert 0 == run(["expect", str(report), "--write", str(known), "--force"])


def test_a_stale_entry_fails_a_run_that_passes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What passes and was expected to fail is an error, and the report names the entry."""
    known, report = tmp_path / "known.toml", tmp_path / "report.json"
    known.write_text(ENTRY)
    assert 1 == run([*JUDGED, "--expected-failures", str(known), "--json", str(report)])
    assert "STALE: SD-2" in capsys.readouterr().out
    told = json.loads(report.read_bytes())["expectations"]
    assert ["SD-2"] == [entry["requirement"] for entry in told["stale"]]


@pytest.mark.parametrize(
    ("text", "says"), [("[[expected]\n", "line 1"), (ENTRY + ENTRY, "named twice")]
)
def test_a_bad_file_is_unusable_before_anything_runs(
    text: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and one line that names the file and the place."""
    known = tmp_path / "known.toml"
    known.write_text(text)
    assert 2 == run([*JUDGED, "--expected-failures", str(known)])
    error = capsys.readouterr().err
    assert str(known) in error
    assert says in error


def test_what_is_no_report_is_unusable(tmp_path: Path) -> None:
    """`expect` reads reports, and says so of anything else."""
    other = tmp_path / "other.json"
    other.write_text("{}")
    assert 2 == run(["expect", str(other)])
    assert 2 == run(["expect", str(tmp_path / "none.json")])


def test_a_trace_is_checked_against_the_same_file(tmp_path: Path) -> None:
    """`check` excuses and accuses as `conform` does."""
    trace, known = tmp_path / "run.jsonl", tmp_path / "known.toml"
    known.write_text(ENTRY)
    assert 0 == run([*JUDGED, "--trace", str(trace)])
    assert 0 == run(["check", str(trace)])
    assert 1 == run(["check", str(trace), "--expected-failures", str(known)])


@pytest.mark.timing
def test_a_sound_harness_smokes_to_zero(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each check is one line, the last line says that the harness is sound, and so does JSON."""
    told = tmp_path / "smoke.json"
    assert 0 == run(["conform", "--smoke", "--impl", PYTHON, "--json", str(told)])
    assert "the harness is SOUND" in capsys.readouterr().out.splitlines()[-1]
    assert json.loads(told.read_bytes())["sound"] is True


def test_what_is_no_harness_smokes_to_three(capsys: pytest.CaptureFixture[str]) -> None:
    """A broken harness is no verdict: exit code 3, and what to do."""
    assert 3 == run(["conform", "--smoke", "--impl", "echo hello"])
    out = capsys.readouterr().out
    assert "What to do:" in out
    assert "BROKEN" in out


@pytest.mark.parametrize("more", [["--only", "SD"], ["--generate", "3"], ["--trace", "x"]])
def test_smoke_judges_nothing(more: list[str]) -> None:
    """Options that belong to a judgement are refused beside it."""
    assert 2 == run(["conform", "--smoke", *more])
