"""SD-3 and SD-13: the lock is free again in time, and the queue behind a TIMEOUT empties."""

from proofs.vectors.script import accept, case, fail, open_, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

FREE = (
    case(
        "probe-behind-a-peer-that-never-reads",
        "SD-3",
        """The stall itself: the peer takes nothing, the write holds the lock, and a second send
        finds out only when the first one does. Without the bound both hang for ever.""",
        [
            open_("a", 0),
            send("a", 1, 100, at=0),
            send("a", 2, 1, at=300000),
            until(S - 1),
            until(S),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "probe-behind-a-trickle",
        ["SD-3", "SD-1"],
        """A peer that takes a little at a time looks alive to a timeout for each write; the lock
        is held for as long as it likes, and the probe behind never returns.""",
        [
            open_("a", 5),
            send("a", 1, 100, at=0),
            send("a", 2, 1, at=300_000),
            *(accept("a", 5, at=moment) for moment in (400_000, 800_000, 999_999)),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "probe-behind-a-huge-frame",
        "SD-3",
        """The bound may not depend on the size of the frame: 758 MB once held a lock for five
        hours. Whoever scales the timeout with the bytes has no bound at all.""",
        [
            open_("a", 1_000_000),
            send("a", 1, 758_000_000, at=0),
            send("a", 2, 10, at=1),
            accept("a", 500_000_000, at=999_999),
            until(S),
            until(S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "buffers-filled-by-small-frames",
        "SD-3",
        """Each frame fits an idle connection, and only the last finds the buffers full. A guard
        that is armed for large frames only, or by the size of a frame, is not there when it
        happens.""",
        [
            open_("a", 100),
            *(send("a", number, 30, at=number) for number in (1, 2, 3, 4)),
            send("a", 5, 30, at=500000),
            until(S + 3),
            until(S + 4),
            until(S + 5),
        ],
        knobs=KNOBS,
    ),
    case(
        "stall-after-a-long-healthy-time",
        "SD-3",
        """A connection that has worked for long stalls like a new one. A guard that lasts for the
        first frame, or for the handshake, leaves the lock of a warm connection unguarded.""",
        [
            open_("a", 0),
            *(
                step
                for number in range(1, 7)
                for step in (
                    send("a", number, 1_000, at=number * 10 * S),
                    accept("a", 1_000, at=number * 10 * S + 100_000),
                )
            ),
            send("a", 7, 1_000, at=70 * S),
            send("a", 8, 1, at=70 * S + 1),
            until(71 * S - 1),
            until(71 * S + 1),
        ],
        knobs=KNOBS,
    ),
)

QUEUE = (
    case(
        "one-queued-send-returns-with-the-timeout",
        "SD-13",
        """The one that waits must not begin a deadline of its own on a connection that is dead: it
        would return a whole send timeout late.""",
        [open_("a", 4), send("a", 1, 9, at=0), send("a", 2, 9, at=S - 1), until(S), until(3 * S)],
        knobs=KNOBS,
    ),
    case(
        "ten-queued-sends-return-with-the-timeout",
        "SD-13",
        """Ten sends that each run their own deadline take ten timeouts to find out about one dead
        peer: ten workers are gone for that long.""",
        [
            open_("a", 0),
            *(send("a", number, 5, at=number * 10) for number in range(1, 12)),
            until(S + 9),
            until(S + 10),
            until(12 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "queued-sends-write-nothing-when-room-comes",
        "SD-13",
        """Room comes right after the TIMEOUT. A queued send that takes it puts its frame behind a
        torn one, and the peer reads it as the rest of that.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            send("a", 3, 3, at=2),
            accept("a", 1_000, at=S),
            until(3 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "queue-behind-a-timeout-of-the-transport",
        "SD-13",
        """The system may report the time-out before our deadline does. The queue has to empty just
        the same, and not wait for a deadline that nobody runs any more.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            send("a", 3, 3, at=2),
            fail("a", "ETIMEDOUT", at=500_000),
            until(3 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "queue-after-a-healthy-hand-over",
        "SD-13",
        """The send that times out had waited itself. Whoever remembers the queue as it was when
        the first send took the lock forgets those that came later.""",
        [
            open_("a", 0),
            send("a", 1, 1, at=0),
            send("a", 2, 2, at=1),
            send("a", 3, 2, at=2),
            accept("a", 1, at=500_000),
            send("a", 4, 2, at=500_001),
            until(1_499_999),
            until(1_500_000),
            until(4 * S),
        ],
        knobs=KNOBS,
    ),
)

CASES = FREE + QUEUE
