"""What workers do: they play a part in a process of their own that ends with them."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stallproof import __version__
from stallproof.cluster.errors import ClusterError, UnfitCluster
from stallproof.cluster.guard import receive, send
from stallproof.cluster.playing import Task, played
from stallproof.generate.series import Part
from stallproof.judge.chunks import Chunk, ChunkJudged
from stallproof.requirements.version import law_version
from stallproof.runner.sut.command import REFERENCE_COMMAND, HarnessCommand


@dataclass(frozen=True, slots=True)
class Identity:
    """By which version of the program, and of the law, is judged."""

    stallproof: str
    law: str

    def __str__(self) -> str:
        return f"stallproof {self.stallproof} with the law {self.law}"


def identity() -> Identity:
    """Return those of this process."""
    return Identity(__version__, law_version())


def require_alike(theirs: Identity) -> None:
    """Raise `UnfitCluster` unless this process judges as whoever asks does."""
    if identity() != theirs:
        raise UnfitCluster(f"it has {identity()}, and here is {theirs}")


def _with_words(command: HarnessCommand, words: Sequence[str]) -> HarnessCommand:
    return HarnessCommand(words, without=command.without, cwd=command.cwd, role=command.role)


class _Guard:
    """A process that plays parts, and ends with this one."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-m", "stallproof.cluster.guard"), start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what `function` returns there; raises `ClusterError` with what it raises."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            send(self._process.stdin, (function, arguments))
            is_error, answer = receive(self._process.stdout)
        except (EOFError, OSError, ValueError) as error:
            raise ClusterError("the process that plays there has ended") from error
        if is_error:
            raise ClusterError(answer)
        return answer

    def end(self) -> None:
        """Have it end, and all that it has started with it."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()


_all: set[_Guard] = set()
_idle: list[_Guard] = []
_changing = threading.Lock()


def play(task: Task, theirs: Identity, *, is_reference: bool) -> Part:
    """Play and judge `task` here, for somebody who judges by `theirs`.

    With `is_reference` the harness is our own, in the Python of this worker. Raises `ClusterError`
    where this worker cannot.
    """
    require_alike(theirs)
    if is_reference:
        task = replace(task, command=_with_words(task.command, REFERENCE_COMMAND))
    with _changing:
        guard = next((one for one in _idle if one.is_alive), None)
        if guard is not None:
            _idle.remove(guard)
        else:
            guard = _Guard()
            _all.add(guard)
    part: Part = guard.call(played, task)
    with _changing:
        _idle.append(guard)
    return part


def judge(chunk: Chunk, theirs: Identity) -> ChunkJudged:
    """Judge `chunk` here, for somebody who judges by `theirs`; raises `UnfitCluster`."""
    require_alike(theirs)
    return chunk.judged()


def end_all() -> None:
    """End whatever plays on this worker, and what waits to play."""
    with _changing:
        for guard in _all:
            guard.end()
        _all.clear()
        _idle.clear()
