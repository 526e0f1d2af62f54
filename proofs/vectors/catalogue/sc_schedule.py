"""SC-9 and SC-14: the close window on schedules of every kind, and wall clocks that jump in it."""

from collections.abc import Sequence

from proofs.vectors.script import (
    Case,
    accept,
    case,
    check,
    monitor,
    open_,
    received,
    send,
    until,
    wall_jump,
)
from stallproof.requirements.vectors.format import Step

S = 1_000_000
"""One second, in microseconds."""
L = S
"""The stall timeout of these scripts."""
T = 250_000
"""The period of the monitor. With a threshold of 3 the close comes in (1500000, 1750000]."""
LOWER, UPPER = L + 2 * T, L + 3 * T
KNOBS = {
    "streaming_send_timeout": 20,
    "sfm_send_stall_timeout": 1,
    "sfm_close_stalled_connection": True,
}
WATCHED = (open_("a", 0, heartbeats=False), monitor(T, at=0))
HOUR = 3600 * S


def _worked(name: str, requirements: Sequence[str], began_us: int, reason: str) -> Case:
    """Play the worked example: a limit of 75 s, a threshold of 3, passes each 5 s."""
    third_us = (began_us + 75 * S) // (5 * S) * 5 * S + 15 * S
    return case(
        name,
        requirements,
        reason,
        [
            open_("a", 0, heartbeats=False),
            monitor(5 * S, at=0),
            send("a", 1, 9, at=began_us),
            until(third_us - 1),
            until(third_us),
            until(200 * S),
        ],
        knobs={
            "streaming_send_timeout": 600,
            "sfm_send_stall_timeout": 75,
            "sfm_close_stalled_connection": True,
        },
    )


def _survivor(name: str, ended_us: int, reason: str, steps: Sequence[Step] = ()) -> Case:
    """Begin a stall just before a tick, and end it `ended_us` after its beginning."""
    return case(
        name,
        ["SC-9", "SC-6"],
        reason,
        [
            *WATCHED,
            send("a", 1, 9, at=T - 1),
            accept("a", 9, at=T - 1 + ended_us),
            *steps,
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    )


WINDOWS = (
    _worked(
        "worked-example-closes-one-after-85-seconds",
        ["SC-9"],
        5 * S - 1,
        """A limit of 75 s, a threshold of 3, passes each 5 s: one microsecond beyond 85 s is the
        earliest close that there is. Operators set outer timeouts by these very numbers.""",
    ),
    _worked(
        "worked-example-closes-at-90-seconds",
        ["SC-9", "SC-2"],
        5 * S,
        """The stall begins with a tick, so that the pass at 75 s finds exactly the limit, and the
        close comes at 90 s: the latest one. At 85 s it would be too early.""",
    ),
    _survivor(
        "stall-that-ends-one-before-the-lower-end-survives",
        LOWER - 1,
        """One microsecond before the lower end the peer reads again. No schedule of this period may
        have closed by then.""",
    ),
    _survivor(
        "stall-after-a-stall-has-a-window-of-its-own",
        LOWER - 100_000,
        """Two stalled checks of three, and the send gets through; a second stall follows at once.
        With the count of the first it would be closed at its first stalled check, long before its
        window.""",
        [send("a", 2, 9, at=T + LOWER - 100_000), until(T + 2 * LOWER), until(T + LOWER + UPPER)],
    ),
    case(
        "window-of-a-stall-that-began-on-an-old-connection",
        "SC-9",
        """The connection was idle for forty ticks before it stalled. The window counts from the
        lock, and not from the opening, nor from the first tick.""",
        [
            *WATCHED,
            until(40 * T),
            send("a", 1, 9, at=40 * T + 1),
            until(40 * T + LOWER),
            until(40 * T + UPPER),
            until(40 * T + 2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "window-on-a-schedule-that-was-begun-anew",
        "SC-9",
        """The schedule is replaced by a slower one before the stall. Ticks of the old one that go
        on come too often, and close before the window.""",
        [
            open_("a", 0, heartbeats=False),
            monitor(T, at=0),
            monitor(2 * T, at=3 * T),
            send("a", 1, 9, at=5 * T - 1),
            until(5 * T + L + 4 * T - 1),
            until(5 * T + L + 4 * T),
            until(4 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "window-with-ticks-that-begin-off-the-round",
        "SC-9",
        """The schedule began at 7 microseconds, so that its ticks do too. Ticks on round numbers,
        whenever the monitor was started, are another schedule.""",
        [
            open_("a", 0, heartbeats=False),
            monitor(T, at=7),
            send("a", 1, 9, at=T + 6),
            until(T + LOWER + 6),
            until(T + LOWER + 7),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
)

WALL = (
    case(
        "wall-clock-jumps-leave-the-close-window-alone",
        ["SC-14", "SC-9"],
        """The wall clock jumps forward early in a stall, and back after the first warning. The
        close comes at its tick: not an hour early, and not an hour late.""",
        [
            *WATCHED,
            send("a", 1, 9, at=T - 1),
            wall_jump(HOUR, at=2 * T + 1),
            until(T + L),
            wall_jump(-2 * HOUR, at=T + L + 1),
            until(T + LOWER - 1),
            until(T + LOWER),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "wall-clock-one-microsecond-forward-at-the-interval",
        "SC-14",
        """The last frame is exactly one interval old, and by the wall one microsecond more. The
        smallest jump is enough to send a heartbeat too early.""",
        [
            open_("a"),
            received("a", at=100),
            check(at=2 * S + 100),
            received("a", at=3 * S),
            wall_jump(1, at=4 * S),
            check(at=5 * S),
            check(at=5 * S + 1),
        ],
        knobs={**KNOBS, "heartbeat_interval": 2},
    ),
    case(
        "wall-clock-one-microsecond-back-beyond-the-interval",
        "SC-14",
        """The heartbeat is due by one microsecond, which the wall clock has just lost. It comes all
        the same.""",
        [
            open_("a"),
            received("a", at=100),
            check(at=2 * S + 101),
            received("a", at=3 * S),
            wall_jump(-1, at=4 * S),
            check(at=5 * S),
            check(at=5 * S + 1),
        ],
        knobs={**KNOBS, "heartbeat_interval": 2},
    ),
    case(
        "wall-clock-jumps-between-two-stalled-checks",
        ["SC-14", "SC-3"],
        """Back by an hour after the first stalled check, forward by two after the second. By the
        wall the second is no stall and resets the count; by the law they are three in a row.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=L + 1),
            wall_jump(-HOUR, at=L + 2),
            check(at=L + 3),
            wall_jump(2 * HOUR, at=L + 4),
            check(at=L + 5),
        ],
        knobs=KNOBS,
    ),
)

CASES = WINDOWS + WALL
