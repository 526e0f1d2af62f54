"""AP-2, AP-8 and AP-11: when a chunk has to wait, and what opens the window."""

from proofs.vectors.script import ack, cancel, case, open_, stream, until

TP = 1_000_000
"""The progress timeout of these scripts, in microseconds; the ACK wait is three times that."""
KNOBS = {
    "streaming_ack_progress_timeout": 1,
    "streaming_ack_progress_check_interval": 0.1,
    "streaming_ack_wait": 3,
    "streaming_window_size": 20,
    "streaming_chunk_size": 10,
}
BEGUN = (open_("a"), stream("a", 1, 60, at=0))
LONG = 5_000_000
"""A pause of the source that is longer than both bounds."""

NO_WAIT = (
    case(
        "exactly-the-window-outstanding-is-no-wait",
        "AP-2",
        """The window is full to the byte, and nothing was heard for long. With `>=` instead of `>`
        the next chunk waits, and the receiver, who owes no ACK yet, is given up.""",
        [open_("a"), stream("a", 1, 60, [0, 0, LONG], at=0), until(LONG - 1), until(LONG)],
        knobs=KNOBS,
    ),
    case(
        "one-below-the-window-is-no-wait",
        "AP-2",
        """One byte of the window is free. A sender that asks whether the whole chunk fits would
        wait here, and with a window of odd size it would wait for good.""",
        [open_("a"), stream("a", 1, 60, [0, 0, LONG], at=0), until(LONG - 1), until(LONG)],
        knobs={**KNOBS, "streaming_window_size": 21},
    ),
    case(
        "one-above-the-window-is-a-wait",
        ["AP-11", "AP-3"],
        """One byte too many is outstanding. A sender that rounds its window up to whole chunks
        sends on, and the receiver holds more than it has agreed to.""",
        [*BEGUN, until(TP - 1), until(TP)],
        knobs={**KNOBS, "streaming_window_size": 19},
    ),
    case(
        "more-than-the-window-without-a-chunk-is-no-wait",
        "AP-2",
        """More than the window is outstanding, but the source has nothing to send: nobody waits,
        and silence means nothing. A watchdog that looks at bytes alone kills the stream here.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, LONG], at=0),
            until(TP),
            until(3 * TP),
            until(LONG),
            ack("a", 1, 10, at=LONG),
            until(LONG + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "source-pauses-after-every-chunk",
        "AP-2",
        """A slow source, an ACK for none of its chunks, and a window that is never full: the
        stream is healthy from beginning to end, however long it takes.""",
        [
            open_("a"),
            stream("a", 1, 20, [LONG, LONG], LONG, at=0),
            until(2 * LONG),
            until(3 * LONG),
            until(5 * LONG),
        ],
        knobs=KNOBS,
    ),
    case(
        "chunks-that-are-acknowledged-at-once-never-wait",
        "AP-2",
        """Every byte was acknowledged, then the source pauses for longer than every bound, with
        one chunk on its way. Nothing is wrong with any of it.""",
        [
            open_("a"),
            stream("a", 1, 40, [0, 0, 0, LONG], at=0),
            ack("a", 1, 10, at=1),
            ack("a", 1, 20, at=2),
            until(LONG - 1),
            until(LONG + 1),
        ],
        knobs=KNOBS,
    ),
)

OPENED = (
    case(
        "ack-that-leaves-exactly-the-window-opens-it",
        "AP-8",
        """The chunk must begin at that very microsecond. A sender that is not woken, but looks at
        its next check, needs a tenth of a second for every window.""",
        [*BEGUN, ack("a", 1, 10, at=33_333), until(33_334), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-that-leaves-one-byte-more-does-not-open-it",
        "AP-8",
        """It is progress, and it is not enough. A sender that takes every ACK for a permission
        puts a chunk more on its way with each of them.""",
        [
            *BEGUN,
            ack("a", 1, 9, at=33_333),
            until(133_333),
            until(333_333),
            ack("a", 1, 10, at=400_000),
            until(500_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "ack-that-leaves-one-byte-less-opens-it",
        "AP-8",
        """One byte more than needed was acknowledged: it opens, for one chunk, and leaves the next
        one waiting. Who compares with `==` misses the moment for good.""",
        [*BEGUN, ack("a", 1, 11, at=33_333), until(TP + 33_332), until(TP + 33_333)],
        knobs=KNOBS,
    ),
    case(
        "one-ack-opens-for-several-chunks",
        ["AP-8", "AP-11"],
        """Everything is acknowledged at once. All that fits the window leaves at that instant, and
        no more: a sender that sends one chunk for an ACK wastes a round trip on each.""",
        [
            open_("a"),
            stream("a", 1, 100, at=0),
            ack("a", 1, 30, at=50_000),
            until(60_000),
            ack("a", 1, 60, at=70_000),
            until(80_000),
            ack("a", 1, 80, at=90_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "ack-at-the-instant-the-wait-begins",
        "AP-8",
        """The ACK comes in the same microsecond in which the sender found the window full. If it
        falls between the test and the sleep, the wake-up is lost and a check interval with it.""",
        [
            open_("a"),
            stream("a", 1, 40, [0, 0, 0, 500_000], at=0),
            ack("a", 1, 10, at=500_000),
            until(500_001),
            until(600_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "thirty-windows-in-a-row",
        "AP-8",
        """Thirty waits, each ended by an ACK seven milliseconds later. One lost wake-up among them
        delays all that follow, and shows in the moment of every later chunk.""",
        [
            open_("a"),
            stream("a", 1, 330, at=0),
            *(ack("a", 1, 10 * n, at=7_000 * n) for n in range(1, 31)),
        ],
        knobs={**KNOBS, "streaming_ack_progress_check_interval": 5},
    ),
)

FILLED = (
    case(
        "window-is-filled-and-not-a-chunk-more",
        "AP-11",
        """No ACK at all, and a source that is always ready. The sender stops after one chunk
        beyond the window: the receiver's memory was planned for exactly that.""",
        [open_("a"), stream("a", 1, 1_000, at=0), until(TP - 1), cancel("a", 1, at=TP - 1)],
        knobs={**KNOBS, "streaming_window_size": 45},
    ),
    case(
        "last-chunk-waits-like-any-other",
        "AP-11",
        """The last chunk is one byte. A loop that tests the window before it cuts a full chunk, and
        then flushes the rest, sends it past the test and breaks the promise at every end.""",
        [
            open_("a"),
            stream("a", 1, 31, at=0),
            until(400_000),
            ack("a", 1, 9, at=400_000),
            ack("a", 1, 10, at=500_000),
            until(600_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "window-smaller-than-a-chunk-allows-one-at-a-time",
        ["AP-11", "AP-8"],
        """With a window of one byte a chunk leaves whenever all but one byte are acknowledged. Who
        wants the whole chunk to fit the window never sends anything.""",
        [
            open_("a"),
            stream("a", 1, 30, at=0),
            ack("a", 1, 8, at=100),
            ack("a", 1, 9, at=200),
            ack("a", 1, 18, at=300),
            ack("a", 1, 20, at=400),
        ],
        knobs={**KNOBS, "streaming_window_size": 1},
    ),
    case(
        "two-streams-have-windows-of-their-own",
        "AP-11",
        """Two streams on one connection: the ACKs of the one must not open the window of the other,
        nor count as its progress.""",
        [
            open_("a"),
            stream("a", 1, 60, at=0),
            stream("a", 2, 60, at=100),
            ack("a", 1, 10, at=500_000),
            ack("a", 1, 20, at=900_000),
            until(TP + 99),
            until(TP + 100),
            until(1_899_999),
            until(1_900_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "pause-in-the-middle-of-a-window",
        ["AP-2", "AP-11"],
        """The source pauses with the window half full, goes on, and fills it. The chunk that comes
        out of the pause leaves at once, the one after the full window waits.""",
        [open_("a"), stream("a", 1, 60, [0, LONG], at=0), until(LONG), until(LONG + TP)],
        knobs=KNOBS,
    ),
)

CASES = NO_WAIT + OPENED + FILLED
