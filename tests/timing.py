"""Judging the real clock as the oracle does: a bound, the declared grace, and the measured noise.

The oracle's own noise monitor runs beside the tests that are marked `timing` (see
`tests/conftest.py`) and says by how much a good waiter was held up meanwhile. A hypervisor that
takes both processors for a third of a second makes nobody fail; being early is never excused.
"""

from stallproof.runner.noise import NoiseMonitor

GRACE_US = 250_000
"""The declared grace of these tests: the machine may be shared and busy."""
NOISE_MONITOR = NoiseMonitor()
"""Runs while a test marked `timing` does."""


def noise_us(began_us: int, ended_us: int) -> int:
    """Return the worst delay that the noise monitor saw; only in a test marked `timing`."""
    _require_noise_monitor()
    return NOISE_MONITOR.worst_overrun_us(began_us, ended_us)


def _require_noise_monitor() -> None:
    if NOISE_MONITOR.pid is None:
        raise RuntimeError("nobody measures noise here: the test has to be marked timing")


def in_time(began_us: int, ended_us: int, bound_us: int = 0, *, graces: int = 1) -> bool:
    """Tell whether it took at most `bound_us`, `graces` times the grace, and the noise."""
    _require_noise_monitor()
    late_us = ended_us - began_us - bound_us - graces * GRACE_US
    # The noise monitor's word on a time just passed takes a moment: only who is late waits for it.
    return late_us <= 0 or late_us <= noise_us(began_us, ended_us)
