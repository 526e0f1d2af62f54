"""Stories of the close window and of the deadline that comes before it."""

from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, PERIOD_US, SLACK_US, Story

ASKED_US = 100 * MS
WINDOW_US = (600 * MS + 500 * MS - 10 * MS, 600 * MS + 2 * 500 * MS + 10 * MS)
"""SC-9's window in form (b): limit 600 ms, 2 checks, period 500 ms, slack 10 ms."""


def close_window(closed_us: int | None = 1500 * MS) -> Story:
    """The monitor runs, a stall begins, and the connection closes so long after that."""
    knobs = {"stall_timeout_us": 600 * MS, "checks_max": 2, "close_stalled": 1}
    story = Story("close-window", requirements=["SC-9"], **knobs).open("a").mode("a", 0, "stop")
    story.monitor(10 * MS).send("a", 1, ASKED_US, size_bytes=BIG_BYTES)
    if closed_us is None:
        return story
    at_us = ASKED_US + closed_us
    story.closing("a", at_us, cause="monitor").hangup("a", at_us).ended("a", 1, at_us, "suppressed")
    return story.end("a", at_us + 100 * MS, torn=1, left_bytes=9)


def skipping(
    closed_us: int, *, due_us: int = 601 * MS, late_us: int = SLACK_US + 1, ticks: int = 1
) -> Story:
    """The same; ticks are skipped, the last of which lay `due_us` after the stall began."""
    at_us = ASKED_US + due_us + late_us
    return close_window(closed_us).skipped(at_us, late_us, ticks=ticks)


def schedule(gap_us: int, closed_us: int = 1500 * MS) -> Story:
    """The same, and two checks in a row lie so far apart."""
    story = close_window(closed_us)
    return story.checked("a", 200 * MS, 100 * MS, 0).checked("a", 200 * MS + gap_us, 1, 0)


def schedule_with_a_skip(gap_us: int) -> Story:
    """The same, and a tick between the two was skipped."""
    story = schedule(gap_us, 1595 * MS)
    return story.skipped(250 * MS + PERIOD_US + SLACK_US + 1, SLACK_US + 1)


def deadline_first(
    *, limit_us: int = 600 * MS, closing: bool = False, warns: bool = False, checks: int = 1
) -> Story:
    """Both guardrails are on, and the send timeout of 500 ms ends the stall."""
    story = Story(
        "deadline-first", send_timeout_us=500 * MS, stall_timeout_us=limit_us, close_stalled=1,
        checks_max=3, monitor_period_us=200 * MS,
    )  # fmt: skip
    story.open("a").mode("a", 0, "stop").monitor(10 * MS).send(
        "a", 1, 100 * MS, size_bytes=BIG_BYTES
    )
    for tick in range(checks):
        stall_us = 100 * MS + tick * 200 * MS
        count = 1 if stall_us > limit_us else 0
        story.checked("a", 100 * MS + stall_us, stall_us, count)
    if warns:
        story.warned("a", 450 * MS, 1)
    ended_us = 550 * MS if closing else 600 * MS
    story.ended("a", 1, ended_us, "suppressed" if closing else "timeout", raised=not closing)
    story.closing("a", ended_us, cause="monitor" if closing else "send_timeout")
    return story.hangup("a", ended_us).end("a", 1500 * MS, torn=1, left_bytes=5000)


def never_closes(*, closing: bool = False) -> Story:
    """The limit lies below the send timeout, and the lower end of the close window beyond it."""
    return deadline_first(limit_us=250 * MS, checks=2, closing=closing, warns=True)


CASES = (
    Case(
        "SC-9",
        "close-window",
        close_window,
        lambda: close_window(WINDOW_US[0]),
        ("at most 1090.0 ms", "(1090.0 ms, 1610.0 ms]", "too early"),
    ),
    Case(
        "CX-5",
        "never-warns",
        deadline_first,
        lambda: deadline_first(warns=True),
        ("send timeout 500.0 ms", "stall timeout 600.0 ms", "warned all the same"),
    ),
    Case(
        "CX-5",
        "never-closes",
        never_closes,
        lambda: never_closes(closing=True),
        ("send timeout 500.0 ms", "from 640.0 ms", "the monitor closed"),
    ),
)

UPPER = (Bound("SC-9", "close-window", lambda us: close_window(WINDOW_US[1] + us)),)
"""What has an upper bound: the story that is so far beyond it, before grace."""
