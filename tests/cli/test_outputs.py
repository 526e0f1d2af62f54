"""Every kind of report of one run: they agree, and they are refused or annotated as they should."""

import json
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from stallproof import __version__
from stallproof.cli import run
from stallproof.reports.schemas import report_schema
from stallproof.requirements.version import law_version

ROOT = Path(__file__).resolve().parents[2]
NOTHING = f"{sys.executable} {ROOT / 'tests/implementations/negative/does_nothing.py'}"
ROUNDS = f"{sys.executable} {ROOT / 'tests/implementations/negative/rounds_its_deadline_down.py'}"
JUDGED = ["conform", "--clock", "virtual", "--only", "SD-2,SD-4"]
KINDS = {"--json": "r.json", "--junit": "r.xml", "--markdown": "r.md", "--badge": "r.svg"}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with all kinds of report of one run of the reference, and its trace."""
    folder = tmp_path_factory.mktemp("reports")
    files = [word for option, name in KINDS.items() for word in (option, str(folder / name))]
    assert 0 == run([*JUDGED, *files, "--trace", str(folder / "run.jsonl")])
    return folder


def report_in(path: Path) -> dict[str, Any]:
    """Return the JSON report in `path`, which has to fit its schema."""
    told: dict[str, Any] = json.loads(path.read_bytes())
    Draft202012Validator(report_schema()).validate(told)
    return told


def test_the_json_report_is_a_record_by_itself(written: Path) -> None:
    """Versions, date, host, both commands and what was played: nothing else is needed later."""
    told = report_in(written / "r.json")
    assert (__version__, law_version()) == (told["stallproof"], told["law"])
    assert {"date", "host", "kernel", "processors", "python"} <= set(told["volatile"])
    assert told["volatile"]["command"].startswith("stallproof conform --clock virtual --only SD-2")
    assert told["volatile"]["harness"].endswith("-m stallproof.harness")
    assert [] == told["transports"]


def test_a_trace_says_the_same_but_for_what_is_volatile(written: Path, tmp_path: Path) -> None:
    """Judged again it has the same versions, findings and transports."""
    again = tmp_path / "again.json"
    assert 0 == run(["check", str(written / "run.jsonl"), "--json", str(again)])
    live, checked = report_in(written / "r.json"), report_in(again)
    assert "harness" not in checked["volatile"]
    for report in (live, checked):
        # Notes are what only a live run has to say.
        del report["volatile"], report["notes"]
    assert live == checked


def test_all_kinds_say_the_same_verdict(written: Path) -> None:
    """The badge, the summary and the cases."""
    assert "stallproof: pass, 2 of 2" in (written / "r.svg").read_text()
    assert (written / "r.md").read_text().startswith("### stallproof: PASS for ")
    suite = ET.parse(written / "r.xml").getroot()
    assert ("3", "0", "0") == tuple(suite.attrib[one] for one in ("tests", "failures", "errors"))


@pytest.mark.parametrize(
    ("impl", "code", "tag"), [(ROUNDS, 1, "failure"), (NOTHING, 3, "error")], ids=["wrong", "lacks"]
)
def test_a_run_that_is_no_pass_has_a_red_case(
    impl: str, code: int, tag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard output the XML stands alone; the text for a person is on standard error."""
    assert code == run([*JUDGED, "--impl", impl, "--junit", "-"])
    told = capsys.readouterr()
    assert list(ET.fromstring(told.out).iter(tag))
    assert f"(exit code {code})" in " ".join(told.err.split())


@pytest.mark.parametrize("options", [[], ["--markdown", "-"]])
def test_annotations_are_made_in_github_actions_and_nowhere_else(
    options: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They follow the report, and leave a standard output alone that something else goes to."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert 1 == run([*JUDGED, "--impl", ROUNDS, *options])
    told = capsys.readouterr()
    text = told.err if options else told.out
    assert "\n::error title=stallproof%3A SD-" in text
    assert text.index("::stop-commands::") < text.index("Judged: ") < text.index("::error ")
    assert options == [] or "::error" not in told.out
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert 1 == run([*JUDGED, "--impl", ROUNDS])
    assert "::" not in capsys.readouterr().out


@pytest.mark.parametrize("name", ["x.png", "-", ""])
def test_a_badge_of_another_kind_is_refused_before_the_run(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and both endings that are known."""
    assert 2 == run([*JUDGED, "--badge", name])
    told = capsys.readouterr()
    assert ".json or .svg" in told.err
    assert "" == told.out


def test_only_one_report_goes_to_standard_output() -> None:
    """Two of them would be one broken file."""
    assert 2 == run([*JUDGED, "--junit", "-", "--markdown", "-"])
