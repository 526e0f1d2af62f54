"""Run commands side by side, each in a process group of its own and with a wall-clock limit.

A command that uses up its time is stopped with everything that it started, and so is whatever still
runs when the caller stops listening: nothing is left behind, an interrupt included.
"""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Generic, TypeVar

from proofs.mutants.mutant import ROOT
from proofs.mutants.plant import INHERITED

POLL_S = 0.05
STOPPING_S = 5.0
"""How long a command may tidy up once it is asked to stop, before it is killed."""
_Of = TypeVar("_Of")


@dataclass(frozen=True)
class Job(Generic[_Of]):
    """One command, what it is about, and how long it may take."""

    of: _Of
    command: tuple[str, ...]
    limit_s: float


@dataclass(frozen=True)
class Ended(Generic[_Of]):
    """What came of a job; `status` is `None` when it was stopped because its time was up."""

    job: Job[_Of]
    status: int | None
    out: str
    err: str
    seconds: float


class _Running(Generic[_Of]):
    """A command that was started; its output goes to files, so that no pipe can fill up."""

    def __init__(self, job: Job[_Of], at_start: Callable[[], object]) -> None:
        """Start `job`; its process calls `at_start` first."""
        self.job = job
        self._files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self._began_s = time.monotonic()
        self._process = subprocess.Popen(
            job.command, cwd=ROOT, env=environment(), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=self._files[0], stderr=self._files[1],
            preexec_fn=at_start,
        )  # fmt: skip

    def ended(self) -> Ended[_Of] | None:
        """Return what came of the command, and stop it if its time is up; `None` if it goes on."""
        seconds = time.monotonic() - self._began_s
        status = self._process.poll()
        if status is None:
            if seconds < self.job.limit_s:
                return None
            self.stop()
        out, err = (_text(file) for file in self._files)
        return Ended(self.job, status, out, err, round(seconds, 2))

    def stop(self) -> None:
        """Ask the command to stop, then kill what is left of its group."""
        for number, patience_s in ((signal.SIGINT, STOPPING_S), (signal.SIGKILL, None)):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience_s)


@contextmanager
def uninterrupted() -> Iterator[Callable[[], object]]:
    """Put signals that end this process off, so that none comes between a start and its record.

    Yields what the started process calls first, to have the signals again.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))

    def as_before() -> object:
        return signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield as_before
    finally:
        as_before()


def _text(file: IO[bytes]) -> str:
    """Return all that was written to `file`, and close it."""
    with file:
        file.seek(0)
        return file.read().decode("utf-8", "replace")


def environment() -> dict[str, str]:
    """Return the environment in which the code of this checkout is found, wherever it is asked."""
    # A mutant in the caller's own environment must not reach the evidence by accident.
    inherited = {name: value for name, value in os.environ.items() if name != INHERITED}
    return {**inherited, "PYTHONPATH": f"{ROOT / 'reference'}{os.pathsep}{ROOT}"}


def run(jobs: Sequence[Job[_Of]], *, width: int) -> Iterator[Ended[_Of]]:
    """Yield what came of each of `jobs`, `width` of them at a time, in order of completion."""
    waiting = list(reversed(jobs))
    running: list[_Running[_Of]] = []
    try:
        while waiting or running:
            while waiting and len(running) < width:
                with uninterrupted() as at_start:
                    running.append(_Running(waiting.pop(), at_start))
            time.sleep(POLL_S)
            for each in list(running):
                ended = each.ended()
                if ended is not None:
                    running.remove(each)
                    yield ended
    finally:
        for each in running:
            each.stop()
