"""Stories of streams beside sends and other streams, and under a connection that closes."""

from collections.abc import Callable

from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, S
from tests.judge.stream_story import ASKED_US, TIMEOUT_US, End, StreamStory

DUE_US = ASKED_US + TIMEOUT_US
LATE_US = 200 * MS
BESIDE_US = 300 * MS
AFTER_US = 1 * S
CLOSED_US = 400 * MS
PATIENT = {"ack_progress_timeout_us": 30 * S, "ack_wait_us": 60 * S}
Ends = Callable[[StreamStory], StreamStory]


def _alone(name: str, **knobs: int) -> StreamStory:
    """A send goes at once while no stream is there."""
    story = StreamStory(name, **knobs).open("a")
    story.send("a", 1, 50 * MS, ended_us=50 * MS)
    return story.frame("a", 1, 50 * MS)


def _sends(story: StreamStory, send: int, at_us: int, late_us: int) -> StreamStory:
    story.send("a", send, at_us, ended_us=at_us + late_us)
    return story.frame("a", send, at_us + late_us)


def _streams(story: StreamStory, at_us: int, late_us: int) -> StreamStory:
    """Another stream, of two chunks, begins so late, and is done."""
    story.stream(2, at_us, chunks=2).chunks(0, 1, at_us + late_us, stream=2)
    return story.over(at_us + late_us, "done", stream=2)


def send_beside(*, late_us: int = 0) -> StreamStory:
    """A send while a stream waits for its window, which the watchdog fails later."""
    story = _alone("send-beside").stream().fill()
    return _sends(story, 2, BESIDE_US, late_us).over(DUE_US)


def stream_beside(*, late_us: int = 0) -> StreamStory:
    """Another stream while one waits."""
    story = _alone("stream-beside").stream().fill()
    return _streams(story, BESIDE_US, late_us).over(DUE_US)


def failed(story: StreamStory) -> StreamStory:
    return story.stream().fill().over(DUE_US)


def stopped_by_error(story: StreamStory) -> StreamStory:
    return story.stream().fill().ack(0, BESIDE_US, error="full").over(BESIDE_US, "ack_error")


def cancelled(story: StreamStory) -> StreamStory:
    return story.stream().fill().cancel(BESIDE_US).over(BESIDE_US, "cancelled")


def completed(story: StreamStory) -> StreamStory:
    return story.stream(chunks=2).chunks(0, 1, ASKED_US).over(ASKED_US, "done")


def send_after(ends: Ends = cancelled, *, late_us: int = 0) -> StreamStory:
    return _sends(ends(_alone("send-after")), 2, AFTER_US, late_us)


def stream_after(ends: Ends, *, late_us: int = 0) -> StreamStory:
    return _streams(ends(_alone("stream-after")), AFTER_US, late_us)


# --- under a connection that closes ---------------------------------------------------------------


def _closed(
    story: StreamStory, late_us: int | None, outcome: End = "send_failed", *, stream: int = 1
) -> StreamStory:
    """The caller closes, and the stream ends so late (`None`: never)."""
    story.close("a", CLOSED_US).hangup("a", CLOSED_US)
    if late_us is not None:
        story.over(CLOSED_US + late_us, outcome, stream=stream)
    return story.end("a", 2 * S)


def closed_waiting(
    *, late_us: int | None = 0, outcome: End = "send_failed", again: End | None = None
) -> StreamStory:
    """A stream waits for its window, and has ACKs to wait for no longer."""
    story = _closed(StreamStory("waiting", **PATIENT).open("a").stream().fill(), late_us, outcome)
    return story if again is None else story.over(CLOSED_US + LATE_US, again)


def closed_paused(*, late_us: int = 0) -> StreamStory:
    story = StreamStory("paused", **PATIENT).open("a").stream(pauses_us=(0, 0, 3 * S))
    return _closed(story.chunks(0, 1, ASKED_US), late_us)


def _blocked(name: str, *, waits: bool = True, **knobs: int) -> StreamStory:
    """A stream waits, or is over, and a send is blocked because the peer does not read."""
    story = StreamStory(name, **PATIENT, **knobs).open("a")
    story = story.stream().fill() if waits else completed(story)
    story.mode("a", 150 * MS, "stop")
    return story.send("a", 1, 150 * MS, size_bytes=BIG_BYTES)


