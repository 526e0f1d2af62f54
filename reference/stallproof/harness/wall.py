"""A wall clock that can be made to jump, for this process only.

Spec: `spec/protocol.md`, `wall_jump`. Source: SC-14.
"""

import time

_real_time_ns = time.time_ns
_by_ns = 0


def _shifted_time_ns() -> int:
    return _real_time_ns() + _by_ns


def _shifted_time() -> float:
    return _shifted_time_ns() / 1_000_000_000


def jump(by_us: int) -> tuple[int, int]:
    """Move what `time.time` and `time.time_ns` return from now on by `by_us` microseconds.

    Return their reading in microseconds before and after. Jumps add up.
    """
    global _by_ns
    before_us = time.time_ns() // 1000
    _by_ns += by_us * 1000
    time.time_ns = _shifted_time_ns
    time.time = _shifted_time
    return before_us, time.time_ns() // 1000
