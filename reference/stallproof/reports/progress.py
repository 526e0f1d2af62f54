"""What a person sees while a run goes on: a bar in a terminal, one plain line each elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TextIO, cast

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from stallproof.reports.lines import visible

NAME_MAX = 60
"""How much of a scenario's name fits beside the bar."""
_TELL_S = 0.5
"""How often a log gets a line: a vector takes less than a person can read."""


class Step(Protocol):
    """How far a run has come: `done` of `total` scenarios, and what is under way or was learnt."""

    @property
    def done(self) -> int: ...
    @property
    def total(self) -> int: ...
    @property
    def scenario(self) -> str: ...
    @property
    def note(self) -> str: ...


def plain_line(step: Step) -> str:
    """Return `step` as one line without its newline."""
    width = len(str(step.total))
    note = f": {visible(step.note)}" if step.note else ""
    return f"[{step.done:>{width}}/{step.total}] {visible(step.scenario)}{note}"


@contextmanager
def progress(stream: TextIO, *, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """Yield a function that shows each step on `stream`; the bar is gone when the run is over.

    A stream that nobody reads any more ends the showing, not the run. `quiet`: nothing is shown.
    """
    if quiet:
        yield lambda step: None
        return
    if not stream.isatty():
        yield _Log(stream).show
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(
        file=cast(TextIO, _Lasting(stream)), markup=False, highlight=False, emoji=False
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(step: Step) -> None:
            name = visible(step.scenario, limit=NAME_MAX)
            bar.update(task, completed=step.done, total=step.total, description=name)
            if step.note:
                bar.console.print(Text(plain_line(step)))

        yield show


class _Log:
    """A stream that is no terminal: a line for a step, unless steps come faster than one reads."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = _Lasting(stream)
        self._next_at = 0.0

    def show(self, step: Step) -> None:
        """Write a line where something is noted, at the end, and twice a second."""
        at = time.monotonic()
        if step.note or step.done == step.total or at >= self._next_at:
            self._next_at = at + _TELL_S
            self._stream.write(plain_line(step) + "\n")
            self._stream.flush()


class _Lasting:
    """A stream to write on for as long as it is there; one that was closed ends nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
