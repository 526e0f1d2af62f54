"""Real runs of the command line that are ended, and a count of what survives them."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from stallproof.runner.delays import Waits

T = TypeVar("T")
STALLPROOF = (sys.executable, "-m", "stallproof")
VARIABLE = "STALLPROOF_TEST_MARK"
_HELPER = b"multiprocessing.resource_tracker"
HARNESSES = Path(__file__).parent / "harnesses"
WITHIN_S = 2.0
"""All that a run has started is gone by then, from the signal on."""


def default_signals() -> None:
    """Take signals as they are by default: whoever runs the tests may have had some ignored."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)


class Run:
    """One run of the command line; `alive` finds what it and all below it have started."""

    def __init__(self, process: "subprocess.Popen[str]", mark: str) -> None:
        self.process = process
        self.mark = mark

    def alive(self) -> list[int]:
        """Return the processes that carry the mark, the run's own one apart."""
        return [pid for pid in marked(self.mark) if pid != self.process.pid]

    def signal(self, number: int) -> None:
        """Signal the run and all in its group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def heeds(self, number: int) -> bool:
        """Tell whether the run has begun, and takes this signal itself."""
        status = _of(Path("/proc", str(self.process.pid)), "status").decode()
        caught = next((x.split()[1] for x in status.splitlines() if x.startswith("SigCgt")), "0")
        return bool(int(caught, 16) >> (signal.SIGTERM - 1) & int(caught, 16) >> (number - 1) & 1)

    def gone_after_s(self, begun: float, limit_s: float = 10.0) -> float:
        """Return how long after `begun` nothing was left of what the run had started.

        The language's own helper goes with the run itself, which still writes its report. Time in
        which a thread of the run, or this one, waited for a processor is left out: the kernel
        counts it.
        """
        waits, waited_us = Waits(), 0
        with closing(waits):

            def is_gone() -> bool | None:
                nonlocal waited_us
                _all_us, longest_us = waits.look((self.process.pid, os.getpid()))
                waited_us += longest_us
                return not self._playing() or None

            left = wait_for(is_gone, limit_s)
        assert left, f"still there: {self._playing()}"
        return time.monotonic() - begun - waited_us / 1e6

    def _playing(self) -> list[int]:
        return [
            pid for pid in self.alive() if _HELPER not in _of(Path("/proc", str(pid)), "cmdline")
        ]

    def is_all_gone(self) -> bool:
        """Tell whether nothing at all is left now that the run itself has ended."""
        return bool(wait_for(lambda: not self.alive() or None, WITHIN_S))


@contextmanager
def running(*arguments: str, **options: object) -> Iterator[Run]:
    """Run `stallproof` with `arguments` in a group of its own; nothing of it is left behind."""
    mark = secrets.token_hex(8)
    # The whole group of signals is the test's to send.
    fields = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "preexec_fn": default_signals}
    process: subprocess.Popen[str] = subprocess.Popen(
        (*STALLPROOF, *arguments), text=True, start_new_session=True,
        env={**os.environ, VARIABLE: mark}, **{**fields, **options},
    )  # type: ignore[call-overload]  # fmt: skip
    run = Run(process, mark)
    try:
        yield run
    finally:
        for pid in marked(mark):
            kill(pid)
        process.wait()
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()


def marked(mark: str) -> list[int]:
    """Return the living processes that have `mark` in their environment or command line."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and mark.encode() in _of(folder, "environ") + _of(
            folder, "cmdline"
        ):
            found.append(int(folder.name))
    return found


def _of(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError:
        return b""


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_for(wanted: Callable[[], T | None], limit_s: float = 20.0) -> T | None:
    """Wait until `wanted` returns something true, and return that; `None` if it does not."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if found := wanted():
            return found
        time.sleep(0.01)
    return wanted()


def impl(name: str, *arguments: str) -> Sequence[str]:
    """Return the options that name a harness of the tests."""
    return ("--impl", " ".join((sys.executable, str(HARNESSES / f"{name}.py"), *arguments)))
