"""How much else the processors did while a row was measured, and whether they kept their speed.

The intuition: benchmarks fill the processors themselves, so that a process that only listens would
hear the benchmark. What others took is what the processors did, less what the row's own processes
used. A spin of fixed work before and after tells whether the processor got faster or slower.

The complication: what the kernel does for the network is charged to nobody, so interrupts count for
neither. Where the kernel tells nothing, only the spins speak.

Source: proc_stat(5); getrusage(2).
"""

import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

OTHERS_MAX = 0.1
"""What others may take of the processors' time, as a part of it."""
DRIFT_MAX = 0.1
"""By how much the speed of the processor may differ before and after, as a part of it."""
_SPINS = 7
_TURNS = 40_000
_STAT = Path("/proc/stat")


class Noise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What went on beside a row: the part that others took (`None`: not known), and the drift."""

    others: float | None
    drift: float

    @property
    def is_too_much(self) -> bool:
        """Tell whether a row must not be judged finely; at the bounds it may."""
        return (self.others is not None and self.others > OTHERS_MAX) or self.drift > DRIFT_MAX


class Reading(NamedTuple):
    """The processors at one moment: seconds of the clock, of all work, of our children's work."""

    at_s: float
    busy_s: float | None
    ours_s: float
    spin_s: float


def busy_ticks(text: str, processors: set[int]) -> int | None:
    """Return the ticks that `processors` worked or were kept from it, after /proc/stat's `text`."""
    found = None
    for line in text.splitlines():
        name, *fields = line.split()
        if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in processors:
            user, nice, system, _idle, _iowait, _irq, _softirq, *rest = map(int, fields)
            found = (found or 0) + user + nice + system + sum(rest[:1])
    return found


def processors() -> set[int]:
    """Return the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return set(os.sched_getaffinity(0))
    return set(range(os.cpu_count() or 1))


def spin_s() -> float:
    """Return the processor time of a fixed piece of work, the least of several."""
    best = float("inf")
    for _ in range(_SPINS):
        begun = time.thread_time()
        for _turn in range(_TURNS):
            pass
        best = min(best, time.thread_time() - begun)
    return best


def reading() -> Reading:
    """Read the processors now; the spin is work of our own, and counts as that."""
    spun_s = spin_s()
    try:
        ticks = busy_ticks(_STAT.read_text(), processors())
    except (OSError, ValueError):
        ticks = None
    ours_s = sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    busy_s = None if ticks is None else ticks / os.sysconf("SC_CLK_TCK")
    return Reading(time.monotonic(), busy_s, ours_s, spun_s)


def noise_between(before: Reading, after: Reading, count: int) -> Noise:
    """Return the noise between two readings of `count` processors."""
    others = None
    span_s = (after.at_s - before.at_s) * count
    if before.busy_s is not None and after.busy_s is not None and span_s > 0:
        ours_s = after.ours_s - before.ours_s
        others = round(max(0.0, after.busy_s - before.busy_s - ours_s) / span_s, 3)
    return Noise(others=others, drift=round(abs(after.spin_s / before.spin_s - 1), 3))
