"""SC-1 to SC-7, SC-10 and SC-11: what is no excuse for a stall, and when silence is one."""

from proofs.vectors.script import (
    accept,
    case,
    check,
    fail,
    monitor,
    open_,
    received,
    send,
    until,
)

L = 1_000_000
"""The stall timeout of these scripts, in microseconds."""
H = 2_000_000
"""The heartbeat interval."""
KNOBS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1}
CLOSES = {**KNOBS, "sfm_close_stalled_connection": True}
BEATS = {**KNOBS, "heartbeat_interval": 2}

NO_EXCUSE = (
    case(
        "never-heard-from-and-stalled-is-closed-all-the-same",
        ["SC-7", "SC-10"],
        """The peer connected, never said a word, and takes nothing. Idle and stalled at once: a
        check that sees to the heartbeat first, and leaves it at that, never counts the stall.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            *(check(at=L + number) for number in (1, 2, 3)),
            until(2 * L),
        ],
        knobs={**CLOSES, "heartbeat_interval": 1},
    ),
    case(
        "frames-of-the-peer-excuse-no-stall",
        ["SC-7", "SC-3"],
        """The peer goes on sending and takes nothing, as one does whose reader hangs. A count that
        any frame of it resets never gets to the threshold.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            received("a", at=L),
            check(at=L + 1),
            received("a", at=L + 2),
            check(at=L + 3),
            received("a", at=L + 4),
            check(at=L + 4),
        ],
        knobs=CLOSES,
    ),
    case(
        "bytes-between-two-checks-excuse-no-stall",
        ["SC-7", "SC-3"],
        """A byte is taken between any two checks. The deadline and the count are for the whole
        frame: a peer that takes a byte a minute would hold the lock for days.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            accept("a", 1, at=L),
            check(at=L + 1),
            accept("a", 1, at=L + 2),
            check(at=L + 3),
            accept("a", 1, at=L + 4),
            check(at=L + 5),
        ],
        knobs=CLOSES,
    ),
    case(
        "interrupted-write-begins-no-stall-anew",
        "SC-1",
        """The write is made again after an interruption, by the same send, which has held the lock
        all along. A stamp that is set by each attempt makes a signal look like progress.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            fail("a", "EINTR", at=600_000),
            check(at=600_001),
            fail("a", "EAGAIN", at=L),
            check(at=L + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "tenth-stalled-check-closes",
        ["SC-6", "SC-7"],
        """Nine stay, the tenth closes. A count in a single digit, or a threshold with an upper end
        of its own, is found only by a large one.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            *(check(at=L + number) for number in range(1, 11)),
            until(2 * L),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 10},
    ),
    case(
        "warnings-stop-with-the-close",
        ["SC-4", "SC-8"],
        """The stall was warned of up to its close. What the next passes find is a connection that
        is gone: a warning about it sends an operator after a ghost.""",
        [
            open_("a", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            *(check(at=L + number) for number in (1, 2, 3)),
            send("a", 2, 9, at=L + 4),
            check(at=3 * L),
        ],
        knobs={**CLOSES, "sfm_send_stall_consecutive_checks": 2},
    ),
    case(
        "warnings-name-each-connection-with-its-own-count",
        ["SC-4", "SC-13"],
        """Two stalls that began at different times, in one pass: 2/3 of the one, 1/3 of the other.
        A warning that is made for the pass, or once a pass, tells half of it.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=300_000),
            check(at=L + 1),
            check(at=L + 300_000),
            check(at=L + 300_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "warn-only-keeps-the-connection-usable",
        ["SC-5", "SC-3"],
        """Ten warnings later the peer reads again: the frame goes out whole, the next one too, and
        the count is forgotten. To warn is to do nothing else.""",
        [
            open_("a", 4, heartbeats=False),
            send("a", 1, 9, at=0),
            send("a", 2, 3, at=1),
            *(check(at=L + number) for number in range(1, 11)),
            accept("a", 8, at=2 * L),
            check(at=2 * L),
        ],
        knobs=KNOBS,
    ),
)

SILENCE = (
    case(
        "sending-is-not-receiving",
        "SC-10",
        """This side has sent all the time, and heard nothing for longer than the interval. Only
        what comes in tells that somebody is there: a last activity of either kind is silent for as
        long as one goes on talking to the dead.""",
        [
            open_("a"),
            received("a", at=0),
            *(send("a", number, 9, at=number * 500_000) for number in (1, 2, 3, 4)),
            check(at=H),
            check(at=H + 1),
        ],
        knobs=BEATS,
    ),
    case(
        "received-at-the-instant-of-each-tick",
        "SC-10",
        """The interval is as long as the period, and at each tick the last frame is exactly one
        interval old: none is due. When the peer stops, the second tick after its last frame is the
        first that is late enough.""",
        [
            open_("a"),
            received("a", at=0),
            monitor(H, at=0),
            received("a", at=H),
            received("a", at=2 * H),
            until(3 * H),
            until(4 * H),
        ],
        knobs=BEATS,
    ),
    case(
        "received-during-a-stall-counts-afterwards",
        "SC-10",
        """A frame came in while a send was stalled, and then the send got through. The frame
        counts: who drops what arrives in a stall finds the connection idle.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            received("a", at=L + 500_000),
            check(at=H),
            accept("a", 9, at=H + 1),
            check(at=L + 500_000 + H),
            check(at=L + 500_001 + H),
        ],
        knobs=BEATS,
    ),
    case(
        "heartbeats-of-neighbours-follow-their-own-leave",
        "SC-10",
        """Three silent connections, and the one in the middle allows no heartbeats. The leave is
        that of each connection, and not that of the first, or of the last.""",
        [
            open_("a"),
            open_("b", heartbeats=False),
            open_("c"),
            check(at=1),
            received("a", at=2),
            check(at=3),
        ],
        knobs=BEATS,
    ),
    case(
        "no-heartbeat-between-two-sends-of-a-queue",
        "SC-11",
        """The lock goes from one send to the next in the very instant of the check. It is never
        free, and a heartbeat that is sent now stands in the queue behind the second.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            send("a", 2, 9, at=1),
            accept("a", 9, at=500_000),
            check(at=500_000),
            check(at=500_001),
        ],
        knobs=BEATS,
    ),
    case(
        "no-heartbeat-one-before-the-limit",
        "SC-11",
        """Silent for long, a send in flight for one microsecond less than the limit, and one less
        than that: none is due while it is there, and one as soon as it is gone.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=H),
            check(at=H + L - 2),
            check(at=H + L - 1),
            accept("a", 9, at=H + L - 1),
            check(at=H + L),
        ],
        knobs=BEATS,
    ),
)

CASES = NO_EXCUSE + SILENCE
