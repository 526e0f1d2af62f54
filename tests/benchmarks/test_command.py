"""The command: what it measures, what it says, and its exit status."""

from pathlib import Path

import pytest

from tests.benchmarks import __main__ as command
from tests.benchmarks.__main__ import BROKEN, FELL, UNUSABLE, main
from tests.benchmarks.found import rows
from tests.benchmarks.made import LOUD, figure, record, row
from tests.benchmarks.record import Record, encoded, read_record
from tests.benchmarks.report import lines, number


@pytest.fixture(name="measuring")
def _measuring(monkeypatch: pytest.MonkeyPatch) -> list[tuple[list[str], bool]]:
    """Have nothing measured: each run finds 3.0 where 4.0 was before, and is noted here."""
    asked: list[tuple[list[str], bool]] = []

    def run(rows: dict[str, object], *, is_quick: bool, tell: object) -> Record:
        asked.append((list(rows), is_quick))
        return _found

    monkeypatch.setattr(command, "run", run)
    return asked


_found = record(row(figure(2.9, at_least=2.0), name="queued", title="many senders"))


def before(folder: Path, median: float) -> str:
    """Write a record with that median, and return its path."""
    path = folder / "before.json"
    path.write_bytes(encoded(record(row(figure(median), name="queued"))))
    return str(path)


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """And is no failure."""
    assert 0 == main(["--help"])
    assert "python -m tests.benchmarks --quick --against" in capsys.readouterr().out


def test_a_list_measures_nothing(
    capsys: pytest.CaptureFixture[str], measuring: list[tuple[list[str], bool]]
) -> None:
    """It names rows with their goals."""
    assert 0 == main(["--list"])
    assert [] == measuring
    assert "queued" in capsys.readouterr().out


def test_a_fall_is_a_report_and_with_a_gate_a_failure(
    tmp_path: Path, measuring: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said in both cases."""
    path = before(tmp_path, 4.0)
    assert 0 == main(["queued", "--against", path])
    assert "fell: queued, a case: 4 before, 2.9 now" in capsys.readouterr().out
    assert FELL == main(["queued", "--against", path, "--gate"])
    assert 2 == len(measuring)


def test_no_fall_passes_the_gate(tmp_path: Path, measuring: list[object]) -> None:
    """A figure that is as before, to within a quarter."""
    assert 0 == main(["queued", "--gate", "--against", before(tmp_path, 3.0)])
    assert 1 == len(measuring)


@pytest.mark.parametrize(
    "words",
    [
        ["no_such_row"],
        ["--gate"],
        ["--merge"],
        ["--against", "none.json"],
        ["--no-such-option"],
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_measured(
    words: list[str], measuring: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    """In one line."""
    assert UNUSABLE == main(words)
    assert [] == measuring
    assert capsys.readouterr().err.startswith("benchmarks: ")


def test_a_broken_record_is_refused_before_anything_is_measured(
    tmp_path: Path, measuring: list[object]
) -> None:
    """Minutes of measuring would be lost."""
    path = tmp_path / "broken.json"
    path.write_text("{")
    assert UNUSABLE == main(["--against", str(path)])
    assert UNUSABLE == main(["--merge", "--json", str(path)])
    assert ([], "{") == (measuring, path.read_text())


def test_a_row_that_broke_fails_whatever_else_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record is written all the same."""
    broken = record(row(name="queued", error="RuntimeError: no"))
    monkeypatch.setattr(command, "run", lambda *_rows, **_options: broken)
    path = tmp_path / "folder" / "record.json"
    assert BROKEN == main(["--json", str(path)])
    assert broken == read_record(path)


def test_a_fault_of_its_own_is_no_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own exit status would be that of a fall."""

    def crash(*_rows: object, **_options: object) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr(command, "run", crash)
    assert BROKEN == main([])


@pytest.mark.usefixtures("measuring")
def test_rows_of_a_record_are_kept_when_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside those that were measured."""
    monkeypatch.setattr(command, "environment", lambda: _found.environment)
    path = tmp_path / "record.json"
    path.write_bytes(encoded(record(row(name="kept", number=1), row(name="queued"))))
    assert 0 == main(["--merge", "--json", str(path)])
    assert ["kept", "queued"] == [one.name for one in read_record(path).rows]
    assert 0 == main(["--json", str(path)])
    assert ["queued"] == [one.name for one in read_record(path).rows]


def test_a_quick_run_measures_the_quick_rows(measuring: list[tuple[list[str], bool]]) -> None:
    """Unless rows are named."""
    assert 0 == main(["--quick"])
    quick = [name for name, one in rows().items() if one.is_quick]
    assert (quick, True) == measuring[0]


def test_the_report_says_noise_and_what_is_missing() -> None:
    """And the goal with its word."""
    noisy = row(
        figure(2.9, low=1.0, high=3.0, at_least=2.0, beside=2.0),
        figure(None, case="b", note="NVFlare is not here"),
        noise=LOUD,
    )
    told = [one.strip() for one in lines(record(noisy, row(left_out="no trio here")))]
    assert "a case: 2.9 (1 to 3); 2.9 beside 2 us; goal >= 2: too noisy to say" in told
    assert "b: NVFlare is not here" in told
    assert "too noisy: others took 50% of the processors, their speed drifted by 0%" in told
    assert "left out: no trio here" in told


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, "-"), (0.01234, "0.0123"), (99.94, "99.9"), (100.0, "100"), (1234567.8, "1,234,568")],
)
def test_numbers_have_three_digits_that_count(value: float | None, expected: str) -> None:
    """Large ones have all before the point."""
    assert expected == number(value)


def test_an_interrupted_run_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was measured to its end."""

    def interrupted(*_rows: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)
    assert BROKEN == main([])
    assert "benchmarks: interrupted\n" == capsys.readouterr().err
