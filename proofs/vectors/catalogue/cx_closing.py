"""CX-2 and CX-6: closing frees who is blocked, at once, and what is closed stays closed."""

from proofs.vectors.script import accept, case, check, close, fail, open_, received, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

FREED = (
    case(
        "close-long-before-the-deadline",
        "CX-2",
        """The operator closes, and the blocked send ought to return now. Closing the descriptor
        alone does not wake a sender: its thread is gone until the deadline.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=1), until(2), until(S)],
        knobs=KNOBS,
    ),
    case(
        "close-one-before-the-deadline",
        "CX-2",
        """One microsecond before the deadline it is the close that ends the send. A sender that
        looks at the clock alone reports a TIMEOUT that nobody had, and closes again.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=S - 1), until(S), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "close-at-the-deadline",
        ["SD-2", "CX-6"],
        """What is due comes before what is asked for at the same instant: the send has its
        TIMEOUT, and the close finds the closing under way.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=S), until(S + 1)],
        knobs=KNOBS,
    ),
    case(
        "close-one-after-the-deadline",
        ["SD-5", "CX-6"],
        """The connection is closed already, by the TIMEOUT. A close call that waits for the sender
        to come back hangs where there is none.""",
        [open_("a", 4), send("a", 1, 9, at=0), close("a", at=S + 1), until(2 * S)],
        knobs=KNOBS,
    ),
    case(
        "close-frees-a-send-with-nothing-written",
        "CX-2",
        """Blocked before its first byte. A sender that is woken by room only, and had none, is not
        in the list of those whom the close wakes.""",
        [open_("a", 0), send("a", 1, 9, at=0), close("a", at=500_000), until(S)],
        knobs=KNOBS,
    ),
    case(
        "close-frees-the-whole-queue",
        "CX-2",
        """One in flight, three waiting. The close has to reach those who wait for the lock too, in
        the same instant: one after the other is one timeout after the other.""",
        [
            open_("a", 4),
            *(send("a", number, 9, at=number) for number in (1, 2, 3, 4)),
            close("a", at=500_000),
            until(4 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "monitor-frees-a-blocked-send",
        "CX-2",
        """The monitor is the last resort where the deadline does not work. If its close does not
        free the send, there is no resort left.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            check(at=300_001),
            until(300_002),
            until(S),
        ],
        knobs={
            **KNOBS,
            "sfm_send_stall_timeout": 0.3,
            "sfm_close_stalled_connection": True,
            "sfm_send_stall_consecutive_checks": 1,
        },
    ),
)

FINAL = (
    case(
        "everything-after-a-close",
        "CX-6",
        """Sends, room, failures, checks and a second close on a closed connection: each of them
        goes through code that was written for an open one, and may bring it back to life.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            close("a", at=100),
            accept("a", 9, at=200),
            send("a", 2, 3, at=300),
            check(at=400),
            close("a", at=500),
            send("a", 3, 3, at=600),
            until(2 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "everything-after-a-timeout",
        "CX-6",
        """The same after a TIMEOUT: room that comes late must not revive the send that has ended,
        nor let a later frame follow the torn one.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            accept("a", 9, at=S),
            send("a", 2, 3, at=S + 1),
            check(at=S + 2),
            close("a", at=S + 3),
            until(3 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "close-of-an-idle-connection-twice",
        "CX-6",
        """The second close must find the first. A shutdown that is made twice hits, at worst,
        whatever connection has got the descriptor since.""",
        [open_("a"), close("a", at=10), close("a", at=10), close("a", at=11), until(20)],
        knobs=KNOBS,
    ),
    case(
        "closed-connection-is-not-checked-again",
        "CX-6",
        """A monitor that keeps its list by itself goes on counting, warns about the dead, and
        closes once more.""",
        [
            open_("a", 4, heartbeats=False),
            open_("b", heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=300_001),
            check(at=300_002),
            send("b", 2, 9, at=300_003),
            check(at=2 * S),
        ],
        knobs={
            **KNOBS,
            "sfm_send_stall_timeout": 0.3,
            "sfm_close_stalled_connection": True,
            "sfm_send_stall_consecutive_checks": 1,
        },
    ),
    case(
        "ended-send-is-not-revived-by-room",
        "CX-6",
        """A send that failed is over, though its connection lives. Room that comes later belongs
        to the next one: who keeps the old frame's rest sends it after all.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "EPIPE", at=100),
            accept("a", 9, at=200),
            until(S),
            received("a", at=S + 1),
            send("a", 2, 9, at=S + 2),
        ],
        knobs=KNOBS,
    ),
)

CASES = FREED + FINAL
