"""A wall clock that can be made to jump, for this process only.

In virtual time it shows the virtual time and what it has jumped since. So whoever reads it is as
right as with any other clock, until it jumps.

Spec: `spec/protocol.md`, `wall_jump`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_real = (time.time, time.time_ns)
_by_ns = 0


def _install(time_ns: Callable[[], int]) -> None:
    time.time_ns = time_ns
    time.time = lambda: time_ns() / 1_000_000_000


def jump(by_us: int) -> tuple[int, int]:
    """Move what `time.time` and `time.time_ns` return from now on by `by_us` microseconds.

    Return their reading in microseconds before and after. Jumps add up.
    """
    global _by_ns
    before_us = time.time_ns() // 1000
    _by_ns += by_us * 1000
    _install(lambda: _real[1]() + _by_ns)
    return before_us, time.time_ns() // 1000


class VirtualWall:
    """What `time.time` and `time.time_ns` return while the process lives in virtual time."""

    def follow(self, now_us: Callable[[], int]) -> None:
        """Show the time of a new case."""
        self._now_us = now_us
        self._by_us = 0

    def jump(self, by_us: int) -> tuple[int, int]:
        """Move it; return its reading before and after. Jumps add up."""
        before_us = self._read_us()
        self._by_us += by_us
        return before_us, before_us + by_us

    def _read_us(self) -> int:
        return self._now_us() + self._by_us

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Have this process see it, and nothing else."""
        before = (time.time, time.time_ns)
        _install(lambda: self._read_us() * 1000)
        try:
            yield
        finally:
            time.time, time.time_ns = before
