"""AP-10: an ACK that cannot be true is reported, and changes nothing."""

from proofs.vectors.script import ack, case, open_, stream, until

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

CASES = (
    case(
        "ack-one-beyond-what-was-sent",
        "AP-10",
        """One byte more than was ever sent. Taken for true, the outstanding bytes become negative:
        the window is open for good, and the watchdog never runs again.""",
        [*BEGUN, ack("a", 1, 31, at=500_000), until(TP - 1), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-of-exactly-what-was-sent",
        "AP-10",
        """The last chunk that began counts as sent. Who compares with what has been confirmed to
        be on the wire refuses a true ACK, and the stream stands still.""",
        [*BEGUN, ack("a", 1, 30, at=500_000), until(500_001)],
        knobs=KNOBS,
    ),
    case(
        "ack-of-one-less-than-was-sent",
        ["AP-8", "AP-1"],
        """One byte less than was sent, and it opens the window: an ordinary ACK, next to the one
        that cannot be true.""",
        [*BEGUN, ack("a", 1, 29, at=500_000), ack("a", 1, 60, at=500_001), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-of-the-whole-stream-too-early",
        "AP-10",
        """The offset is the stream's end, of which half was sent. It looks plausible to whoever
        compares with the total, and ends all flow control.""",
        [*BEGUN, ack("a", 1, 60, at=500_000), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-beyond-every-integer",
        "AP-10",
        """An offset of 2^60: in a language with numbers of 32 bits it is 0, as a float it is
        infinite enough, and a subtraction may wrap.""",
        [*BEGUN, ack("a", 1, 2**60, at=999_999), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "negative-ack",
        "AP-10",
        """An offset of -1. As an unsigned number it is greater than everything that was ever
        sent, and opens the window for good.""",
        [*BEGUN, ack("a", 1, -1, at=999_999), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "ack-of-zero-is-true",
        ["AP-1", "AP-10"],
        """Zero is true and no progress; minus one beside it is untrue. A test for truth by the
        language's own idea of it refuses the zero.""",
        [*BEGUN, ack("a", 1, 0, at=250_000), ack("a", 1, -1, at=300_000), until(TP), until(2 * TP)],
        knobs=KNOBS,
    ),
    case(
        "booleans-are-no-offsets",
        "AP-10",
        """True is 1 in many languages. As an offset of 1 it would be progress, and a receiver that
        answers `true` to everything would never be given up.""",
        [*BEGUN, ack("a", 1, True, at=300_000), ack("a", 1, False, at=600_000), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "text-is-no-offset",
        "AP-10",
        """A number in quotes. Parsed for kindness it is progress here and a failure there, and two
        implementations disagree about one stream.""",
        [*BEGUN, ack("a", 1, "10", at=300_000), ack("a", 1, "", at=600_000), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "null-is-no-offset",
        "AP-10",
        """The offset is missing. A default of zero hides a broken receiver; an exception in the
        thread that reads takes the connection down with it.""",
        [*BEGUN, ack("a", 1, None, at=300_000), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "fraction-list-and-object-are-no-offsets",
        "AP-10",
        """Ten and a half bytes, a list, an object: each compares with a number in some language,
        or raises in the middle of the receiving thread.""",
        [
            *BEGUN,
            ack("a", 1, 10.5, at=200_000),
            ack("a", 1, [10], at=400_000),
            ack("a", 1, {"offset": 10}, at=600_000),
            until(TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "ack-from-another-origin",
        "AP-10",
        """The offset is right, the sender of it is not the receiver. A stranger, or a mistaken
        neighbour, must not open the window of a stream.""",
        [*BEGUN, ack("a", 1, 10, origin="somebody-else", at=500_000), until(TP)],
        knobs=KNOBS,
    ),
    case(
        "error-from-another-origin",
        "AP-10",
        """An error of somebody else about this stream. Believed, it lets anyone who can reach the
        process stop every stream in it.""",
        [
            *BEGUN,
            ack("a", 1, 10, origin="somebody-else", error="x", at=500_000),
            until(TP - 1),
            until(TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "true-ack-after-an-untrue-one",
        ["AP-10", "AP-8"],
        """After the impossible offset the true one comes, and opens. If the impossible one was
        stored, the true one is older, no progress, and the stream stands still.""",
        [*BEGUN, ack("a", 1, 5_000, at=400_000), ack("a", 1, 10, at=500_000), until(TP + 500_000)],
        knobs=KNOBS,
    ),
    case(
        "untrue-ack-outside-a-wait",
        "AP-10",
        """Nobody waits when the impossible ACK comes. Stored without a look it opens the window
        ahead, for chunks that were not sent yet.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 500_000], at=0),
            ack("a", 1, 40, at=100_000),
            until(500_000),
            until(1_499_999),
            until(1_500_000),
        ],
        knobs=KNOBS,
    ),
)
