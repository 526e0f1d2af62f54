"""What this machine can judge: its limits, its clocks, its noise, and what follows from them.

The intuition: an inconclusive verdict is a fact about the machine, and is cheaper to learn before a
run than from its report. So each thing that a verdict rests on is looked at by itself.

The use: `examined(seconds)` yields one `Look` after another; each says what to do if it is not ok.

The complication: nothing plays meanwhile. A machine that is quiet now may be too noisy once a run
is on it; the run measures that itself.

Spec: `spec/README.md`, "Time".
"""

from collections.abc import Iterator

from stallproof.runner.doctor.judging import judgeable, suggested_jobs
from stallproof.runner.doctor.look import Look, is_able
from stallproof.runner.doctor.machine import machine_looks
from stallproof.runner.doctor.noise import measured, noise_look

__all__ = ["Look", "examined", "is_able", "suggested_jobs"]


def examined(seconds: float) -> Iterator[Look]:
    """Yield what is found, as soon as it is; the noise is measured for `seconds`."""
    yield from machine_looks()
    noise = measured(seconds)
    yield noise_look(noise)
    yield from judgeable(noise)
