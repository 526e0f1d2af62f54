"""Traces of the oracle for the rows that judge them, made once in a process each."""

import atexit
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ON_THE_REAL_CLOCK = ("SD-1", "SD-5", "SC-1", "AP-1", "AP-6", "CX-4", "CX-7")
"""What is played on sockets: enough of each group, within some seconds."""


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="stallproof-benchmarks-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _made(name: str, *words: str) -> Path:
    path = _folder() / f"{name}.jsonl"
    command = [sys.executable, "-m", "stallproof", "conform", *words, "--trace", str(path)]
    # Whatever comes of the run, its trace is what is wanted.
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=_folder(), stdout=quiet, stderr=quiet, check=False)
    return path


@cache
def generated(scripts: int) -> Path:
    """Return the trace of so many generated scripts in virtual time, some 57 events each."""
    return _made(f"generated-{scripts}", "--clock", "virtual", "--generate", str(scripts))


@cache
def vectors() -> Path:
    """Return the trace of all vectors."""
    return _made("vectors", "--clock", "virtual")


@cache
def on_sockets() -> Path:
    """Return the trace of a run on the real clock."""
    only = ",".join(ON_THE_REAL_CLOCK)
    return _made("on-sockets", "--clock", "real", "--jobs", "8", "--only", only)


def repeated(path: Path, events: int) -> Iterator[bytes]:
    """Yield the lines of a trace of at least `events` events: the scenarios of `path`, over again.

    Each time they have names of their own. It has no last line, which would count them.
    """
    begun, *lines = path.read_bytes().splitlines(keepends=True)
    yield begun.replace(b'"has_end":true', b'"has_end":false')
    for turn in range(-(-events // (len(lines) - 1))):
        for line in lines[:-1]:
            yield _named(line, turn)


def _named(line: bytes, turn: int) -> bytes:
    if not line.startswith(b'{"event":"scenario",'):
        return line
    return line.replace(b'"name":"', b'"name":"%d-' % turn, 1)
