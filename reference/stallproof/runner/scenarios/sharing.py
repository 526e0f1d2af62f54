"""Plays about several senders, several connections, and closing: SD-10 to SD-15, SD-18, CX."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.giving_up import GIVING_UP
from stallproof.runner.scenarios.queueing import QUEUEING
from stallproof.runner.scenarios.reopening import REOPENING
from stallproof.runner.scenarios.scenario import Aims, Scenario
from stallproof.runner.scenarios.sending import TCP

SMALL_BYTES = 1024
SENDERS = 8
FRAMES_EACH = 40
WRAP_FRAMES = 66_000


def many_senders(context: Context) -> None:
    """Eight threads share one connection; nothing interleaves, and the numbers rise by one."""
    conn = context.open("a", mode="stop")
    hogs = [context.send(conn, 5000, repeat=FRAMES_EACH) for _ in range(SENDERS)]
    singles = [context.send(conn, SMALL_BYTES) for _ in range(SENDERS)]
    context.peer.mode(conn, "drain")
    for send in (*hogs, *singles):
        context.ended(send, 20.0)
    sleep_s(0.3)


def wraps(context: Context) -> None:
    """More frames than there are sequence numbers."""
    conn = context.open("a")
    send = context.send(conn, 16, repeat=WRAP_FRAMES)
    context.ended(send, 60.0)
    sleep_s(0.5)


def closes_while_blocked(context: Context, transport: str) -> None:
    """A close while one send is blocked and another waits; then what comes too late."""
    conn = context.open("a", transport, mode="stop")
    blocked = send_blocked(context, conn)
    sleep_s(0.05)
    queued = context.send(conn, SMALL_BYTES)
    sleep_s(0.15)
    closing = context.harness.post("close", conn=conn)
    for send in (blocked, queued):
        context.ended(send, 1.5)
    context.harness.wait(closing, 5.0)
    sleep_s(0.1)
    late = context.send(conn, SMALL_BYTES)
    context.ended(late, 1.0)
    context.close(conn)
    if "checks" in context.harness.hello.features:
        context.check()
    context.drain_to_end(conn)
    sleep_s(0.1)


def closes_while_blocked_unix(context: Context) -> None:
    closes_while_blocked(context, "unix")


def closes_while_blocked_tcp(context: Context) -> None:
    closes_while_blocked(context, "tcp")


def beside_stalled(context: Context) -> None:
    """One connection is stalled, the other goes on."""
    stuck = context.open("a", mode="stop")
    free = context.open("b")
    send_blocked(context, stuck)
    sleep_s(0.1)
    for _ in range(10):
        send = context.send(free, SMALL_BYTES)
        context.ended(send, 2.0)
        sleep_s(0.02)
    context.peer.mode(stuck, "drain")
    sleep_s(0.2)


def closed(after_close: str, while_blocked: str) -> Aims:
    """Return what a close under a blocked send is for; SD-12 and CX-2 tell TLS apart."""
    return {
        "SD-10": "failed-while-closing sent-after-closing",
        "SD-12": after_close,
        "SD-15": "failed-while-closing",
        "CX-2": while_blocked,
        "CX-6": "after-closing",
    }


IN_CLEAR = closed("sent-after-close", "closed-while-blocked")
SEQUENCE = frozenset({"sequence"})

SHARING = (
    Scenario(
        "many-senders",
        {"SD-9": "", "SD-14": "contended", "CX-1": "contended"},
        many_senders,
        timing=False,
        takes={"SD-14": SEQUENCE},
        play_s=2,
    ),
    Scenario(
        "wraps",
        {"SD-14": "wrapped"},
        wraps,
        timing=False,
        features=SEQUENCE | {"unix"},
        play_s=9,
    ),
    Scenario("closes-while-blocked-unix", IN_CLEAR, closes_while_blocked_unix, play_s=3),
    Scenario(
        "closes-while-blocked-tcp",
        IN_CLEAR,
        closes_while_blocked_tcp,
        features=TCP,
        play_s=3,
    ),
    Scenario("beside-stalled", {"CX-3": "beside-stalled"}, beside_stalled, play_s=2),
    *GIVING_UP,
    *QUEUEING,
    *REOPENING,
)
