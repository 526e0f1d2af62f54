"""How late a send returns whose deadline comes, beside a bare poll that lasts as long.

A sample is the overrun that 99 of 100 keep to, of sends and of polls that take turns. The worst of
all is told as well. What a send does more than a poll: it shuts the connection down and raises.

The shutdown wakes the reader, which takes the interpreter for a while. So a send stands beside a
second one as well: a poll that is followed by the shutdown of a socket that a thread reads from.
Nothing that closes what it gives up can be had for less.
"""

import contextlib
import math
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from stallproof import GuardedConnection, Policy, SendFailed
from tests.benchmarks.measure import scaled
from tests.benchmarks.row import Figure, Goal, Pace, Row

_LASTS_US = 10_000
_SENDS = 100
_LOOPS = 8
_PAYLOAD = bytes(2_000_000)
_TIMEOUT_S = 30.0


def late_send_us() -> float:
    """Return how late a send is whose peer never reads."""
    ours, theirs = socket.socketpair()
    conn = GuardedConnection(ours, Policy(send_timeout_us=_LASTS_US), "ours")
    begun = time.monotonic_ns()
    with contextlib.suppress(SendFailed):
        conn.send(_PAYLOAD)
    late_us = (time.monotonic_ns() - begun) / 1000 - _LASTS_US
    conn.close()
    conn.wait_finished(_TIMEOUT_S)
    theirs.close()
    return late_us


def late_poll_us(*, closes: bool = False) -> float:
    """Return how late a poll is for a socket that is full, `closes`: and the shutdown after it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with contextlib.suppress(BlockingIOError):
            while True:
                ours.send(_PAYLOAD, socket.MSG_DONTWAIT)
        poll = select.poll()
        poll.register(ours.fileno(), select.POLLOUT)
        reading = threading.Thread(target=ours.recv, args=(1,))
        if closes:
            reading.start()
        begun = time.monotonic_ns()
        poll.poll(_LASTS_US // 1000)
        if closes:
            ours.shutdown(socket.SHUT_RDWR)
        late_us = (time.monotonic_ns() - begun) / 1000 - _LASTS_US
        if closes:
            reading.join()
        return late_us


def ninety_ninth(samples: list[float]) -> float:
    """Return the least of `samples` that 99 of 100 do not exceed."""
    return sorted(samples)[math.ceil(len(samples) * 0.99) - 1]


def pairs_of(pace: Pace, *, closes: bool) -> tuple[list[float], list[float], tuple[float, float]]:
    """Return pairs of what 99 of 100 keep to, and the worst of each."""
    count = scaled(_SENDS, pace.scale, least=20)
    kept: tuple[list[float], list[float]] = ([], [])
    worst = [0.0, 0.0]
    both: tuple[Callable[[], float], ...] = (late_send_us, partial(late_poll_us, closes=closes))
    for _ in range(pace.pairs):
        samples: tuple[list[float], list[float]] = ([], [])
        for number in range(count):
            for end in (0, 1) if number % 2 else (1, 0):
                samples[end].append(both[end]())
        for end in (0, 1):
            kept[end].append(ninety_ninth(samples[end]))
            worst[end] = max(worst[end], *samples[end])
    return *kept, (worst[0], worst[1])


@contextlib.contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Keep so many processes busy meanwhile."""
    loops = [
        subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(count)
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def measure(pace: Pace) -> list[Figure]:
    """Take the overrun on a system that is idle but for us, and beside busy loops."""
    figures = []
    for loops, closes in ((0, False), (_LOOPS, False), (0, True)):
        with busy_loops(loops):
            ours, beside, (worst, theirs) = pairs_of(pace, closes=closes)
        case = f"99 of 100, beside {loops} busy loops" if loops else "99 of 100, idle"
        figures.append(
            Figure(
                f"{case}, beside poll and shutdown" if closes else case,
                ours, beside,
                note=f"the worst: {worst:,.0f} us, and {theirs:,.0f} us of the other",
                is_wall_clock=True,
            )
        )  # fmt: skip
    return figures


ROW = Row(
    number=13,
    name="overrun of a send past its deadline, beside a bare poll",
    unit="us",
    goal=Goal(at_most=1.2),
    measure=measure,
)
