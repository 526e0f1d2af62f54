"""SC-10 and SC-11: when a heartbeat is due, and that a pass waits for nobody to send it."""

from proofs.vectors.script import accept, case, check, fail, monitor, open_, received, send, until

H = 2_000_000
"""The heartbeat interval of these scripts, in microseconds."""
L = 1_000_000
"""The stall timeout."""
KNOBS = {"streaming_send_timeout": 20, "sfm_send_stall_timeout": 1, "heartbeat_interval": 2}

DUE = (
    case(
        "silent-for-one-less-than-the-interval",
        "SC-10",
        """One microsecond is missing: no heartbeat. Whoever rounds the idle time up sends them
        twice as often on a connection that is busy at just that pace.""",
        [open_("a"), received("a", at=100), check(at=99 + H)],
        knobs=KNOBS,
    ),
    case(
        "silent-for-exactly-the-interval",
        "SC-10",
        """Silent for exactly the interval is not longer than the interval: no heartbeat yet. With
        `>=` two sides with the same interval answer each other for ever.""",
        [open_("a"), received("a", at=100), check(at=100 + H)],
        knobs=KNOBS,
    ),
    case(
        "silent-for-one-more-than-the-interval",
        "SC-10",
        """One microsecond longer than the interval: a heartbeat. One that does not come makes the
        other side think that this one is dead.""",
        [open_("a"), received("a", at=100), check(at=101 + H)],
        knobs=KNOBS,
    ),
    case(
        "never-heard-counts-as-idle",
        "SC-10",
        """Nothing ever came in: idle from the first check on. A last receipt that starts at the
        time of opening, or at zero, makes the first heartbeat depend on the machine's uptime.""",
        [open_("a"), check(at=0), check(at=1), check(at=H + 1)],
        knobs=KNOBS,
    ),
    case(
        "each-check-of-an-idle-connection-sends-one",
        "SC-10",
        """As long as nothing comes in, each check sends one. A heartbeat that counts as a sign of
        life of the other side silences all that should follow.""",
        [open_("a"), received("a", at=0), *(check(at=H + number) for number in (1, 2, 3))],
        knobs=KNOBS,
    ),
    case(
        "receipt-ends-the-idle-time",
        "SC-10",
        """A frame comes in between two checks, at the very moment of the second: the idle time
        begins anew. What the frame was plays no part.""",
        [
            open_("a"),
            check(at=H),
            received("a", at=H + 5),
            check(at=H + 5),
            check(at=2 * H + 5),
            check(at=2 * H + 6),
        ],
        knobs=KNOBS,
    ),
    case(
        "heartbeats-forbidden",
        "SC-10",
        """This transport does not allow heartbeats, and the connection is silent for long. A frame
        of a kind that the other side does not know breaks its reading.""",
        [open_("a", heartbeats=False), check(at=1), received("a", at=10), check(at=3 * H)],
        knobs=KNOBS,
    ),
    case(
        "no-heartbeat-to-a-stalled-connection",
        "SC-10",
        """The connection is stalled and silent. A heartbeat would queue behind the stall, and hold
        the one who sends it.""",
        [open_("a", 0), send("a", 1, 9, at=0), check(at=L + 1), check(at=H + 1)],
        knobs=KNOBS,
    ),
    case(
        "heartbeat-interval-of-one-connection-is-not-the-others",
        "SC-10",
        """One connection was heard from, the other was not. A last receipt that is kept for the
        process lets the silent one starve beside the talkative one.""",
        [
            open_("a"),
            open_("b"),
            received("a", at=100),
            received("b", at=100),
            received("b", at=H),
            check(at=H + 101),
        ],
        knobs=KNOBS,
    ),
)

NEVER_WAITS = (
    case(
        "no-heartbeat-while-the-lock-is-taken",
        "SC-11",
        """A send is in flight, not stalled yet, on a silent connection. A monitor that sends its
        heartbeat through the same lock waits behind it, and all others are unwatched.""",
        [open_("a", 0), check(at=10), send("a", 1, 9, at=20), check(at=30), check(at=H)],
        knobs=KNOBS,
    ),
    case(
        "no-heartbeat-at-the-instant-of-the-lock",
        "SC-11",
        """The send took the lock in this very microsecond: its stall time is zero, and it is in
        flight all the same. Who tests for a stall time of zero waits for the lock.""",
        [open_("a", 0), send("a", 1, 9, at=H), check(at=H), accept("a", 9, at=H), check(at=H)],
        knobs=KNOBS,
    ),
    case(
        "no-heartbeat-at-the-limit-nor-beyond-it",
        ["SC-11", "SC-10"],
        """In flight for exactly the limit, and for one microsecond more: no heartbeat in either
        case, for two different reasons.""",
        [open_("a", 0), send("a", 1, 9, at=0), check(at=L), check(at=L + 1)],
        knobs=KNOBS,
    ),
    case(
        "heartbeat-comes-once-the-lock-is-free",
        ["SC-11", "SC-10"],
        """The heartbeat that could not be sent is not owed: the next check looks anew, and finds it
        due. One that was queued instead would leave now, late, and be followed by a second.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            check(at=500_000),
            accept("a", 9, at=500_001),
            until(600_000),
            check(at=700_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "heartbeat-after-a-send-that-failed",
        "SC-10",
        """The send failed unwritten, and nothing is in flight: the heartbeat is due. A stamp left
        behind by the failure would silence the connection for good.""",
        [
            open_("a", 0),
            send("a", 1, 9, at=0),
            fail("a", "EPIPE", at=100),
            check(at=200),
            check(at=H),
        ],
        knobs=KNOBS,
    ),
    case(
        "ten-stalled-connections-delay-nobody",
        ["SC-11", "CX-3"],
        """Ten connections are blocked and silent, the eleventh is idle: its check and its heartbeat
        come in the same microsecond as ever, pass after pass.""",
        [
            *(open_(f"s{number}", 0) for number in range(10)),
            open_("idle"),
            *(send(f"s{number}", number + 1, 9, at=100) for number in range(10)),
            monitor(700_000, at=200),
            until(700_200),
            until(1_400_200),
        ],
        knobs=KNOBS,
    ),
)

CASES = DUE + NEVER_WAITS
