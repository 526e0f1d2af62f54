"""Judging an implementation from a program, on any thread and without any of its signals.

The intuition: a run of the oracle needs a main thread, signals and worker processes. A program that
wants a verdict has plans of its own for these. So each run is a process, which takes a request,
tells how far it is, and answers with the report.

The complication: that process must never outlive who asked. It ends when told to, and also when
its standard input does.

Spec: `docs/api.md`.
"""

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from stallproof.api.asked import Asked, Impl, Words
from stallproof.api.messages import Broken, Done, Moved, message
from stallproof.judge.report import Report
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import Profile
from stallproof.runner.conform import Clock
from stallproof.runner.progress import Progress
from stallproof.wire.request import Role

END_S = 5.0
"""How long a run that is given up may take to leave nothing behind."""
_SAID_MAX = 2000


class OracleFailed(RuntimeError):
    """The oracle itself failed: no verdict, and no fault of what it judged."""


def conform(
    impl: Impl = "reference", *, only: Words | None = None, skip: Words | None = None,
    without: Words | None = None, allow: Words | None = None, clock: Clock = "auto",
    profile: Profile = "hardened", generate: int | None = None,
    seed: int | None = None, failures: str | Path | None = None, jobs: int | None = None,
    timeout: float | str | None = None,
    trace: str | Path | None = None, cwd: str | Path | None = None, role: Role = "connect",
    on_progress: Callable[[Progress], None] | None = None,
) -> Report:  # fmt: skip
    """Judge an implementation as `stallproof conform` does, and return the report.

    `impl`: "reference", the command of a harness as one text or word by word, or a harness class
    that can be imported. `only` and `skip`: requirements or groups; `None`: all of the profile, and
    none of it. `without`, `allow`, `clock`, `generate`, `seed`, `jobs` mean what the options of
    those names do. `failures`: the folder for vectors of generated failures; `None`: `failures`.
    `timeout`: seconds, or a text such as "10m", after which the run ends with a report on what was
    judged; `None`: never. `trace`: the file for all events. `cwd`: where the harness runs. `role`:
    "accept" judges the side that accepts connections, on the real clock. `on_progress` is called on
    this thread; what it raises ends the run and comes through, as `KeyboardInterrupt` does.

    Raises `UnusableError`, a `ValueError`, for arguments that cannot be, and `OracleFailed` where
    the oracle itself breaks. What is wrong with the implementation or its harness is no exception:
    the report says it. Prints nothing and touches no signal.
    """
    asked = Asked.of(
        impl, only=only, skip=skip, without=without, allow=allow, clock=clock, profile=profile,
        generate=generate, seed=seed, failures=failures, jobs=jobs, timeout=timeout, trace=trace,
        cwd=cwd, role=role,
    )  # fmt: skip
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            (sys.executable, "-m", "stallproof.api"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, start_new_session=True,
        )  # fmt: skip
        try:
            return _heard(process, asked, on_progress, said)
        finally:
            _ended(process)


def _heard(
    process: "subprocess.Popen[bytes]",
    asked: Asked,
    on_progress: Callable[[Progress], None] | None,
    said: IO[bytes],
) -> Report:
    """Hand the request over, and return the report that comes of it."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(msgspec.json.encode(asked) + b"\n")
        process.stdin.flush()
    for line in process.stdout:
        match message(line):
            case Moved(progress):
                if on_progress is not None:
                    on_progress(progress)
            case Done(report):
                return report
            case Broken(why, is_asked=True):
                raise UnusableError(why)
            case Broken(why):
                raise OracleFailed(why)
    process.wait(END_S)
    said.seek(0)
    words = said.read().decode(errors="replace").strip()[-_SAID_MAX:]
    raise OracleFailed(f"the oracle ended with {process.returncode} and no report: {words}")


def _ended(process: "subprocess.Popen[bytes]") -> None:
    """End the process, and what it started; it sees to the latter as long as it has the time."""
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            assert stream is not None
            stream.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    except BaseException:
        process.kill()
        raise
