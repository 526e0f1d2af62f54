"""CX-1 and CX-4: one send in flight, and a queue that is served in the order of arrival."""

from proofs.vectors.script import accept, case, check, fail, open_, received, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

ALONE = (
    case(
        "second-send-waits-for-the-first",
        "CX-1",
        """Two sends at once, and room in between: without the lock the second frame begins in the
        middle of the first, and everything after that is noise to the peer.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            accept("a", 4, at=10),
            accept("a", 1, at=20),
            accept("a", 3, at=30),
        ],
        knobs=KNOBS,
    ),
    case(
        "room-comes-byte-by-byte-for-two-sends",
        "CX-1",
        """Every byte of room wakes whoever polls. If the queued send polls as well, the frames
        interleave byte by byte; a lock that is given up between two writes does the same.""",
        [
            open_("a", 0),
            send("a", 1, 3, at=0),
            send("a", 2, 3, at=1),
            *(accept("a", 1, at=10 * number) for number in range(1, 7)),
        ],
        knobs=KNOBS,
    ),
    case(
        "lock-is-handed-on-in-the-same-instant",
        "CX-1",
        """The end of one send and the beginning of the next may share a microsecond, one after the
        other. Who frees the lock before the last byte is accounted for has two in flight.""",
        [
            open_("a", 0),
            *(send("a", number, 5, at=0) for number in (1, 2, 3)),
            accept("a", 15, at=500_000),
            until(S),
        ],
        knobs=KNOBS,
    ),
    case(
        "send-asked-for-at-the-deadline-of-another",
        ["CX-6", "SD-12"],
        """The new send comes at the very moment at which the one in flight ends. If closing begins
        after the lock is free, the new one slips in between, behind a torn frame.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=S),
            accept("a", 9, at=S),
            until(2 * S),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "checks-and-receipts-leave-the-one-in-flight-alone",
        "CX-1",
        """What else happens on a connection takes no lock: a check or a received frame that sends
        an answer right away puts bytes into the middle of the frame in flight.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            received("a", at=10),
            check(at=20),
            accept("a", 2, at=30),
            check(at=40),
            accept("a", 6, at=50),
        ],
        knobs=KNOBS,
    ),
)

IN_ORDER = (
    case(
        "nobody-ahead-takes-the-lock-at-once",
        "CX-4",
        """With nobody ahead there is nothing to wait for. A sender that sleeps before its first
        try adds its nap to every frame of an idle connection.""",
        [open_("a"), send("a", 1, 9, at=0), send("a", 2, 9, at=1), send("a", 3, 9, at=1)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "one-ahead-until-just-before-its-deadline",
        "CX-4",
        """The wait of the second is as long as the first one's hold, and no longer: a queue that
        is polled now and then finds the free lock late.""",
        [
            open_("a", 0),
            send("a", 1, 1, at=0),
            send("a", 2, 1, at=0),
            accept("a", 1, at=S - 1),
            until(S),
            accept("a", 1, at=S + 1),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "two-ahead-use-their-whole-time",
        "CX-4",
        """The third waits for two holds, nearly two timeouts, and then has all of its own time. A
        limit on the wait that is shorter than that drops a frame that was next.""",
        [
            open_("a", 0),
            *(send("a", number, 1, at=0) for number in (1, 2, 3)),
            accept("a", 1, at=S - 1),
            accept("a", 1, at=2 * S - 2),
            until(3 * S - 3),
            until(3 * S - 2),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "queue-of-six-in-the-order-of-arrival",
        "CX-4",
        """A lock that wakes whoever comes first to mind, the last one most often, lets the oldest
        frame starve behind a busy sender.""",
        [
            open_("a", 0),
            *(send("a", number, 2, at=number) for number in (1, 2, 3, 4, 5, 6)),
            *(accept("a", 2, at=1_000 * number) for number in (1, 2, 3, 4, 5, 6)),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "newcomer-does-not-overtake-at-the-hand-over",
        "CX-4",
        """The lock becomes free, and at that instant a new send asks for it. A lock that is up for
        grabs goes to the one who is awake, and 127 times in a row to the same one.""",
        [
            open_("a", 0),
            send("a", 1, 2, at=0),
            send("a", 2, 2, at=1),
            accept("a", 2, at=500),
            send("a", 3, 2, at=500),
            accept("a", 2, at=600),
            send("a", 4, 2, at=600),
            accept("a", 4, at=700),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "order-survives-a-failure-at-the-head",
        "CX-4",
        """The head of the queue fails unwritten. The others keep their places: a queue that is
        rebuilt after a failure puts the newest in front.""",
        [
            open_("a", 0),
            *(send("a", number, 2, at=number) for number in (1, 2, 3, 4)),
            fail("a", "EPIPE", at=10),
            accept("a", 2, at=20),
            fail("a", "EIO", at=30),
            accept("a", 2, at=40),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "small-frame-behind-a-large-one-keeps-its-place",
        "CX-4",
        """There is room for the small frame, and not for the large one before it. Letting it pass
        looks helpful, and starves the large one for as long as small ones come.""",
        [
            open_("a", 0),
            send("a", 1, 2, at=0),
            send("a", 2, 50, at=1),
            send("a", 3, 1, at=2),
            accept("a", 12, at=10),
            send("a", 4, 1, at=20),
            accept("a", 42, at=30),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
)

CASES = ALONE + IN_ORDER
