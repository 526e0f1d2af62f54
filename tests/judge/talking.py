"""Stories of a peer that talks while it does not read: CX-8, and CX-1 midway in a frame."""

from stallproof.wire import events as ev
from stallproof.wire.event import Kind, Transport
from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, T0_US, Story
from tests.judge.stream_story import CHUNK_BYTES, FULL_BYTES, StreamStory

BLOCKED_US, TALKS_US, READS_US = 100 * MS, 300 * MS, 2000 * MS
BURST_BYTES = 1_500_000
"""More than the kernel of these stories holds."""


def sent(
    story: Story,
    at_us: int,
    *,
    kind: Kind = "data",
    sent_bytes: int = 16,
    frames: int = 1,
    done_us: int | None = None,
) -> None:
    """The peer sends frames, which had left it as a whole at `done_us`."""
    done = T0_US + (at_us if done_us is None else done_us)
    story.add(
        ev.PeerDid(
            at_us=T0_US + at_us, conn="a", action="sent", sent_bytes=sent_bytes, kind=kind,
            frames=frames, done_us=done,
        )
    )  # fmt: skip


def looked(story: Story, at_us: int, frames: int, *, asked_us: int | None = None) -> None:
    """The implementation is asked for its count, and answers."""
    asked = T0_US + (at_us if asked_us is None else asked_us)
    story.add(ev.Taken(at_us=T0_US + at_us, conn="a", frames=frames, asked_us=asked))


def talks(
    *,
    late_us: int | None = 0,
    transport: Transport = "unix",
    found_within_us: int = 0,
    left_within_us: int = 0,
    burst_us: int | None = None,
) -> Story:
    """A heartbeat and a frame come while a send is blocked, found so late (`None`: never).

    `found_within_us`: so long did the look take that found it. `left_within_us`: so long did the
    peer's kernel take for it. `burst_us`: so long did a burst take to leave.
    """
    story = Story("talks").open("a", transport=transport).mode("a", 0, "stop")
    story.send("a", 1, BLOCKED_US, size_bytes=BIG_BYTES)
    looked(story, TALKS_US - 1 * MS, 3)
    sent(story, TALKS_US, kind="heartbeat")
    sent(story, TALKS_US, done_us=TALKS_US + left_within_us)
    if late_us is None:
        looked(story, READS_US - 1 * MS, 4)
    else:
        at_us = TALKS_US + left_within_us + late_us
        looked(story, at_us, 4)
        looked(story, at_us + found_within_us, 5, asked_us=at_us)
    if burst_us is not None:
        begin_us = 1000 * MS
        sent(story, begin_us, sent_bytes=BURST_BYTES, frames=30, done_us=begin_us + burst_us)
    story.mode("a", READS_US, "drain").frame("a", 1, READS_US + 1 * MS, size_bytes=BIG_BYTES)
    return story.ended("a", 1, READS_US + 1 * MS, "ok")


def acknowledged(*, late_us: int | None = 0, by_wire: bool = True) -> Story:
    """An ACK comes while a send is blocked, and is told of so late (`None`: never)."""
    story = StreamStory(
        "acknowledged", ack_wait_us=60_000 * MS, ack_progress_timeout_us=30_000 * MS
    )
    story.open("a", heartbeats=False).stream().fill().mode("a", 200 * MS, "stop")
    story.send("a", 1, 250 * MS, size_bytes=BIG_BYTES)
    at_us = T0_US + TALKS_US
    if by_wire:
        story.add(
            ev.PeerDid(
                at_us=at_us, conn="a", action="sent", sent_bytes=29, kind="ack", done_us=at_us,
                stream=1, offset=CHUNK_BYTES,
            )
        )  # fmt: skip
    else:
        story.ask("ack", TALKS_US, TALKS_US, conn="a", stream=1, offset=CHUNK_BYTES)
    if late_us is not None:
        word = ev.AckReceived(
            conn="a", stream=1, offset=CHUNK_BYTES, accepted=True, at_us=at_us + late_us,
            heard_us=at_us + late_us,
        )  # fmt: skip
        story.add(word)
    story.mode("a", READS_US, "drain").frame("a", 1, READS_US + 1 * MS, size_bytes=BIG_BYTES)
    story.ended("a", 1, READS_US + 1 * MS, "ok")
    story.chunks(FULL_BYTES // CHUNK_BYTES, FULL_BYTES // CHUNK_BYTES, READS_US + 2 * MS)
    story.cancel(READS_US + 10 * MS).over(READS_US + 10 * MS, "cancelled", notices=1)
    return story


def beats_midway(*, why: str | None = None, garbage: str | None = None, beats: int = 20) -> Story:
    """Heartbeats come between the pieces of a frame that the peer takes in."""
    story = Story("beats-midway").open("a").mode("a", 0, "trickle")
    story.send("a", 1, BLOCKED_US, size_bytes=BIG_BYTES, ended_us=READS_US)
    began_us = T0_US + 200 * MS
    for turn in range(beats):
        sent(story, TALKS_US + turn * MS, kind="heartbeat")
    story.frame("a", 1, READS_US, size_bytes=BIG_BYTES, why=why)
    frame = story.told.pop()
    assert isinstance(frame, ev.PeerFrame)
    fields = {n: getattr(frame, n) for n in frame.__struct_fields__ if n != "seen_by"}
    story.add(ev.PeerFrame(**{**fields, "began_us": began_us}))
    return story if garbage is None else story.end("a", READS_US + 1, garbage=garbage)


LATE_US = 61 * MS
WRONG = "block 7 (byte 57 of the payload of send 1) is wrong"

CASES = (
    Case(
        "CX-8",
        "talks-while-blocked",
        lambda: talks(burst_us=100 * MS),
        lambda: talks(late_us=LATE_US),
        ("send 1 on connection a was blocked", "frame (data)", "61", "reading waited"),
    ),
    Case(
        "CX-8",
        "talks-while-blocked-tls",
        lambda: talks(transport="tls"),
        lambda: talks(transport="tls", late_us=None),
        ("send 1 on connection a was blocked", "not found"),
    ),
    Case(
        "CX-8",
        "acknowledged-while-blocked",
        acknowledged,
        lambda: acknowledged(late_us=None),
        ("an ACK came for stream 1 on connection a", "still not told of"),
    ),
    Case(
        "CX-1",
        "heartbeats-midway",
        beats_midway,
        lambda: beats_midway(why=WRONG),
        ("Frame 0 on connection a is not one frame", WRONG),
        also=("SD-9",),
        since="the same bytes are those of a send, which did not arrive as it was sent",
    ),
)

UPPER = (
    Bound("CX-8", "talks-while-blocked", lambda us: talks(late_us=us)),
    Bound("CX-8", "talks-while-blocked-tls", lambda us: talks(late_us=us, transport="tls")),
    Bound("CX-8", "acknowledged-while-blocked", lambda us: acknowledged(late_us=us)),
    Bound("CX-8", "acknowledged-while-blocked", lambda us: acknowledged(late_us=us, by_wire=False)),
)
