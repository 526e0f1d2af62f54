"""`stallproof compare` on the command line: what it says, its files and its exit codes."""

import json
from pathlib import Path

import msgspec
import pytest

from stallproof.cli import run
from stallproof.judge.report import HarnessTrouble, Report, Verdict
from stallproof.reports.comparison import LINES_MAX
from stallproof.reports.json_report import encode_report
from tests.reports.built import HOSTILE
from tests.reports.samples import make_judgement, make_report

UNWRITABLE = HOSTILE.encode("utf-8", "replace").decode()
"""The hostile name as a file can hold it."""


@pytest.fixture
def files(tmp_path: Path, plain: None) -> dict[Verdict, str]:
    """Return files of reports in which SD-3 came out so, by the verdict."""
    found: dict[Verdict, str] = {}
    for verdict in ("pass", "fail", "inconclusive"):
        found[verdict] = written(tmp_path / f"{verdict}.json", make_report(
            make_judgement("SD-3", verdict, title=UNWRITABLE), make_judgement("CX-1"),
            verdict="pass" if verdict == "pass" else "fail",
        ))  # fmt: skip
    return found


def written(path: Path, report: Report) -> str:
    path.write_bytes(encode_report(report))
    return str(path)


def test_a_regression_exits_with_1_and_is_told(
    files: dict[Verdict, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The requirement, both standings, and the exit code on the last line."""
    assert 1 == run(["compare", files["pass"], files["fail"]])
    out = " ".join(capsys.readouterr().out.split())
    assert "Got worse: - SD-3" in out
    assert "pass, then fail" in out
    assert out.endswith("1 requirement got worse (exit code 1)")


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [("fail", "pass", "Got better"), ("fail", "inconclusive", "Changed")],
)
def test_what_got_no_worse_exits_with_0(
    before: Verdict,
    after: Verdict,
    says: str,
    files: dict[Verdict, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A change is told, and no failure."""
    assert 0 == run(["compare", files[before], files[after]])
    assert says in capsys.readouterr().out


def test_only_what_is_asked_for_counts(files: dict[Verdict, str]) -> None:
    """A part of the law can be compared alone."""
    assert 0 == run(["compare", files["pass"], files["fail"], "--only", "CX"])
    assert 1 == run(["compare", files["pass"], files["fail"], "--only", "SD"])
    assert 2 == run(["compare", files["pass"], files["fail"], "--only", "XX"])


def test_json_and_markdown_say_the_same(
    files: dict[Verdict, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """To files, or one of them to standard output, with the text on standard error."""
    summary = tmp_path / "summary.md"
    more = ["--json", "-", "--markdown", str(summary)]
    assert 1 == run(["compare", files["pass"], files["fail"], *more])
    told = capsys.readouterr()
    change = json.loads(told.out)["changes"][0]
    assert ("SD-3", "pass", "fail", True) == (
        change["id"], change["before"], change["after"], change["is_worse"],
    )  # fmt: skip
    assert "REGRESSION" in told.err
    text = summary.read_text()
    assert "**Got worse**" in text
    assert "<img" not in text


def test_the_summary_is_short_whatever_changed(tmp_path: Path, plain: None) -> None:
    """Each group of changes has its most, and so have the warnings."""
    ways: list[tuple[Verdict, Verdict]] = [
        ("pass", "fail"), ("fail", "pass"), ("fail", "inconclusive"),
    ]  # fmt: skip
    files = []
    for side, only in enumerate(("OLD", "NEW")):
        judged = [
            make_judgement(f"G{group}-{n}", way[side])
            for group, way in enumerate(ways)
            for n in range(100)
        ]
        judged += [make_judgement(f"{only}-{n}") for n in range(100)]
        trouble = [HarnessTrouble(scenario="s", what="hung", detail="d")]
        told = make_report(*judged, verdict="fail", harness=trouble)
        told = msgspec.structs.replace(
            told, grace_us=side, law=only, stallproof=only, profile=only, without=[only],
            interrupted=only, implementation={"name": only, "version": only},
        )  # fmt: skip
        files.append(written(tmp_path / f"{only}.json", told))
    summary = tmp_path / "summary.md"
    assert 1 == run(["compare", *files, "--markdown", str(summary)])
    assert 60 == LINES_MAX == len(summary.read_text().splitlines())


@pytest.mark.parametrize("content", ["", "{}", "[" * 100_000, '{"schema": "other/1"}'])
def test_what_is_no_report_is_unusable(
    content: str, files: dict[Verdict, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and the file by its name."""
    other = tmp_path / "other.json"
    other.write_text(content)
    assert 2 == run(["compare", files["pass"], str(other)])
    assert str(other) in capsys.readouterr().err


def test_a_report_is_not_written_over(files: dict[Verdict, str]) -> None:
    """Neither of the two can be where the comparison goes."""
    assert 2 == run(["compare", files["pass"], files["fail"], "--json", files["pass"]])
