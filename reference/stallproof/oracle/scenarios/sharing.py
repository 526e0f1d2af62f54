"""Plays about several senders, several connections, and closing: SD-10 to SD-15 and CX."""

from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.scenarios.sending import BOTH
from stallproof.oracle.stage import Stage, sleep_s

SMALL_BYTES = 1024
SENDERS = 8
FRAMES_EACH = 40
WRAP_FRAMES = 66_000
QUEUE = 6
QUEUE_GAP_S = 0.04
HOG_FRAMES = 100
HOG_BYTES = 65_536


def many_senders(stage: Stage) -> None:
    """Eight threads share one connection; nothing interleaves, and the numbers rise by one."""
    conn = stage.open("a", mode="stop")
    hogs = [stage.send(conn, 5000, repeat=FRAMES_EACH) for _ in range(SENDERS)]
    singles = [stage.send(conn, SMALL_BYTES) for _ in range(SENDERS)]
    stage.lab.mode(conn, "drain")
    for send in (*hogs, *singles):
        stage.ended(send, 20.0)
    sleep_s(0.3)


def wraps(stage: Stage) -> None:
    """More frames than there are sequence numbers."""
    conn = stage.open("a")
    send = stage.send(conn, 16, repeat=WRAP_FRAMES)
    stage.ended(send, 60.0)
    sleep_s(0.5)


def closes_while_blocked(stage: Stage, transport: str) -> None:
    """A close while one send is blocked and another waits; then what comes too late."""
    conn = stage.open("a", transport, mode="stop")
    blocked = stage.send(conn, stage.big_bytes)
    sleep_s(0.05)
    queued = stage.send(conn, SMALL_BYTES)
    sleep_s(0.15)
    closing = stage.harness.post("close", conn=conn)
    for send in (blocked, queued):
        stage.ended(send, 1.5)
    stage.harness.wait(closing, 5.0)
    sleep_s(0.1)
    late = stage.send(conn, SMALL_BYTES)
    stage.ended(late, 1.0)
    stage.close(conn)
    if "checks" in stage.harness.hello.features:
        stage.check()
    stage.drain_to_end(conn)
    sleep_s(0.1)


def closes_while_blocked_unix(stage: Stage) -> None:
    closes_while_blocked(stage, "unix")


def closes_while_blocked_tcp(stage: Stage) -> None:
    closes_while_blocked(stage, "tcp")


def beside_stalled(stage: Stage) -> None:
    """One connection is stalled, the other goes on."""
    stuck = stage.open("a", mode="stop")
    free = stage.open("b")
    stage.send(stuck, stage.big_bytes)
    sleep_s(0.1)
    for _ in range(10):
        send = stage.send(free, SMALL_BYTES)
        stage.ended(send, 2.0)
        sleep_s(0.02)
    stage.lab.mode(stuck, "drain")
    sleep_s(0.2)


def queues_in_order(stage: Stage) -> None:
    """Six sends queue behind a blocked one, one after the other."""
    conn = stage.open("a", mode="stop")
    sends = [stage.send(conn, stage.big_bytes)]
    sleep_s(0.1)
    for _ in range(QUEUE):
        sends.append(stage.send(conn, SMALL_BYTES))
        sleep_s(QUEUE_GAP_S)
    stage.lab.mode(conn, "drain")
    for send in sends:
        stage.ended(send, 5.0)
        stage.arrived(send)


def hogs(stage: Stage) -> None:
    """One thread sends without a pause, and another one asks for the lock."""
    conn = stage.open("a", mode="stop")
    stage.lab.mode(conn, "trickle", piece_bytes=HOG_BYTES, every_us=10_000)
    hog = stage.send(conn, HOG_BYTES - 16, repeat=HOG_FRAMES)
    sleep_s(0.2)
    waiter = stage.send(conn, SMALL_BYTES)
    stage.ended(waiter, 5.0)
    stage.ended(hog, 10.0)
    stage.arrived(waiter, 5.0)
    sleep_s(0.2)


CLOSE_IDS = ("SD-10", "SD-12", "SD-15", "CX-2", "CX-6")
CHECKS = frozenset({"unix", "checks"})

SHARING = (
    Scenario(
        "many-senders",
        ("SD-9", "SD-14", "CX-1"),
        many_senders,
        timing=False,
        features=frozenset({"unix", "sequence"}),
        play_s=2,
    ),
    Scenario(
        "wraps", ("SD-14",), wraps, timing=False, features=frozenset({"unix", "sequence"}), play_s=9
    ),
    Scenario(
        "closes-while-blocked-unix", CLOSE_IDS, closes_while_blocked_unix, features=CHECKS, play_s=3
    ),
    Scenario(
        "closes-while-blocked-tcp",
        CLOSE_IDS,
        closes_while_blocked_tcp,
        features=BOTH | CHECKS,
        play_s=3,
    ),
    Scenario("beside-stalled", ("CX-3",), beside_stalled, play_s=2),
    Scenario("queues-in-order", ("CX-4",), queues_in_order, timing=False),
    Scenario("hogs", ("CX-4",), hogs, timing=False, play_s=3),
)
