"""Stories of streams that stall, pause and go on."""

from collections.abc import Callable

from tests.judge.case import Bound, Case
from tests.judge.story import MS, S
from tests.judge.stream_story import (
    ACK_WAIT_US,
    ASKED_US,
    CHUNK_BYTES,
    CHUNKS,
    FITS,
    INTERVAL_US,
    TIMEOUT_US,
    End,
    StreamStory,
)

DUE_US = ASKED_US + TIMEOUT_US
LONG_PAUSE_US = 1300 * MS


def stalls(
    *,
    late_us: int | None = 0,
    outcome: End = "no_progress",
    notices: int | None = None,
    **knobs: int,
) -> StreamStory:
    """Nobody acknowledges; the stream ends so long after NO_PROGRESS was due (`None`: never)."""
    story = StreamStory("stalls", **knobs).open("a")
    story.stream().fill()
    if late_us is not None:
        story.over(DUE_US + late_us, outcome, notices=notices)
    return story


def advances(
    *, ack_us: int = 300 * MS, over_us: int = 0, why: str | None = None, acknowledged: int = 8
) -> StreamStory:
    """Eight bytes are acknowledged so long after the wait began; ended `over_us` after due."""
    story = StreamStory("advances").open("a")
    story.stream().fill().ack(8, ASKED_US + ack_us, why=why)
    return story.over(DUE_US + ack_us + over_us, acknowledged=acknowledged)


def repeats(*offsets: int, late_us: int = 0) -> StreamStory:
    """Progress at once, and `offsets` that are none until after the stream was due to fail."""
    story = StreamStory("repeats").open("a")
    story.stream().fill().ack(16, ASKED_US + 1)
    due_us = DUE_US + 1 + late_us
    for place, offset in enumerate(offsets):
        at_us = ASKED_US + (place + 1) * 90 * MS
        if at_us < due_us:
            story.ack(offset, at_us)
    return story.over(due_us)


def duplicate(*, late_us: int = 0) -> StreamStory:
    return repeats(16, 16, 16, 16, 16, late_us=late_us)


def older(*, late_us: int = 0) -> StreamStory:
    return repeats(8, 12, 8, 12, 8, late_us=late_us)


def at_window(*, begins: bool = True, fails: bool = False) -> StreamStory:
    """Exactly the window is outstanding when the fifth chunk is ready; all is well after that."""
    story = StreamStory("at-window").open("a")
    story.stream().chunks(0, FITS - 2, ASKED_US).ready(ASKED_US)
    if not begins:
        return story.over(DUE_US) if fails else story
    story.chunk(FITS - 1, ASKED_US)
    return finish(story, FITS, ASKED_US + 1)


def finish(story: StreamStory, index: int, at_us: int, *, outcome: End = "done") -> StreamStory:
    """The rest from chunk `index` on: each is ready, acknowledged ahead of the window, arrives."""
    for chunk in range(index, CHUNKS):
        story.ack(chunk * CHUNK_BYTES, at_us).chunks(chunk, chunk, at_us + 1)
        at_us += 2
    story.ack(CHUNKS * CHUNK_BYTES, at_us)
    return story.over(at_us, outcome, acknowledged=CHUNKS * CHUNK_BYTES)


def source_paused(*, fails: bool = False) -> StreamStory:
    """The source pauses for longer than both bounds with two chunks outstanding."""
    story = StreamStory("source-paused").open("a")
    story.stream(pauses_us=(0, 0, LONG_PAUSE_US)).chunks(0, 1, ASKED_US)
    if fails:
        return story.over(DUE_US)
    return finish(story, 2, ASKED_US + LONG_PAUSE_US)


def paused_source(*, early_us: int = 0) -> StreamStory:
    """A pause before the sixth chunk, and then a wait that fails `early_us` before it is due."""
    story = StreamStory("paused-source").open("a")
    pauses_us = (*(0 for _ in range(FITS)), LONG_PAUSE_US)
    story.stream(pauses_us=pauses_us).chunks(0, FITS - 1, ASKED_US)
    story.ready(ASKED_US + LONG_PAUSE_US)
    return story.over(DUE_US + LONG_PAUSE_US - early_us)


