"""SC-12, SC-13 and SC-15: what comes and goes during passes, and whose a count is."""

from proofs.vectors.script import accept, case, check, close, fail, monitor, open_, send, until

L = 1_000_000
"""The stall timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1}
CLOSES = {**KNOBS, "sfm_close_stalled_connection": True, "sfm_send_stall_consecutive_checks": 2}
FIRST = {**CLOSES, "sfm_send_stall_consecutive_checks": 1}

SURVIVES = (
    case(
        "pass-closes-the-first-and-checks-the-rest",
        "SC-12",
        """The pass closes the first connection of the walk. If that changes the map that it walks,
        the pass ends with an exception, and the others are unwatched, in silence.""",
        [
            *(open_(name, 0, heartbeats=False) for name in "abc"),
            send("a", 1, 9, at=0),
            check(at=10),
            check(at=L + 1),
            check(at=L + 2),
        ],
        knobs=FIRST,
    ),
    case(
        "pass-closes-the-middle-one-and-checks-the-rest",
        "SC-12",
        """The connection in the middle goes during the pass. A walk by index skips the one behind
        it, whose own stall then lasts a period longer.""",
        [
            *(open_(name, 0, heartbeats=False) for name in "abc"),
            send("b", 1, 9, at=0),
            send("c", 2, 9, at=10),
            check(at=20),
            check(at=L + 1),
            check(at=L + 11),
        ],
        knobs=FIRST,
    ),
    case(
        "connection-that-goes-between-passes",
        "SC-12",
        """One was closed by its caller between two passes. It is not checked again, and nobody else
        loses a check for it.""",
        [
            *(open_(name, heartbeats=False) for name in "abc"),
            check(at=100),
            close("b", at=150),
            check(at=200),
            close("a", at=200),
            check(at=300),
        ],
        knobs=KNOBS,
    ),
    case(
        "connection-that-comes-between-passes",
        "SC-12",
        """A connection that was opened after the first pass is checked in the next one. A list that
        was made when the monitor started never learns of it.""",
        [
            open_("a", heartbeats=False),
            check(at=100),
            open_("b", 0, heartbeats=False, at=150),
            send("b", 1, 9, at=160),
            check(at=200),
            check(at=L + 161),
        ],
        knobs=KNOBS,
    ),
    case(
        "connection-that-fails-between-passes",
        "SC-12",
        """A frame was torn and its connection closed by the failure, between two ticks. The ticks
        go on, for the one that stalls as for the one that idles.""",
        [
            *(open_(name, 4, heartbeats=False) for name in "abc"),
            monitor(400_000, at=0),
            send("a", 1, 9, at=1),
            send("b", 2, 9, at=2),
            until(400_000),
            fail("a", "ECONNRESET", at=500_000),
            until(800_000),
            until(1_200_000),
            until(1_600_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "connections-come-and-go-at-the-instant-of-a-tick",
        "SC-12",
        """At the very microsecond of a tick one connection is closed and another one opened: the
        tick came first, and the next one finds who is there.""",
        [
            open_("a", heartbeats=False),
            open_("b", heartbeats=False),
            monitor(100_000, at=0),
            close("a", at=100_000),
            open_("c", heartbeats=False, at=100_000),
            until(200_000),
            close("c", at=200_001),
            until(300_000),
        ],
        knobs=KNOBS,
    ),
)

OWN_COUNT = (
    case(
        "successor-by-the-same-name-begins-at-one",
        "SC-13",
        """The peer reconnects by the same name after its count had reached one below the threshold.
        A count that is kept by name closes the new connection at its first stall.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=L + 1),
            close("a", at=L + 2),
            check(at=L + 3),
            open_("a", 0, heartbeats=False, at=2 * L),
            send("a", 2, 9, at=2 * L),
            check(at=3 * L + 1),
            accept("a", 9, at=3 * L + 2),
        ],
        knobs=CLOSES,
    ),
    case(
        "successor-without-a-check-in-between",
        "SC-13",
        """The old connection goes and the new one comes between two passes, so that no pass ever
        sees the name missing. A clean-up that is left to the monitor does not happen.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=L + 1),
            close("a", at=L + 2),
            open_("a", 0, heartbeats=False, at=L + 3),
            send("a", 2, 9, at=L + 3),
            check(at=2 * L + 3),
            check(at=2 * L + 4),
            check(at=2 * L + 5),
        ],
        knobs=CLOSES,
    ),
    case(
        "counts-of-two-connections-do-not-add-up",
        "SC-13",
        """Two stalled checks of one connection and one of another are not three in a row. A count
        that is kept for the process closes the second connection at its first.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=500_000),
            check(at=L + 1),
            check(at=1_500_001),
            accept("a", 9, at=1_500_002),
            accept("b", 9, at=1_500_002),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 3},
    ),
    case(
        "recovery-of-one-does-not-reset-the-other",
        ["SC-13", "SC-3"],
        """One connection recovers while the other stays stalled. A reset that clears all counts
        lets the second stall go on for another round of checks.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=0),
            check(at=L + 1),
            accept("a", 9, at=L + 2),
            check(at=L + 3),
            until(2 * L),
        ],
        knobs=CLOSES,
    ),
)

OWN_SEND = (
    case(
        "another-stalled-send-counts-one",
        "SC-15",
        """Two slow sends, one after the other, are progress: the first one ended. A count by
        connection takes them for one stall, and closes at the second look.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 2, at=0),
            check(at=L + 1),
            accept("a", 2, at=L + 2),
            send("a", 2, 2, at=L + 3),
            check(at=2 * L + 4),
            accept("a", 2, at=2 * L + 5),
        ],
        knobs=CLOSES,
    ),
    case(
        "another-stalled-send-from-the-queue-counts-one",
        "SC-15",
        """The second send took the lock at the very instant at which the first one ended, so that
        the lock was never seen free. Sends are told apart by who they are.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 2, at=0),
            send("a", 2, 2, at=1),
            check(at=L + 1),
            accept("a", 2, at=L + 2),
            check(at=2 * L + 3),
            check(at=2 * L + 4),
        ],
        knobs=CLOSES,
    ),
    case(
        "third-slow-send-in-a-row-counts-one-again",
        "SC-15",
        """Slow, slow, slow, and every one of them gets through. However many there are, the count
        stays at one, and the connection lives.""",
        [
            open_("a", 0, heartbeats=False),
            *(send("a", number, 2, at=0) for number in (1, 2, 3)),
            check(at=1_100_000),
            accept("a", 2, at=1_200_000),
            check(at=2_300_000),
            accept("a", 2, at=2_400_000),
            check(at=3_500_000),
            accept("a", 2, at=3_600_000),
            check(at=3_700_000),
        ],
        knobs=CLOSES,
    ),
    case(
        "same-send-goes-on-counting-beside-a-queue",
        ["SC-3", "SC-7"],
        """The send in flight is the same, only the queue behind it has grown. Whoever tells sends
        apart by the last request begins to count anew, and never closes.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 2, at=0),
            check(at=L + 1),
            send("a", 2, 2, at=L + 2),
            check(at=L + 3),
            until(2 * L),
        ],
        knobs=CLOSES,
    ),
)

CASES = SURVIVES + OWN_COUNT + OWN_SEND
