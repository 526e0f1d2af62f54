"""Plays about heartbeats and the independence of the monitor: SC-10 to SC-12 and SC-14."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, now_us, sleep_s, sleep_until_us
from stallproof.runner.scenarios.monitoring import CHECKS, MARGIN_S, SMALL_BYTES, beyond_limit
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scenarios.ticking import MONITOR, start_monitor, stop_monitor

HOUR_US = 3_600_000_000
STALLED_MANY = 12
PASSERS_BY = 14


def heartbeats(context: Context) -> None:
    """Not due, then due; and a connection that forbids them.

    What was sent long before leaves no deadline behind that a heartbeat would have to keep.
    """
    allowed = context.open("a")
    context.ended(context.send(allowed, SMALL_BYTES), 2.0)
    forbidding = context.open("f", heartbeats=False)
    context.received(forbidding)
    context.received(allowed)
    context.check()
    sleep_s(context.knob_s("heartbeat_interval_us") + 3 * context.grace_us / 1e6 + MARGIN_S)
    context.check()
    sleep_s(0.5)


def stalled_no_heartbeat(context: Context) -> None:
    """A connection is idle beyond the interval and stalled at the one check."""
    conn = context.open("a", mode="stop")
    sleep_s(context.knob_s("heartbeat_interval_us"))
    send = send_blocked(context, conn)
    beyond_limit(context, send)
    context.check()
    sleep_s(0.1)
    context.peer.mode(conn, "drain")
    context.ended(send, 5.0)
    context.arrived(send)
    sleep_s(0.4)


def busy_lock(context: Context) -> None:
    """A heartbeat would be due on a connection whose lock is busy, and stays so for two more.

    The peer, which does not read, says nothing all the while: that is no reason to close either.
    """
    conn = context.open("a")
    sleep_s(context.knob_s("heartbeat_interval_us") + 3 * context.grace_us / 1e6 + MARGIN_S)
    context.peer.mode(conn, "stop")
    send = send_blocked(context, conn)
    sleep_s(0.1)
    check = context.post_check()
    context.harness.wait(check, 0.8)
    sleep_s(2 * context.knob_s("heartbeat_interval_us") + MARGIN_S)
    again = context.post_check()
    context.harness.wait(again, 0.8)
    context.peer.mode(conn, "drain")
    context.ended(send, 5.0)
    context.arrived(send)
    sleep_s(0.3)
    context.harness.wait(check, 2.0)
    context.harness.wait(again, 2.0)


def many_stalled(context: Context) -> None:
    """A dozen connections are stalled at once."""
    conns = [context.open(f"c{i}x", mode="stop") for i in range(STALLED_MANY)]
    healthy = context.open("h")
    sends = [send_blocked(context, conn) for conn in conns]
    sleep_s(0.1)
    for _ in range(2):
        context.ended(context.send(healthy, SMALL_BYTES), 2.0)
        context.check(1.0)
    for conn in conns:
        context.peer.mode(conn, "drain")
    for send in sends:
        context.ended(send, 5.0)
        context.arrived(send)


def others_fail(context: Context) -> None:
    """Heartbeats on two connections fail; the one between them gets its own all the same."""
    before, healthy, after = context.open("x"), context.open("h"), context.open("y")
    for conn in (before, after):
        context.peer.shut_read(conn)
    sleep_s(context.knob_s("heartbeat_interval_us") + 3 * context.grace_us / 1e6 + MARGIN_S)
    for _ in range(2):
        context.check()
        sleep_s(0.4)
    context.peer.probe(healthy)


def come_and_go(context: Context) -> None:
    """Connections come and go while the monitor runs fast; the one that stays is looked after."""
    context.open("s")
    start_monitor(context)
    for index in range(PASSERS_BY):
        conn = context.open(f"p{index}x")
        sleep_s(0.01)
        context.close(conn)
    sleep_s(context.knob_s("heartbeat_interval_us") + 0.4)
    stop_monitor(context)


def wall_jumps(context: Context) -> None:
    """The wall clock jumps an hour ahead, later an hour back; nothing changes."""
    conn = context.open("a")
    context.received(conn)
    context.harness.request("wall_jump", by_us=HOUR_US)
    context.check()
    sleep_s(0.4)
    begun = now_us()
    sleep_until_us(begun + context.policy["heartbeat_interval_us"] + 400_000)
    context.harness.request("wall_jump", by_us=-HOUR_US)
    context.check()
    sleep_s(0.5)


BEATS = frozenset({"unix", "checks", "heartbeats"})


BEATING = (
    Scenario(
        "heartbeats",
        {"SC-10": "due not-due forbidden"},
        heartbeats,
        send_timeout_s=0.8,
        heartbeat_s=1,
        timing=False,
        features=BEATS,
        play_s=2,
    ),
    Scenario(
        "stalled-no-heartbeat",
        {"SC-10": "stalled"},
        stalled_no_heartbeat,
        stall_timeout_s=0.5,
        heartbeat_s=1,
        timing=False,
        features=BEATS,
        play_s=3,
    ),
    Scenario(
        "busy-lock",
        {"SC-11": "busy-lock", "SC-5": ""},
        busy_lock,
        heartbeat_s=1,
        features=BEATS,
        play_s=12,
    ),
    Scenario("many-stalled", {"SC-11": "many-stalled"}, many_stalled, features=CHECKS, play_s=3),
    Scenario(
        "others-fail",
        {"SC-12": "one-fails"},
        others_fail,
        heartbeat_s=1,
        timing=False,
        features=BEATS,
        play_s=3,
    ),
    Scenario(
        "come-and-go",
        {"SC-12": "come-and-go"},
        come_and_go,
        heartbeat_s=1,
        period_s=0.02,
        timing=False,
        features=MONITOR | {"heartbeats"},
        play_s=3,
    ),
    Scenario(
        "wall-jumps",
        {"SC-14": "wall-forward wall-back"},
        wall_jumps,
        heartbeat_s=1,
        timing=False,
        features=BEATS | {"wall_jump"},
        play_s=3,
    ),
)