def queued_start(*, early_us: int = 0) -> StreamStory:
    """A stream waits for longer than the timeout before its first chunk."""
    story = StreamStory("queued-start").open("a")
    story.stream(start_after_us=LONG_PAUSE_US).fill(ASKED_US + LONG_PAUSE_US)
    return story.over(DUE_US + LONG_PAUSE_US - early_us)


def ack_wait(*, late_us: int | None = 0, outcome: End = "ack_wait", **knobs: int) -> StreamStory:
    """Progress goes on until the ACK wait is over, and never ends the wait."""
    story = StreamStory("ack-wait", **knobs).open("a")
    story.stream().fill()
    for place in range(1, 10):
        story.ack(8 * place, ASKED_US + place * INTERVAL_US)
    if late_us is not None:
        story.over(ASKED_US + ACK_WAIT_US + late_us, outcome)
    return story


def both_due(*, outcome: End = "no_progress", late_us: int = 0) -> StreamStory:
    """NO_PROGRESS and ACK_WAIT are due at the same moment."""
    story = StreamStory("both-due", ack_progress_timeout_us=ACK_WAIT_US).open("a")
    return story.stream().fill().over(ASKED_US + ACK_WAIT_US + late_us, outcome)


def long_wait(asked_us: int, *, used_us: int = 10 * MS, length_us: int = 1 * S) -> StreamStory:
    """A wait of a second with the shortest check interval, and the processor time it took."""
    story = StreamStory(
        "long-wait",
        ack_check_interval_us=10 * MS,
        ack_check_interval_asked_us=asked_us,
        ack_progress_timeout_us=30 * S,
        ack_wait_us=60 * S,
    ).open("a")
    story.stream().fill().used(ASKED_US, ASKED_US + length_us, used_us)
    return story.cancel(3 * S).over(3 * S, "cancelled")


def long_interval(*, late_us: int | None = 0) -> StreamStory:
    return stalls(late_us=late_us, ack_check_interval_us=30 * S)


def long_interval_ack_wait(*, late_us: int | None = 0) -> StreamStory:
    return ack_wait(late_us=late_us, ack_check_interval_us=30 * S)


LATE_US = INTERVAL_US + 100 * MS
"""Later than one check interval, grace and noise."""
MISSED = ("AP-6", "AP-14")
SINCE_LATE = "A failure that comes too late for AP-6 is later still than AP-14 allows."
SINCE_EARLY = "What the seed profile's clock calls too early is too early by the hardened one."

