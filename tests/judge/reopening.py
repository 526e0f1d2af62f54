"""Stories of the queue for the lock, and of connections that come while others go."""

from stallproof.wire import events as ev
from tests.judge.case import Case
from tests.judge.story import GRACE_US, MS, T0_US, S, Story

TINY_BYTES, WIRE_BYTES = 64, 80
TINY_FRAMES = 200
WRITTEN = 50
WAITER = 901
LOOKED_US = 500 * MS


def tiny_frames(
    *,
    before: int = 1,
    written_bytes: int = WRITTEN * WIRE_BYTES,
    came_us: int = 200 * MS,
    completed: int | None = WRITTEN,
) -> Story:
    """Fifty tiny frames lie in the buffer when the peer reads on; `before` more pass the waiter.

    Beside it a connection is closed under tiny frames: `completed` were OK, and fifty had left.
    """
    story = Story("tiny-frames").open("k").mode("k", 0, "stop")
    story.send("k", 5000, 50 * MS, size_bytes=TINY_BYTES, repeat=TINY_FRAMES)
    at = T0_US + 80 * MS
    story.close("k", 80 * MS).add(
        ev.SendEnded(
            at_us=at, heard_us=at, conn="k", send=5000, outcome="suppressed", completed=completed
        )
    )
    story.unread("k", 90 * MS, WRITTEN * WIRE_BYTES)
    story.end("k", 95 * MS, left_bytes=WRITTEN * WIRE_BYTES)
    story.open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=TINY_BYTES, repeat=TINY_FRAMES, ended_us=1 * S)
    story.send("a", WAITER, came_us, size_bytes=TINY_BYTES, ended_us=LOOKED_US + 20 * MS)
    story.unread("a", LOOKED_US, written_bytes).mode("a", LOOKED_US + 1, "drain")
    for place in range(TINY_FRAMES):
        at_us = LOOKED_US + 10 * MS + place
        if place == WRITTEN + before:
            story.frame("a", WAITER, at_us, size_bytes=TINY_BYTES)
        story.frame("a", 1 + place, at_us, size_bytes=TINY_BYTES)
    return story


def two_ahead(*, late_us: int = 0) -> Story:
    """Two sends take most of their time, and a third waits behind both; late: after three holds."""
    timeout_us = 500 * MS
    story = Story("two-ahead", send_timeout_us=timeout_us).open("a").mode("a", 0, "stop")
    story.send("a", 1, 0, ended_us=400 * MS).send("a", 2, 10 * MS, ended_us=800 * MS)
    ended_us = 20 * MS + 3 * (timeout_us + GRACE_US) + late_us if late_us else 810 * MS
    story.send("a", 3, 20 * MS, ended_us=ended_us).lock("a", 3, 800 * MS)
    story.mode("a", 3 * S, "drain")
    for send in (1, 2, 3):
        story.frame("a", send, 3 * S + send)
    return story


def opened_meanwhile(
    *, ends: bool = False, opened_us: int = 200 * MS, stranger: bool = False, used: bool = True
) -> Story:
    """One connection is closed, another one comes, and the first is closed again.

    `ends`: that ends the other one. `stranger`: a frame of the first comes over the other one.
    """
    story = Story("opened-meanwhile").open("a").close("a", 100 * MS).end("a", 101 * MS)
    story.open("b", opened_us).ask("close", 300 * MS, 300 * MS, conn="a")
    if ends:
        story.hangup("b", 301 * MS)
        story.send("b", 2, 400 * MS, ended_us=401 * MS, outcome="closed", raised=True)
        return story.end("b", 402 * MS)
    if stranger:
        story.frame("b", 7, 390 * MS)
    if used:
        story.send("b", 2, 400 * MS, ended_us=401 * MS).frame("b", 2, 402 * MS)
    return story


CASES = (
    Case(
        "CX-4",
        "tiny-frames",
        tiny_frames,
        lambda: tiny_frames(before=2),
        ("Send 901", "for 300.0 ms when the peer read on", "1 more frames", "order of arrival"),
    ),
    Case(
        "CX-4",
        "two-ahead",
        two_ahead,
        lambda: two_ahead(late_us=200 * MS),
        ("Send 3", "2 ahead of it", "3 holds"),
    ),
    Case(
        "CX-6",
        "opened-meanwhile",
        opened_meanwhile,
        lambda: opened_meanwhile(ends=True),
        ("Connection a had ended when b came", "the peer saw it end"),
    ),
)
