"""SD-9, SD-10 and SD-15: OK when the last byte has left, SUPPRESSED and quiet while closing."""

from proofs.vectors.script import Case, accept, case, check, close, fail, open_, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}


def _learnt(name: str, at: int, reason: str) -> Case:
    """Let the write of the last byte begin in time, and return at `at`."""
    began_us = S - 5
    return case(
        name,
        "SD-9",
        reason,
        [
            open_("a", 8),
            send("a", 1, 9, at=0),
            accept("a", 50, at - began_us, at=began_us),
            send("a", 2, 9, at=S + 10),
        ],
        knobs=KNOBS,
    )


WHOLE = (
    _learnt(
        "last-byte-learnt-one-before-the-deadline",
        S - 1,
        """The frame has left with one microsecond to spare: OK, and the connection goes on.""",
    ),
    _learnt(
        "last-byte-learnt-at-the-deadline",
        S,
        """Who looks at the clock before it counts the bytes says TIMEOUT for a frame that has
        left: a healthy connection is closed, and the data is sent twice.""",
    ),
    _learnt(
        "last-byte-learnt-one-after-the-deadline",
        S + 1,
        """The last write took long, and took everything. Lateness is no failure of a frame that
        the peer will get whole; calling it one makes the caller send it again.""",
    ),
    case(
        "one-byte-missing-at-the-deadline",
        "SD-2",
        """All but one byte is not all. Who says OK when "nearly everything" has left, by counting
        writes or blocks, leaves the peer waiting for a byte that never comes.""",
        [open_("a", 7), send("a", 1, 9, at=0), accept("a", 1, 5, at=S - 5), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "room-one-byte-short",
        "SD-9",
        """With room for all but one byte the first write is a partial one. Who takes every write
        for whole reports OK, and the last byte is lost in silence.""",
        [open_("a", 8), send("a", 1, 9, at=0), until(500_000), accept("a", 1, at=500_001)],
        knobs=KNOBS,
    ),
    case(
        "room-exactly-for-the-frame",
        "SD-9",
        """With exactly enough room the frame leaves in one write. A loop that asks for writability
        once more before it looks whether anything is left waits for nothing.""",
        [open_("a", 9), send("a", 1, 9, at=0), until(S), accept("a", 9, at=S), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "room-one-byte-more",
        "SD-9",
        """The spare byte belongs to the next frame. A position that is kept across frames, or a
        buffer that is filled up, sends a byte of neither.""",
        [
            open_("a", 10),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=10),
            accept("a", 8, at=20),
            until(S + 20),
        ],
        knobs=KNOBS,
    ),
    case(
        "byte-by-byte",
        "SD-9",
        """A frame in nine writes of one byte. A position that is moved before the write has said
        what it took loses or doubles bytes, and the total tells.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            *(accept("a", 1, at=10 * number) for number in range(1, 10)),
            until(S),
        ],
        knobs=KNOBS,
    ),
    case(
        "smallest-frame",
        "SD-9",
        """One byte is a frame like any other. A loop with the wrong comparison ends before its
        only write, and says OK for nothing.""",
        [open_("a", 0), send("a", 1, 1, at=0), accept("a", 1, at=1), until(S)],
        knobs=KNOBS,
    ),
)

HONEST = (
    case(
        "failure-one-before-the-close-goes-by-its-row",
        ["SD-15", "SD-7"],
        """The failure came first, so that it is the caller's to know. Who asks "is it closing?"
        when the caller gets the answer, and not when the failure came, swallows a real error.""",
        [open_("a", 0), send("a", 1, 9, at=0), fail("a", "EPIPE", at=99), close("a", at=100)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "blocked-send-is-suppressed-by-the-close",
        ["SD-10", "SD-15", "CX-2"],
        """In the origin a send that fails while closing raises nothing, and its caller takes the
        data for sent. SUPPRESSED says: not sent, and nobody's fault.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=100), until(S + 1)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "blocked-send-with-nothing-written-is-suppressed",
        ["SD-10", "SD-15"],
        """Not a byte has left when the close comes. A shortcut for "nothing happened yet" must not
        return OK, nor an error that is printed at every shutdown.""",
        [open_("a", 0), send("a", 1, 9, at=0), close("a", at=1), until(S + 1)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "queued-sends-are-suppressed-by-the-close",
        ["SD-10", "SD-15", "CX-2"],
        """Those who wait for the lock are freed as well, and quietly. If only the one in flight is
        told, the others hang on a lock whose connection is gone.""",
        [
            open_("a", 4),
            *(send("a", number, 9, at=number) for number in (1, 2, 3)),
            close("a", at=100),
            until(S + 3),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-after-the-close-is-suppressed",
        ["SD-10", "SD-15"],
        """A send that comes too late is not sent, and must say so: OK would be a loss in silence,
        an exception a page of errors at every shutdown.""",
        [open_("a"), close("a", at=100), send("a", 1, 9, at=101), send("a", 2, 9, at=2 * S)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-at-the-close-is-suppressed",
        ["SD-10", "SD-15"],
        """At the same microsecond, and after it in order. A comparison of times instead of a state
        lets this one through.""",
        [open_("a"), close("a", at=100), send("a", 1, 9, at=100), until(S)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "timeout-is-told-and-its-queue-is-suppressed",
        ["SD-10", "SD-13", "SD-15"],
        """The send whose own deadline began the closing reports TIMEOUT, loudly; those behind it
        failed because of the closing. Suppressing all of them hides why the connection died.""",
        [open_("a", 4), send("a", 1, 9, at=0), send("a", 2, 9, at=1), until(S), until(2 * S)],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "torn-frame-keeps-its-own-outcome",
        ["SD-10", "SD-6"],
        """The failure came before the closing that it caused, so that the outcome is the table's.
        Who closes first and asks afterwards suppresses the only report of the failure.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            fail("a", "ECONNRESET", at=100),
            until(S + 1),
        ],
        knobs=KNOBS,
        profile="hardened",
    ),
    case(
        "send-freed-by-the-monitor-is-suppressed",
        ["SD-10", "SD-15"],
        """The monitor closes a stalled connection. Its sends fail while closing like any others:
        reported as CLOSED they look as if the peer had done it.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            check(at=200_001),
            until(S + 1),
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

CASES = WHOLE + HONEST
