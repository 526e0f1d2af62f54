"""AP at the edges between two things: an ACK, an error or a cancel where a wait begins or ends."""

from proofs.vectors.script import ack, cancel, case, open_, stream, until

TP, TW = 1_000_000, 3_000_000
"""The progress timeout and the ACK wait of these scripts, in microseconds."""
KNOBS = {
    "streaming_ack_progress_timeout": 1,
    "streaming_ack_progress_check_interval": 0.1,
    "streaming_ack_wait": 3,
    "streaming_window_size": 20,
    "streaming_chunk_size": 10,
}
BEGUN = (open_("a"), stream("a", 1, 60, at=0))
STEADY = tuple(ack("a", 1, n, at=900_000 * n) for n in (1, 2, 3))
"""Progress that puts NO_PROGRESS off until after the ACK wait, and ends no wait."""
READY = 500_000
PAUSED = (open_("a"), stream("a", 1, 60, [0, 0, 0, READY], at=0))
"""Thirty bytes leave at once; the wait begins when the fourth chunk is ready."""

ENDS_OF_THE_WAIT = (
    case(
        "window-opens-one-before-the-ack-wait",
        ["AP-8", "AP-1"],
        """The ACK that ends the wait comes in its last microsecond. The next wait has just begun: a
        bound that was set for the first one fails it at once.""",
        [*BEGUN, *STEADY, ack("a", 1, 10, at=TW - 1), until(TW), until(TW + 1), until(TW + TP - 1)],
        knobs=KNOBS,
    ),
    case(
        "window-opens-at-the-ack-wait-too-late",
        ["AP-5", "AP-13"],
        """What is due comes first: the wait has failed when the ACK of this microsecond arrives,
        and the window that it opens is nobody's any more.""",
        [*BEGUN, *STEADY, ack("a", 1, 10, at=TW), until(TW + 1), until(2 * TW)],
        knobs=KNOBS,
    ),
    case(
        "window-opens-one-after-the-ack-wait",
        ["AP-5", "AP-13"],
        """One microsecond late, the ACK finds a stream that has ended and told its receiver. No
        chunk follows, or the receiver begins anew with the middle of a stream.""",
        [*BEGUN, *STEADY, ack("a", 1, 10, at=TW + 1), until(TW + 2), until(2 * TW)],
        knobs=KNOBS,
    ),
    case(
        "progress-at-the-start-of-the-wait",
        "AP-3",
        """The ACK comes in the very microsecond in which the wait begins, and ends nothing. Last
        progress and start of the wait are one moment, and the time counts from it once.""",
        [*PAUSED, ack("a", 1, 5, at=READY), until(READY + TP - 1), until(READY + TP)],
        knobs=KNOBS,
    ),
    case(
        "progress-one-after-the-start-of-the-wait",
        ["AP-3", "AP-1"],
        """Progress one microsecond into the wait: the failure is due one microsecond later than by
        the start of the wait alone.""",
        [
            *PAUSED,
            ack("a", 1, 5, at=READY + 1),
            until(READY + TP),
            until(READY + TP + 1),
            until(READY + TP + 2),
        ],
        knobs=KNOBS,
    ),
)

STOPPED = (
    case(
        "cancel-at-the-instant-the-wait-begins",
        "AP-12",
        """The cancel comes in the microsecond in which the sender lies down to wait. A wake-up that
        falls between the test and the sleep is lost, and the worker with it.""",
        [*PAUSED, cancel("a", 1, at=READY), until(READY + 1), until(READY + TP)],
        knobs={**KNOBS, "streaming_ack_progress_check_interval": 5},
    ),
    case(
        "cancel-one-after-the-wait-began",
        "AP-12",
        """The sender has slept for one microsecond when the caller cancels. The first sleep of a
        wait has to be as easy to end as the second.""",
        [*PAUSED, cancel("a", 1, at=READY + 1), until(READY + 2), until(READY + TP + 1)],
        knobs={**KNOBS, "streaming_ack_progress_check_interval": 5},
    ),
    case(
        "cancel-in-a-wait-that-makes-progress",
        "AP-12",
        """The receiver is alive, progress came a moment ago, and the caller cancels all the same.
        It is the caller's stream: its end is a cancel, in this microsecond.""",
        [*BEGUN, ack("a", 1, 5, at=399_999), cancel("a", 1, at=400_000), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "error-ack-below-what-was-acknowledged",
        ["AP-9", "AP-12"],
        """An error with an offset older than the last one. Put aside as no progress, it leaves the
        sender waiting for a receiver that has given up.""",
        [
            *BEGUN,
            ack("a", 1, 8, at=100_000),
            ack("a", 1, 3, error="disk full", at=200_000),
            until(300_000),
            until(2 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "error-ack-that-would-open-the-window",
        ["AP-9", "AP-13"],
        """The error comes with an offset that ends the wait. Applied as an ACK first, it sends one
        chunk more to a receiver that has just refused the rest.""",
        [*BEGUN, ack("a", 1, 30, error="disk full", at=200_000), until(300_000), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "error-ack-at-the-failure-finds-the-end",
        ["AP-3", "AP-13"],
        """The watchdog and the error meet in one microsecond, and what is due comes first. The
        stream has failed and told so: the error is no second end of it.""",
        [*BEGUN, ack("a", 1, 5, error="disk full", at=TP), until(TP + 1), until(2 * TP)],
        knobs=KNOBS,
    ),
)

APART = (
    case(
        "ack-on-one-connection-leaves-the-other",
        ["AP-8", "AP-3"],
        """Two streams alike, each on a connection of its own. If waiting senders share a window,
        or a clock, the ACK of the one keeps the other one alive, whose receiver is dead.""",
        [
            open_("a"),
            open_("b"),
            stream("a", 1, 60, at=0),
            stream("b", 2, 60, at=5),
            ack("a", 1, 10, at=400_000),
            until(TP + 4),
            until(TP + 5),
            until(TP + 399_999),
        ],
        knobs=KNOBS,
    ),
    case(
        "cancel-and-error-reach-one-connection-only",
        ["AP-12", "AP-9"],
        """One stream is cancelled, one gets an error, the third waits on. An end that is signalled
        to whoever waits takes the third one along.""",
        [
            *(open_(conn) for conn in "abc"),
            *(stream(conn, number, 60, at=0) for number, conn in enumerate("abc", 1)),
            cancel("a", 1, at=300_000),
            ack("b", 2, 0, error="disk full", at=300_000),
            ack("c", 3, 10, at=900_000),
            until(1_899_999),
            until(1_900_000),
        ],
        knobs=KNOBS,
    ),
)

CASES = ENDS_OF_THE_WAIT + STOPPED + APART
