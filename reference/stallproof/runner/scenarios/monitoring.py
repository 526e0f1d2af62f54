"""Plays about what a check does: counting, warning, closing."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s, sleep_until_us
from stallproof.runner.scenarios.scenario import Scenario

SMALL_BYTES = 1024
MARGIN_S = 0.1
MOVED_BYTES = 64 * 1024
MOVED_EVERY_US = 20_000
MOVED_MOST_BYTES = 8 * 1024 * 1024
"""More than the peer reads at this pace while the play lasts."""


def beyond_limit(context: Context, send: int) -> None:
    """Wait until `send` has been in flight for longer than the limit beyond any doubt."""
    started = context.started(send)
    if started is not None and started.heard_us is not None:
        allowance_us = 2 * context.grace_us + round(MARGIN_S * 1e6)
        sleep_until_us(started.heard_us + context.policy["stall_timeout_us"] + allowance_us)


def warns_only(context: Context) -> None:
    """A stall far beyond the threshold with closing off; a healthy connection beside it."""
    conn = context.open("a", mode="stop")
    healthy = context.open("b")
    first = send_blocked(context, conn)
    for _ in range(2):
        context.ended(context.send(healthy, SMALL_BYTES), 2.0)
        context.check()
    # As late as one can be below the limit on a busy machine.
    sleep_s(0.5 * context.knob_s("stall_timeout_us"))
    context.check()
    beyond_limit(context, first)
    for _ in range(context.policy["checks_max"] + 1):
        context.ended(context.send(healthy, SMALL_BYTES), 2.0)
        context.check()
        sleep_s(0.03)
    context.peer.probe(conn)
    context.peer.mode(conn, "drain")
    context.ended(first, 5.0)
    context.arrived(first)
    context.check()


def lets_go_in_time(context: Context) -> None:
    """Closing is on, and the stall ends one check before the threshold."""
    conn = context.open("a", mode="stop")
    first = send_blocked(context, conn)
    beyond_limit(context, first)
    for _ in range(context.policy["checks_max"] - 1):
        context.check()
        sleep_s(0.05)
        context.peer.probe(conn)
    context.peer.mode(conn, "drain")
    context.ended(first, 5.0)
    context.arrived(first)
    context.check()
    context.peer.probe(conn)


def closes_at_threshold(context: Context) -> None:
    """Closing is on, and the stall lasts to the threshold and beyond."""
    conn = context.open("a", mode="stop")
    first = send_blocked(context, conn)
    beyond_limit(context, first)
    for _ in range(context.policy["checks_max"]):
        context.check()
        sleep_s(0.05)
        context.peer.probe(conn)
    sleep_s(0.2)
    context.peer.probe(conn)
    for _ in range(3):
        context.check()
        sleep_s(0.02)
    context.ended(first, 1.0)
    context.drain_to_end(conn)


def moves_between_checks(context: Context) -> None:
    """The peer reads a little between each two checks: bytes move, and the stall goes on."""
    conn = context.open("a", mode="stop")
    context.peer.mode(conn, "trickle", piece_bytes=MOVED_BYTES, every_us=MOVED_EVERY_US)
    first = send_blocked(context, conn, MOVED_MOST_BYTES)
    beyond_limit(context, first)
    for _ in range(3):
        context.check()
        sleep_s(0.15)
    context.check()
    context.peer.mode(conn, "drain")
    context.ended(first, 5.0)
    context.arrived(first)


def fails_and_idles(context: Context) -> None:
    """A check after a send that failed with the connection left open."""
    conn = context.open("a")
    context.peer.shut_read(conn)
    context.ended(context.send(conn, SMALL_BYTES), 3.0)
    sleep_s(0.02)
    context.check()


def another_send(context: Context) -> None:
    """One send is stalled at a check; at the next check it is another one."""
    conn = context.open("a", mode="stop")
    first = send_blocked(context, conn)
    sleep_s(0.02)
    second = context.send(conn, context.big_bytes)
    beyond_limit(context, first)
    context.check()
    context.check()
    context.peer.stop_after_frames(conn, 1)
    context.ended(first, 5.0)
    sleep_s(context.knob_s("stall_timeout_us") + 2 * context.grace_us / 1e6 + MARGIN_S)
    context.check()
    context.peer.mode(conn, "drain")
    context.ended(second, 5.0)
    context.arrived(second)


def successor(context: Context) -> None:
    """A connection goes with its count; the next one starts from nothing."""
    conn = context.open("a", mode="stop")
    first = send_blocked(context, conn)
    beyond_limit(context, first)
    context.check()
    context.check()
    context.close(conn)
    context.drain_to_end(conn)
    other = context.open("b", mode="stop")
    second = send_blocked(context, other)
    beyond_limit(context, second)
    context.check()
    context.peer.mode(other, "drain")
    context.ended(second, 5.0)


CHECKS = frozenset({"unix", "checks"})
MONITORING = (
    Scenario(
        "warns-only",
        {
            "SC-1": "in-flight idle-again",
            "SC-2": "below-limit above-limit",
            "SC-3": "counted reset",
            "SC-4": "stalled-warned healthy",
            "SC-5": "warn-only",
        },
        warns_only,
        stall_timeout_s=0.5,
        checks_max=2,
        features=CHECKS,
        play_s=4,
    ),
    Scenario(
        "lets-go-in-time",
        {"SC-1": "in-flight idle-again", "SC-3": "counted reset", "SC-6": "before-threshold"},
        lets_go_in_time,
        stall_timeout_s=0.5,
        checks_max=3,
        close_stalled=True,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario(
        "closes-at-threshold",
        {
            "SC-3": "counted",
            "SC-6": "before-threshold",
            "SC-7": "at-threshold",
            "SC-8": "checked-after-closing",
        },
        closes_at_threshold,
        stall_timeout_s=0.5,
        checks_max=3,
        close_stalled=True,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario(
        "moves-between-checks",
        {"SC-1": "moving"},
        moves_between_checks,
        stall_timeout_s=0.5,
        features=CHECKS,
        play_s=5,
    ),
    Scenario(
        "fails-and-idles",
        {"SC-1": "ended-by-failure"},
        fails_and_idles,
        timing=False,
        features=CHECKS,
    ),
    Scenario(
        "another-send",
        {"SC-15": "another-send"},
        another_send,
        stall_timeout_s=0.5,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario(
        "successor",
        {"SC-13": "successor"},
        successor,
        stall_timeout_s=0.5,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
)
