"""The example in C: it compiles cleanly, survives nonsense, and passes everything it claims."""

import shutil
from pathlib import Path

import pytest

from tests.implementations.c.building import SOURCE, USUAL, WARNED, built, found, watched
from tests.implementations.talking import (
    NONSENSE,
    ON_SOCKETS,
    STALL,
    STREAM,
    WITHOUT_GIVING_UP,
    answers_around,
    events,
    judged,
    left,
    noisy,
    played,
)
from tests.once import once


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as anybody would compile it."""
    folder = once(tmp_path_factory, "c", lambda to: built(SOURCE, to, options=USUAL))
    return folder / SOURCE.stem


@pytest.fixture(scope="module", name="watched")
def _watched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with every read, write and sum watched."""
    folder = once(tmp_path_factory, "c-watched", lambda to: watched(SOURCE, to))
    return folder / SOURCE.stem


def test_it_compiles_without_a_warning(tmp_path: Path) -> None:
    """A compiler that is asked to warn of much has nothing to say about it."""
    assert built(SOURCE, tmp_path, compiler=found("gcc", "cc"), options=WARNED).exists()


@pytest.mark.skipif(shutil.which("tcc") is None, reason="tcc is not there")
def test_a_small_compiler_will_do(tmp_path: Path) -> None:
    """Nothing in it needs a compiler that optimises, or one with extensions."""
    assert built(
        SOURCE, tmp_path, compiler="tcc", options=("-pthread", "-Wall", "-Werror")
    ).exists()


def test_a_send_ends_at_its_deadline_to_the_microsecond(watched: Path) -> None:
    """The send with a byte left times out and closes, once, and the one behind it is suppressed."""
    assert [
        ("closing", 500_000, None),
        ("send_ended", 500_000, "timeout"),
        ("send_ended", 500_000, "suppressed"),
    ] == events(played([str(watched)], *STALL), "closing", "send_ended")


def test_a_stream_gives_up_when_that_is_due(watched: Path) -> None:
    """The watchdog ends a stream a progress timeout after its wait began, and says so once."""
    assert [
        ("stream_ended", 60_000_000, "no_progress"),
        ("notice_sent", 60_000_000, None),
    ] == events(played([str(watched)], *STREAM), "stream_ended", "notice_sent")


def test_nothing_of_an_earlier_case_shows_in_a_later_one(watched: Path) -> None:
    """What a case brings does not depend on what was played before it."""
    alone = [line for line in played([str(watched)], *STREAM) if "event" in line]
    after = played([str(watched)], *STALL, *STREAM)
    begun = next(i for i, line in enumerate(after) if line.get("id") == len(STALL) + 1)
    assert alone == [line for line in after[begun:] if "event" in line]


def test_the_same_requests_bring_the_same_lines(program: Path) -> None:
    """No clock of the machine and no chance is in what it says in virtual time."""
    assert played([str(program)], *STALL, *STREAM) == played([str(program)], *STALL, *STREAM)


@pytest.mark.parametrize(
    ("line", "ident", "error"),
    [
        *NONSENSE,
        (b'{"id":7,"op":"fail","conn":"a","cause":"ENONSENSE"}', 7, "unsupported"),
        (b'{"id":7,"op":"config","file":"{}"}', 7, "unsupported"),
        (b'{"id":7,"op":"open","conn":"b","transport":"unix","role":"accept"}', 7, "unsupported"),
        (b'{"id":7,"op":"\xff"}', 0, "failed"),
        (b'{"id":7,"op":"\x00"}', 0, "failed"),
    ],
)
def test_nonsense_is_answered_and_survived(
    watched: Path, line: bytes, ident: int, error: str
) -> None:
    """Each kind of nonsense gets the answer it deserves, and the next request its own."""
    assert [(1, None), (2, None), (ident, error), (8, None)] == answers_around(line, [str(watched)])


REAL = ",".join((*ON_SOCKETS, "SD-11", "SD-15", "SC-11", "CX-4"))


def test_it_passes_everything_in_virtual_time(program: Path, tmp_path: Path) -> None:
    """Exactly, with no grace: every requirement that virtual time can decide, but configuration."""
    report = judged([str(program)], tmp_path, "--clock", "virtual")
    assert WITHOUT_GIVING_UP >= left(report).keys(), left(report)
    assert 0 == report["grace_us"]


@pytest.mark.timing
def test_it_passes_on_the_real_clock(watched: Path, tmp_path: Path) -> None:
    """On real sockets too, with every read, write and sum watched."""
    report = judged([str(watched)], tmp_path, "--clock", "real", "--only", REAL)
    assert set() == left(report).keys() - noisy(report), left(report)
