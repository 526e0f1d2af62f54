"""The cases of a seed in parts, each played by a process of its own.

The use: `with Parts(asked, header, count) as parts` plays `parts.own` cases itself, then takes from
`parts.rest()` what came of the others, in their order. Whoever has others play them, such as a
cluster, hands in an `Elsewhere`, of which the same is asked.

The complication: a part that nobody could play, because its process was lost or a second harness
cannot be started, is told as `None`, and whoever asked plays it itself.

Spec: `spec/virtual.md`; `spec/README.md`, "Ending".
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from stallproof.generate.failures import Settings
from stallproof.generate.series import Part, Series
from stallproof.judge.accumulator import Accumulator
from stallproof.runner.doctor.machine import available
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.ending import Ended, at_once, may_end
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.workers import Workers
from stallproof.wire.events import AnyEvent, TraceBegun
from stallproof.wire.protocol import Hello

PART_MIN = 2_000
"""With fewer scripts than this a process costs more than it saves."""


def processors() -> int:
    """Return how many whole processors this process may use, at least one."""
    return max(1, int(available()))


def bounds_of(count: int, jobs: int) -> list[int]:
    """Return where each part of `count` cases begins, and where the last one ends.

    At most `jobs` parts, and none has fewer than `PART_MIN` unless it is the only one.
    """
    parts = max(1, min(jobs, count // PART_MIN))
    return [count * place // parts for place in range(parts + 1)]


def series_of(
    command: Sequence[str],
    header: TraceBegun,
    harness: VirtualHarness,
    events: list[AnyEvent] | None,
) -> Series:
    """Return what plays a part under `header`; the trace goes to `events`, or nowhere."""
    asked = Settings(
        command, 0, header.seed, header.profile, frozenset(header.selected), Path(),
        lambda step: None,
    )  # fmt: skip
    write = (lambda run: None) if events is None else events.extend
    return Series(asked, harness, Accumulator(header), write)


def play_part(
    command: Sequence[str], header: TraceBegun, first: int, count: int, is_traced: bool
) -> Part | None:
    """Play `count` cases from `first` on in this process; `None` if no harness can be started."""
    harness = VirtualHarness(command)
    events: list[AnyEvent] = []
    series = series_of(command, header, harness, events if is_traced else None)
    try:
        with at_once(harness.abandon), may_end(), harness:
            series.play(first, count, lambda case: None)
    except Ended:
        # What was played to its end counts.
        pass
    except HarnessBroken:
        return None
    return series.part(events)


class Parted(Protocol):
    """Some cases in parts: those of whoever asks, and what came of the others."""

    @property
    def own(self) -> int:
        """Return how many cases are left to whoever asks."""

    def __enter__(self) -> Self:
        """Begin to have the parts played."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None, /,
    ) -> None:  # fmt: skip
        """End what still plays."""

    def rest(self) -> Iterable[tuple[int, int, Part | None]]:
        """Yield first case and number of cases of each other part, and what came of it."""

    def left(self) -> Iterable[Part]:
        """Yield what came of the parts that were not taken: of a run that ended before its time."""


Elsewhere = Callable[[Settings, TraceBegun, Hello], Parted]
"""What has all cases that are asked for played by others, for the harness that said hello so."""


class Parts:
    """The parts of `count` cases: the first for whoever asks, each other one for a process."""

    def __init__(self, asked: Settings, header: TraceBegun, count: int) -> None:
        bounds = bounds_of(count, min(asked.jobs, processors()))
        self._asked = asked
        self._header = header
        self._ranges = [(a, b - a) for a, b in pairwise(bounds[1:])]
        self._futures: list[Future[Part | None]] = []
        self._workers: Workers[Part | None] | None = None
        self._taken = 0
        self.own = bounds[1]
        """How many cases are left to whoever asks."""

    def __enter__(self) -> Self:
        if self._ranges:
            self._workers = Workers(len(self._ranges))
            asked, header = self._asked, self._header
            for first, count in self._ranges:
                self._futures.append(
                    self._workers.submit(
                        play_part, asked.command, header, first, count, asked.is_traced
                    )
                )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if self._workers is not None:
            self._workers.close(self._futures)

    def rest(self) -> Iterator[tuple[int, int, Part | None]]:
        """Yield first case and number of cases of each other part, and what came of it."""
        for future, (first, count) in zip(self._futures, self._ranges, strict=True):
            while not future.done() and self._workers is not None:
                self._workers.next(None)
            self._taken += 1
            yield first, count, _of(future)

    def left(self) -> Iterator[Part]:
        """Yield what came of the parts that were not taken: of a run that ended before its time."""
        for future in self._futures[self._taken :]:
            if future.done() and (part := _of(future)) is not None:
                yield part


def _of(future: "Future[Part | None]") -> Part | None:
    is_lost = future.cancelled() or future.exception() is not None
    return None if is_lost else future.result()
