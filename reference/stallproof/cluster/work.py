"""What workers do: they play a part in a process of their own that ends with them."""

import contextlib
import os
import subprocess
import sys
import tempfile
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

ENDED_S = 1.0
"""So long is waited for the end of a process that answers no more, to hear its last words."""
WORDS_MAX = 2_000
"""So many bytes of them are told."""


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
        self._held = contextlib.ExitStack()
        self._said = self._held.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (held)
        self._process = self._held.enter_context(
            subprocess.Popen(
                (sys.executable, "-m", "stallproof.cluster.guard"), start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said,
            )
        )  # fmt: skip
        self.is_busy = False

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
            told = f"the process that plays there has ended{self._last_words()}"
            raise ClusterError(told) from error
        if is_error:
            raise ClusterError(answer)
        return answer

    def _last_words(self) -> str:
        """Return the end of what it complained of: nobody who asks can see the worker's log."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(ENDED_S)
        length = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, length - WORDS_MAX))
        words = self._said.read().decode(errors="replace").strip()
        return f"; it said last:\n{words}" if words else ", and said nothing"

    @property
    def is_free(self) -> bool:
        """Tell whether it can be given something to do."""
        assert self._process.stdin is not None
        return not self.is_busy and not self._process.stdin.closed

    def end(self) -> None:
        """Have it end, and all that it has started with it; whoever waits for an answer is told."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def give_back(self) -> None:
        """Give back what is held of it here."""
        # What it did not take any more cannot be flushed.
        with contextlib.suppress(OSError):
            self._held.close()


_guards: dict[str, list[_Guard]] = {}
"""Those that play, or wait to, by who asked: several may share a worker, and each leaves alone."""
_changing = threading.Lock()


def play(task: Task, theirs: Identity, *, is_reference: bool, caller: str) -> Part:
    """Play and judge `task` here, for the `caller`, who judges by `theirs`.

    With `is_reference` the harness is our own, in the Python of this worker. Raises `ClusterError`
    where this worker cannot.
    """
    require_alike(theirs)
    if is_reference:
        task = replace(task, command=_with_words(task.command, REFERENCE_COMMAND))
    guard = _taken(caller)
    try:
        part: Part = guard.call(played, task)
    finally:
        guard.is_busy = False
    return part


def _taken(caller: str) -> _Guard:
    """Return a guard of the caller's own that has nothing to do, which is busy from now on."""
    with _changing:
        forget_dead()
        its_own = _guards.setdefault(caller, [])
        guard = next((one for one in its_own if one.is_free), None)
        if guard is None:
            guard = _Guard()
            its_own.append(guard)
        guard.is_busy = True
        return guard


def forget_dead() -> None:
    """Forget those that have ended, and give back what is held of them."""
    for who, its_own in list(_guards.items()):
        for guard in [one for one in its_own if not one.is_alive and not one.is_busy]:
            its_own.remove(guard)
            guard.give_back()
        if not its_own:
            del _guards[who]


def judge(chunk: Chunk, theirs: Identity) -> ChunkJudged:
    """Judge `chunk` here, for somebody who judges by `theirs`; raises `UnfitCluster`."""
    require_alike(theirs)
    return chunk.judged()


def end_all(caller: str) -> None:
    """End whatever plays on this worker for `caller`, and what waits to; nobody else's.

    This waits for nothing: a worker has it done where it also talks with everybody else.
    """
    with _changing:
        for guard in _guards.get(caller, ()):
            guard.end()
