"""Stories of what arrives, of sharing and of closing."""

from stallproof.wire import events as ev
from stallproof.wire.event import Outcome, Transport
from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, SMALL_BYTES, T0_US, S, Story

CLOSED_US = 400 * MS


def delivered(
    *,
    size_bytes: int = SMALL_BYTES,
    outcome: Outcome = "ok",
    why: str | None = None,
    transport: Transport = "unix",
) -> Story:
    """A frame that arrives, of a size that leaves at once or in pieces."""
    story = Story("delivered").open("a", transport=transport)
    if size_bytes > SMALL_BYTES:
        story.mode("a", 0, "trickle")
    story.send("a", 1, 100 * MS, size_bytes=size_bytes, ended_us=200 * MS, outcome=outcome)
    return story.frame("a", 1, 200 * MS, size_bytes=size_bytes, why=why)


def lost() -> Story:
    """A send says OK, and the peer reads to the end without meeting it."""
    return Story("lost").open("a").send("a", 1, 100 * MS, ended_us=101 * MS)


def high_descriptor(*, outcome: Outcome = "ok", descriptor: int = 1024) -> Story:
    """A send on a high descriptor waits for the peer."""
    story = Story("high-descriptor").open("a")
    story.add(ev.DescriptorSeen(at_us=T0_US, conn="a", descriptor=descriptor))
    story.mode("a", 10 * MS, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES, ended_us=300 * MS, outcome=outcome)
    story.mode("a", 250 * MS, "drain")
    if outcome == "ok":
        story.frame("a", 1, 300 * MS, size_bytes=BIG_BYTES)
    return story


def closed_while_blocked(
    *,
    outcome: Outcome = "suppressed",
    raised: bool = False,
    late_us: int = 0,
    returned_us: int = 0,
    late_outcome: Outcome = "suppressed",
    again: bool = False,
    twice: bool = False,
    torn: int = 1,
    transport: Transport = "unix",
) -> Story:
    """A close while a send is blocked; then a send, a second close and a check, to no avail."""
    story = Story("closed-while-blocked").open("a", transport=transport).mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
    story.close("a", CLOSED_US, ends_us=returned_us)
    if returned_us:
        story.look(CLOSED_US).look(CLOSED_US + returned_us)
    story.ended("a", 1, CLOSED_US + late_us, outcome, raised=raised)
    if twice:
        story.ended("a", 1, 1 * S, "ok")
    story.send("a", 2, 800 * MS, ended_us=801 * MS, outcome=late_outcome)
    story.ask("close", 900 * MS, 900 * MS, conn="a").check(950 * MS)
    if again:
        story.add(ev.PeerAccepted(at_us=T0_US + 1 * S, conn="a", again=True))
    return story.end("a", 1500 * MS, torn=torn, left_bytes=5000)


def contended(*, skip: int = 0, why: str | None = None) -> Story:
    """Two threads send thirty frames each, at the same time."""
    story = Story("contended").open("a")
    story.send("a", 1, 100 * MS, repeat=30, ended_us=400 * MS)
    story.send("a", 101, 100 * MS, repeat=30, ended_us=400 * MS)
    for place in range(60):
        send = place // 2 + (101 if place % 2 else 1)
        last = place == 59
        story.frame(
            "a",
            send,
            110 * MS + place * MS,
            sequence=place + (skip if last else 0),
            why=why if last else None,
        )
    return story


def wrapped(*, second: int = 60_000) -> Story:
    """More frames than there are numbers, told in two runs of small frames."""
    story = Story("wrapped").open("a").send("a", 1, 0, size_bytes=16, repeat=66_000, ended_us=1 * S)
    for first, frames, sequence in ((1, 60_000, 0), (60_001, 6_000, second)):
        story.add(
            ev.PeerFrames(
                at_us=T0_US + first, conn="a", index=first - 1, frames=frames, size_bytes=16,
                first_sequence=sequence, first_send=first,
            )
        )  # fmt: skip
    return story


def beside(*, took_us: int = 0) -> Story:
    """A small frame goes over one connection while another is stalled."""
    story = Story("beside").open("a").open("b").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
    story.send("b", 2, 200 * MS, ended_us=200 * MS + took_us)
    story.frame("b", 2, 200 * MS + took_us)
    return (
        story.mode("a", 900 * MS, "drain")
        .frame("a", 1, 910 * MS, size_bytes=BIG_BYTES)
        .ended("a", 1, 910 * MS, "ok")
    )


def queued_in_order(order: tuple[int, ...] = (2, 3, 4)) -> Story:
    """Three sends queue 50 ms apart behind a blocked one; then the peer reads."""
    story = Story("queued-in-order").open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES, ended_us=500 * MS)
    for send in (2, 3, 4):
        story.send("a", send, send * 50 * MS + 100 * MS, ended_us=510 * MS)
    story.mode("a", 490 * MS, "drain").frame("a", 1, 500 * MS, size_bytes=BIG_BYTES)
    for place, send in enumerate(order):
        story.frame("a", send, 510 * MS + place)
    return story


def hogged(*, before: int = 8) -> Story:
    """One thread sends a hundred frames; another comes after ten, and `before` pass it."""
    story = Story("hogged").open("a")
    story.send("a", 1, 0, size_bytes=60_000, repeat=100, ended_us=2 * S)
    story.send("a", 201, 200 * MS, ended_us=1 * S)
    at_us = 100 * MS
    for place in range(100):
        at_us += 1 if place < 10 else 10 * MS
        if place == 10:
            at_us = 400 * MS
        if place == 10 + before:
            story.frame("a", 201, at_us - 1)
        story.frame("a", 1 + place, at_us, size_bytes=60_000)
    return story


