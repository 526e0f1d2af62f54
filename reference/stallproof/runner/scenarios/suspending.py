"""Plays in which the harness is suspended and continued: around deadlines, ticks and waits.

A suspended process can do nothing, and its monotonic clock goes on. So what came due meanwhile is
found at once when it goes on, what is due later keeps its date, and nothing is made up.
"""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, now_us, sleep_s, sleep_until_us
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.sending import PROBE_AFTER_S, PROBE_BYTES, watch
from stallproof.runner.scenarios.stream_flow import (
    CHUNKS,
    begin,
    side_by_side,
    watch_for_notices,
)
from stallproof.runner.scenarios.ticking import MONITOR, start_monitor, stop_monitor

AHEAD_US = 200_000
"""So far from what is due does a suspension begin, or end."""
READ_US = 150_000
"""In so much time the peer has read whatever lay in the kernel's buffers."""
TICKS = 3.4
"""A suspension of so many periods has three ticks in it, however late their checks may be."""
LOOKED_AFTER_S = 0.05
PAUSE_US = 400_000
SLEPT_US = 450_000


def _suspend_until(context: Context, at_us: int) -> None:
    context.suspend(max(0, at_us - now_us()))


def when_due(context: Context) -> None:
    """Suspended over its deadline, a send finds room when it goes on, and must not use it."""
    conn = context.open("a", mode="stop")
    stalled = send_blocked(context, conn)
    due_us = now_us() + context.policy["send_timeout_us"]
    sleep_s(PROBE_AFTER_S)
    probe = context.send(conn, PROBE_BYTES)
    sleep_until_us(due_us - AHEAD_US)
    with context.harness.suspended():
        sleep_until_us(due_us + AHEAD_US)
        context.peer.mode(conn, "drain")
        sleep_until_us(due_us + AHEAD_US + READ_US)
        # Nothing lies between the two any more: what comes from now on was written afterwards.
        context.peer.unread(conn)
    watch(context, conn, stalled, probe)


def before_due(context: Context) -> None:
    """A short suspension far from the deadline changes nothing: neither of two blocked sends."""
    let_go = context.open("b", mode="stop")
    waits = send_blocked(context, let_go)
    conn = context.open("a", mode="stop")
    stalled = send_blocked(context, conn)
    begun_us = now_us()
    sleep_s(PROBE_AFTER_S)
    probe = context.send(conn, PROBE_BYTES)
    _suspend_until(context, begun_us + context.policy["send_timeout_us"] - 2 * AHEAD_US)
    context.peer.mode(let_go, "drain")
    context.ended(waits, context.knob_s("send_timeout_us"))
    context.arrived(waits)
    watch(context, conn, stalled, probe)


def in_flight(context: Context) -> None:
    """A stall that was suspended in between lasted all the time."""
    conn = context.open("a", mode="stop")
    send = send_blocked(context, conn)
    sleep_s(LOOKED_AFTER_S)
    context.check()
    context.suspend(context.policy["stall_timeout_us"] + AHEAD_US)
    for _ in range(2):
        sleep_s(LOOKED_AFTER_S)
        context.check()
    context.peer.mode(conn, "drain")
    context.ended(send, 5.0)
    context.arrived(send)


def ticks(context: Context) -> None:
    """The monitor is suspended during a stall: the ticks that it missed are not made up."""
    conn = context.open("a", mode="stop")
    start_monitor(context)
    period_us = context.policy["monitor_period_us"]
    sleep_s(0.1 + period_us * (0.1, 0.4, 0.7)[(context.repetition - 1) % 3] / 1e6)
    send = send_blocked(context, conn)
    sleep_until_us(now_us() + context.policy["stall_timeout_us"] + AHEAD_US)
    context.suspend(round(TICKS * period_us))
    context.hung_up(conn, (context.policy["checks_max"] + 1) * period_us / 1e6)
    context.ended(send, 0.5)
    context.peer.mode(conn, "drain")
    context.stream_ended(conn, 0.5)
    stop_monitor(context)


def waits(context: Context) -> None:
    """Two streams wait, one suspended when it is due to fail, the other before."""
    fits = context.policy["window_bytes"] // context.policy["chunk_bytes"]
    when = begin(context, context.open("w", heartbeats=False), CHUNKS)
    before = begin(
        context, context.open("b", heartbeats=False), CHUNKS,
        chunk_ready_us=[*(0 for _ in range(fits + 1)), PAUSE_US],
    )  # fmt: skip
    if when.waits() is not None and before.waits() is not None:
        sleep_s(AHEAD_US / 2e6)
        context.suspend(SLEPT_US)
    side_by_side(when.fails, before.fails)
    watch_for_notices(context)


SUSPENDING = (
    Scenario(
        "suspended-when-due",
        {"SD-2": "suspended-when-due", "SD-3": "suspended-when-due", "SD-5": "", "SD-7": ""},
        when_due,
        send_timeout_s=0.6,
        play_s=5,
    ),
    Scenario(
        "suspended-before-due",
        {"SD-3": "suspended-before-due", "SD-4": "suspended-before-due", "SD-7": "", "SD-10": ""},
        before_due,
        send_timeout_s=1.0,
        play_s=6,
    ),
    Scenario(
        "suspended-in-flight",
        {"SC-1": "suspended-in-flight", "SC-2": "", "SC-3": "", "SC-4": ""},
        in_flight,
        stall_timeout_s=0.5,
        features=frozenset({"unix", "checks"}),
        play_s=4,
    ),
    Scenario(
        "suspended-ticks",
        {"SC-9": "suspended-ticks"},
        ticks,
        stall_timeout_s=0.6,
        period_s=0.5,
        checks_max=3,
        close_stalled=True,
        features=MONITOR,
        play_s=11,
    ),
    Scenario(
        "stream-suspended",
        {
            "AP-3": "suspended-when-due",
            "AP-6": "suspended-when-due suspended-before-due",
            "AP-14": "suspended-when-due suspended-before-due",
        },
        waits,
        progress_timeout_s=0.8,
        check_interval_s=0.1,
        ack_wait_s=5,
        chunk_bytes=64 * 1024,
        window_bytes=4 * 64 * 1024,
        features=frozenset({"streams", "unix"}),
        play_s=6,
    ),
)
