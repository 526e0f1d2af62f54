"""Plays about a monitor that runs by itself: the close window, and the deadline before it."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.sending import fill


def start_monitor(context: Context) -> None:
    context.harness.request("monitor", period_us=context.policy["monitor_period_us"])


def stop_monitor(context: Context) -> None:
    context.harness.request("monitor", period_us=None)


def close_window(context: Context) -> None:
    """The monitor runs, a stall begins at some point between two ticks, and lasts."""
    conn = context.open("a", mode="stop")
    start_monitor(context)
    period_s = context.knob_s("monitor_period_us")
    sleep_s(0.1 + period_s * (0.05, 0.5, 0.9)[(context.repetition - 1) % 3])
    send = send_blocked(context, conn)
    longest_s = context.knob_s("stall_timeout_us") + (context.policy["checks_max"] + 1) * period_s
    context.hung_up(conn, longest_s)
    context.ended(send, 0.5)
    context.peer.mode(conn, "drain")
    context.stream_ended(conn, 0.5)
    stop_monitor(context)


def deadline_first(context: Context) -> None:
    """Both guardrails are on, and the send timeout ends the stall of a small frame.

    Where in a period it begins decides how many checks find it, and how near to the deadline.
    """
    conn = context.open("a", mode="stop")
    start_monitor(context)
    period_s = context.knob_s("monitor_period_us")
    sleep_s(period_s * (0.2, 0.5, 0.9)[(context.repetition - 1) % 3])
    send = fill(context, conn)
    if send is not None:
        context.ended(send, context.knob_s("send_timeout_us") + context.patience_s)
    sleep_s(0.1)
    context.drain_to_end(conn)
    stop_monitor(context)


MONITOR = frozenset({"unix", "monitor"})
TICKING = (
    Scenario(
        "close-window",
        {"SC-9": "close-window"},
        close_window,
        stall_timeout_s=0.6,
        period_s=0.5,
        checks_max=2,
        close_stalled=True,
        features=MONITOR,
        play_s=7,
    ),
    Scenario(
        "deadline-before-warning",
        {"CX-5": "never-warns"},
        deadline_first,
        send_timeout_s=0.6,
        stall_timeout_s=0.7,
        period_s=0.5,
        checks_max=2,
        close_stalled=True,
        features=MONITOR,
        play_s=4,
    ),
    Scenario(
        "deadline-before-closing",
        {"CX-5": "never-closes"},
        deadline_first,
        send_timeout_s=1.35,
        stall_timeout_s=0.6,
        period_s=0.5,
        checks_max=3,
        close_stalled=True,
        features=MONITOR,
        play_s=5,
    ),
)
