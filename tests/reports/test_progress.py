"""What is shown while a run goes on."""

import io
import os
from typing import NamedTuple

from stallproof.reports.progress import plain_line, progress


class Shown(NamedTuple):
    """One step of a run."""

    done: int
    total: int
    scenario: str
    note: str = ""


def test_without_a_terminal_each_step_is_one_line() -> None:
    """A log gets a plain line a scenario, with its note."""
    stream = io.StringIO()
    with progress(stream) as show:
        show(Shown(1, 30, "never-reads-unix"))
        show(Shown(30, 30, "x", "repeated\nfor noise"))
    expected = "[ 1/30] never-reads-unix\n[30/30] x: repeated\\nfor noise\n"
    assert expected == stream.getvalue()


def test_a_log_is_not_filled_by_steps_that_nobody_can_read() -> None:
    """The first and the last are there, and what has a note."""
    stream = io.StringIO()
    with progress(stream) as show:
        for done in range(1, 1000):
            show(Shown(done, 1000, "quick", "broken" if done == 500 else ""))
        show(Shown(1000, 1000, "quick"))
    lines = stream.getvalue().splitlines()
    assert ("[   1/1000] quick", "[1000/1000] quick") == (lines[0], lines[-1])
    assert "[ 500/1000] quick: broken" in lines
    assert len(lines) < 1000


def test_a_reader_that_left_does_not_end_the_run() -> None:
    """Progress that nobody reads is dropped in silence."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as stream:
        with progress(stream) as show:
            show(Shown(1, 2, "a"))
            show(Shown(2, 2, "b"))
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def test_in_a_terminal_there_is_a_bar_that_goes_away() -> None:
    """A terminal shows how far the run is, and notes stay above the bar."""
    stream = _Terminal()
    with progress(stream) as show:
        show(Shown(1, 2, "never-reads-unix", "repeated for noise"))
        show(Shown(2, 2, "close-window"))
    assert "[1/2] never-reads-unix: repeated for noise" in stream.getvalue()
    assert "2/2" in stream.getvalue()


def test_a_plain_line_lines_up() -> None:
    """Counters are as wide as the total."""
    assert plain_line(Shown(3, 100, "s")) == "[  3/100] s"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True
