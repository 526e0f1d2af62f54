"""What a user would pick instead, beside ours: both ends of a pair send as `senders.py` does.

Each sender is a process on one processor, and what reads from it one on another, so that neither
has the other's interpreter lock. Where something is not installed, its case says so.
"""

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.benchmarks.measure import child, drained, in_turn
from tests.benchmarks.record import ROOT
from tests.benchmarks.row import Figure, Goal

SENDERS = ROOT / "tests" / "benchmarks" / "senders.py"


class Batch(NamedTuple):
    """How long a batch took on the clock and on the processor, in seconds."""

    wall_s: float
    processor_s: float


class Other(NamedTuple):
    """Somebody else: the kind of sender, its name, and the variable that names its interpreters."""

    kind: str
    name: str
    variable: str = ""


OTHERS = (
    Other("settimeout", "settimeout + sendall"),
    Other("asyncio", "asyncio streams"),
    Other("trio", "trio streams", "STALLPROOF_ALTERNATIVES_PYTHON"),
    Other("nvflare", "NVFlare", "STALLPROOF_NVFLARE_PYTHON"),
)


def interpreter_of(other: Other) -> str | None:
    """Return the interpreter that has what `other` needs, the last that is named; or `None`."""
    if not other.variable:
        return sys.executable
    named = os.environ.get(other.variable, "").split()
    if named:
        # A relative one is relative to the root, where it is run.
        return named[-1]
    return sys.executable if importlib.util.find_spec(other.kind) else None


def version_of(python: str, package: str) -> str | None:
    """Return the version of `package` that `python` has, `None` if it has none or is none."""
    words = f"import importlib.metadata as m; print(m.version({package!r}))"
    try:
        ran = subprocess.run([python, "-c", words], cwd=ROOT, capture_output=True, text=True)
    except OSError:
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def usable(other: Other) -> tuple[str | None, str]:
    """Return the interpreter of `other`, and its version; or `None`, and what is missing."""
    python = interpreter_of(other)
    if not other.variable:
        return python, ""
    version = None if python is None else version_of(python, other.kind)
    if version is None:
        return None, f"not measured: {other.variable} names no Python that has it"
    return python, f"{other.kind} {version}"


@contextlib.contextmanager
def sender(python: str, kind: str, size: int) -> Iterator[Callable[[int], Batch]]:
    """Run a sender of frames of `size` bytes; yield what sends a batch of so many of them."""
    with drained() as near:
        number = near.fileno()
        words = [python, str(SENDERS), kind, str(number), str(size)]
        with child(words, number, 0) as process:

            def send(count: int) -> Batch:
                assert process.stdin is not None
                assert process.stdout is not None
                process.stdin.write(f"{count}\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the sender of {kind} ended")
                wall, processor = map(float, line.split())
                return Batch(wall, processor)

            yield send


def beside_others(
    words: str, size: int, count: int, pairs: int, value: Callable[[Batch], float],
    goal: Goal | None = None,
) -> Iterator[Figure]:  # fmt: skip
    """Yield a figure for each of the others, `value` being taken of batches of `count` frames."""
    for other in OTHERS:
        case = f"{words}, beside {other.name}"
        python, note = usable(other)
        if python is None:
            yield Figure(case, [], note=note)
            continue
        with (
            sender(sys.executable, "ours", size) as ours,
            sender(python, other.kind, size) as theirs,
        ):
            samples = in_turn(
                lambda send=ours: value(send(count)),  # type: ignore[misc]
                lambda send=theirs: value(send(count)),  # type: ignore[misc]
                pairs,
            )
        yield Figure(case, *samples, goal=goal, note=note)