def closed_sending(*, late_us: int = 0) -> StreamStory:
    """The first chunk of another stream is behind a send that is blocked."""
    story = _blocked("sending", waits=False).stream(2, 200 * MS).ready(200 * MS, stream=2)
    story.ended("a", 1, CLOSED_US, "suppressed")
    return _closed(story, late_us, stream=2)


def timed_out(*, late_us: int = 0) -> StreamStory:
    """The blocked send runs into its deadline, which closes."""
    story, at_us = _blocked("timed-out", send_timeout_us=500 * MS), 650 * MS
    story.ended("a", 1, at_us, "timeout", raised=True).closing("a", at_us, cause="send_timeout")
    story.hangup("a", at_us).over(at_us + late_us, "send_failed")
    return story.end("a", 2 * S, torn=1, left_bytes=500_000)


def monitor_closes(*, late_us: int = 0) -> StreamStory:
    """A check finds the blocked send stalled, and closes."""
    story = _blocked("monitor-closes", stall_timeout_us=300 * MS, checks_max=1, close_stalled=1)
    at_us = 600 * MS
    story.check(at_us, {"a": (450 * MS, 1)}).closing("a", at_us, cause="monitor")
    story.ended("a", 1, at_us, "suppressed").hangup("a", at_us)
    story.over(at_us + late_us, "send_failed")
    return story.end("a", 2 * S, torn=1, left_bytes=500_000)


BESIDE_SAYS = ("took 200.0 ms, and nothing was under way", "stream 1 waited for its window")
AFTER_SAYS = ("began 200.0 ms later", "stream 1 was over")
CLOSED_SAYS = ("which was not over, ended 200.0 ms later ('send_failed')",)
AFTER: dict[str, Ends] = {
    "failed": failed, "error": stopped_by_error, "cancelled": cancelled, "completed": completed,
}  # fmt: skip
CLOSED: dict[str, Callable[..., StreamStory]] = {
    "closed-while-waiting": closed_waiting,
    "closed-while-paused": closed_paused,
    "closed-while-sending": closed_sending,
    "closed-by-timeout": timed_out,
    "closed-by-monitor": monitor_closes,
}

CASES = (
    Case(
        "CX-7",
        "send-beside-waiting",
        send_beside,
        lambda: send_beside(late_us=LATE_US),
        BESIDE_SAYS,
    ),
    Case(
        "CX-7",
        "stream-beside-waiting",
        stream_beside,
        lambda: stream_beside(late_us=LATE_US),
        ("was made and began 200.0 ms later", BESIDE_SAYS[1]),
    ),
    Case(
        "CX-7",
        "send-after-end",
        send_after,
        lambda: send_after(late_us=LATE_US),
        ("took 200.0 ms", "stream 1 was over ('cancelled')"),
    ),
    *(
        Case(
            "CX-7",
            f"stream-after-{name}",
            lambda ends=ends: stream_after(ends),  # type: ignore[misc]
            lambda ends=ends: stream_after(ends, late_us=LATE_US),  # type: ignore[misc]
            AFTER_SAYS,
        )
        for name, ends in AFTER.items()
    ),
    *(
        Case(
            "CX-9",
            name,
            story,
            lambda story=story: story(late_us=LATE_US),  # type: ignore[misc]
            CLOSED_SAYS,
        )
        for name, story in CLOSED.items()
    ),
)

UPPER = (
    Bound("CX-7", "send-beside-waiting", lambda us: send_beside(late_us=us)),
    Bound("CX-7", "stream-beside-waiting", lambda us: stream_beside(late_us=us)),
    Bound("CX-7", "send-after-end", lambda us: send_after(late_us=us)),
    *(
        Bound(
            "CX-7",
            f"stream-after-{name}",
            lambda us, ends=ends: stream_after(ends, late_us=us),  # type: ignore[misc]
        )
        for name, ends in AFTER.items()
    ),
    *(
        Bound("CX-9", name, lambda us, story=story: story(late_us=us))  # type: ignore[misc]
        for name, story in CLOSED.items()
    ),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
