"""Stories of an implementation that is suspended and continued: when something is due, or before.

Each is a story of its own without the suspension, with later moments.
"""

from tests.judge.case import Bound, Case
from tests.judge.monitored import ASKED_US as CHECKED_SEND_US
from tests.judge.sending import DEADLINE_US, stalled
from tests.judge.story import BIG_BYTES, MS, Story
from tests.judge.stream_story import INTERVAL_US, StreamStory
from tests.judge.streaming import DUE_US, LATE_US, SINCE_LATE, stalls
from tests.judge.windows import close_window

SLEPT_US = 400 * MS
AHEAD_US = 100 * MS
"""So long before what is due does a suspension begin that is not over by then."""
OVERSLEPT_US = SLEPT_US - AHEAD_US
SHORT_US = (200 * MS, 400 * MS)
"""Over long before anything is due."""
TICKS_US = (800 * MS, 2000 * MS)
WINDOW_US = (1090 * MS + 1000 * MS, 1610 * MS + 1500 * MS)
"""SC-9's window of `close_window`, moved by two ticks for certain, and by three at most."""


def slept_over(late_us: int = 0, *, left_bytes: int = 500_000) -> Story:
    """Suspended over the deadline of a send, which ends so long after going on."""
    story = stalled("slept-over", late_us=OVERSLEPT_US + late_us, left_bytes=left_bytes)
    return story.slept(DEADLINE_US - AHEAD_US, DEADLINE_US + OVERSLEPT_US)


def slept_before(late_us: int = 0) -> Story:
    """Suspended long before the deadline; ended so long after that."""
    return stalled("slept-before", late_us=late_us).slept(*SHORT_US)


def slept_in_flight(found_us: int = 700 * MS) -> Story:
    """Suspended during a stall of 700 ms, of which a check finds so much."""
    story = Story("slept-in-flight").open("a").mode("a", 0, "stop")
    story.send("a", 1, CHECKED_SEND_US, size_bytes=BIG_BYTES).slept(200 * MS, 600 * MS)
    story.check(800 * MS, {"a": (found_us, 0)}).mode("a", 1200 * MS, "drain")
    return story.ended("a", 1, 1300 * MS, "ok").frame("a", 1, 1300 * MS, size_bytes=BIG_BYTES)


def slept_through_ticks(closed_us: int | None = 2500 * MS) -> Story:
    """The monitor is suspended for 1.2 s after the limit; closed so long after the stall began."""
    return close_window(closed_us).slept(*TICKS_US)


def stream_slept_over(late_us: int = 0) -> StreamStory:
    """Suspended when NO_PROGRESS was due; the stream ends so long after going on."""
    story = stalls(late_us=OVERSLEPT_US + late_us)
    return story.slept(DUE_US - AHEAD_US, DUE_US + OVERSLEPT_US)


def stream_slept_before(late_us: int = 0) -> StreamStory:
    """Suspended long before NO_PROGRESS was due; the stream ends so long after that."""
    return stalls(late_us=late_us).slept(*SHORT_US)


def stream_failed_wrongly() -> StreamStory:
    """Suspended when NO_PROGRESS was due; it ends for another reason."""
    story = stalls(late_us=OVERSLEPT_US, outcome="send_failed", notices=0)
    return story.slept(DUE_US - AHEAD_US, DUE_US + OVERSLEPT_US)


CASES = (
    Case(
        "SD-2",
        "suspended-when-due",
        slept_over,
        lambda: slept_over(left_bytes=1_000_001),
        ("1000001 bytes more", "wrote after the deadline"),
    ),
    Case(
        "SD-3",
        "suspended-when-due",
        slept_over,
        lambda: slept_over(100 * MS),
        ("returned 400.0 ms after its deadline", "400.0 ms in which it was suspended"),
    ),
    Case(
        "SD-3",
        "suspended-before-due",
        slept_before,
        lambda: slept_before(100 * MS),
        ("returned 100.0 ms after its deadline", "the send lock was held beyond its bound"),
    ),
    Case(
        "SD-4",
        "suspended-before-due",
        slept_before,
        lambda: slept_before(-100 * MS),
        ("TIMEOUT 400.0 ms after", "too early"),
    ),
    Case(
        "SC-1",
        "suspended-in-flight",
        slept_in_flight,
        lambda: slept_in_flight(300 * MS),
        ("about 700.0 ms", "says 300.0 ms"),
    ),
    Case(
        "SC-9",
        "suspended-ticks",
        slept_through_ticks,
        lambda: slept_through_ticks(WINDOW_US[0]),
        ("at most 2090.0 ms", "(2090.0 ms, 3110.0 ms]", "too early"),
    ),
    Case(
        "AP-3",
        "suspended-when-due",
        stream_slept_over,
        stream_failed_wrongly,
        ("until after NO_PROGRESS was due", "'send_failed'"),
    ),
    Case(
        "AP-6",
        "suspended-when-due",
        stream_slept_over,
        lambda: stream_slept_over(LATE_US),
        ("NO_PROGRESS was due", "ended 200.0 ms after that", "in which it was suspended"),
        also=("AP-14",),
        since=SINCE_LATE,
    ),
    Case(
        "AP-6",
        "suspended-before-due",
        stream_slept_before,
        lambda: stream_slept_before(LATE_US),
        ("NO_PROGRESS was due", "ended 200.0 ms after that"),
        also=("AP-14",),
        since=SINCE_LATE,
    ),
    Case(
        "AP-14",
        "suspended-when-due",
        stream_slept_over,
        lambda: stream_slept_over(100 * MS),
        ("NO_PROGRESS was due", "ended 100.0 ms after that"),
    ),
    Case(
        "AP-14",
        "suspended-before-due",
        stream_slept_before,
        lambda: stream_slept_before(100 * MS),
        ("NO_PROGRESS was due", "ended 100.0 ms after that"),
    ),
)

UPPER = (
    Bound("SD-3", "suspended-when-due", slept_over),
    Bound("SD-3", "suspended-before-due", slept_before),
    Bound("SC-1", "suspended-in-flight", lambda us: slept_in_flight(700 * MS - us)),
    Bound("SC-9", "suspended-ticks", lambda us: slept_through_ticks(WINDOW_US[1] + us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
STREAMS_UPPER = (
    Bound("AP-6", "suspended-when-due", lambda us: stream_slept_over(INTERVAL_US + us)),
    Bound("AP-6", "suspended-before-due", lambda us: stream_slept_before(INTERVAL_US + us)),
    Bound("AP-14", "suspended-when-due", stream_slept_over),
    Bound("AP-14", "suspended-before-due", stream_slept_before),
)
