"""Records are read as they were written, and a broken one is refused by name."""

from pathlib import Path

import msgspec
import pytest

from tests.benchmarks.made import ELSEWHERE, HERE, LOUD, QUIET, figure, record, row
from tests.benchmarks.record import (
    COMMITTED,
    RecordError,
    encoded,
    merged,
    read_record,
    require_alike,
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    """With everything that is in it."""
    whole = record(row(figure(1.5, note="a note"), figure(None, case="b"), noise=LOUD))
    path = tmp_path / "record.json"
    path.write_bytes(encoded(whole))
    assert whole == read_record(path)


def test_the_committed_record_can_be_used() -> None:
    """It is whole, no row of it broke, and it is no quick one."""
    found = read_record(COMMITTED)
    assert ([], False) == ([one.name for one in found.broken], found.is_quick)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'{"schema": "stallproof.benchmarks/2"}',
        encoded(record(row())).replace(b'"drift": 0.0', b'"drift": "none"'),
        encoded(record(row())).replace(b'"is_quick"', b'"is_fast"'),
        encoded(record(row(), row())),
    ],
)
def test_a_broken_record_is_refused(tmp_path: Path, text: bytes) -> None:
    """And the message names the file."""
    path = tmp_path / "broken.json"
    path.write_bytes(text)
    with pytest.raises(RecordError, match=r"broken\.json: "):
        read_record(path)


def test_a_record_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """In the words of the system."""
    with pytest.raises(RecordError, match=r"none\.json: No such file"):
        read_record(tmp_path / "none.json")


def test_rows_that_are_not_measured_again_are_kept() -> None:
    """A new row replaces the old one of its name, and they stand by their numbers."""
    old = record(row(name="a", number=2, title="old"), row(name="b", number=1))
    new = record(row(name="a", number=2, title="new"), row(name="c", number=3))
    found = merged(old, new)
    assert [("b", "what it is"), ("a", "new"), ("c", "what it is")] == [
        (one.name, one.title) for one in found.rows
    ]


def test_rows_of_two_machines_do_not_stand_in_one_record() -> None:
    """Nor do quick ones and others."""
    require_alike(record(), msgspec.structs.replace(HERE, load=9.0), is_quick=False)
    with pytest.raises(RecordError, match="another machine"):
        require_alike(record(), ELSEWHERE, is_quick=False)
    with pytest.raises(RecordError, match="quick rows"):
        require_alike(record(), HERE, is_quick=True)


@pytest.mark.parametrize(
    ("python", "processors", "expected"),
    [
        ("CPython 3.11.9", 2, True),
        ("CPython 3.12.7", 2, False),
        ("PyPy 3.11.7", 2, False),
        ("CPython 3.11.7", 4, False),
    ],
)
def test_a_machine_alike_may_have_another_patch_of_python(
    python: str, processors: int, expected: bool
) -> None:
    """But not another minor version, nor another number of processors."""
    other = msgspec.structs.replace(HERE, python=python, processors=processors)
    assert expected == HERE.is_like(other)


@pytest.mark.parametrize(("high", "expected"), [(4.4, False), (4.5, False), (4.6, True)])
def test_a_spread_beyond_a_quarter_is_noise(high: float, expected: bool) -> None:
    """At exactly a quarter it is not."""
    wide = figure(4.0, low=3.5, high=high)
    assert expected == row(wide, noise=QUIET).is_noisy(wide)
    assert row(wide, noise=LOUD).is_noisy(wide)
