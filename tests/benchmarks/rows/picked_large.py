"""Frames of 1 MiB, beside what a user would pick instead: how much goes through in a second."""

from dataclasses import replace

from tests.benchmarks.measure import scaled
from tests.benchmarks.picked import Batch, beside_others
from tests.benchmarks.row import Figure, Pace, Row

_FRAMES = 150


def measure(pace: Pace) -> list[Figure]:
    """Take the throughput, with a reader on another processor that does nothing else."""
    count = scaled(_FRAMES, pace.scale)

    def value(batch: Batch) -> float:
        return count / batch.wall_s

    taken = beside_others("1 MiB, Unix", 1 << 20, count, pace.pairs, value)
    return [replace(one, is_wall_clock=True) for one in taken]


ROW = Row(
    number=21,
    name="throughput of frames of 1 MiB, beside what a user would pick instead",
    unit="MiB/s",
    measure=measure,
    is_quick=True,
    is_more_better=True,
)
