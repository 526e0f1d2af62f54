"""The one clock of the drivers: monotonic, in integer microseconds.

The wall clock decides nothing, so a jump of it changes nothing.
"""

from collections.abc import Callable
from time import monotonic_ns

Clock = Callable[[], int]


def now_us() -> int:
    """Return the reading of CLOCK_MONOTONIC in whole microseconds, rounded down."""
    return monotonic_ns() // 1000
