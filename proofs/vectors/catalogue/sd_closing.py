"""SD-5, SD-6 and SD-12: what closes, that it closes once, and that nothing follows it."""

from proofs.vectors.script import accept, case, check, close, fail, open_, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

ONCE = (
    case(
        "timeout-with-nothing-written-closes",
        "SD-5",
        """A TIMEOUT closes even where nothing is torn. Who closes for torn frames only leaves a
        dead connection open, and the next send waits a whole timeout on it again.""",
        [open_("a", 0), send("a", 1, 1, at=0), until(S - 1), until(S), send("a", 2, 1, at=S + 1)],
        knobs=KNOBS,
    ),
    case(
        "timeout-with-a-torn-frame-closes-once",
        "SD-5",
        """The sender closes for the TIMEOUT, and its clean-up closes for the torn frame: the
        second shutdown may hit whoever has got the descriptor in the meantime.""",
        [open_("a", 4), send("a", 1, 9, at=0), until(S), until(2 * S)],
        knobs=KNOBS,
    ),
    case(
        "timeout-of-the-transport-closes-once",
        "SD-5",
        """The transport's own time-out is a TIMEOUT like any other: in a handler for errors it is
        easily reported, and the connection left open with half a frame on it.""",
        [open_("a", 4), send("a", 1, 9, at=0), fail("a", "ETIMEDOUT", at=10), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "unwritten-timeout-of-the-transport-closes",
        "SD-5",
        """Nothing was written, but TIMEOUT is the exception to the rule that such a failure leaves
        the connection open: the system has given this peer up.""",
        [open_("a", 0), send("a", 1, 9, at=0), fail("a", "ETIMEDOUT", at=10), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "close-after-a-timeout-begins-nothing",
        ["SD-5", "CX-6"],
        """The caller that gets a TIMEOUT closes the connection, as callers do. Closing it twice
        ends, at worst, another connection that has got the descriptor.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=S), close("a", at=S + 1)],
        knobs=KNOBS,
    ),
    case(
        "deadline-of-a-send-that-a-close-ended",
        "SD-5",
        """A close ends the send long before its deadline. A timer that is not cancelled fires
        later, and closes what has been closed.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=500_000), until(S), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "queued-sends-do-not-close-again",
        ["SD-5", "SD-13"],
        """Each queued send fails because the connection is closing. If each of them closes it for
        that, there are as many shutdowns as there were waiters.""",
        [open_("a", 4), *(send("a", number, 9, at=number) for number in (1, 2, 3)), until(S + 2)],
        knobs=KNOBS,
    ),
)

TORN = (
    case(
        "torn-after-one-byte-closes",
        "SD-6",
        """One byte is enough: the next frame would be read as the rest of this one. Only a TIMEOUT
        closes in the origin, so that a broken pipe half-way corrupts the stream.""",
        [open_("a", 1), send("a", 1, 9, at=0), fail("a", "EPIPE", at=10), send("a", 2, 9, at=20)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "torn-one-byte-short-closes",
        "SD-6",
        """All bytes but one have left. A test for "nothing left to lose" that looks at the wrong
        end keeps the connection, and the peer waits for the last byte for ever.""",
        [open_("a", 8), send("a", 1, 9, at=0), fail("a", "EIO", at=10), send("a", 2, 9, at=20)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "failure-before-the-first-byte-does-not-close",
        "SD-8",
        """The other side of that boundary: with no byte on the wire there is nothing to protect,
        and closing throws a good connection away.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "EIO", at=10),
            accept("a", 9, at=20),
            send("a", 2, 9, at=30),
        ],
        knobs=KNOBS,
    ),
    case(
        "failure-behind-the-last-byte-does-not-close",
        ["SD-8", "SD-9"],
        """The frame is whole, and the failure belongs to the next write, which has written
        nothing: no frame is torn, so nothing closes.""",
        [
            open_("a", 9),
            send("a", 1, 9, at=0),
            fail("a", "ECONNRESET", at=10),
            send("a", 2, 9, at=20),
            accept("a", 9, at=30),
            send("a", 3, 9, at=40),
        ],
        knobs=KNOBS,
    ),
    case(
        "queue-behind-a-torn-frame-writes-nothing",
        "SD-6",
        """The torn frame hands its lock to the next one in the queue. If the closing begins only
        after that, the next frame goes out behind half of this one.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            send("a", 3, 9, at=2),
            fail("a", "ECONNRESET", at=10),
            accept("a", 1_000, at=10),
            until(S + 1),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "torn-by-a-write-that-took-nothing",
        "SD-6",
        """A write that returns 0 is no exception, so that no handler runs: the frame stays half
        written and the connection open.""",
        [open_("a", 4), send("a", 1, 9, at=0), fail("a", "zero", at=10), send("a", 2, 9, at=20)],
        knobs=KNOBS,
        profile="hardened",
    ),
)

AFTERWARDS = (
    case(
        "send-one-before-the-close",
        "SD-12",
        """Before the shutdown a write is fine, however close it is. A close that is carried out
        early loses a frame that was asked for in time.""",
        [open_("a"), send("a", 1, 9, at=99), close("a", at=100), send("a", 2, 9, at=200)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-at-the-close",
        "SD-12",
        """The close has been carried out, and the clock has not moved: a test for "later than the
        close" lets this write through, into a descriptor that may be someone else's.""",
        [open_("a"), close("a", at=100), send("a", 1, 9, at=100), until(200)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-one-after-the-close",
        "SD-12",
        """There is room for everything, and nothing may be written: without the test for closing
        the write goes to whatever connection has got the descriptor by now.""",
        [open_("a"), close("a", at=100), send("a", 1, 9, at=101), until(200)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "room-for-a-send-that-the-close-ended",
        ["SD-12", "CX-6"],
        """Room comes for the send that was blocked when the close came. A loop that tests for
        closing only before its first write goes on writing.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            close("a", at=100),
            accept("a", 50, at=101),
            until(S + 1),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-after-the-monitor-closed",
        "SD-12",
        """Who closed does not matter: a flag that only the close call sets leaves the way open
        after the monitor has shut the connection down.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=200_001),
            accept("a", 50, at=200_002),
            send("a", 2, 9, at=200_003),
        ],
        knobs={
            **KNOBS,
            "sfm_send_stall_timeout": 0.2,
            "sfm_close_stalled_connection": True,
            "sfm_send_stall_consecutive_checks": 1,
        },
        profile="hardened",
    ),
)

CASES = ONCE + TORN + AFTERWARDS
