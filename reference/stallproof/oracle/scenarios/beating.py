"""Plays about heartbeats and the independence of the monitor: SC-10 to SC-12 and SC-14."""

from stallproof.oracle.scenarios.monitoring import (
    CHECKS,
    MARGIN_S,
    MONITOR,
    SMALL_BYTES,
    beyond_limit,
    start_monitor,
    stop_monitor,
)
from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.stage import Stage, now_us, sleep_s, sleep_until_us

HOUR_US = 3_600_000_000
STALLED_MANY = 12
PASSERS_BY = 14


def heartbeats(stage: Stage) -> None:
    """Not due, then due; and a connection that forbids them."""
    allowed = stage.open("a")
    forbidding = stage.open("f", heartbeats=False)
    stage.received(forbidding)
    stage.received(allowed)
    stage.check()
    sleep_s(stage.knob_s("heartbeat_interval_us") + 3 * stage.grace_us / 1e6 + MARGIN_S)
    stage.check()
    sleep_s(0.5)


def stalled_no_heartbeat(stage: Stage) -> None:
    """A connection is idle beyond the interval and stalled at the one check."""
    conn = stage.open("a", mode="stop")
    sleep_s(stage.knob_s("heartbeat_interval_us"))
    send = stage.send(conn, stage.big_bytes)
    beyond_limit(stage, send)
    stage.check()
    sleep_s(0.1)
    stage.lab.mode(conn, "drain")
    stage.ended(send, 5.0)
    stage.arrived(send)
    sleep_s(0.4)


def busy_lock(stage: Stage) -> None:
    """A heartbeat would be due on a connection whose lock is busy."""
    conn = stage.open("a")
    sleep_s(stage.knob_s("heartbeat_interval_us") + 3 * stage.grace_us / 1e6 + MARGIN_S)
    stage.lab.mode(conn, "stop")
    send = stage.send(conn, stage.big_bytes)
    sleep_s(0.1)
    check = stage.post_check()
    stage.harness.wait(check, 0.8)
    stage.lab.mode(conn, "drain")
    stage.ended(send, 5.0)
    stage.arrived(send)
    sleep_s(0.3)
    stage.harness.wait(check, 2.0)


def many_stalled(stage: Stage) -> None:
    """A dozen connections are stalled at once."""
    conns = [stage.open(f"c{i}x", mode="stop") for i in range(STALLED_MANY)]
    healthy = stage.open("h")
    sends = [stage.send(conn, stage.big_bytes) for conn in conns]
    sleep_s(0.1)
    for _ in range(2):
        stage.ended(stage.send(healthy, SMALL_BYTES), 2.0)
        stage.check(1.0)
    for conn in conns:
        stage.lab.mode(conn, "drain")
    for send in sends:
        stage.ended(send, 5.0)
        stage.arrived(send)


def others_fail(stage: Stage) -> None:
    """Heartbeats on two connections fail; the one between them gets its own all the same."""
    before, healthy, after = stage.open("x"), stage.open("h"), stage.open("y")
    for conn in (before, after):
        stage.lab.shut_read(conn)
    sleep_s(stage.knob_s("heartbeat_interval_us") + 3 * stage.grace_us / 1e6 + MARGIN_S)
    for _ in range(2):
        stage.check()
        sleep_s(0.4)
    stage.lab.probe(healthy)


def come_and_go(stage: Stage) -> None:
    """Connections come and go while the monitor runs fast; the one that stays is looked after."""
    stage.open("s")
    start_monitor(stage)
    for index in range(PASSERS_BY):
        conn = stage.open(f"p{index}x")
        sleep_s(0.01)
        stage.close(conn)
    sleep_s(stage.knob_s("heartbeat_interval_us") + 0.4)
    stop_monitor(stage)


def wall_jumps(stage: Stage) -> None:
    """The wall clock jumps an hour ahead, later an hour back; nothing changes."""
    conn = stage.open("a")
    stage.received(conn)
    stage.harness.request("wall_jump", by_us=HOUR_US)
    stage.check()
    sleep_s(0.4)
    begun = now_us()
    sleep_until_us(begun + stage.policy["heartbeat_interval_us"] + 400_000)
    stage.harness.request("wall_jump", by_us=-HOUR_US)
    stage.check()
    sleep_s(0.5)


BEATS = frozenset({"unix", "checks", "heartbeats"})


BEATING = (
    Scenario(
        "heartbeats", ("SC-10",), heartbeats, heartbeat_s=1, timing=False, features=BEATS, play_s=2
    ),
    Scenario(
        "stalled-no-heartbeat",
        ("SC-10",),
        stalled_no_heartbeat,
        stall_timeout_s=0.5,
        heartbeat_s=1,
        timing=False,
        features=BEATS,
        play_s=3,
    ),
    Scenario("busy-lock", ("SC-11",), busy_lock, heartbeat_s=1, features=BEATS, play_s=6),
    Scenario("many-stalled", ("SC-11",), many_stalled, features=CHECKS, play_s=3),
    Scenario(
        "others-fail",
        ("SC-12",),
        others_fail,
        heartbeat_s=1,
        timing=False,
        features=BEATS,
        play_s=3,
    ),
    Scenario(
        "come-and-go",
        ("SC-12",),
        come_and_go,
        heartbeat_s=1,
        period_s=0.02,
        timing=False,
        features=MONITOR | {"heartbeats"},
        play_s=3,
    ),
    Scenario(
        "wall-jumps",
        ("SC-14",),
        wall_jumps,
        heartbeat_s=1,
        timing=False,
        features=BEATS | {"wall_jump"},
        play_s=3,
    ),
)
