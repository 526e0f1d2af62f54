"""Frames of 1 MiB, guarded, beside `sendall` under a lock: how much goes through in a second.

The other one is what everybody writes first, and is not bounded by anything. Its payload is the
same, and it has no header.

A send that waits in the kernel never comes back in between, and one that must be able to end does.
So ours stands beside a second one as well: writes that do not block and polls, by turns, and no law
at all. Python cannot be bounded for less.
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator

from stallproof import GuardedConnection, Policy
from tests.benchmarks.measure import drained, in_turn, pinned, scaled
from tests.benchmarks.results import value_of
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_FRAMES = 24
_MIB = 1 << 20
_GROWING = (1 << 10, 1 << 12, 1 << 14, 1 << 16, 1 << 18, 1 << 20, 1 << 22)
_PAIRS_MORE = 3
"""So many more pairs than others, for each is short: what others do meanwhile meets few of them."""
_NAMES = {"unix": "Unix", "tcp": "TCP"}
_ONE_CORE = Goal(at_least=0.85)
_TIMEOUT_S = 30.0

Send = Callable[[], object]
Making = Callable[[socket.socket, bytes], Send]
"""What makes a send of a socket and a payload."""


def locked(sock: socket.socket, payload: bytes) -> Send:
    """Return `sendall` under a lock."""
    lock = threading.Lock()

    def send() -> None:
        with lock:
            sock.sendall(payload)

    return send


def lawless(sock: socket.socket, payload: bytes) -> Send:
    """Return writes that do not block and polls, by turns, under a lock."""
    lock, poll, view = threading.Lock(), select.poll(), memoryview(payload)
    poll.register(sock, select.POLLOUT)
    limit_ms = int(_TIMEOUT_S * 1000)

    def send() -> None:
        at = 0
        with lock:
            while True:
                with contextlib.suppress(BlockingIOError):
                    at += sock.send(view[at:], socket.MSG_DONTWAIT)
                if at == len(view):
                    return
                poll.poll(limit_ms)

    return send


_CASES: tuple[tuple[str, int, str, Making], ...] = (
    ("unix", 1, "a processor each", locked),
    ("tcp", 1, "a processor each", locked),
    ("unix", 0, "one processor", locked),
    ("tcp", 0, "one processor", locked),
    ("unix", 1, "a processor each, beside writes and polls", lawless),
    ("tcp", 1, "a processor each, beside writes and polls", lawless),
)


@contextlib.contextmanager
def both(
    transport: str, place: int, size: int, making: Making = locked
) -> Iterator[tuple[Send, Send]]:
    """Yield a send of ours and one beside it; what reads from both is on processor `place`."""
    with drained(transport, place) as one, drained(transport, place) as other, pinned(0):
        conn = GuardedConnection(one, Policy(), "ours")
        payload = bytes(range(256)) * (size // 256)
        try:
            yield lambda: conn.send(payload), making(other, payload)
        finally:
            conn.close()
            conn.wait_finished(_TIMEOUT_S)


def wall_s(send: Send, count: int) -> float:
    """Return how long `count` frames take."""
    begun = time.perf_counter()
    for _ in range(count):
        send()
    return time.perf_counter() - begun


def pairs_of(
    transport: str, place: int, size: int, pace: Pace, value: Callable[[float], float],
    making: Making = locked,
) -> tuple[list[float], list[float]]:  # fmt: skip
    """Return pairs of `value` of the seconds for a frame."""
    count = scaled(_FRAMES * _MIB // max(size, 1 << 14), pace.scale, least=8)
    with both(transport, place, size, making) as (ours, beside):
        return in_turn(
            lambda: value(wall_s(ours, count) / count),
            lambda: value(wall_s(beside, count) / count),
            pace.pairs * _PAIRS_MORE,
        )


def measure(pace: Pace) -> list[Figure]:
    """Take the throughput with a processor for each end, and with one for both."""
    return [
        Figure(
            f"1 MiB, {_NAMES[transport]}, {words}",
            *pairs_of(transport, place, _MIB, pace, lambda frame_s: 1 / frame_s, making),
            goal=None if place else _ONE_CORE,
            is_wall_clock=True,
        )
        for transport, place, words, making in _CASES
    ]


def growth(pace: Pace) -> list[Growth]:
    """Say how the time of a frame grows with its size."""
    points: list[tuple[float, float, float | None]] = []
    for size in _GROWING:
        ours, beside = pairs_of("unix", 1, size, pace, lambda frame_s: frame_s * 1e6)
        points.append((size, value_of(ours).median, value_of(beside).median))
    return [Growth("bytes of a frame", "us a frame", points)]


ROW = Row(
    number=1,
    name="throughput of frames of 1 MiB, beside sendall under a lock",
    unit="MiB/s",
    goal=Goal(at_least=0.95),
    measure=measure,
    is_quick=True,
    growth=growth,
)
