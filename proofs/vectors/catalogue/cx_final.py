"""CX-6: what the peer sends after a closing does not make the connection usable again."""

from proofs.vectors.script import accept, case, check, close, open_, received, send, until

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

CASES = (
    case(
        "frame-of-the-peer-after-a-close",
        "CX-6",
        """The peer did not know yet, and its frame comes in after the close. Whoever takes any
        frame for a sign of life opens the connection again, and the next send goes out.""",
        [
            open_("a"),
            send("a", 1, 9, at=0),
            close("a", at=100),
            received("a", at=200),
            send("a", 2, 9, at=300),
            close("a", at=400),
        ],
        knobs=KNOBS,
    ),
    case(
        "frame-of-the-peer-after-a-timeout",
        "CX-6",
        """A TIMEOUT left a torn frame behind. A late answer of the peer, and room with it, must not
        let the next frame follow the torn one.""",
        [
            open_("a", 4),
            send("a", 1, 9, at=0),
            until(S),
            received("a", at=S + 1),
            accept("a", 20, at=S + 2),
            send("a", 2, 9, at=S + 3),
            until(3 * S),
        ],
        knobs=KNOBS,
    ),
    case(
        "frame-of-the-peer-after-a-close-by-the-monitor",
        ["CX-6", "SC-8"],
        """The monitor has closed, and then the peer says something. It is no recovery: the next
        pass must not find the connection open, nor watch or close it once more.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=300_001),
            received("a", at=300_002),
            accept("a", 20, at=300_002),
            send("a", 2, 9, at=300_003),
            check(at=700_000),
            until(2 * S),
        ],
        knobs={
            **KNOBS,
            "sfm_send_stall_timeout": 0.3,
            "sfm_close_stalled_connection": True,
            "sfm_send_stall_consecutive_checks": 1,
        },
    ),
)
