"""Generated scripts on a cluster: what `run_generated` takes as `elsewhere`.

The parts are those that processes of this machine play (`stallproof.generate.parts`), but smaller:
a part is what a dead worker costs, and several workers are to have something to do.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from types import TracebackType
from typing import Self

from stallproof.cluster.connection import Cluster
from stallproof.cluster.playing import Task
from stallproof.cluster.work import identity, play
from stallproof.generate.failures import Settings
from stallproof.generate.series import Part
from stallproof.runner.sut.command import REFERENCE_COMMAND, as_taken
from stallproof.wire.events import TraceBegun
from stallproof.wire.protocol import Hello

CASES_MAX = 500
"""So many scripts a part has at most: about a second or two."""
PARTS_MIN = 16
"""Fewer scripts are parted into as many parts, if there are so many."""


def sizes_of(count: int) -> list[tuple[int, int]]:
    """Return how many cases come before each part of `count` cases, and how many it has."""
    size = max(1, min(CASES_MAX, -(-count // PARTS_MIN)))
    return [(first, min(size, count - first)) for first in range(0, count, size)]


def tasks_of(asked: Settings, header: TraceBegun, hello: Hello) -> list[Task]:
    """Return the parts of what is asked for, in the order of their cases."""
    command = as_taken(asked.command)
    return [
        Task(command, header, hello, first, size, asked.is_traced)
        for first, size in sizes_of(asked.count)
    ]


class PartsOnCluster:
    """The parts of all cases that are asked for, none of which is left to whoever asks."""

    own = 0

    def __init__(self, cluster: Cluster, asked: Settings, header: TraceBegun, hello: Hello) -> None:
        self._cluster = cluster
        self._tasks = tasks_of(asked, header, hello)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """Do nothing: whoever is connected to the cluster leaves it."""

    def rest(self) -> Iterator[tuple[int, int, Part | None]]:
        """Yield first case and number of cases of each part, and what came of it.

        Raises `ClusterError` where the cluster cannot play them.
        """
        if self._tasks:
            command = self._tasks[0].command
            is_reference = tuple(command) == REFERENCE_COMMAND
            self._cluster.require_fit(None if is_reference else command[0], command.cwd)
            function = partial(
                play, theirs=identity(), is_reference=is_reference, caller=self._cluster.caller
            )
            played = self._cluster.in_order(function, self._tasks)
            for task, part in zip(self._tasks, played, strict=True):
                yield task.first, task.count, part

    def left(self) -> Sequence[Part]:
        """Return nothing: what was not taken yet is still with the workers."""
        return ()
