"""SD-1 to SD-4: one deadline for the whole frame, inclusive, and never before its time."""

from proofs.vectors.script import accept, case, check, fail, open_, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

ONE_DEADLINE = (
    case(
        "trickle-does-not-move-the-deadline",
        "SD-1",
        """A timeout for each write starts again with every byte that the peer takes: a peer that
        reads one byte now and then holds the lock for ever, and everyone queues behind it.""",
        [
            open_("a", 10),
            send("a", 1, 100, at=0),
            *(accept("a", 1, at=moment) for moment in (250_000, 500_000, 750_000, 900_000)),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "byte-one-before-the-deadline-does-not-move-it",
        "SD-1",
        """A deadline that is worked out again after progress gives the last possible byte a whole
        new send timeout, so that one byte a timeout is enough to hold the lock for ever.""",
        [open_("a", 0), send("a", 1, 3, at=0), accept("a", 1, at=S - 1), until(S), until(2 * S)],
        knobs=KNOBS,
    ),
    case(
        "byte-at-the-deadline-does-not-move-it",
        "SD-1",
        """Room that comes at the very deadline comes after it: an implementation that looks at the
        socket before it looks at the clock goes on and holds the lock for longer.""",
        [
            open_("a", 0),
            send("a", 1, 4, at=0),
            accept("a", 1, at=9),
            accept("a", 1, at=S),
            until(2 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "byte-one-after-the-deadline-does-not-move-it",
        "SD-1",
        """Room that comes once the send has ended must find nobody: a send that is still polling
        then would take it, and tear the stream a little later.""",
        [
            open_("a", 0),
            send("a", 1, 4, at=0),
            accept("a", 1, at=9),
            accept("a", 1, at=S + 1),
            until(2 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "deadline-counts-from-the-lock-not-from-the-request",
        ["SD-1", "SD-4"],
        """A deadline that counts from the request makes a queue time out as a whole: healthy sends
        that had to wait for a slow one before them kill the connection.""",
        [
            open_("a", 0),
            send("a", 1, 1, at=0),
            send("a", 2, 1, at=100_000),
            accept("a", 1, at=600_000),
            until(1_100_000),
            until(1_599_999),
            until(1_600_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "second-send-has-a-deadline-of-its-own",
        "SD-1",
        """A deadline that is kept with the connection instead of the send is never renewed: the
        second frame inherits what is left of the first one's time, and healthy peers are cut
        off.""",
        [
            open_("a", 0),
            send("a", 1, 1, at=0),
            accept("a", 1, at=900_000),
            send("a", 2, 2, at=900_000),
            accept("a", 1, at=1_500_000),
            until(1_899_999),
            until(1_900_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "many-writes-share-one-deadline",
        "SD-1",
        """Whoever counts tries instead of time allows each of them its wait: twenty little writes
        are then twenty timeouts, and the stall lasts as long as the frame is large.""",
        [
            open_("a", 0),
            send("a", 1, 40, at=0),
            *(accept("a", 1, at=40_000 * number) for number in range(1, 21)),
            until(S - 1),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "shortest-send-timeout",
        ["SD-2", "SD-4"],
        """One microsecond is the shortest timeout there is. Rounded down to the unit of a poll it
        is zero, and a send that could leave at once is ended without a try.""",
        [
            open_("a", 5),
            send("a", 1, 5, at=10),
            send("a", 2, 5, at=11),
            until(11),
            until(12),
            until(13),
        ],
        knobs={"streaming_send_timeout": 0.000001},
    ),
)

INCLUSIVE = (
    case(
        "expired-exactly-at-the-deadline",
        "SD-2",
        """With `>` instead of `>=` a send whose time left is exactly zero waits for zero and tries
        again: it spins, and holds the lock for one more look than it may.""",
        [open_("a", 3), send("a", 1, 10, at=7), until(S + 6), until(S + 7), until(S + 8)],
        knobs=KNOBS,
    ),
    case(
        "last-byte-one-before-the-deadline",
        ["SD-4", "SD-9"],
        """One microsecond is time left. Who ends the send here, by a poll rounded down, kills a
        connection whose peer took everything in time.""",
        [open_("a", 3), send("a", 1, 10, at=0), accept("a", 7, at=S - 1), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "room-at-the-deadline-is-too-late",
        "SD-2",
        """A write that begins at the deadline can be held by the kernel for as long as the peer
        likes: the bound on the lock is gone.""",
        [open_("a", 3), send("a", 1, 10, at=0), accept("a", 7, at=S), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "room-one-after-the-deadline-is-too-late",
        "SD-2",
        """A send that tests its deadline only after the next write would still finish here, and
        tells a caller OK whom another thread was told that the connection is dead.""",
        [open_("a", 3), send("a", 1, 10, at=0), accept("a", 7, at=S + 1), until(S + 2)],
        knobs=KNOBS,
    ),
    case(
        "write-learnt-one-before-the-deadline-leaves-bytes",
        "SD-2",
        """A write that comes back with one microsecond left leaves exactly that microsecond to
        wait for: not nothing, and not a new timeout.""",
        [open_("a", 0), send("a", 1, 9, at=0), accept("a", 4, 10, at=S - 11), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "write-learnt-at-the-deadline-leaves-bytes",
        "SD-2",
        """A write that comes back exactly at the deadline with bytes left ends the send: who tests
        with `>` begins one more wait, of length zero, and then one more write.""",
        [open_("a", 0), send("a", 1, 9, at=0), accept("a", 4, 10, at=S - 10), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "write-learnt-one-after-the-deadline-leaves-bytes",
        "SD-2",
        """A write that comes back too late must be the last: time left is negative now, and an
        unsigned or a poll's `-1` makes of that a wait for ever.""",
        [open_("a", 0), send("a", 1, 9, at=0), accept("a", 4, 10, at=S - 9), until(S + 2)],
        knobs=KNOBS,
    ),
    case(
        "error-at-the-deadline-is-a-timeout",
        ["SD-2", "SD-7"],
        """At the deadline expiry comes before any error. Reported as CLOSED, the torn connection
        would stay open in an implementation that closes for a TIMEOUT only.""",
        [open_("a", 3), send("a", 1, 10, at=0), fail("a", "EPIPE", at=S), until(S + 1)],
        knobs=KNOBS,
    ),
)

IN_TIME = (
    case(
        "transport-timeout-before-the-deadline",
        ["SD-7", "SD-5"],
        """The one TIMEOUT that may come early is the transport's own. Whoever waits for the
        deadline regardless holds the lock of a connection that the system gave up already.""",
        [open_("a", 3), send("a", 1, 10, at=0), fail("a", "ETIMEDOUT", at=400_000), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "less-than-a-millisecond-left",
        "SD-4",
        """A poll counts in milliseconds. Half a millisecond that is rounded down ends the send 500
        microseconds early; rounded down to zero before each look it burns the processor.""",
        [
            open_("a", 0),
            send("a", 1, 2, at=0),
            accept("a", 1, at=1_000),
            accept("a", 1, at=1_499),
            until(1_501),
        ],
        knobs={"streaming_send_timeout": 0.0015},
    ),
    case(
        "third-in-the-queue-after-more-than-a-timeout",
        "SD-4",
        """Three sends that take six tenths of the timeout each are all in time. A deadline shared
        by the queue ends the second one and takes the connection with it.""",
        [
            open_("a", 0),
            send("a", 1, 1, at=0),
            send("a", 2, 1, at=1),
            send("a", 3, 1, at=2),
            accept("a", 1, at=600_000),
            accept("a", 1, at=1_200_000),
            accept("a", 1, at=1_800_000),
            until(3 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "checks-do-not-shorten-the-deadline",
        "SD-4",
        """The monitor looks at a send and must leave it alone: a check that ends what it finds, or
        that wakes the sender into a wrong branch, cuts off a slow but healthy peer.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 1, at=0),
            check(at=S - 2),
            accept("a", 1, at=S - 1),
            check(at=S),
        ],
        knobs=KNOBS,
    ),
)

CASES = ONE_DEADLINE + INCLUSIVE + IN_TIME
