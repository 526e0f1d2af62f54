"""Many senders on one connection: what a frame costs when others queue for their turn."""

import threading
import time
from collections.abc import Callable

from stallproof import GuardedConnection, Policy
from tests.benchmarks.measure import counted, drained, in_turn, pinned, scaled
from tests.benchmarks.results import value_of
from tests.benchmarks.row import Figure, Growth, Pace, Row

_FRAMES = 8_000
_SENDERS = (1, 2, 4, 8, 16, 32, 64)
_SHOWN = (1, 8, 64)
_PAYLOAD = bytes(1024)
_HEAD = bytes(16)
_TIMEOUT_S = 30.0

Send = Callable[[], object]


def processor_us(send: Send, senders: int, count: int) -> float:
    """Return the processor time of a frame when `senders` threads send `count` frames in all."""
    each = max(1, count // senders)

    def work() -> None:
        for _ in range(each):
            send()

    threads = [threading.Thread(target=work) for _ in range(senders)]
    begun = time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (time.process_time() - begun) / (each * senders) * 1e6


def pairs_of(senders: int, pace: Pace) -> tuple[list[float], list[float]]:
    """Return pairs of samples: ours, and a lock with a timeout of the socket."""
    count = scaled(_FRAMES, pace.scale, least=1000)
    with drained() as one, drained() as other, pinned(0):
        conn = GuardedConnection(one, Policy(), "ours")
        other.settimeout(_TIMEOUT_S)
        lock = threading.Lock()

        def beside() -> None:
            with lock:
                other.sendall(_HEAD + _PAYLOAD)

        try:
            return in_turn(
                lambda: processor_us(lambda: conn.send(_PAYLOAD), senders, count),
                lambda: processor_us(beside, senders, count),
                pace.pairs,
            )
        finally:
            conn.close()
            conn.wait_finished(_TIMEOUT_S)


def measure(pace: Pace) -> list[Figure]:
    """Take the processor time of a frame for few senders and for many."""
    return [
        Figure(f"{counted(senders, 'sender')}, 1 KiB, Unix", *pairs_of(senders, pace))
        for senders in _SHOWN
    ]


def growth(pace: Pace) -> list[Growth]:
    """Say how the cost of a frame grows with the senders: a turn should cost the same."""
    points: list[tuple[float, float, float | None]] = []
    for senders in _SENDERS:
        ours, beside = pairs_of(senders, pace)
        points.append((senders, value_of(ours).median, value_of(beside).median))
    return [Growth("queued senders", "us of processor a frame", points)]


ROW = Row(
    number=22,
    name="processor time of a frame with many senders in the queue, beside a lock and settimeout",
    unit="us",
    measure=measure,
    is_quick=True,
    is_more_better=False,
    growth=growth,
)
