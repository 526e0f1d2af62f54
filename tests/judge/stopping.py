"""Stories of windows that open, of ACKs that cannot be true, and of stops."""

from collections.abc import Callable
from typing import Any

from tests.judge.case import Bound, Case
from tests.judge.story import MS, NOISE_US, S
from tests.judge.stream_story import (
    ASKED_US,
    CHUNK_BYTES,
    FITS,
    FULL_BYTES,
    INTERVAL_US,
    StreamStory,
)
from tests.judge.streaming import DUE_US, LATE_US, finish, stalls

ACK_US = ASKED_US + 200 * MS
STOP_US = ASKED_US + 100 * MS
MANY = 100


def opens(*, took_us: int = 0, offset: int = CHUNK_BYTES) -> StreamStory:
    """An ACK during the wait opens the window; the chunk arrives `took_us` later."""
    story = StreamStory("opens").open("a")
    story.stream().fill().ack(offset, ACK_US).chunk(FITS, ACK_US + took_us)
    return finish(story, FITS + 1, ACK_US + took_us)


def one_byte_short(*, begins: bool = False, watched_us: int = 2 * INTERVAL_US) -> StreamStory:
    """An ACK leaves one byte more than the window outstanding; another one opens it later."""
    story = StreamStory("one-byte-short").open("a")
    story.stream().fill().ack(CHUNK_BYTES - 1, ACK_US)
    if begins:
        story.chunk(FITS, ACK_US + 1)
    story.ack(CHUNK_BYTES, ACK_US + watched_us)
    if not begins:
        story.chunk(FITS, ACK_US + watched_us)
    return finish(story, FITS + 1, ACK_US + watched_us)


def opens_often(*, waits: int = MANY, took_us: int = 0) -> StreamStory:
    """So many waits in one stream, each ended by an ACK; the last one takes `took_us`."""
    story = StreamStory("opens-often").open("a")
    chunks = FITS + waits
    story.stream(chunks=chunks).fill()
    for place in range(waits):
        at_us = ACK_US + place * MS
        lag_us = took_us if place == waits - 1 else 0
        story.ack((place + 1) * CHUNK_BYTES, at_us).chunk(FITS + place, at_us + lag_us)
        if FITS + place + 1 < chunks:
            story.ready(at_us + lag_us)
    return story.over(ACK_US + waits * MS + took_us, "done")


def error_ack(*, took_us: int = 0, notices: int = 0) -> StreamStory:
    """An error ACK while the source pauses below the window."""
    story = StreamStory("error-ack").open("a")
    story.stream(pauses_us=(0, 0, 3 * S)).chunks(0, 1, ASKED_US)
    story.ack(None, STOP_US, error="gave up")
    return story.over(STOP_US + took_us, "ack_error", notices=notices)


WRONG = {
    "text": "1000",
    "null": None,
    "fraction": 1000.5,
    "list": [1000],
    "object": {"offset": 1000},
}
WHY = "this cannot be true"


def untrue(
    *offsets: Any,
    origin: str | None = None,
    late_us: int = 0,
    reported: bool = True,
    why: str | None = WHY,
    begins: bool = False,
    error: str | None = None,
) -> StreamStory:
    """One stream for each of `offsets`, sent during its wait; the last one does what is said."""
    story = StreamStory("untrue").open("a")
    for stream, offset in enumerate(offsets, 1):
        is_last = stream == len(offsets)
        story.stream(stream).fill(stream=stream)
        asked: dict[str, Any] = {"stream": stream, "origin": origin, "error": error}
        if is_last:
            story.ack(offset, ACK_US, **asked, why=why, reported=reported)
        else:
            story.ack(offset, ACK_US, **asked, why=WHY)
        if is_last and begins:
            story.chunk(FITS, ACK_US + 1, stream=stream)
        story.over(DUE_US + (late_us if is_last else 0), stream=stream)
    return story


