"""AP-5: the wait itself is bounded, and which reason wins where both bounds are reached."""

from proofs.vectors.script import ack, case, open_, stream, until

TW = 3_000_000
"""The ACK wait of these scripts, in microseconds."""
KNOBS = {
    "streaming_ack_progress_timeout": 1,
    "streaming_ack_progress_check_interval": 0.1,
    "streaming_ack_wait": 3,
    "streaming_window_size": 20,
    "streaming_chunk_size": 10,
}
"""Three chunks leave at once, and the fourth has to wait: 30 bytes are outstanding, 10 too many."""
BEGUN = (open_("a"), stream("a", 1, 60, at=0))

CASES = (
    case(
        "wait-with-steady-progress-ends-at-the-ack-wait",
        ["AP-5", "AP-6"],
        """One byte every nine tenths of the timeout is progress for ever. Without a bound on the
        wait itself the sender is held for days by a receiver of good will.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=900_000 * n) for n in (1, 2, 3)),
            until(TW - 1),
            until(TW),
            until(TW + 1),
            until(3_700_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "both-due-is-no-progress",
        "AP-5",
        """Both bounds are reached in one microsecond, without a byte of progress. The more telling
        reason wins: who reads ACK_WAIT looks for a slow receiver, and it is a dead one.""",
        [*BEGUN, until(TW - 1), until(TW), until(TW + 1)],
        knobs={**KNOBS, "streaming_ack_progress_timeout": 3},
    ),
    case(
        "ack-wait-due-one-before-no-progress",
        "AP-5",
        """Progress came one microsecond after the wait began, so that NO_PROGRESS is due one
        microsecond after ACK_WAIT. An order of tests that is fixed gives the wrong reason.""",
        [*BEGUN, ack("a", 1, 1, at=1), until(TW - 1), until(TW), until(TW + 1)],
        knobs={**KNOBS, "streaming_ack_progress_timeout": 3},
    ),
    case(
        "no-progress-due-one-before-the-ack-wait",
        "AP-3",
        """The progress timeout is one microsecond shorter than the ACK wait. Compared in whole
        milliseconds they are the same, and the failure comes late or by the wrong name.""",
        [*BEGUN, until(TW - 2), until(TW - 1), until(TW)],
        knobs={**KNOBS, "streaming_ack_progress_timeout": 2.999999},
    ),
    case(
        "each-wait-has-an-ack-wait-of-its-own",
        "AP-5",
        """The first wait nearly used up its time, then the window opened. The second one begins
        anew: an ACK wait that counts from the first adds up honest waits to a failure.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=900_000 * n) for n in (1, 2, 3)),
            ack("a", 1, 10, at=2_900_000),
            until(TW),
            *(ack("a", 1, 10 + n, at=2_900_000 + 900_000 * n) for n in (1, 2, 3)),
            until(5_899_999),
            until(5_900_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "ack-wait-does-not-begin-before-the-wait",
        "AP-5",
        """The stream waited for a worker and for its source before it ever waited for an ACK.
        Neither is time that the receiver took.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 2_000_000], 1_000_000, at=0),
            *(ack("a", 1, n, at=TW + 900_000 * n) for n in (1, 2, 3)),
            until(2 * TW - 1),
            until(2 * TW),
            until(2 * TW + 1),
        ],
        knobs=KNOBS,
    ),
)
