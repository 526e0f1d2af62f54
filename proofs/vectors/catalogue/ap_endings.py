"""AP-9, AP-12 and AP-13: how a stream ends, who is told of it, and that it ends once."""

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
LONG_INTERVAL = {**KNOBS, "streaming_ack_progress_check_interval": 5}

TOLD = (
    case(
        "error-ack-in-a-wait-stops-at-once-and-quietly",
        ["AP-9", "AP-12"],
        """The receiver reports an error. It knows: telling it again may begin a second round of
        errors between two sides that both react to them.""",
        [*BEGUN, ack("a", 1, 0, error="disk full", at=333_333), until(433_333), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "error-ack-between-chunks-stops-the-stream",
        "AP-9",
        """Nobody waits, the source is silent. If an error is only looked at in a wait, the sender
        goes on to produce and to send for a receiver that has given up.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 900_000], at=0),
            ack("a", 1, 10, error="x", at=100_000),
            until(900_000),
            until(2 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "error-ack-counts-whatever-its-offset",
        "AP-9",
        """An error with an offset beyond everything, or below what was acknowledged, is an error
        all the same. Who tests the offset first refuses it, and waits for a dead receiver.""",
        [*BEGUN, ack("a", 1, 9_999, error="out of memory", at=200_000), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "error-ack-one-before-the-watchdog",
        ["AP-9", "AP-13"],
        """The error comes one microsecond before the stream was due to fail. It has one end, by
        the error, and nobody is told: a watchdog that fires after it would tell, and end it
        again.""",
        [*BEGUN, ack("a", 1, 0, error="x", at=TP - 1), until(TP), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "watchdog-tells-the-receiver-once",
        "AP-9",
        """The receiver may be waiting for the rest, and has to be told, once. A loop that tells it
        on every later look floods the one connection that both still have.""",
        [*BEGUN, until(TP), until(TP + 100_000), until(5 * TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-wait-tells-the-receiver-too",
        "AP-9",
        """The older bound fails the stream here. It is a stop by this side like the other one: a
        receiver that is not told holds what it has until its own timeout.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=900_000 * n) for n in (1, 2, 3)),
            until(3 * TP),
            until(5 * TP),
        ],
        knobs=KNOBS,
    ),
)

WOKEN = (
    case(
        "cancel-wakes-a-waiting-sender",
        "AP-12",
        """The job was cancelled, its worker sleeps until the next check in five seconds. Others
        could use it, and a shutdown that joins it hangs for as long.""",
        [*BEGUN, cancel("a", 1, at=123_456), until(123_457), until(5 * TP)],
        knobs=LONG_INTERVAL,
    ),
    case(
        "error-ack-wakes-a-waiting-sender",
        ["AP-12", "AP-9"],
        """The check interval is longer than every timeout. An error that is only noticed at a
        check leaves the sender asleep long after its receiver has gone.""",
        [*BEGUN, ack("a", 1, 0, error="x", at=123_456), until(123_457), until(5 * TP)],
        knobs=LONG_INTERVAL,
    ),
    case(
        "cancel-one-before-the-failure",
        ["AP-12", "AP-13"],
        """Cancelled one microsecond before the watchdog. The outcome is CANCELLED, and the timer
        that was set for the failure must find nothing to do.""",
        [*BEGUN, cancel("a", 1, at=TP - 1), until(TP), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "cancel-at-the-failure-finds-the-end",
        "AP-13",
        """What is due comes first: the stream has failed when the cancel arrives. A second outcome
        frees twice what the caller gave away once.""",
        [*BEGUN, cancel("a", 1, at=TP), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "cancel-one-after-the-failure-finds-the-end",
        "AP-13",
        """The caller learns of the failure and cancels what is left, as careful callers do. There
        is nothing left: no second end, and no second notice.""",
        [*BEGUN, cancel("a", 1, at=TP + 1), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "cancel-before-the-wait-keeps-it-from-beginning",
        "AP-13",
        """Cancelled while the source pauses. The chunk that becomes ready afterwards must not be
        sent, nor must anybody begin to wait for its ACK.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 500_000], at=0),
            cancel("a", 1, at=499_999),
            until(500_000),
            until(3 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "cancel-of-one-stream-leaves-the-other",
        "AP-12",
        """Two streams wait side by side, and one is cancelled. A wake-up without a name ends both,
        or neither.""",
        [
            open_("a"),
            stream("a", 1, 60, at=0),
            stream("a", 2, 60, at=10),
            cancel("a", 1, at=400_000),
            ack("a", 2, 10, at=500_000),
            until(1_500_000),
        ],
        knobs=KNOBS,
    ),
)

ONE_END = (
    case(
        "stream-is-done-with-its-last-chunk",
        "AP-13",
        """The last chunk has left: the stream is done, and nobody waits for its ACK. A sender that
        does keeps its worker, and a watchdog that goes on fails what has succeeded.""",
        [open_("a"), stream("a", 1, 30, at=0), until(TP), until(4 * TP)],
        knobs=KNOBS,
    ),
    case(
        "stream-of-one-byte",
        "AP-13",
        """The smallest stream: one chunk of one byte, begun and done in one instant. A loop that
        tests for the end before the first chunk never sends it.""",
        [open_("a"), stream("a", 1, 1, at=50), until(51), until(4 * TP)],
        knobs=KNOBS,
    ),
    case(
        "stream-of-exactly-one-chunk",
        "AP-13",
        """The total is a multiple of the chunk size. A loop that goes on until a short chunk comes
        sends an empty one after the end.""",
        [open_("a"), stream("a", 1, 10, at=0), ack("a", 1, 10, at=100), until(4 * TP)],
        knobs=KNOBS,
    ),
    case(
        "acks-after-the-end-change-nothing",
        "AP-13",
        """ACKs of the last bytes arrive when the stream is done, as they always do; then a repeat,
        an impossible one, and an error. None of them is a second end.""",
        [
            open_("a"),
            stream("a", 1, 30, at=0),
            ack("a", 1, 20, at=100),
            ack("a", 1, 30, at=200),
            ack("a", 1, 31, at=300),
            ack("a", 1, 30, error="late", at=400),
            cancel("a", 1, at=500),
            until(4 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "acks-after-a-cancel-send-nothing",
        "AP-13",
        """A cancelled stream gets the ACK for which it had waited. If the sender's loop is still
        there, it takes the open window for a permission and sends the next chunk.""",
        [
            *BEGUN,
            cancel("a", 1, at=100_000),
            ack("a", 1, 30, at=100_000),
            ack("a", 1, 30, at=100_001),
            until(4 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "acks-after-an-error-send-nothing",
        ["AP-13", "AP-9"],
        """After an error ACK an ordinary one follows, which was under way. The stream is over, and
        the receiver that made it again from a late chunk would hold half of it for ever.""",
        [
            *BEGUN,
            ack("a", 1, 5, error="x", at=100_000),
            ack("a", 1, 30, at=100_001),
            ack("a", 1, 5, error="x", at=100_002),
            until(4 * TP),
        ],
        knobs=KNOBS,
    ),
)

CASES = TOLD + WOKEN + ONE_END
