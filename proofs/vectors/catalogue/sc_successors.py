"""SC-12, SC-13 and SC-15: who comes back by name, goes in a pass, or is slow again."""

from proofs.vectors.script import (
    Case,
    accept,
    case,
    check,
    close,
    fail,
    monitor,
    open_,
    received,
    send,
    until,
)

L = 1_000_000
"""The stall timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1}
CLOSES = {**KNOBS, "sfm_close_stalled_connection": True}
FIRST = {**CLOSES, "sfm_send_stall_consecutive_checks": 1}


def _successor(name: str, checks: int, threshold: int, reason: str) -> Case:
    """Close a connection after `checks` stalled checks; its successor is stalled at once."""
    return case(
        name,
        "SC-13",
        reason,
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            *(check(at=L + number) for number in range(1, checks + 1)),
            close("a", at=2 * L - 1),
            open_("a", 0, heartbeats=False, at=2 * L),
            send("a", 2, 9, at=2 * L),
            *(check(at=3 * L + number) for number in range(1, threshold)),
            accept("a", 9, at=3 * L + threshold),
            check(at=3 * L + threshold + 1),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": threshold},
    )


SUCCESSORS = (
    _successor(
        "successor-stalled-at-its-first-check",
        1,
        2,
        """The name comes back between two passes, and the next pass finds the first send of the
        successor stalled, as the one before found the first send of the other. By name, and by the
        number of the send, it is the same stall.""",
    ),
    _successor(
        "successor-of-one-below-the-threshold",
        2,
        3,
        """The predecessor went one check before its close. Its successor has a whole threshold
        before it: 1/3, 2/3, and lives.""",
    ),
    case(
        "successor-of-one-that-the-monitor-closed",
        "SC-13",
        """The count had reached the threshold when the monitor closed, and the peer connects again
        at once. With an inherited count each new connection is closed at its first stalled check,
        for ever.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=L + 1),
            check(at=L + 2),
            close("a", at=L + 3),
            open_("a", 0, heartbeats=False, at=L + 4),
            send("a", 2, 9, at=L + 4),
            check(at=2 * L + 5),
            accept("a", 9, at=2 * L + 6),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "successor-of-one-that-timed-out",
        "SC-13",
        """The deadline took the predecessor, in warn-only, after two warnings. The warnings of the
        successor begin at 1/3: whoever reads them has to know which stall they speak of.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=L + 1),
            check(at=L + 2),
            until(1_500_000),
            close("a", at=1_500_001),
            open_("a", 0, heartbeats=False, at=1_500_002),
            send("a", 2, 9, at=1_500_002),
            check(at=2_500_003),
            check(at=2_500_004),
        ],
        knobs={**KNOBS, "streaming_send_timeout": 1.5},
    ),
    case(
        "successor-has-heard-nothing-yet",
        "SC-10",
        """The predecessor heard from its peer a moment ago, the successor has heard nothing: it is
        idle. A last receipt that is kept by name tells the new connection that all is well.""",
        [
            open_("a"),
            received("a", at=100),
            check(at=200),
            close("a", at=300),
            open_("a", at=400),
            check(at=500),
            received("a", at=600),
            check(at=700),
        ],
        knobs=KNOBS,
    ),
)

PASSES = (
    case(
        "pass-closes-two-in-a-row-and-checks-the-rest",
        "SC-12",
        """Two neighbours go in the same pass, and behind them one is stalled and one is idle. A
        walk that skips one place for each that goes misses one of these.""",
        [
            *(open_(name, 0, heartbeats=False) for name in "abc"),
            open_("d"),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=0),
            send("c", 3, 9, at=100),
            check(at=200),
            check(at=L + 1),
            check(at=L + 101),
        ],
        knobs=FIRST,
    ),
    case(
        "pass-closes-the-last-and-the-next-pass-goes-on",
        "SC-12",
        """The last of the walk goes. Nobody is left behind it in this pass, but the next one must
        not stumble over the place where it was.""",
        [
            *(open_(name, 0, heartbeats=False) for name in "abc"),
            send("c", 1, 9, at=0),
            send("a", 2, 9, at=L),
            check(at=L + 1),
            check(at=L + 2),
            check(at=2 * L + 1),
        ],
        knobs=FIRST,
    ),
    case(
        "no-heartbeat-to-one-that-went",
        ["SC-12", "SC-10"],
        """Of three idle connections the first is closed by its caller. The other two get their
        heartbeats pass after pass, and it gets none: the attempt would raise, and end the
        pass.""",
        [
            *(open_(name) for name in "abc"),
            check(at=100),
            close("a", at=150),
            check(at=200),
            close("c", at=250),
            check(at=300),
        ],
        knobs=KNOBS,
    ),
    case(
        "twelve-come-and-go-beside-one-that-stays",
        "SC-12",
        """Connections come and go at every tick, before the one that stays and after it in the
        walk. Its own stall is found, counted, and closed as if it were alone.""",
        [
            *(open_(f"x{number}", heartbeats=False) for number in range(6)),
            open_("stays", 0, heartbeats=False),
            *(open_(f"x{number}", heartbeats=False) for number in range(6, 12)),
            monitor(400_000, at=0),
            send("stays", 1, 9, at=1),
            *(close(f"x{number}", at=400_000) for number in (0, 7)),
            *(close(f"x{number}", at=800_000) for number in (1, 2, 8)),
            open_("late", heartbeats=False, at=1_000_000),
            *(close(f"x{number}", at=1_200_000) for number in (3, 11)),
            until(1_600_000),
            until(2_400_000),
        ],
        knobs=CLOSES,
    ),
)

SLOW_AGAIN = (
    case(
        "stalled-send-behind-one-that-failed-counts-one",
        "SC-15",
        """The first stalled send fails with nothing written, and the next in the queue is slow as
        well. The failure ended the first stall: the second begins at 1, like any other.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            check(at=L + 1),
            fail("a", "EPIPE", at=L + 2),
            check(at=2 * L + 3),
            accept("a", 9, at=2 * L + 4),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "slow-sends-with-a-limit-below-the-period",
        "SC-15",
        """The limit is shorter than the period, so that each tick can fall into another slow send,
        and none of them between. Seven frames go out, one a period: nothing is stuck.""",
        [
            open_("a", 0, heartbeats=False),
            monitor(L, at=0),
            *(
                step
                for number in range(1, 8)
                for step in (
                    send("a", number, 9, at=number * L - 400_000),
                    accept("a", 9, at=number * L + 100),
                )
            ),
        ],
        knobs={**CLOSES, "sfm_send_stall_timeout": 0.3},
    ),
)

CASES = SUCCESSORS + PASSES + SLOW_AGAIN
