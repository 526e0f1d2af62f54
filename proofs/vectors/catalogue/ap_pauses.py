"""AP-4, AP-6, AP-7 and AP-14: pauses are no stalls, and a failure is found when it is due."""

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
INTERVAL = "streaming_ack_progress_check_interval"
BEGUN = (open_("a"), stream("a", 1, 60, at=0))

PAUSED = (
    case(
        "paused-source-then-a-wait",
        "AP-4",
        """The source paused for two and a half timeouts. In an implementation whose clock runs on
        through the pause, the first wait after it fails at its first look.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 2_500_000], at=0),
            until(2_500_000),
            until(2_600_000),
            until(3_499_999),
            until(3_500_000),
            until(3_500_001),
        ],
        knobs=KNOBS,
    ),
    case(
        "pause-one-shorter-than-the-timeout",
        "AP-4",
        """One microsecond of the old clock is left when the wait begins. Whoever lets it run on
        fails the stream one microsecond later.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, TP - 1], at=0),
            until(TP),
            until(2 * TP - 2),
            until(2 * TP - 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "pause-exactly-as-long-as-the-timeout",
        "AP-4",
        """The pause ends at the very moment at which the old clock runs out. The wait begins there,
        and so does its time.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, TP], at=0),
            until(TP),
            until(2 * TP - 1),
            until(2 * TP),
        ],
        knobs=KNOBS,
    ),
    case(
        "pause-one-longer-than-the-timeout",
        "AP-4",
        """A pause that is one microsecond too long for the old clock. A sender that looks before
        it sleeps would fail here without having waited at all.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, TP + 1], at=0),
            until(TP + 1),
            until(2 * TP),
            until(2 * TP + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "queued-for-a-worker-then-a-wait",
        "AP-4",
        """The stream was made, and queued for a worker for two seconds. Its clock must not have
        run in the queue: on a busy machine every stream would fail at its first wait.""",
        [
            open_("a"),
            stream("a", 1, 60, (), 2_000_000, at=0),
            until(2_000_000),
            until(2_999_999),
            until(3_000_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "cancelled-long-after-the-old-clock-ran-out",
        ["AP-4", "AP-12"],
        """After a pause the wait goes on for most of its own time, and then the caller cancels.
        The outcome is the caller's: nothing had failed before.""",
        [
            open_("a"),
            stream("a", 1, 60, (), 5_000_000, at=0),
            until(5_600_000),
            cancel("a", 1, at=5_900_000),
            until(8_000_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "second-pause-has-no-memory-either",
        "AP-4",
        """A pause, a wait that an ACK ends, a second pause, a second wait. A clock that is only
        renewed at the first wait of a stream fails the second one.""",
        [
            open_("a"),
            stream("a", 1, 60, [0, 0, 0, 2_000_000, 2_000_000], at=0),
            ack("a", 1, 10, at=2_500_000),
            until(4_500_000),
            until(5_499_999),
            until(5_500_000),
        ],
        knobs=KNOBS,
    ),
)

FOUND = (
    case(
        "failure-due-on-a-look-of-the-watchdog",
        "AP-6",
        """The failure is due exactly at the tenth look. A watchdog that counts its looks from
        elsewhere, or compares after it has slept again, finds it one interval late.""",
        [*BEGUN, until(TP - 1), until(TP), until(TP + 100_000)],
        knobs=KNOBS,
    ),
    case(
        "failure-due-between-two-looks",
        ["AP-14", "AP-6"],
        """Progress at an odd moment makes the failure due between two looks. A sender that only
        looks every tenth of a second sleeps past a moment that it knew.""",
        [
            *BEGUN,
            ack("a", 1, 1, at=333_333),
            until(TP + 333_332),
            until(TP + 333_333),
            until(TP + 400_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "interval-longer-than-the-progress-timeout",
        "AP-14",
        """A check interval of five seconds must not decide what a timeout of one second is. Who
        sleeps a whole interval at a time fails the stream five times too late.""",
        [*BEGUN, until(TP - 1), until(TP), until(5 * TP)],
        knobs={**KNOBS, INTERVAL: 5},
    ),
    case(
        "interval-longer-than-the-ack-wait",
        ["AP-14", "AP-5"],
        """The sleep has to be cut short for both moments, not for one of the two: the ACK wait is
        due after three seconds, the next look would come after five.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=900_000 * n) for n in (1, 2, 3)),
            until(3 * TP - 1),
            until(3 * TP),
            until(5 * TP),
        ],
        knobs={**KNOBS, INTERVAL: 5},
    ),
    case(
        "interval-one-longer-than-the-timeout",
        "AP-14",
        """The interval is one microsecond longer than the timeout. Compared in milliseconds they
        are equal, and the failure is found at the wrong microsecond.""",
        [*BEGUN, until(TP - 1), until(TP), until(TP + 1)],
        knobs={**KNOBS, INTERVAL: 1.000001},
    ),
    case(
        "interval-one-shorter-than-the-timeout",
        "AP-14",
        """One look comes a microsecond before the failure is due. The next sleep is that one
        microsecond, and not another interval.""",
        [*BEGUN, until(TP - 1), until(TP), until(TP + 1)],
        knobs={**KNOBS, INTERVAL: 0.999999},
    ),
    case(
        "ack-that-is-no-progress-does-not-delay-the-failure",
        ["AP-1", "AP-14"],
        """Each ACK wakes the sender. If it then sleeps a whole interval anew instead of what is
        left, a stuck receiver that repeats itself puts the failure off for ever.""",
        [
            *BEGUN,
            *(ack("a", 1, 0, at=300_000 * n) for n in (1, 2, 3)),
            until(TP - 1),
            until(TP),
            until(2 * TP),
        ],
        knobs={**KNOBS, INTERVAL: 5},
    ),
)

CLAMPED = (
    case(
        "interval-of-zero-is-no-busy-loop",
        "AP-7",
        """An interval of zero turns the wait into a loop that burns a core for each stalled
        stream. In virtual time, where such a loop never ends, it shows at once.""",
        [*BEGUN, until(2 * TP - 1), until(2 * TP)],
        knobs={**KNOBS, INTERVAL: 0, "streaming_ack_progress_timeout": 2},
    ),
    case(
        "negative-interval-is-no-busy-loop",
        "AP-7",
        """A sleep of less than nothing returns at once, raises an error, or lasts for ever,
        depending on the library. The clamp makes of it ten milliseconds.""",
        [*BEGUN, until(2 * TP - 1), until(2 * TP)],
        knobs={**KNOBS, INTERVAL: -1, "streaming_ack_progress_timeout": 2},
    ),
    case(
        "interval-just-below-zero-is-no-busy-loop",
        "AP-7",
        """One microsecond below zero rounds to zero in many units. Clamped before or after the
        rounding it has to come out the same.""",
        [*BEGUN, until(2 * TP - 1), until(2 * TP)],
        knobs={**KNOBS, INTERVAL: -0.000001, "streaming_ack_progress_timeout": 2},
    ),
    case(
        "interval-of-zero-with-progress-in-between",
        "AP-7",
        """Progress comes again and again in a long wait with an interval of zero. Each ACK sets the
        loop going anew where the clamp is applied to the first sleep only.""",
        [
            *BEGUN,
            *(ack("a", 1, n, at=450_000 * n) for n in (1, 2, 3, 4)),
            ack("a", 1, 10, at=2_000_000),
            until(2_999_999),
            until(3_000_000),
        ],
        knobs={**KNOBS, INTERVAL: 0},
    ),
)

CASES = PAUSED + FOUND + CLAMPED
