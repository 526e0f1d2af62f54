"""The JSON report: stable, readable again, and refused when it is something else."""

import json
from pathlib import Path

import pytest

from stallproof.reports.json_report import ReportError, encode_report, read_report
from tests.reports.samples import make_finding, make_judgement, make_report

REPORT = make_report(
    make_judgement(verdict="fail", findings=[make_finding()], situations={"b": 1, "a": 0}),
    verdict="fail",
)


def test_a_report_comes_back_as_it_was(tmp_path: Path) -> None:
    """Events and all, a written report reads as the same value."""
    path = tmp_path / "report.json"
    path.write_bytes(encode_report(REPORT))
    assert read_report(path) == REPORT


def test_mappings_are_sorted_and_the_file_ends_with_a_newline() -> None:
    """Equal reports are equal bytes, whatever order their mappings were filled in."""
    text = encode_report(REPORT).decode()
    assert text.index('"a": 0') < text.index('"b": 1')
    assert text.endswith("}\n")


def test_a_report_of_an_earlier_version_can_be_read(tmp_path: Path) -> None:
    """One that names no versions and no transports says nothing of them, and everything else."""
    told = json.loads(encode_report(REPORT))
    for name in ("stallproof", "law", "transports"):
        del told[name]
    del told["requirements"][0]["findings"][0]["transports"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(told))
    assert REPORT == read_report(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not a report"),
        (b"<html>", "not a report"),
        (b"{}", "not a report"),
        (b"\xff", "not a report"),
        (b"[" * 100_000, "not a report"),
        (encode_report(REPORT).replace(b"stallproof.report/1", b"other/1"), "schema"),
    ],
)
def test_what_is_no_report_is_refused_by_name(tmp_path: Path, content: bytes, why: str) -> None:
    """The message names the file and says what is wrong."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(ReportError, match=why) as caught:
        read_report(path)
    assert str(path) in str(caught.value)


def test_a_missing_report_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(ReportError, match="No such file"):
        read_report(tmp_path / "none.json")
