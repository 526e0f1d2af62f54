"""Plays about the monitor: counting, closing, the close window (SC and CX-5)."""

from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.scenarios.sending import fill
from stallproof.oracle.stage import Stage, sleep_s, sleep_until_us

SMALL_BYTES = 1024
MARGIN_S = 0.1


def beyond_limit(stage: Stage, send: int) -> None:
    """Wait until `send` has been in flight for longer than the limit beyond any doubt."""
    started = stage.started(send)
    if started is not None and started.heard_us is not None:
        allowance_us = 2 * stage.grace_us + round(MARGIN_S * 1e6)
        sleep_until_us(started.heard_us + stage.policy["stall_timeout_us"] + allowance_us)


def warns_only(stage: Stage) -> None:
    """A stall far beyond the threshold with closing off; a healthy connection beside it."""
    conn = stage.open("a", mode="stop")
    healthy = stage.open("b")
    first = stage.send(conn, stage.big_bytes)
    for _ in range(2):
        stage.ended(stage.send(healthy, SMALL_BYTES), 2.0)
        stage.check()
    # As late as one can be below the limit on a busy machine.
    sleep_s(0.5 * stage.knob_s("stall_timeout_us"))
    stage.check()
    beyond_limit(stage, first)
    for _ in range(stage.policy["checks_max"] + 1):
        stage.ended(stage.send(healthy, SMALL_BYTES), 2.0)
        stage.check()
        sleep_s(0.03)
    stage.lab.probe(conn)
    stage.lab.mode(conn, "drain")
    stage.ended(first, 5.0)
    stage.arrived(first)
    stage.check()


def lets_go_in_time(stage: Stage) -> None:
    """Closing is on, and the stall ends one check before the threshold."""
    conn = stage.open("a", mode="stop")
    first = stage.send(conn, stage.big_bytes)
    beyond_limit(stage, first)
    for _ in range(stage.policy["checks_max"] - 1):
        stage.check()
        sleep_s(0.05)
        stage.lab.probe(conn)
    stage.lab.mode(conn, "drain")
    stage.ended(first, 5.0)
    stage.arrived(first)
    stage.check()
    stage.lab.probe(conn)


def closes_at_threshold(stage: Stage) -> None:
    """Closing is on, and the stall lasts to the threshold and beyond."""
    conn = stage.open("a", mode="stop")
    first = stage.send(conn, stage.big_bytes)
    beyond_limit(stage, first)
    for _ in range(stage.policy["checks_max"]):
        stage.check()
        sleep_s(0.05)
        stage.lab.probe(conn)
    sleep_s(0.2)
    stage.lab.probe(conn)
    for _ in range(3):
        stage.check()
        sleep_s(0.02)
    stage.ended(first, 1.0)
    stage.drain_to_end(conn)


def fails_and_idles(stage: Stage) -> None:
    """A check after a send that failed with the connection left open."""
    conn = stage.open("a")
    stage.lab.shut_read(conn)
    stage.ended(stage.send(conn, SMALL_BYTES), 3.0)
    sleep_s(0.02)
    stage.check()


def another_send(stage: Stage) -> None:
    """One send is stalled at a check; at the next check it is another one."""
    conn = stage.open("a", mode="stop")
    first = stage.send(conn, stage.big_bytes)
    sleep_s(0.02)
    second = stage.send(conn, stage.big_bytes)
    beyond_limit(stage, first)
    stage.check()
    stage.check()
    stage.lab.stop_after_frames(conn, 1)
    stage.ended(first, 5.0)
    sleep_s(stage.knob_s("stall_timeout_us") + 2 * stage.grace_us / 1e6 + MARGIN_S)
    stage.check()
    stage.lab.mode(conn, "drain")
    stage.ended(second, 5.0)
    stage.arrived(second)


def successor(stage: Stage) -> None:
    """A connection goes with its count; the next one starts from nothing."""
    conn = stage.open("a", mode="stop")
    first = stage.send(conn, stage.big_bytes)
    beyond_limit(stage, first)
    stage.check()
    stage.check()
    stage.close(conn)
    stage.drain_to_end(conn)
    other = stage.open("b", mode="stop")
    second = stage.send(other, stage.big_bytes)
    beyond_limit(stage, second)
    stage.check()
    stage.lab.mode(other, "drain")
    stage.ended(second, 5.0)


def start_monitor(stage: Stage) -> None:
    stage.harness.request("monitor", period_us=stage.policy["monitor_period_us"])


def stop_monitor(stage: Stage) -> None:
    stage.harness.request("monitor", period_us=None)


def close_window(stage: Stage) -> None:
    """The monitor runs, a stall begins at some point between two ticks, and lasts."""
    conn = stage.open("a", mode="stop")
    start_monitor(stage)
    period_s = stage.knob_s("monitor_period_us")
    sleep_s(0.1 + period_s * (0.05, 0.5, 0.9)[(stage.repetition - 1) % 3])
    send = stage.send(conn, stage.big_bytes)
    longest_s = stage.knob_s("stall_timeout_us") + (stage.policy["checks_max"] + 1) * period_s
    stage.hung_up(conn, longest_s)
    stage.ended(send, 0.5)
    stage.lab.mode(conn, "drain")
    stage.stream_ended(conn, 0.5)
    stop_monitor(stage)


def deadline_first(stage: Stage) -> None:
    """Both guardrails are on, and the send timeout ends the stall of a small frame."""
    conn = stage.open("a", mode="stop")
    start_monitor(stage)
    sleep_s(0.1)
    send = fill(stage, conn)
    if send is not None:
        stage.ended(send, stage.knob_s("send_timeout_us") + stage.patience_s)
    sleep_s(0.1)
    stage.drain_to_end(conn)
    stop_monitor(stage)


CHECKS = frozenset({"unix", "checks"})
MONITOR = frozenset({"unix", "monitor"})
MONITORING = (
    Scenario(
        "warns-only",
        ("SC-1", "SC-2", "SC-3", "SC-4", "SC-5"),
        warns_only,
        stall_timeout_s=0.5,
        checks_max=2,
        features=CHECKS,
        play_s=4,
    ),
    Scenario(
        "lets-go-in-time",
        ("SC-1", "SC-3", "SC-6"),
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
        ("SC-3", "SC-6", "SC-7", "SC-8"),
        closes_at_threshold,
        stall_timeout_s=0.5,
        checks_max=3,
        close_stalled=True,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario("fails-and-idles", ("SC-1",), fails_and_idles, timing=False, features=CHECKS),
    Scenario(
        "another-send",
        ("SC-15",),
        another_send,
        stall_timeout_s=0.5,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario(
        "successor",
        ("SC-13",),
        successor,
        stall_timeout_s=0.5,
        timing=False,
        features=CHECKS,
        play_s=2,
    ),
    Scenario(
        "close-window",
        ("SC-9",),
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
        ("CX-5",),
        deadline_first,
        send_timeout_s=0.5,
        stall_timeout_s=0.6,
        period_s=0.4,
        checks_max=2,
        close_stalled=True,
        features=MONITOR,
        play_s=4,
    ),
    Scenario(
        "deadline-before-closing",
        ("CX-5",),
        deadline_first,
        send_timeout_s=1.0,
        stall_timeout_s=0.5,
        period_s=0.4,
        checks_max=3,
        close_stalled=True,
        features=MONITOR,
        play_s=5,
    ),
)
