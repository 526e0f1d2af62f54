"""Plays about connections that come while others go: CX-6.

A number that was closed is free, and the next connection gets it. Whoever closes it again, late and
from wherever, ends a connection that has nothing to do with it. So connections are opened between
what ends another one and its last close, and all of them have to work.
"""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario

SMALL_BYTES = 1024
ROUNDS = 4
TIMED_OUT = 3
SETTLES_S = 0.05
"""What closes late, such as a reader that has to see the end first, has closed by then."""


def _use(context: Context, conn: str) -> None:
    """Send a frame, which has to arrive, since the peer reads."""
    send = context.send(conn, SMALL_BYTES)
    ended = context.ended(send, 2.0)
    if ended is not None and ended.outcome == "ok":
        context.arrived(send, 1.0)


def opens_meanwhile(context: Context) -> None:
    """Connections are opened between the end of others and their last close, again and again."""
    new = [context.open("a")]
    timed_out = [context.open(f"t{place}-", mode="stop") for place in range(TIMED_OUT)]
    sends = [send_blocked(context, conn) for conn in timed_out]
    for place in range(ROUNDS):
        new += _after_close(context, place)
        new += _after_peer_left(context, place)
    for send in sends:
        context.ended(send, context.knob_s("send_timeout_us") + context.patience_s)
    sleep_s(SETTLES_S)
    new += [context.open(f"u{place}-") for place in range(TIMED_OUT)]
    for conn in timed_out:
        context.close(conn)
    sleep_s(SETTLES_S)
    for conn in new:
        # Twice in a row: who fails every now and then fails once.
        _use(context, conn)
        _use(context, conn)


def _after_close(context: Context, place: int) -> list[str]:
    """Close a connection, open another one, and close the first one again."""
    old = context.open(f"c{place}-")
    context.close(old)
    sleep_s(SETTLES_S * (place % 2))
    new = context.open(f"d{place}-")
    context.close(old)
    return [new]


def _after_peer_left(context: Context, place: int) -> list[str]:
    """The peer ends its stream or leaves; another connection comes; then the first is closed."""
    old = context.open(f"p{place}-")
    if place % 2:
        context.peer.half_close(old)
    else:
        context.peer.close_conn(old)
        context.ended(context.send(old, SMALL_BYTES), 2.0)
    sleep_s(SETTLES_S)
    new = context.open(f"q{place}-")
    context.close(old)
    return [new]


REOPENING = (
    Scenario(
        "opens-meanwhile",
        {"CX-6": "opened-meanwhile"},
        opens_meanwhile,
        send_timeout_s=0.5,
        timing=False,
        play_s=3,
    ),
)
