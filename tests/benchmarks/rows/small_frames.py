"""What a small frame costs more than `sendall` under a lock, of a payload with 16 bytes before it.

It is processor time of the sending thread, so that neither waits nor the reader count. Batches are
short and in turns, since what else goes on changes what a call of the system costs.
"""

import threading
import time
from collections.abc import Callable

from stallproof import GuardedConnection, Policy
from tests.benchmarks.measure import drained, in_turn, pinned, scaled
from tests.benchmarks.row import Figure, Goal, Pace, Row

_FRAMES = 2_000
_PAIRS_MORE = 5
_HEAD = bytes(16)
_CASES = (("unix", 64), ("unix", 1024), ("tcp", 64), ("tcp", 1024))
_NAMES = {"unix": "Unix", "tcp": "TCP"}
_TIMEOUT_S = 30.0

Send = Callable[[], object]


def processor_us(send: Send, count: int) -> float:
    """Return the processor time of this thread for a frame."""
    begun = time.thread_time_ns()
    for _ in range(count):
        send()
    return (time.thread_time_ns() - begun) / count / 1000


def more_us(transport: str, size: int, pace: Pace) -> list[float]:
    """Return how much more a frame of ours costs, pair by pair."""
    count = scaled(_FRAMES, pace.scale, least=200)
    payload = bytes(size)
    with drained(transport) as one, drained(transport) as other, pinned(0):
        conn = GuardedConnection(one, Policy(), "ours")
        lock = threading.Lock()

        def beside() -> None:
            with lock:
                other.sendall(_HEAD + payload)

        try:
            pairs = in_turn(
                lambda: processor_us(lambda: conn.send(payload), count),
                lambda: processor_us(beside, count),
                pace.pairs * _PAIRS_MORE,
            )
        finally:
            conn.close()
            conn.wait_finished(_TIMEOUT_S)
    return [ours - theirs for ours, theirs in zip(*pairs, strict=True)]


def measure(pace: Pace) -> list[Figure]:
    """Take what is more, with a reader on another processor."""
    return [
        Figure(f"{size:,} B, {_NAMES[transport]}", more_us(transport, size, pace))
        for transport, size in _CASES
    ]


ROW = Row(
    number=2,
    name="processor time of a small frame, more than sendall under a lock",
    unit="us",
    goal=Goal(at_most=1.2),
    measure=measure,
    is_quick=True,
)
