"""Stories of bounds that run while the wall clock jumps, each beside one that no jump meets."""

from functools import partial

from tests.judge.case import Bound, Case
from tests.judge.sending import TIMEOUT_US
from tests.judge.story import BIG_BYTES, HOUR_US, MS, S, Story
from tests.judge.stream_story import ACK_WAIT_US, StreamStory
from tests.judge.stream_story import TIMEOUT_US as PROGRESS_US

ASKED_US, JUMP_US, LATER_US = 100 * MS, 200 * MS, 250 * MS
EARLY_US = 250 * MS
LATE_US = 400 * MS
QUEUES_US = 200 * MS
"""So long does a queued send wait for its lock."""
BY_US = {"ahead": HOUR_US, "back": -HOUR_US}


def expired(story: Story, conn: str, send: int, at_us: int) -> Story:
    """A send times out, which closes its connection; what it left behind is read in the end."""
    story.ended(conn, send, at_us, "timeout", raised=True).closing(conn, at_us, "send_timeout")
    return story.hangup(conn, at_us).end(conn, 2 * S, torn=send, left_bytes=500_000)


def blocked(story: Story, conn: str, send: int, at_us: int, late_us: int) -> Story:
    """A send that nobody reads times out, so late."""
    story.open(conn).mode(conn, 0, "stop").send(conn, send, at_us, size_bytes=BIG_BYTES)
    return expired(story, conn, send, at_us + TIMEOUT_US + late_us)


def queued(story: Story, conn: str, send: int, at_us: int, late_us: int) -> Story:
    """A send waits behind another one, takes the lock and times out, so late."""
    story.open(conn).mode(conn, 0, "stop")
    lock_us = at_us + QUEUES_US
    story.send(conn, send, at_us, size_bytes=BIG_BYTES, ended_us=lock_us - 2 * MS)
    story.send(conn, send + 1, at_us + MS, size_bytes=BIG_BYTES)
    story.mode(conn, lock_us - 4 * MS, "drain")
    story.frame(conn, send, lock_us - 2 * MS, size_bytes=BIG_BYTES).mode(conn, lock_us - MS, "stop")
    story.lock(conn, send + 1, lock_us)
    return expired(story, conn, send + 1, lock_us + TIMEOUT_US + late_us)


def sends(
    way: str = "ahead", *, in_flight_us: int = 0, queued_us: int = 0, beside_us: int | None = 0
) -> Story:
    """A jump meets a send in flight and a queued one, which end so late; two are beside them.

    `beside_us`: how late those are that no jump meets; `None`: there are none.
    """
    story = Story("clock-jumps", send_timeout_us=TIMEOUT_US)
    blocked(story, "a", 1, ASKED_US, in_flight_us)
    queued(story, "q", 2, ASKED_US, queued_us)
    story.jump(JUMP_US, BY_US[way])
    if beside_us is not None:
        blocked(story, "b", 4, LATER_US, beside_us)
        queued(story, "r", 5, LATER_US, beside_us)
    return story


def waited(story: StreamStory, conn: str, stream: int, at_us: int, late_us: int) -> None:
    """A stream waits without any progress, and fails so late."""
    story.open(conn).stream(stream, at_us, conn=conn).fill(at_us, stream=stream, conn=conn)
    story.over(at_us + PROGRESS_US + late_us, stream=stream, conn=conn)


def progressed(story: StreamStory, conn: str, stream: int, at_us: int, late_us: int) -> None:
    """A stream waits with progress all the time, and fails so late."""
    story.open(conn).stream(stream, at_us, conn=conn).fill(at_us, stream=stream, conn=conn)
    ends_us = at_us + ACK_WAIT_US + late_us
    for step in range(1, 1 + (ends_us - at_us - 1) // (50 * MS)):
        story.ack(8 * step, at_us + step * 50 * MS, stream=stream, conn=conn)
    story.over(ends_us, "ack_wait", stream=stream, conn=conn)


def waits(
    way: str = "ahead", *, silent_us: int = 0, bounded_us: int = 0, beside_us: int | None = 0
) -> StreamStory:
    """A jump meets a wait without progress and one with it, which end so late; two are beside."""
    story = StreamStory("stream-clock-jumps")
    waited(story, "n", 1, ASKED_US, silent_us)
    progressed(story, "p", 2, ASKED_US, bounded_us)
    story.jump(JUMP_US, BY_US[way])
    if beside_us is not None:
        waited(story, "m", 3, LATER_US, beside_us)
        progressed(story, "o", 4, LATER_US, beside_us)
    return story


SINCE = "what comes too early, or too late, is so whatever the reason"


def _case(way: str, kind: str) -> Case:
    """A send in flight or queued: too early after a jump ahead, too late after one back."""
    moved_us = -EARLY_US if way == "ahead" else LATE_US
    broken = {"in-flight": "in_flight_us", "queued": "queued_us"}[kind]
    how = "before" if way == "ahead" else "after"
    return Case(
        "SD-17",
        f"jump-{way}-{kind}",
        partial(sends, way),
        partial(sends, way, **{broken: moved_us}),
        (
            f"jumped {way} by 3600 s",
            f"{abs(moved_us) / MS:.1f} ms {how} its deadline",
            "which no jump met",
        ),
        ("SD-4",) if way == "ahead" else (),
        SINCE if way == "ahead" else "",
    )


def _stream_case(way: str, reason: str) -> Case:
    moved_us = -EARLY_US if way == "ahead" else LATE_US
    broken = {"no-progress": "silent_us", "ack-wait": "bounded_us"}[reason]
    if way == "ahead":
        also = ("AP-3", "AP-4") if reason == "no-progress" else ("AP-5",)
    else:
        also = ("AP-6", "AP-14")
    how = "too early" if way == "ahead" else f"{LATE_US / MS:.1f} ms after"
    return Case(
        "AP-15",
        f"jump-{way}-{reason}",
        partial(waits, way),
        partial(waits, way, **{broken: moved_us}),
        (f"jumped {way} by 3600 s", how, "which no jump met"),
        also,
        SINCE,
    )


CASES = (
    *(_case(way, kind) for way in BY_US for kind in ("in-flight", "queued")),
    *(_stream_case(way, reason) for way in BY_US for reason in ("no-progress", "ack-wait")),
)
UPPER = (
    Bound("SD-17", "jump-back-in-flight", lambda us: sends("back", in_flight_us=us)),
    Bound("SD-17", "jump-ahead-queued", lambda us: sends("ahead", queued_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
STREAM_UPPER = (
    Bound("AP-15", "jump-back-no-progress", lambda us: waits("back", silent_us=us)),
    Bound("AP-15", "jump-back-ack-wait", lambda us: waits("back", bounded_us=us)),
)
