"""Plays about who gets the send lock next: CX-4."""

from stallproof.runner.scenarios.blocking import send_blocked
from stallproof.runner.scenarios.context import Context, sleep_s
from stallproof.runner.scenarios.scenario import Scenario

SMALL_BYTES = 1024
QUEUE = 6
QUEUE_GAP_S = 0.04
COPIES_WITHIN_S = 0.25
"""By then a send has asked for the lock, whatever it does before."""
HOG_FRAMES = 100
HOG_BYTES = 65_536
TINY_BYTES = 64
TINY_FRAMES = 4000
"""More than any buffer holds of so small frames, since each of them takes a buffer of its own."""
TINY_CONNECTIONS = 4
WAITERS_MAX = 20
FULL_AFTER_S = 0.1
"""A send that has not returned by then has met full buffers."""


def queues_in_order(context: Context) -> None:
    """Six sends queue behind a blocked one, one after the other."""
    conn = context.open("a", mode="stop")
    sends = [send_blocked(context, conn)]
    sleep_s(0.1)
    for _ in range(QUEUE):
        sends.append(context.send(conn, SMALL_BYTES))
        sleep_s(QUEUE_GAP_S)
    context.peer.mode(conn, "drain")
    for send in sends:
        context.ended(send, 5.0)
        context.arrived(send)


def queued_behind_slow(context: Context) -> None:
    """The second send gets its whole timeout from the lock; a third waits for longer than that."""
    conn = context.open("a", mode="stop")
    first = send_blocked(context, conn)
    second = context.send(conn, context.big_bytes)
    sleep_s(COPIES_WITHIN_S)
    third = context.send(conn, SMALL_BYTES)
    timeout_s = context.knob_s("send_timeout_us")
    sleep_s(0.45 * timeout_s)
    context.peer.stop_after_frames(conn, 1)
    context.ended(first, timeout_s)
    sleep_s(0.75 * timeout_s)
    context.peer.mode(conn, "drain")
    for send in (second, third):
        context.ended(send, timeout_s)
        context.arrived(send)


def hogs(context: Context) -> None:
    """One thread sends without a pause, and another one asks for the lock."""
    conn = context.open("a", mode="stop")
    context.peer.mode(conn, "trickle", piece_bytes=HOG_BYTES, every_us=10_000)
    hog = context.send(conn, HOG_BYTES - 16, repeat=HOG_FRAMES)
    sleep_s(0.2)
    waiter = context.send(conn, SMALL_BYTES)
    context.ended(waiter, 5.0)
    context.ended(hog, 10.0)
    context.arrived(waiter, 5.0)
    sleep_s(0.2)


def _waits_behind(context: Context, conn: str) -> int:
    """Send tiny frames until one does not leave, since the buffers are full; return that one."""
    for _ in range(WAITERS_MAX):
        waiter = context.send(conn, TINY_BYTES)
        if context.ended(waiter, FULL_AFTER_S) is None:
            break
    return waiter


def _counts_what_left(context: Context) -> None:
    """Close a connection under tiny frames, and count what had left of those that were OK.

    What lies in a buffer of the implementation came before a waiter, and leaves before it.
    """
    conn = context.open("k", mode="stop")
    tiny = context.send(conn, TINY_BYTES, repeat=TINY_FRAMES)
    sleep_s(2 * FULL_AFTER_S)
    context.close(conn)
    context.ended(tiny, 1.0)
    context.peer.unread(conn)
    context.drain_to_end(conn)


def hogs_with_tiny_frames(context: Context) -> None:
    """Tiny frames without a pause, and another thread that has waited when the peer reads on.

    A lock that wakes its waiter and does not hand itself over is taken again and again before the
    waiter runs. With tiny frames that is over in milliseconds, which no clock tells from the way
    to the lock: so the waiter is there before the first of them can leave.
    """
    conns = [context.open(f"t{place}-", mode="stop") for place in range(TINY_CONNECTIONS)]
    tiny = [context.send(conn, TINY_BYTES, repeat=TINY_FRAMES) for conn in conns]
    sleep_s(FULL_AFTER_S)
    _counts_what_left(context)
    waiters = [_waits_behind(context, conn) for conn in conns]
    sleep_s(6 * context.grace_us / 1e6)
    for conn, hog, waiter in zip(conns, tiny, waiters, strict=True):
        context.peer.unread(conn)
        context.peer.mode(conn, "drain")
        for send in (waiter, hog):
            context.ended(send, 5.0)
        context.arrived(waiter, 1.0)
    sleep_s(0.1)


QUEUEING = (
    Scenario(
        "queued-behind-slow",
        {"SD-4": "queued", "CX-4": "two-ahead"},
        queued_behind_slow,
        send_timeout_s=1.0,
        play_s=5,
    ),
    Scenario("queues-in-order", {"CX-4": "queued-in-order"}, queues_in_order, timing=False),
    Scenario("hogs", {"CX-4": "hogged"}, hogs, timing=False, play_s=3),
    Scenario("hogs-tiny", {"CX-4": "tiny-frames"}, hogs_with_tiny_frames, timing=False, play_s=3),
)
