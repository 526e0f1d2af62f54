"""SC-14, and passes beside the schedule: no wall clock decides, and every pass is a pass."""

from proofs.vectors.script import (
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

L = 1_000_000
"""The stall timeout of these scripts, in microseconds."""
T = 250_000
"""The period of the monitor. With a threshold of 3 the close comes in (1500000, 1750000]."""
UPPER = L + 3 * T
KNOBS = {
    "streaming_send_timeout": 20,
    "sfm_send_stall_timeout": 1,
    "sfm_close_stalled_connection": True,
}
HOUR = 3_600_000_000
WATCHED = (open_("a", 0, heartbeats=False), monitor(T, at=0))

WALL = (
    case(
        "wall-clock-an-hour-forward",
        "SC-14",
        """Somebody sets the clock forward while a send is in flight. By the wall it is stalled for
        an hour, and the connection is idle for as long: a warning, a close, a heartbeat, for
        nothing.""",
        [
            open_("a", 0),
            received("a", at=900_000),
            send("a", 1, 9, at=1_000_000),
            wall_jump(HOUR, at=1_200_000),
            check(at=1_300_000),
            accept("a", 9, at=1_400_000),
            check(at=1_500_000),
        ],
        knobs={**KNOBS, "sfm_send_stall_consecutive_checks": 1, "heartbeat_interval": 2},
    ),
    case(
        "wall-clock-an-hour-back",
        "SC-14",
        """The clock is set back, and by the wall nothing has happened yet for an hour to come: no
        stall, no idle time. The monitor would be blind for that hour.""",
        [
            open_("a", 0),
            received("a", at=100),
            wall_jump(-HOUR, at=200),
            check(at=2_000_101),
            send("a", 1, 9, at=2_100_000),
            wall_jump(-HOUR, at=2_200_000),
            check(at=3_100_001),
        ],
        knobs={**KNOBS, "sfm_send_stall_consecutive_checks": 1, "heartbeat_interval": 2},
    ),
    case(
        "wall-clock-one-microsecond-forward-at-the-limit",
        ["SC-14", "SC-2"],
        """One microsecond is enough to see which clock is asked: the stall is exactly at its limit,
        and by the wall one beyond it.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            wall_jump(1, at=500_000),
            check(at=L),
            check(at=L + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "wall-clock-one-microsecond-back-beyond-the-limit",
        ["SC-14", "SC-2"],
        """One microsecond back: by the wall the stall has just reached its limit and is none, by
        the clock that counts it is one beyond.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            wall_jump(-1, at=500_000),
            check(at=L + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "wall-clock-jumps-leave-the-schedule-alone",
        "SC-14",
        """The next pass was planned for a moment. By a wall clock that was set back it never comes,
        by one that was set forward a dozen come at once.""",
        [
            open_("a", 0, heartbeats=False),
            monitor(T, at=0),
            wall_jump(HOUR, at=100_000),
            until(2 * T),
            wall_jump(-2 * HOUR, at=2 * T + 100_000),
            until(4 * T),
        ],
        knobs=KNOBS,
    ),
    case(
        "wall-clock-jump-moves-no-heartbeat",
        ["SC-14", "SC-10"],
        """Heard from one second ago, asked every two: no heartbeat, though by the wall an hour has
        gone by. The origin takes this very time from the wall clock.""",
        [
            open_("a"),
            received("a", at=1_000_000),
            wall_jump(HOUR, at=1_500_000),
            check(at=2_000_000),
            check(at=2_999_999),
            check(at=3_000_001),
        ],
        knobs={**KNOBS, "heartbeat_interval": 2},
    ),
)

SINGLE = (
    case(
        "single-pass-in-between-counts-too",
        ["SC-7", "SC-3"],
        """A pass that somebody asks for, between two of the schedule, is a pass like any other: its
        stalled check counts, and the third in a row closes.""",
        [
            *WATCHED,
            send("a", 1, 9, at=T + 1),
            until(T + L + T),
            check(at=T + L + T + 1),
            until(T + L + 2 * T),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "monitor-that-is-stopped-makes-no-pass",
        ["SC-6", "SC-7"],
        """Stopped after two stalled checks, started again later: nothing is closed in between, and
        the count goes on where it stood, for the stall did.""",
        [
            *WATCHED,
            send("a", 1, 9, at=1),
            until(L + 2 * T),
            monitor(None, at=L + 2 * T + 1),
            until(4 * L),
            monitor(T, at=4 * L),
            until(4 * L + T - 1),
            until(4 * L + T),
        ],
        knobs=KNOBS,
    ),
)

CASES = WALL + SINGLE
