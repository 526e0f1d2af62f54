"""CX-3 and CX-5: a stalled connection is alone, and the deadline and the monitor agree."""

from proofs.vectors.script import (
    Case,
    accept,
    case,
    check,
    close,
    fail,
    monitor,
    open_,
    received,
    send,
    until,
)

S = 1_000_000
"""The send timeout of these scripts, in microseconds."""
KNOBS = {"streaming_send_timeout": 1}

ALONE = (
    case(
        "sends-beside-a-stalled-connection",
        "CX-3",
        """One lock, or one worker, for all connections turns one dead peer into a dead relay: 144
        clients once waited for one that did not read.""",
        [
            open_("a", 0),
            open_("b"),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=1),
            send("b", 3, 9, at=500_000),
            until(S),
            send("b", 4, 9, at=S + 1),
        ],
        knobs=KNOBS,
    ),
    case(
        "many-stalled-connections-beside-a-healthy-one",
        "CX-3",
        """A pool of workers has an end. Five stalled connections use up five of them, and the
        healthy one is served as soon as a dead one gives up.""",
        [
            *(open_(f"dead{number}", 0) for number in range(1, 6)),
            open_("well"),
            *(send(f"dead{number}", number, 9, at=number) for number in range(1, 6)),
            send("well", 6, 9, at=10),
            send("well", 7, 9, at=S - 1),
            until(S + 5),
            send("well", 8, 9, at=S + 6),
        ],
        knobs=KNOBS,
    ),
    case(
        "checks-beside-a-stalled-connection",
        "CX-3",
        """A pass that asks a stalled connection for its lock waits there, and everyone after it in
        the list goes unwatched for as long.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b", 0, heartbeats=False),
            send("a", 1, 9, at=0),
            check(at=400_000),
            send("b", 2, 9, at=500_000),
            check(at=900_000),
            accept("b", 9, at=900_001),
            check(at=S + 1),
        ],
        knobs={**KNOBS, "sfm_send_stall_timeout": 0.3},
    ),
    case(
        "heartbeats-beside-a-stalled-connection",
        "CX-3",
        """A heartbeat that is sent by the pass itself stops at the first connection that takes
        nothing, and all others look dead to their peers.""",
        [
            open_("a", 0),
            open_("b"),
            received("b", at=0),
            send("a", 1, 9, at=1),
            check(at=S - 1),
            check(at=S),
            check(at=S + 1),
        ],
        knobs={
            "streaming_send_timeout": 5,
            "sfm_send_stall_timeout": 0.3,
            "heartbeat_interval": 1,
        },
        needs=["heartbeats"],
    ),
    case(
        "timeout-closes-its-own-connection-only",
        "CX-3",
        """Two stalls that began a tenth of a second apart end a tenth apart, each with its own
        connection. A deadline for the process, or a close of all, takes the healthy peer too.""",
        [
            open_("a", 0),
            open_("b", 0),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=100_000),
            until(S),
            accept("b", 9, at=S + 99_999),
            send("b", 3, 9, at=S + 100_000),
            close("b", at=S + 200_000),
        ],
        knobs=KNOBS,
    ),
    case(
        "receipts-beside-a-stalled-connection",
        "CX-3",
        """One thread that reads for all connections and answers with a send stops reading
        everywhere when that send blocks. What comes in elsewhere has to count as received at
        once.""",
        [
            open_("a", 0, heartbeats=False),
            open_("b"),
            send("a", 1, 9, at=0),
            received("b", at=S),
            check(at=2 * S),
            check(at=2 * S + 1),
        ],
        knobs={
            "streaming_send_timeout": 5,
            "sfm_send_stall_timeout": 45,
            "heartbeat_interval": 1,
        },
        needs=["heartbeats"],
    ),
    case(
        "failure-of-one-connection-leaves-the-other",
        "CX-3",
        """A reset on one connection is nobody else's business. A handler that drops all, or a
        failure that is stored for the process, ends healthy sends.""",
        [
            open_("a", 4),
            open_("b", 4),
            send("a", 1, 9, at=0),
            send("b", 2, 9, at=1),
            fail("a", "ECONNRESET", at=100),
            accept("b", 5, at=200),
            send("b", 3, 1, at=300),
            accept("b", 1, at=400),
        ],
        knobs=KNOBS,
    ),
)


def _warning(
    name: str, seconds: float, reason: str, requirements: tuple[str, ...] = ("CX-5",)
) -> Case:
    """Stall a send to its deadline, with a stall timeout of 1 s and a pass just before it."""
    timeout_us = round(seconds * 1_000_000)
    return case(
        name,
        requirements,
        reason,
        [
            open_("a", 0, heartbeats=False),
            monitor(250_000, at=0),
            send("a", 1, 9, at=S + 250_001 - timeout_us),
            until(S + 250_000),
            until(S + 250_001),
            until(2 * S),
        ],
        knobs={"streaming_send_timeout": seconds, "sfm_send_stall_timeout": 1},
    )


def _closing(
    name: str, seconds: float, reason: str, requirements: tuple[str, ...] = ("CX-5",)
) -> Case:
    """Stall a send to its deadline; the lower end of the close window lies at 0.5 + 2*0.2 s."""
    deadline_us = round(seconds * 1_000_000)
    return case(
        name,
        requirements,
        reason,
        [
            open_("a", 0, heartbeats=False),
            monitor(200_000, at=0),
            send("a", 1, 9, at=99_999),
            until(99_999 + deadline_us),
            until(2 * S),
        ],
        knobs={
            "streaming_send_timeout": seconds,
            "sfm_send_stall_timeout": 0.5,
            "sfm_close_stalled_connection": True,
        },
    )


AGREED = (
    _warning(
        "no-warning-with-a-deadline-one-below-the-limit",
        0.999999,
        """Where the deadline is shorter than the stall timeout the monitor has nothing to say. A
        warning here sends an operator after a stall that had been ended.""",
    ),
    _warning(
        "no-warning-with-a-deadline-at-the-limit",
        1,
        """Equal is still silent: the last look before the deadline finds one microsecond less than
        the limit. A stall time that is rounded up to milliseconds warns of every send that ends in
        time.""",
    ),
    _warning(
        "warning-with-a-deadline-two-above-the-limit",
        1.000002,
        """One microsecond beyond the limit, and one before the deadline, the monitor does warn.
        Who never warns as long as there is a deadline is silent when the deadline fails.""",
        ("SC-4", "SC-2"),
    ),
    _closing(
        "no-close-with-a-deadline-one-below-the-lower-end",
        0.899999,
        """Below the lower end the deadline ends the send, and says why. A monitor that closes
        after the limit alone, without counting, gets there first and hides the TIMEOUT.""",
    ),
    _closing(
        "no-close-with-a-deadline-at-the-lower-end",
        0.9,
        """A close falls strictly after the lower end, so that equality is safe. A threshold that
        is counted from 0 closes one period early, before the deadline has had its say.""",
    ),
    _closing(
        "close-with-a-deadline-beyond-the-lower-end",
        0.900002,
        """Beyond the lower end the monitor may come first, and here it does, by one microsecond.
        Who leaves everything to the deadline has no second watchdog.""",
        ("SC-9", "SC-7"),
    ),
)

CASES = ALONE + AGREED