def exactly_sent(
    *, why: str | None = None, begins: bool = True, over_us: int = NOISE_US + 1
) -> StreamStory:
    """An ACK of exactly what was sent, during the wait; the rest comes `over_us` later."""
    if begins:
        story = StreamStory("exactly-sent").open("a")
        story.stream().fill().ack(FULL_BYTES, ACK_US, why=why).chunk(FITS, ACK_US)
        return finish(story, FITS + 1, ACK_US + over_us)
    story = StreamStory("exactly-sent").open("a")
    return story.stream().fill().ack(FULL_BYTES, ACK_US, why=why)


def window_filled(*, extra_bytes: int = 0) -> StreamStory:
    """The chunk that goes beyond the window is `extra_bytes` longer than a chunk may be."""
    story = StreamStory("window-filled").open("a")
    story.stream().chunks(0, FITS - 2, ASKED_US).ready(ASKED_US)
    story.chunk(FITS - 1, ASKED_US, size_bytes=CHUNK_BYTES + extra_bytes)
    if extra_bytes:
        story.ready(ASKED_US)
    return story.ready(ASKED_US).over(DUE_US)


def last_chunk(*, begins: bool = False) -> StreamStory:
    """Only the last chunk is left, and it waits."""
    story = StreamStory("last-chunk").open("a")
    story.stream(chunks=FITS + 1).fill()
    if begins:
        return story.chunk(FITS, ASKED_US + 1).over(ASKED_US + 1, "done")
    return story.over(DUE_US)


def cancelled(*, took_us: int = 0, outcomes: int = 1, chunk_us: int | None = None) -> StreamStory:
    """A cancel during a wait; `chunk_us`: how long after the end the waiting chunk comes."""
    story = StreamStory("cancelled").open("a")
    story.stream().fill().cancel(STOP_US)
    for _ in range(outcomes):
        story.over(STOP_US + took_us, "cancelled")
    if chunk_us is not None:
        story.chunk(FITS, STOP_US + took_us + chunk_us)
    return story


def stopped(*, took_us: int = 0) -> StreamStory:
    """An error ACK during a wait."""
    story = StreamStory("stopped").open("a")
    story.stream().fill().ack(0, STOP_US, error="gave up")
    return story.over(STOP_US + took_us, "ack_error")


def completed(*, outcomes: int = 1) -> StreamStory:
    story = opens()
    for _ in range(outcomes - 1):
        story.over(2 * S, "done")
    return story


def failed(*, outcomes: int = 1) -> StreamStory:
    """A stream that had to fail, and says so that often."""
    story = stalls()
    for _ in range(outcomes - 1):
        story.over(DUE_US + 1, "cancelled")
    return story


def late_ack(*, outcomes: int = 1) -> StreamStory:
    """An ACK and a cancel come after the end."""
    story = stalls().ack(CHUNK_BYTES, DUE_US + 1, why="it has ended").cancel(DUE_US + 2)
    for _ in range(outcomes - 1):
        story.over(DUE_US + 3, "cancelled")
    return story


def _untrue_cases() -> tuple[Case, ...]:
    """Each kind of ACK that cannot be true, with something else that goes wrong."""
    wrong = tuple(WRONG.values())
    return (
        Case(
            "AP-10",
            "not-an-integer",
            lambda: untrue(*wrong),
            lambda: untrue(*wrong, reported=False),
            ("not-an-integer", '{"offset":1000}', "nothing was said of it"),
        ),
        Case(
            "AP-10",
            "boolean",
            lambda: untrue(True, False),
            lambda: untrue(False, True, late_us=LATE_US),
            ("boolean: offset true", "200.0 ms after it was due"),
        ),
        Case(
            "AP-10",
            "negative",
            lambda: untrue(-1),
            lambda: untrue(-1, why=None),
            ("negative: offset -1", "it was accepted"),
        ),
        Case(
            "AP-10",
            "beyond-sent",
            lambda: untrue(FULL_BYTES + 1),
            lambda: untrue(FULL_BYTES + 1, begins=True),
            ("beyond-sent: offset 5001", "chunk 5 began although the window was still full"),
        ),
        Case(
            "AP-10",
            "other-origin",
            lambda: untrue(CHUNK_BYTES, origin="another"),
            lambda: untrue(CHUNK_BYTES, origin="another", late_us=LATE_US),
            ("other-origin: offset 1000 from 'another'", "200.0 ms after it was due"),
        ),
        Case(
            "AP-10",
            "exactly-sent",
            exactly_sent,
            lambda: exactly_sent(why="beyond what was sent"),
            ("exactly what was sent", "it was refused"),
        ),
    )


