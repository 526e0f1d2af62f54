"""Stories over TLS: bytes in clear, torn records, cut streams."""

from typing import Literal

from stallproof.wire import events as ev
from stallproof.wire.event import Outcome
from tests.judge.case import Case
from tests.judge.story import BIG_BYTES, MS, T0_US, S, Story

FRAME_BYTES = 500


def torn_in_record(
    *,
    outcome: Outcome = "timeout",
    garbage: str | None = None,
    behind: bool = True,
    in_record_bytes: int = 7000,
    ends: bool = True,
) -> Story:
    """The peer stops inside a record; the send times out; another one was asked for behind it."""
    story = Story("stops-in-record", send_timeout_us=500 * MS).open("a", transport="tls")
    story.mode("a", 0, "trickle").send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
    story.read("a", 110 * MS, 40_009)
    story.add(
        ev.PeerMode(at_us=T0_US + 110 * MS, conn="a", mode="stop", in_record_bytes=in_record_bytes)
    )
    if behind:
        story.send("a", 2, 250 * MS, ended_us=600 * MS, outcome="suppressed")
    story.ended("a", 1, 600 * MS, outcome, raised=True)
    if not ends:
        return story.mode("a", 1500 * MS, "drain").read("a", 1500 * MS, 5000).probe("a", 2 * S)
    story.closing("a", 600 * MS, cause="send_timeout").hangup("a", 600 * MS)
    return story.end("a", 1500 * MS, torn=1, left_bytes=5000, garbage=garbage, how="truncated")


def closed_midway(*, connections: int = 8, clear_bytes: int = 0, mode: str = "trickle") -> Story:
    """So many connections are closed in mid-frame, and something of the last one is in clear."""
    story = Story("closes-midway")
    for place in range(connections):
        conn, send, at_us = f"m{place}", place + 1, place * 200 * MS
        story.open(conn, at_us, transport="tls")
        story.mode(conn, at_us, "stop" if mode == "stop" else "trickle")
        story.send(conn, send, at_us, size_bytes=BIG_BYTES)
        story.read(conn, at_us + 5 * MS, 100_000)
        story.close(conn, at_us + (place + 2) * MS)
        story.ended(conn, send, at_us + 20 * MS, "suppressed")
        last = place == connections - 1
        if clear_bytes and last:
            clear(story, conn, at_us + 25 * MS)
        story.end(conn, at_us + 30 * MS, torn=send, left_bytes=1000, how="truncated")
    return story


def clear(story: Story, conn: str, at_us: int) -> Story:
    return story.add(
        ev.PeerSawClear(
            at_us=T0_US + at_us, conn=conn, at_byte=1234, what="no TLS record begins with 0000"
        )
    )


def cut(
    *,
    sent_bytes: int = FRAME_BYTES,
    action: Literal["cut", "half_close"] = "cut",
    said: Literal["orderly", "truncated", "error"] | None = "truncated",
    frames: int = 1,
) -> Story:
    """The peer sends a whole frame, then ends its stream; `frames`: how many were received then."""
    story = Story("cuts-its-stream").open("a", transport="tls").sent("a", 10 * MS)
    at_us = 100 * MS
    told_bytes = None if action == "half_close" else sent_bytes
    story.add(ev.PeerDid(at_us=T0_US + at_us, conn="a", action=action, sent_bytes=told_bytes))
    if said is not None:
        story.add(ev.PeerEnded(conn="a", how=said, at_us=T0_US + at_us + 1))
    return story.add(ev.Taken(at_us=T0_US + 200 * MS, conn="a", frames=frames))


def in_peace(said: Literal["orderly", "truncated", "error"] | None = "orderly") -> Story:
    """The peer announces the end of its stream."""
    return cut(action="half_close", said=said)


CASES = (
    Case(
        "SD-6",
        "torn-in-record",
        torn_in_record,
        lambda: torn_in_record(garbage="send 2's block 0 begins there"),
        ("Send 1 was torn inside a record", "send 2's block 0"),
        ("CX-1",),
        "bytes of another frame inside the torn one are no sequence of frames",
    ),
    Case(
        "SD-12",
        "closed-midway-tls",
        closed_midway,
        lambda: closed_midway(clear_bytes=1),
        ("Byte 1234 of the secure connection m7", "left unencrypted", "0000"),
    ),
    Case(
        "SD-16",
        "cut-in-frame",
        cut,
        lambda: cut(said="orderly"),
        ("cut 500 bytes into a frame", "taken for an orderly end"),
    ),
    Case(
        "SD-16",
        "cut-between-frames",
        lambda: cut(sent_bytes=0),
        lambda: cut(sent_bytes=0, said="orderly"),
        ("cut after a whole frame", "taken for an orderly end"),
    ),
    Case(
        "SD-16",
        "ended-in-peace",
        in_peace,
        lambda: in_peace("truncated"),
        ("announced the end", "taken for truncated"),
    ),
)
