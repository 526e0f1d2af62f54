"""Frames of 1 KiB, beside what a user would pick instead: processor time a frame."""

from tests.benchmarks.measure import scaled
from tests.benchmarks.picked import Batch, beside_others
from tests.benchmarks.row import Figure, Pace, Row

_FRAMES = 10_000


def measure(pace: Pace) -> list[Figure]:
    """Take the processor time that the sending process needs for a frame."""
    count = scaled(_FRAMES, pace.scale)

    def value(batch: Batch) -> float:
        return batch.processor_s / count * 1e6

    return list(beside_others("1 KiB, Unix", 1024, count, pace.pairs, value))


ROW = Row(
    number=20,
    name="processor time of a frame of 1 KiB, beside what a user would pick instead",
    unit="us",
    measure=measure,
    is_quick=True,
    is_more_better=False,
)
