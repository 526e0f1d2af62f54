"""SC-5 to SC-8: warn-only never closes, and where closing is enabled it closes once, on time."""

from proofs.vectors.script import accept, case, check, close, fail, open_, send, until

L = 1_000_000
"""The stall timeout of these scripts, in microseconds; the deadline is far beyond it."""
WARNS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1}
CLOSES = {**WARNS, "sfm_close_stalled_connection": True}
BLOCKED = (open_("a", 4, heartbeats=False), send("a", 1, 9, at=0))

WARN_ONLY = (
    case(
        "warn-only-beyond-the-threshold",
        ["SC-5", "SC-3"],
        """With closing disabled the count goes on, 3/3, 4/3, 5/3, and nothing else happens. Who
        runs with the default has not agreed to lose connections.""",
        [*BLOCKED, *(check(at=number * L) for number in (2, 3, 4, 5, 6)), accept("a", 5, at=7 * L)],
        knobs=WARNS,
    ),
    case(
        "warn-only-with-a-threshold-of-one",
        "SC-5",
        """The first stalled check reaches the threshold. An implementation in which 1 means `at
        once`, before it asks whether it may, closes here.""",
        [*BLOCKED, check(at=L), check(at=L + 1), check(at=L + 2), accept("a", 5, at=2 * L)],
        knobs={**WARNS, "sfm_send_stall_consecutive_checks": 1},
    ),
    case(
        "warn-only-on-several-connections",
        "SC-5",
        """Three connections stall side by side, each beyond the threshold. A total over all of them
        is no reason to close any.""",
        [
            *(open_(name, 0, heartbeats=False) for name in "abc"),
            *(send(name, number, 9, at=0) for number, name in enumerate("abc", 1)),
            *(check(at=2 * L + number) for number in range(4)),
            *(accept(name, 9, at=3 * L) for name in "abc"),
        ],
        knobs=WARNS,
    ),
)

BEFORE = (
    case(
        "one-below-the-threshold-stays-open",
        "SC-6",
        """Two of three, and the stall ends by itself: the connection, and everything under way on
        it, lives. A count that begins at one, or a `>` that became `>=`, kills it.""",
        [
            *BLOCKED,
            check(at=2 * L),
            check(at=3 * L),
            accept("a", 5, at=3 * L + 1),
            send("a", 2, 1, at=3 * L + 2),
            accept("a", 1, at=3 * L + 3),
        ],
        knobs=CLOSES,
    ),
    case(
        "reset-in-between-begins-anew",
        ["SC-6", "SC-3"],
        """Two stalled checks, one that is not, two stalled ones: four in all, never three in a
        row. Whoever counts stalls instead of consecutive stalls closes at the third.""",
        [
            *BLOCKED,
            check(at=2 * L),
            check(at=3 * L),
            accept("a", 5, at=3 * L + 1),
            check(at=4 * L),
            send("a", 2, 9, at=4 * L),
            check(at=6 * L),
            check(at=7 * L),
            accept("a", 9, at=7 * L + 1),
        ],
        knobs=CLOSES,
    ),
    case(
        "checks-at-the-limit-count-for-nothing",
        ["SC-6", "SC-2"],
        """Many checks at the limit itself, then one beyond it. The first ones found no stall: a
        monitor that counts what is nearly one closes at once.""",
        [*BLOCKED, *(check(at=L) for _ in range(4)), check(at=L + 1), accept("a", 5, at=L + 2)],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
)

AT = (
    case(
        "third-stalled-check-closes",
        ["SC-7", "SC-6"],
        """Two stay, the third closes, at that very check: the way out when nothing else frees the
        lock. A close that is left to the next pass comes a period late.""",
        [*BLOCKED, check(at=L + 1), check(at=L + 2), check(at=L + 3), until(2 * L)],
        knobs=CLOSES,
    ),
    case(
        "first-stalled-check-closes-with-a-threshold-of-one",
        "SC-7",
        """With a threshold of one there is no `before`: the first stalled check closes, and the
        one at the limit does not.""",
        [*BLOCKED, check(at=L), check(at=L + 1), until(2 * L)],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 1},
    ),
    case(
        "second-stalled-check-closes-with-a-threshold-of-two",
        "SC-7",
        """The threshold is a knob. An implementation with the default built in waits for a third
        check that may be a long time in coming.""",
        [*BLOCKED, check(at=2 * L), check(at=19 * L), until(20 * L)],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "two-connections-reach-the-threshold-in-one-pass",
        "SC-7",
        """Both are closed, by the same pass. A loop that leaves when it has closed one keeps the
        other stalled until the next round.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=1),
            check(at=2 * L),
            check(at=3 * L),
            until(4 * L),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
)

ONCE = (
    case(
        "passes-after-the-monitor-has-closed",
        "SC-8",
        """The stalled send may outlast the closing for a moment, and the next checks find it again.
        A close at every count from the threshold on hits whatever has its descriptor by then.""",
        [*BLOCKED, *(check(at=number * L) for number in (2, 3, 4, 5, 6)), until(7 * L)],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "passes-after-a-close-by-the-caller",
        "SC-8",
        """The caller closes one check before the threshold. The next pass would have closed, and
        must leave alone what is closing already.""",
        [*BLOCKED, check(at=2 * L), close("a", at=2 * L + 1), check(at=3 * L), check(at=4 * L)],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "passes-after-a-timeout",
        "SC-8",
        """The deadline came between the second check and the third. The TIMEOUT closes, the monitor
        does not: two closings for one stall end the wrong connection one day.""",
        [
            *BLOCKED,
            check(at=2 * L),
            check(at=3 * L),
            until(3_500_000),
            check(at=4 * L),
            check(at=5 * L),
        ],
        knobs={**CLOSES, "streaming_send_timeout": 3.5},
    ),
    case(
        "passes-after-a-torn-frame",
        ["SC-8", "SD-6"],
        """A write failed half-way and closed the connection, one check before the threshold. The
        stamp of that send must be gone when the monitor looks again.""",
        [
            *BLOCKED,
            check(at=2 * L),
            fail("a", "EPIPE", at=2 * L + 1),
            check(at=3 * L),
            check(at=4 * L),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
)

CASES = WARN_ONLY + BEFORE + AT + ONCE
