"""AP-1 and AP-3: what moves the progress clock, and at which microsecond a wait fails."""

from proofs.vectors.script import ack, case, open_, stream, until

TP = 1_000_000
"""The progress timeout of these scripts, in microseconds."""
KNOBS = {
    "streaming_ack_progress_timeout": 1,
    "streaming_ack_progress_check_interval": 0.1,
    "streaming_ack_wait": 3,
    "streaming_window_size": 20,
    "streaming_chunk_size": 10,
}
"""Three chunks leave at once, and the fourth has to wait: 30 bytes are outstanding, 10 too many."""
BEGUN = (open_("a"), stream("a", 1, 60, at=0))

PROGRESS = (
    case(
        "one-byte-more-is-progress",
        "AP-1",
        """The receiver is slow, one byte at a time, but it is there. A sender that asks for a
        whole chunk of progress fails a stream that would have arrived.""",
        [
            *BEGUN,
            ack("a", 1, 5, at=100_000),
            ack("a", 1, 6, at=900_000),
            until(1_899_999),
            until(1_900_000),
            until(1_900_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "same-offset-again-is-no-progress",
        "AP-1",
        """A receiver that repeats its last ACK is alive and stuck. If a repeat moved the clock, it
        could hold the sender for as long as it likes.""",
        [
            *BEGUN,
            ack("a", 1, 5, at=100_000),
            ack("a", 1, 5, at=900_000),
            until(1_099_999),
            until(1_100_000),
            until(1_900_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "one-byte-less-is-no-progress",
        "AP-1",
        """An ACK that was overtaken says less than the one before. With `!=` instead of `>` it
        moves the clock, and two ACKs that take turns keep a dead stream alive.""",
        [
            *BEGUN,
            ack("a", 1, 5, at=100_000),
            ack("a", 1, 4, at=900_000),
            until(1_100_000),
            until(1_900_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "ack-of-nothing-is-no-progress",
        "AP-1",
        """The receiver says hello with an offset of 0 and never takes a byte. Counting ACKs
        instead of bytes makes of that a healthy stream.""",
        [*BEGUN, ack("a", 1, 0, at=999_999), until(TP), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "older-ack-does-not-take-the-offset-back",
        "AP-1",
        """Everything was acknowledged, then a late ACK of little arrives. A sender that stores
        what came last believes that the window is full, and waits for what it already had.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 100_000], at=0),
            ack("a", 1, 30, at=10),
            ack("a", 1, 5, at=20),
            until(99_999),
            until(100_000),
            until(2 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "older-ack-in-a-wait-does-not-count-as-bytes",
        ["AP-1", "AP-8"],
        """In a wait an older ACK comes, then the one that opens the window by a byte. If the older
        one lowered the offset, the sum of the bytes is wrong from then on.""",
        [
            *BEGUN,
            ack("a", 1, 9, at=10),
            ack("a", 1, 3, at=20),
            ack("a", 1, 10, at=30),
            until(1_000_029),
            until(1_000_030),
        ],
        knobs=KNOBS,
    ),
    case(
        "progress-outside-a-wait-does-not-shorten-the-next-one",
        ["AP-4", "AP-3"],
        """Progress came while nobody waited, a long pause followed. The wait that begins then has
        all of its own time: the last progress lies long before it.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 4_000_000], at=0),
            ack("a", 1, 5, at=500_000),
            until(4_000_000),
            until(4_999_999),
            until(5_000_000),
        ],
        knobs=KNOBS,
    ),
)

DUE = (
    case(
        "no-progress-exactly-when-due",
        "AP-3",
        """With `>` instead of `>=` the sender sleeps for what is left, zero, and looks again: one
        look too many, or a busy loop where the clock is coarse.""",
        [*BEGUN, until(TP - 1), until(TP), until(TP + 1)],
        knobs=KNOBS,
    ),
    case(
        "progress-one-before-the-failure",
        ["AP-1", "AP-3"],
        """One microsecond before the end the receiver moves. A sender that decided at its last
        look already fails a stream that made progress in time.""",
        [*BEGUN, ack("a", 1, 1, at=TP - 1), until(TP), until(2 * TP - 2), until(2 * TP - 1)],
        knobs=KNOBS,
    ),
    case(
        "progress-at-the-failure-comes-too-late",
        ["AP-3", "AP-13"],
        """What is due happens first: the ACK of that very microsecond finds a stream that has
        failed. If it opens the window all the same, a chunk follows the end.""",
        [*BEGUN, ack("a", 1, 30, at=TP), until(TP + 1), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "progress-one-after-the-failure",
        "AP-13",
        """The stream has failed, its caller knows. An ACK that comes a microsecond later must not
        wake a sender that forgot to leave.""",
        [*BEGUN, ack("a", 1, 30, at=TP + 1), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "each-progress-begins-the-time-anew",
        ["AP-1", "AP-3"],
        """Three times progress comes in the last half of the timeout. A sender that sets its timer
        once, at the start of the wait, fails at the first of these moments.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=600_000 * n) for n in (1, 2, 3)),
            until(2_799_999),
            until(2_800_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "shortest-progress-timeout",
        "AP-3",
        """One microsecond is the shortest timeout there is. Rounded to milliseconds it is zero,
        and no wait would ever begin; rounded up it is a thousand times too long.""",
        [*BEGUN, until(1), until(2), until(100_000)],
        knobs={**KNOBS, "streaming_ack_progress_timeout": 0.000001},
    ),
    case(
        "stream-made-late-counts-from-its-own-wait",
        ["AP-3", "AP-6"],
        """A stream that begins long after the process did has a clock of its own: one that counts
        from the start of the process, or of the connection, fails it at once.""",
        [
            open_("a"),
            until(7_000_000),
            stream("a", 1, 60, at=7_300_000),
            until(8_299_999),
            until(8_300_000),
        ],
        knobs=KNOBS,
    ),
)

CASES = PROGRESS + DUE
