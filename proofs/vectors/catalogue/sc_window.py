"""SC-9: when the close of a stall comes, on a schedule, and where no close may come."""

from proofs.vectors.script import (
    accept,
    case,
    monitor,
    open_,
    send,
    until,
)

L = 1_000_000
"""The stall timeout of these scripts, in microseconds."""
T = 250_000
"""The period of the monitor. With a threshold of 3 the close comes in (1500000, 1750000]."""
LOWER, UPPER = L + 2 * T, L + 3 * T
KNOBS = {
    "streaming_send_timeout": 20,
    "sfm_send_stall_timeout": 1,
    "sfm_close_stalled_connection": True,
}
WATCHED = (open_("a", 0, heartbeats=False), monitor(T, at=0))

CASES = (
    case(
        "close-one-after-the-lower-end",
        "SC-9",
        """The stall begins one microsecond before it can be found at a tick: the earliest close
        there is. Who warns at the limit itself closes before the window.""",
        [
            *WATCHED,
            send("a", 1, 9, at=T - 1),
            until(T + LOWER - 1),
            until(T + LOWER),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "close-at-the-upper-end",
        ["SC-9", "SC-2"],
        """The stall is exactly the limit old at a tick, which does not count: the latest close
        there is. One tick later is after the window, and an outer timeout was set by it.""",
        [*WATCHED, send("a", 1, 9, at=T), until(T + UPPER - 1), until(T + UPPER), until(2 * UPPER)],
        knobs=KNOBS,
    ),
    case(
        "close-one-before-the-upper-end",
        "SC-9",
        """One microsecond off the latest close. A schedule that drifts by the length of its passes
        is outside the window after a few of them.""",
        [*WATCHED, send("a", 1, 9, at=T + 1), until(T + UPPER), until(2 * UPPER)],
        knobs=KNOBS,
    ),
    case(
        "stall-that-ends-at-the-lower-end-survives",
        ["SC-9", "SC-6"],
        """The peer takes the rest exactly at the lower end of the window, the earliest close would
        come one microsecond later. Operators count on it that such a stall survives.""",
        [
            *WATCHED,
            send("a", 1, 9, at=T - 1),
            until(T + LOWER - 1),
            accept("a", 9, at=T - 1 + LOWER),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "stall-that-ends-one-after-the-close-does-not",
        "SC-9",
        """One microsecond after the close the peer reads again. The connection is gone: room that
        comes now finds nobody.""",
        [
            *WATCHED,
            send("a", 1, 9, at=T - 1),
            until(T + LOWER),
            accept("a", 9, at=T + LOWER + 1),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "window-with-a-threshold-of-one",
        "SC-9",
        """One stalled check is enough: the window begins at the limit itself, and is one period
        long. N periods, or N minus one, is the oldest mistake in this sum.""",
        [
            *WATCHED,
            send("a", 1, 9, at=2 * T - 1),
            until(2 * T + L - 1),
            until(2 * T + L),
            until(2 * UPPER),
        ],
        knobs={**KNOBS, "sfm_send_stall_consecutive_checks": 1},
    ),
    case(
        "window-with-the-limit-equal-to-the-period",
        "SC-9",
        """The premise is met at its edge: the limit is as long as the period. One check falls into
        the stall before the limit, and two stalled ones follow.""",
        [
            open_("a", 0, heartbeats=False),
            monitor(L, at=0),
            send("a", 1, 9, at=L),
            until(3 * L - 1),
            until(3 * L),
            until(4 * L - 1),
            until(4 * L),
            until(6 * L),
        ],
        knobs={**KNOBS, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "stalls-of-two-connections-have-windows-of-their-own",
        "SC-9",
        """Two stalls, half a period apart, are closed at different ticks. A monitor with one stall
        clock for all closes both with the first.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            monitor(T, at=0),
            send("a", 1, 9, at=T - 1),
            send("b", 2, 9, at=T + 125_000),
            until(T + LOWER),
            until(2 * T + LOWER),
            until(2 * UPPER),
        ],
        knobs=KNOBS,
    ),
    case(
        "schedule-does-not-slip-while-something-is-stalled",
        ["SC-9", "CX-3"],
        """Ten ticks, one stalled connection, one healthy one: each tick comes at its moment. A pass
        that waits for anything moves all later ones.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", heartbeats=False),
            monitor(T, at=0),
            send("a", 1, 9, at=100_000),
            *(send("b", 1 + n, 9, at=n * T) for n in range(1, 11)),
        ],
        knobs=KNOBS,
    ),
)
