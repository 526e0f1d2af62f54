"""SC-1 to SC-4: what a check finds, when it is a stall, how it is counted, what it says."""

from proofs.vectors.script import accept, case, check, fail, open_, send, until

L = 1_000_000
"""The stall timeout of these scripts, in microseconds; no deadline comes near it."""
KNOBS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1}
BLOCKED = (open_("a", 4, heartbeats=False), send("a", 1, 9, at=500))
"""A send that takes the lock at 500, writes 4 bytes and waits."""

STALL_TIME = (
    case(
        "stall-time-counts-from-the-lock",
        "SC-1",
        """At the instant of the lock the stall time is zero, and a microsecond later it is one.
        Rounded to the period of the monitor it would be anything up to seconds.""",
        [
            open_("a", 4, heartbeats=False),
            check(at=499),
            send("a", 1, 9, at=500),
            check(at=500),
            check(at=501),
        ],
        knobs=KNOBS,
    ),
    case(
        "stall-time-is-gone-with-the-send",
        "SC-1",
        """One microsecond before its end the send is in flight, at its end it is not. A stamp that
        is cleared later makes a stall of every pause between two frames.""",
        [
            *BLOCKED,
            check(at=1_499),
            accept("a", 5, at=1_500),
            check(at=1_500),
            check(at=1_501),
            check(at=3 * L),
        ],
        knobs=KNOBS,
    ),
    case(
        "failed-send-leaves-no-stamp",
        "SC-1",
        """A send fails with nothing written, and the connection stays open. If only success clears
        the stamp, an idle connection looks stalled for ever, and is closed in the end.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=100),
            fail("a", "EPIPE", at=200),
            check(at=200),
            check(at=3 * L),
        ],
        knobs={
            **KNOBS,
            "sfm_close_stalled_connection": True,
            "sfm_send_stall_consecutive_checks": 1,
        },
    ),
    case(
        "time-in-the-queue-is-no-stall-time",
        "SC-1",
        """The second send waited for the lock, and then has it. Counted from its request its stall
        time would hold the first one's as well, and so on down the queue.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 2, at=0),
            send("a", 2, 2, at=10),
            accept("a", 2, at=800_000),
            check(at=800_000),
            check(at=1_100_000),
            check(at=1_800_000),
            check(at=1_800_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "partial-writes-do-not-renew-the-stall-time",
        "SC-1",
        """The peer takes a byte now and then. The stall time is that of the lock: a stamp that each
        write renews makes the slowest peer look like the healthiest.""",
        [
            *BLOCKED,
            *(accept("a", 1, at=500 + 300_000 * number) for number in (1, 2, 3)),
            check(at=500 + L),
            check(at=501 + L),
        ],
        knobs=KNOBS,
    ),
)

STRICT = (
    case(
        "one-below-the-limit-is-not-stalled",
        "SC-2",
        """One microsecond below the limit, checked in milliseconds, is the limit: a monitor with a
        coarse clock would count a check too many.""",
        [*BLOCKED, check(at=499 + L), check(at=499 + L)],
        knobs=KNOBS,
    ),
    case(
        "at-the-limit-is-not-stalled",
        ["SC-2", "SC-4"],
        """The stall time is exactly the limit. With `>=` this check counts and warns, and the close
        can come at the lower end of the window, where it must not.""",
        [*BLOCKED, check(at=500 + L), check(at=500 + L)],
        knobs=KNOBS,
    ),
    case(
        "one-above-the-limit-is-stalled",
        ["SC-2", "SC-4"],
        """One microsecond above the limit the connection is stalled, and the check says so. A
        margin that was added for kindness puts the end of the window off.""",
        [*BLOCKED, check(at=501 + L)],
        knobs=KNOBS,
    ),
    case(
        "limit-of-one-microsecond",
        "SC-2",
        """The shortest limit there is: one microsecond is not stalled, two are. Read as
        milliseconds, or rounded to zero, it is another limit altogether.""",
        [*BLOCKED, check(at=500), check(at=501), check(at=502)],
        knobs={**KNOBS, "sfm_send_stall_timeout": 0.000001},
    ),
)

COUNTED = (
    case(
        "stalled-checks-count-up",
        ["SC-3", "SC-4"],
        """Three looks in a row find the same stall: 1, 2, 3. A count that is kept in the warning's
        text, or begun anew at each pass, never gets anywhere.""",
        [*BLOCKED, check(at=2 * L), check(at=3 * L), check(at=4 * L)],
        knobs=KNOBS,
    ),
    case(
        "idle-check-resets-the-count",
        "SC-3",
        """Two stalled checks, then the send is through, and a check finds nothing in flight. A
        monitor that skips idle connections keeps the count for the next stall.""",
        [
            *BLOCKED,
            check(at=2 * L),
            check(at=3 * L),
            accept("a", 5, at=3 * L + 1),
            check(at=4 * L),
            send("a", 2, 9, at=5 * L),
            check(at=6 * L + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "short-send-resets-the-count",
        "SC-3",
        """After a stalled check the next one finds another send, a young one. It is a check like
        any other: one that only resets where nothing is in flight goes on counting.""",
        [
            *BLOCKED,
            check(at=2 * L),
            accept("a", 5, at=2 * L + 1),
            send("a", 2, 9, at=2 * L + 2),
            check(at=3 * L),
            check(at=4 * L),
        ],
        knobs=KNOBS,
    ),
    case(
        "several-checks-in-one-instant-all-count",
        "SC-3",
        """Three checks in the same microsecond are three checks. Who divides the stall time by the
        period instead of counting finds one.""",
        [*BLOCKED, check(at=2 * L), check(at=2 * L), check(at=2 * L)],
        knobs=KNOBS,
    ),
    case(
        "no-warning-after-the-recovery",
        ["SC-4", "SC-3"],
        """The stall is over, and the check after it must be silent. A warning in a healthy flow
        makes all of them worthless.""",
        [
            *BLOCKED,
            check(at=2 * L),
            accept("a", 5, at=2 * L + 500),
            check(at=3 * L),
            send("a", 2, 1, at=3 * L + 1),
            accept("a", 1, at=3 * L + 2),
            check(at=4 * L),
        ],
        knobs=KNOBS,
    ),
    case(
        "check-that-closes-warns-as-well",
        ["SC-4", "SC-7"],
        """The last of the checks closes, and says why. Without its warning the operator finds a
        connection that was closed at 2 of 3.""",
        [*BLOCKED, check(at=2 * L), check(at=3 * L), check(at=4 * L), until(5 * L)],
        knobs={**KNOBS, "sfm_close_stalled_connection": True},
    ),
)

CASES = STALL_TIME + STRICT + COUNTED
