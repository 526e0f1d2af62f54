"""Destinations are tried before a run, and left as they were found."""

import io
import os
from pathlib import Path

import pytest

from stallproof.reports.output import UnusableError, emit, require_outputs, require_writable


def test_a_new_file_is_possible_and_not_left_behind(tmp_path: Path) -> None:
    """Trying a destination makes no file."""
    require_writable(tmp_path / "new.json", "--json")
    assert list(tmp_path.iterdir()) == []


def test_an_old_file_keeps_its_content(tmp_path: Path) -> None:
    """Yesterday's report survives a run that never gets to write."""
    path = tmp_path / "old.json"
    path.write_text("yesterday")
    require_writable(path, "--json")
    assert path.read_text() == "yesterday"


@pytest.mark.parametrize("name", ["", "none/report.json", "report.json/x", "nul\0", "n" * 300])
def test_an_impossible_path_is_refused_by_option(tmp_path: Path, name: str) -> None:
    """A folder, a missing folder, a file for a folder and an impossible name are all refused."""
    (tmp_path / "report.json").write_text("")
    with pytest.raises(UnusableError, match="--trace"):
        require_writable(tmp_path / name, "--trace")


def test_a_pipe_is_not_opened_to_try_it(tmp_path: Path) -> None:
    """A named pipe without a reader is a destination and does not hang the trial."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    require_writable(path, "--json")
    assert path.exists()


def test_nothing_is_written_over_what_is_read_or_twice(tmp_path: Path) -> None:
    """A trace that is judged is never the report's file, nor are report and trace one file."""
    trace = tmp_path / "run.jsonl"
    noise_monitor = tmp_path / "." / "run.jsonl"
    with pytest.raises(UnusableError, match="used already"):
        require_outputs({"--json": str(noise_monitor)}, inputs=[trace])
    with pytest.raises(UnusableError, match="used already"):
        require_outputs({"--json": str(noise_monitor), "--trace": trace}, inputs=[])


@pytest.mark.parametrize("json", ["", "--trace", "-x"])
def test_an_option_swallowed_as_a_file_name_is_refused(json: str) -> None:
    """`--json --trace` asks for a file name and does not make a file of that name."""
    with pytest.raises(UnusableError, match="--json"):
        require_outputs({"--json": json}, inputs=[])


def test_a_trace_cannot_go_to_standard_output() -> None:
    """`--trace -` would mix events with the report."""
    with pytest.raises(UnusableError, match="file"):
        require_outputs({"--trace": Path("-")}, inputs=[])


def test_only_one_report_goes_to_standard_output() -> None:
    """Two of them would be mixed."""
    with pytest.raises(UnusableError, match="only one"):
        require_outputs({"--json": "-", "--junit": "-"}, inputs=[])
    require_outputs({"--json": "-", "--junit": None}, inputs=[])


def test_what_a_stream_cannot_encode_is_escaped() -> None:
    """A terminal without Unicode gets escapes, not a crash."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, "ascii")
    assert emit(stream, "é\n")
    assert raw.getvalue() == b"\\xe9\n"