CASES = (
    Case(
        "AP-8",
        "opens-exactly",
        opens,
        lambda: opens(took_us=100 * MS),
        ("ACK of 1000 opened the window", "began 100.0 ms after it"),
    ),
    Case(
        "AP-8",
        "one-byte-short",
        one_byte_short,
        lambda: one_byte_short(begins=True),
        ("After the ACK of 999 one byte more than the window",),
        also=("AP-11",),
        since="A chunk that begins above the window makes too many bytes outstanding.",
    ),
    Case(
        "AP-8",
        "repeated",
        opens_often,
        lambda: opens_often(took_us=100 * MS),
        ("Of 100 waits ended by ACKs this one took longest", "began 100.0 ms after it"),
    ),
    Case(
        "AP-9",
        "error-ack",
        error_ack,
        lambda: error_ack(notices=1),
        ("told of its own error", "1 notice arrived there, where 0 would have been right"),
    ),
    Case(
        "AP-9",
        "watchdog-stop",
        stalls,
        lambda: stalls(notices=0),
        ("watchdog stopped", "0 notices arrived there, where 1 would have been right"),
    ),
    *_untrue_cases(),
    Case(
        "AP-11",
        "window-filled",
        window_filled,
        lambda: window_filled(extra_bytes=8),
        ("The chunk of 1008 bytes at 4000", "5008 bytes were outstanding", "window is 4000"),
    ),
    Case(
        "AP-11",
        "last-chunk",
        last_chunk,
        lambda: last_chunk(begins=True),
        ("The chunk of 1000 bytes at 5000", "6000 bytes were outstanding"),
    ),
    Case(
        "AP-12",
        "cancel-while-waiting",
        cancelled,
        lambda: cancelled(took_us=100 * MS),
        ("A cancel came", "ended 100.0 ms on"),
    ),
    Case(
        "AP-12",
        "stop-while-waiting",
        stopped,
        lambda: stopped(took_us=100 * MS),
        ("An error ACK came", "ended 100.0 ms on"),
        also=("AP-9",),
        since="AP-9 bounds every stop by an error ACK, AP-12 those of a wait.",
    ),
    Case(
        "AP-13",
        "completed",
        completed,
        lambda: completed(outcomes=2),
        ("has 2 outcomes: 'done', 'done'",),
    ),
    Case(
        "AP-13",
        "failed",
        failed,
        lambda: failed(outcomes=2),
        ("has 2 outcomes: 'no_progress', 'cancelled'",),
    ),
    Case(
        "AP-13",
        "cancelled",
        cancelled,
        lambda: cancelled(chunk_us=1),
        ("1 chunk(s)", "arrived after its outcome 'cancelled'", "it was waiting"),
    ),
    Case(
        "AP-13",
        "late-ack",
        late_ack,
        lambda: late_ack(outcomes=2),
        ("has 2 outcomes: 'no_progress', 'cancelled'",),
    ),
)

UPPER = (
    Bound("AP-8", "opens-exactly", lambda us: opens(took_us=us)),
    Bound("AP-8", "repeated", lambda us: opens_often(took_us=us)),
    Bound("AP-9", "error-ack", lambda us: error_ack(took_us=us)),
    Bound("AP-10", "negative", lambda us: untrue(-1, late_us=INTERVAL_US + us)),
    Bound("AP-12", "cancel-while-waiting", lambda us: cancelled(took_us=us)),
    Bound("AP-12", "stop-while-waiting", lambda us: stopped(took_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
EARLY: tuple[tuple[str, Callable[[int], StreamStory]], ...] = (
    ("AP-10", lambda us: untrue(-1, late_us=-us)),
)
"""What must not come early: the requirement, and the story that comes so much too early."""
