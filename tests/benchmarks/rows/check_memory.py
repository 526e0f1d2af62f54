"""The memory of `stallproof check` over the length of its trace."""

import os
import subprocess
import sys

from tests.benchmarks import traces
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_SCRIPTS = 500
_EVENTS = 400_000
_LENGTHS = (50_000, 100_000, 200_000, 400_000, 800_000)
_SAMPLES_MAX = 2
"""Memory hardly differs from run to run, and each takes seconds."""
_UNIT_BYTES = 1 if sys.platform == "darwin" else 1024
"""What the system counts the memory of a process in."""


def _peak_mb(events: int) -> float:
    """Return the most memory that judging a trace of so many events takes, in MB."""
    command = [sys.executable, "-m", "stallproof", "check", "-", "--quiet"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    with process.stdin as lines:
        lines.writelines(traces.repeated(traces.generated(_SCRIPTS), events))
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 3), "the trace was not judged"
    return used.ru_maxrss * _UNIT_BYTES / 1e6


def measure(pace: Pace) -> list[Figure]:
    """Take the memory for a short trace and for a long one."""
    samples = min(pace.pairs, _SAMPLES_MAX)
    lengths = (round(_EVENTS * pace.scale / 8), round(_EVENTS * pace.scale))
    return [
        Figure(f"{events:,} events", [_peak_mb(events) for _ in range(samples)], None, False)
        for events in lengths
    ]


def growth(pace: Pace) -> list[Growth]:
    """Take the memory over the length of the trace."""
    lengths = [round(events * pace.scale) for events in _LENGTHS]
    return [Growth("events in the trace", "MB", [(n, _peak_mb(n), None) for n in lengths])]


ROW = Row(
    number=10,
    name="memory of check",
    unit="MB",
    goal=Goal(at_most=80.0),
    measure=measure,
    growth=growth,
)