CASES = (
    Case(
        "AP-1",
        "advance",
        advances,
        lambda: advances(over_us=-300 * MS),
        ("ACK of 8 was progress", "200.0 ms after it was sent", "timeout is 500.0 ms"),
        also=("AP-3", "AP-4"),
        since="A clock that progress does not move makes the failure come too early.",
    ),
    Case(
        "AP-1",
        "duplicate",
        duplicate,
        lambda: duplicate(late_us=LATE_US),
        ("An ACK of 16", "200.0 ms after that moment"),
    ),
    Case(
        "AP-1",
        "older",
        older,
        lambda: older(late_us=LATE_US),
        ("no more than had been acknowledged", "200.0 ms after that moment"),
    ),
    Case(
        "AP-2",
        "at-window",
        at_window,
        lambda: at_window(begins=False, fails=True),
        ("outside a wait", "4000 bytes were outstanding, and the window is 4000"),
    ),
    Case(
        "AP-2",
        "above-window",
        stalls,
        lambda: at_window(begins=False),
        ("Exactly the window, 4000 bytes", "chunk 4 was ready, which is no wait yet"),
    ),
    Case(
        "AP-2",
        "source-paused",
        source_paused,
        lambda: source_paused(fails=True),
        ("outside a wait", "no chunk was ready after the 2000 bytes"),
    ),
    Case(
        "AP-3",
        "no-progress",
        stalls,
        lambda: stalls(outcome="send_failed"),
        ("until after NO_PROGRESS was due", "'send_failed'"),
    ),
    Case(
        "AP-3",
        "late-progress",
        lambda: advances(ack_us=400 * MS),
        lambda: advances(ack_us=400 * MS, over_us=-1),
        ("499.999 ms after its last progress", "500.0 ms: too early"),
        also=("AP-1", "AP-4"),
        since=SINCE_EARLY,
    ),
    Case(
        "AP-4",
        "paused-source",
        paused_source,
        lambda: paused_source(early_us=1),
        ("499.999 ms after the start of the wait", "500.0 ms: too early"),
    ),
    Case(
        "AP-4",
        "queued-start",
        queued_start,
        lambda: queued_start(early_us=TIMEOUT_US),
        ("0.0 ms after the start of the wait", "500.0 ms: too early"),
    ),
    Case(
        "AP-5",
        "ack-wait",
        ack_wait,
        lambda: ack_wait(late_us=-1),
        ("ACK_WAIT 999.999 ms", "1000.0 ms: too early"),
    ),
    Case(
        "AP-5",
        "both-due",
        both_due,
        lambda: both_due(outcome="ack_wait"),
        ("NO_PROGRESS and ACK_WAIT had come due", "'ack_wait'", "has to be 'no_progress'"),
    ),
    Case(
        "AP-6",
        "no-progress-found",
        stalls,
        lambda: stalls(late_us=LATE_US),
        ("NO_PROGRESS was due", "ended 200.0 ms after that", "interval is 100.0 ms"),
        also=("AP-14",),
        since=SINCE_LATE,
    ),
    Case(
        "AP-6",
        "ack-wait-found",
        ack_wait,
        lambda: ack_wait(late_us=LATE_US),
        ("ACK_WAIT was due", "ended 200.0 ms after that", "interval is 100.0 ms"),
        also=("AP-14",),
        since=SINCE_LATE,
    ),
    Case(
        "AP-7",
        "zero-interval",
        lambda: long_wait(0),
        lambda: long_wait(0, used_us=300 * MS),
        ("wait for 1000.0 ms", "used 300.0 ms", "a busy loop"),
    ),
    Case(
        "AP-7",
        "negative-interval",
        lambda: long_wait(-1 * S),
        lambda: long_wait(-1 * S, used_us=1 * S),
        ("used 1000.0 ms", "a busy loop"),
    ),
    Case(
        "AP-14",
        "long-interval",
        long_interval,
        lambda: long_interval(late_us=100 * MS),
        ("NO_PROGRESS was due", "100.0 ms after that", "30000.0 ms"),
    ),
    Case(
        "AP-14",
        "long-interval-ack-wait",
        long_interval_ack_wait,
        lambda: long_interval_ack_wait(late_us=100 * MS),
        ("ACK_WAIT was due", "100.0 ms after that"),
    ),
)

UPPER = (
    Bound("AP-1", "duplicate", lambda us: duplicate(late_us=INTERVAL_US + us)),
    Bound("AP-1", "older", lambda us: older(late_us=INTERVAL_US + us)),
    Bound("AP-6", "no-progress-found", lambda us: stalls(late_us=INTERVAL_US + us)),
    Bound("AP-6", "ack-wait-found", lambda us: ack_wait(late_us=INTERVAL_US + us)),
    Bound("AP-14", "long-interval", lambda us: long_interval(late_us=us)),
    Bound("AP-14", "long-interval-ack-wait", lambda us: long_interval_ack_wait(late_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
EARLY: tuple[tuple[str, Callable[[int], StreamStory]], ...] = (
    ("AP-1", lambda us: advances(over_us=-us)),
    ("AP-3", lambda us: advances(ack_us=400 * MS, over_us=-us)),
    ("AP-3", lambda us: stalls(late_us=-us)),
    ("AP-4", lambda us: stalls(late_us=-us)),
    ("AP-4", lambda us: paused_source(early_us=us)),
    ("AP-4", lambda us: queued_start(early_us=us)),
    ("AP-5", lambda us: ack_wait(late_us=-us)),
)
"""What must not come early: the requirement, and the story that comes so much too early."""
