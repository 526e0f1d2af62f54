"""A pass of the monitor when nobody listens: what it costs a connection, and how that grows.

The connections are those of the package, without their threads: 100,000 have no room otherwise.
Beside them stands a loop that reads who holds the lock and does no more.
"""

import time
from collections.abc import Callable

from stallproof import GuardedConnection, Monitor, Policy
from stallproof.drivers.clock import now_us
from tests.benchmarks.measure import in_turn, pinned, scaled
from tests.benchmarks.results import value_of
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row
from tests.drivers.still import still

_QUICK = (1_000, 10_000)
_FULL = (1_000, 10_000, 100_000)
_GROWTH = (100, 1_000, 10_000, 100_000)
_CHECKS = 100_000
_CHANGES = 1_000
_FEW = 1_000
# Nothing is due for as long as a run may take, and no stall ends.
_POLICY = Policy(heartbeat_interval_us=3_600_000_000)
_STALLED = Goal(at_most=250.0)
_CONSTANT = Goal(at_most=1.5)


def watched(size: int) -> tuple[Monitor, list[GuardedConnection]]:
    """Return a monitor of `size` connections at rest, each of which was checked once."""
    monitor, conns = Monitor(), [still(f"c{number}", _POLICY) for number in range(size)]
    for conn in conns:
        conn.received_us = now_us()
        monitor.add(conn)
    monitor.run_pass()
    return monitor, conns


def nanoseconds(act: Callable[[], object], times: int, each: int) -> float:
    """Return the processor time of `act` over `each`, of `times` calls in a row."""
    begun = time.thread_time_ns()
    for _ in range(times):
        act()
    return (time.thread_time_ns() - begun) / times / each


def pass_beside_loop(
    monitor: Monitor, conns: list[GuardedConnection], pace: Pace
) -> tuple[list[float], list[float]]:
    """Return pairs of samples: a pass, and a loop, in ns a connection."""
    times = scaled(_CHECKS // len(conns), pace.scale)

    def loop() -> None:
        for conn in conns:
            if conn.lock_holder is not None:
                pass

    with pinned(0):
        return in_turn(
            lambda: nanoseconds(monitor.run_pass, times, len(conns)),
            lambda: nanoseconds(loop, times, len(conns)),
            pace.pairs,
        )


def stall(conns: list[GuardedConnection]) -> None:
    """Have every connection send for longer than its limit."""
    for number, conn in enumerate(conns):
        conn.lock_holder = (number, 0, None)


def change(monitor: Monitor, conns: list[GuardedConnection]) -> float:
    """Return what it costs that a connection goes and comes, in ns."""
    begun = time.thread_time_ns()
    for conn in conns[:_CHANGES]:
        monitor.discard(conn)
        monitor.add(conn)
    return (time.thread_time_ns() - begun) / min(_CHANGES, len(conns))


def changes(sizes: tuple[int, ...], pace: Pace) -> Figure:
    """Compare coming and going among many with that among few."""
    (few, its), (many, those) = watched(_FEW), watched(sizes[-1])
    with pinned(0):
        ours, beside = in_turn(
            lambda: change(many, those), lambda: change(few, its), max(7, pace.pairs)
        )
    return Figure(
        f"discard and add among {sizes[-1]:,}, beside {_FEW:,}", ours, beside, goal=_CONSTANT
    )


def measure(pace: Pace) -> list[Figure]:
    """Measure a pass over those at rest and over the stalled, and coming and going."""
    sizes = _FULL if pace.scale >= 1 else _QUICK
    figures: list[Figure] = []
    for size in sizes:
        monitor, conns = watched(size)
        case = f"{size:,} connections"
        rest, loop = pass_beside_loop(monitor, conns, pace)
        figures.append(Figure(f"{case} at rest", rest, is_ratio_of_pairs=False))
        figures.append(Figure(f"{case} at rest, beside a bare loop", rest, loop, goal=Goal()))
        stall(conns)
        monitor.run_pass()
        stalled, _ = pass_beside_loop(monitor, conns, pace)
        figures.append(Figure(f"{case} stalled", stalled, is_ratio_of_pairs=False, goal=_STALLED))
    figures.append(changes(sizes, pace))
    return figures


def growth(pace: Pace) -> list[Growth]:
    """Say how a pass grows with the connections: each should cost the same."""
    points: list[tuple[float, float, float | None]] = []
    for size in _GROWTH:
        rest, loop = pass_beside_loop(*watched(size), pace)
        points.append((size, value_of(rest).median, value_of(loop).median))
    return [Growth("connections at rest, beside a bare loop", "ns a connection", points)]


ROW = Row(
    number=4,
    name="a pass of the monitor, a connection",
    unit="ns",
    measure=measure,
    goal=Goal(at_most=60.0),
    is_quick=True,
    growth=growth,
)
