"""The same frames by NVFlare's own connection: what goes through, and what a frame costs.

Both put a frame together, number it, take the lock and bound the send. Each is a process of its
own in the interpreter that has it; `STALLPROOF_NVFLARE_PYTHON` names that of NVFlare.
"""

import sys
from collections.abc import Callable

from tests.benchmarks.measure import in_turn, scaled
from tests.benchmarks.picked import OTHERS, Batch, interpreter_of, sender
from tests.benchmarks.row import Figure, Goal, Missing, Pace, Row

_NVFLARE = next(one for one in OTHERS if one.kind == "nvflare")


def pairs_of(
    python: str, size: int, count: int, pace: Pace, value: Callable[[Batch], float]
) -> tuple[list[float], list[float]]:
    """Return pairs of `value` of batches of `count` frames, ours and theirs."""
    with sender(sys.executable, "ours", size) as ours, sender(python, "nvflare", size) as theirs:
        return in_turn(lambda: value(ours(count)), lambda: value(theirs(count)), max(7, pace.pairs))


def measure(pace: Pace) -> list[Figure]:
    """Take the throughput of large frames, and the frames in a second of processor of small ones.

    Raises `Missing` where no interpreter has NVFlare.
    """
    python = interpreter_of(_NVFLARE)
    if python is None:
        raise Missing(f"{_NVFLARE.variable} names no Python that has it")
    large, small = scaled(150, pace.scale, least=20), scaled(10_000, pace.scale, least=1000)
    return [
        Figure(
            "1 MiB, Unix: frames a second",
            *pairs_of(python, 1 << 20, large, pace, lambda batch: large / batch.wall_s),
            goal=Goal(at_least=2.0),
            is_wall_clock=True,
        ),
        Figure(
            "64 B, Unix: frames a second of processor time",
            *pairs_of(python, 64, small, pace, lambda batch: small / batch.processor_s),
            goal=Goal(at_least=2.5),
        ),
    ]


ROW = Row(
    number=3,
    name="frames, beside NVFlare's SfmConnection doing the same work",
    unit="frames/s",
    measure=measure,
    is_more_better=True,
)
