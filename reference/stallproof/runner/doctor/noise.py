"""How noisy this machine is now, measured as a run measures it."""

import os
import time
from typing import NamedTuple

from stallproof.runner.delays import DelayMonitor
from stallproof.runner.doctor.look import Look, ok
from stallproof.runner.noise import NoiseMonitor
from stallproof.runner.scenarios.scenario import GRACE_DEFAULT_US


class Noise(NamedTuple):
    """The worst that was seen: how late a good sender was, and how long this process waited."""

    overrun_us: int
    delayed_us: int
    seconds: float

    def is_too_much(self, grace_us: int) -> bool:
        """Tell whether a scenario with this grace would count as noisy."""
        return self.overrun_us * 2 > grace_us or self.delayed_us > grace_us


def measured(seconds: float) -> Noise:
    """Measure for `seconds`."""
    delays = DelayMonitor(lambda: (os.getpid(),))
    with NoiseMonitor() as monitor:
        begin_us = time.monotonic_ns() // 1000
        delays.start()
        try:
            time.sleep(seconds)
        finally:
            delayed_us = delays.stop()
        end_us = time.monotonic_ns() // 1000
        return Noise(monitor.worst_overrun_us(begin_us, end_us), delayed_us, seconds)


def noise_look(noise: Noise) -> Look:
    """Say how noisy it was, against the default grace."""
    seen = (
        f"Within {noise.seconds:g} s a good sender was up to {noise.overrun_us / 1000:.1f} ms late,"
        f" and this process waited {noise.delayed_us / 1000:.1f} ms for a processor."
    )
    if not noise.is_too_much(GRACE_DEFAULT_US):
        return ok("noise", seen)
    return Look(
        name="noise", state="warn", seen=seen,
        advice="Stop what else runs, or judge in virtual time: --clock virtual has no noise.",
    )  # fmt: skip