CASES = (
    Case(
        "SD-9",
        "small",
        delivered,
        lambda: delivered(outcome="error"),
        ("every byte of send 1", "error"),
    ),
    Case(
        "SD-9",
        "partial-writes",
        lambda: delivered(size_bytes=BIG_BYTES),
        lambda: delivered(size_bytes=BIG_BYTES, why="byte 7 is 9 instead of 1"),
        ("Send 1 did not arrive as it was sent", "byte 7 is 9"),
        ("CX-1",),
        "bytes that are not the frame's own look like another frame's",
    ),
    Case(
        "SD-9",
        "small-tls",
        lambda: delivered(transport="tls"),
        lambda: delivered(transport="tls", outcome="error"),
        ("every byte of send 1", "error"),
    ),
    Case(
        "SD-9",
        "partial-writes-tls",
        lambda: delivered(size_bytes=BIG_BYTES, transport="tls"),
        lambda: delivered(size_bytes=BIG_BYTES, transport="tls", outcome="error"),
        ("every byte of send 1", "error"),
    ),
    Case("SD-10", "ok-delivered", delivered, lost, ("Send 1 was reported as OK", "never")),
    Case(
        "SD-10",
        "failed-while-closing",
        closed_while_blocked,
        lambda: closed_while_blocked(outcome="ok"),
        ("Send 1 failed while connection a was closing", "ok", "SUPPRESSED"),
    ),
    Case(
        "SD-10",
        "sent-after-closing",
        closed_while_blocked,
        lambda: closed_while_blocked(late_outcome="ok"),
        ("Send 2", "ok", "SUPPRESSED"),
    ),
    Case(
        "SD-11",
        "above-1024",
        high_descriptor,
        lambda: high_descriptor(outcome="error"),
        ("descriptor 1024", "send 1 ended with error"),
    ),
    Case(
        "SD-12",
        "sent-after-close",
        closed_while_blocked,
        lambda: closed_while_blocked(torn=2),
        ("Send 2 was asked for after the connection was shut down", "arrived"),
    ),
    Case(
        "SD-12",
        "sent-after-close-tls",
        lambda: closed_while_blocked(transport="tls"),
        lambda: closed_while_blocked(transport="tls", torn=2),
        ("Send 2 was asked for after the connection was shut down", "arrived"),
    ),
    Case(
        "SD-14",
        "contended",
        contended,
        lambda: contended(skip=1),
        ("sequence number 60", "59 was due", "frame 60 on the wire"),
    ),
    Case(
        "SD-14",
        "wrapped",
        wrapped,
        lambda: wrapped(second=0),
        ("sequence number 0", "60000 was due"),
    ),
    Case(
        "SD-15",
        "failed-while-closing",
        closed_while_blocked,
        lambda: closed_while_blocked(raised=True),
        ("closing when send 1 failed", "told of a failure"),
    ),
    Case(
        "CX-1",
        "contended",
        contended,
        lambda: contended(why="byte 3 is of send 5"),
        ("Frame 59 on connection a is not one frame", "byte 3 is of send 5"),
    ),
    Case(
        "CX-2",
        "closed-while-blocked",
        closed_while_blocked,
        lambda: closed_while_blocked(returned_us=200 * MS),
        ("200.0 ms later the call that closes had not",),
    ),
    Case(
        "CX-2",
        "closed-while-blocked",
        closed_while_blocked,
        lambda: closed_while_blocked(late_us=200 * MS),
        ("send 1 was blocked", "returned 200.0 ms later", "grace 50.0 ms"),
    ),
    Case(
        "CX-2",
        "closed-while-blocked-tls",
        lambda: closed_while_blocked(transport="tls"),
        lambda: closed_while_blocked(transport="tls", late_us=200 * MS),
        ("send 1 was blocked", "returned 200.0 ms later", "grace 50.0 ms"),
    ),
    Case(
        "CX-3",
        "beside-stalled",
        beside,
        lambda: beside(took_us=200 * MS),
        ("Send 2 of 1024 bytes on connection b", "took 200.0 ms", "connection a was stalled"),
    ),
    Case(
        "CX-4",
        "queued-in-order",
        queued_in_order,
        lambda: queued_in_order((3, 2, 4)),
        ("[2, 3, 4]", "at least 50.0 ms apart", "[3, 2, 4]"),
    ),
    Case(
        "CX-4",
        "hogged",
        hogged,
        lambda: hogged(before=9),
        ("Send 201 was waiting for the lock", "9 more frames"),
    ),
    Case(
        "CX-6",
        "after-closing",
        closed_while_blocked,
        lambda: closed_while_blocked(again=True),
        ("Connection a was closed", "connected again"),
    ),
)

UPPER = (
    Bound("CX-2", "closed-while-blocked", lambda us: closed_while_blocked(late_us=us)),
    Bound("CX-2", "closed-while-blocked", lambda us: closed_while_blocked(returned_us=us)),
    Bound(
        "CX-2",
        "closed-while-blocked-tls",
        lambda us: closed_while_blocked(late_us=us, transport="tls"),
    ),
    Bound("CX-3", "beside-stalled", lambda us: beside(took_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
