"""Stories of the monitor: counting and closing."""

from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, S, Story

LIMIT_US = 500 * MS
ASKED_US = 100 * MS
CHECKS_US = (800 * MS, 900 * MS, 1000 * MS)
"""Checks at which the stall is beyond the limit, whatever grace and noise."""


def _counted(*, closes: bool = False, checks_max: int = 2, name: str = "counted") -> Story:
    story = Story(name, stall_timeout_us=LIMIT_US, checks_max=checks_max, close_stalled=int(closes))
    story.open("a").mode("a", 0, "stop")
    return story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES)


def warn_only(
    *,
    counts: tuple[int, int, int] = (1, 2, 3),
    found_us: int | None = None,
    idle: tuple[int, int] = (0, 0),
    below: int = 0,
    warns: bool = True,
    closes: bool = False,
) -> Story:
    """A check below the limit, three beyond it, and one after the peer has read everything.

    `found_us`: the stall time that the check 400 ms after the start finds.
    """
    story = _counted()
    found = 400 * MS if found_us is None else found_us
    story.check(ASKED_US + 400 * MS, {"a": (found, below)}, warns=False)
    for at_us, count in zip(CHECKS_US, counts, strict=True):
        story.check(at_us, {"a": (at_us - ASKED_US, count)}, warns=warns)
    if closes:
        story.closing("a", 1100 * MS, cause="monitor").hangup("a", 1100 * MS)
        return story.ended("a", 1, 1100 * MS, "suppressed").end("a", 2 * S, torn=1, left_bytes=9)
    story.probe("a", 1100 * MS).mode("a", 1200 * MS, "drain")
    story.ended("a", 1, 1300 * MS, "ok").frame("a", 1, 1300 * MS, size_bytes=BIG_BYTES)
    return story.check(1400 * MS, {"a": idle})


def moving(*, found_us: int = 900 * MS, reads: int = 4) -> Story:
    """The peer reads a little between two checks, at the second of which `found_us` is found."""
    story = Story("moving", stall_timeout_us=LIMIT_US).open("a").mode("a", 0, "trickle")
    story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES).check(150 * MS, {"a": (50 * MS, 0)})
    for place in range(1, 1 + reads):
        story.read("a", 800 * MS + place * 20 * MS, 64 * 1024)
    story.check(1000 * MS, {"a": (found_us, 1)}).mode("a", 1200 * MS, "drain")
    return story.frame("a", 1, 1300 * MS, size_bytes=BIG_BYTES).ended("a", 1, 1300 * MS, "ok")


def failed_and_idle(*, stall_us: int = 0) -> Story:
    """A send fails because the peer refuses it; then a check."""
    story = Story("failed-and-idle").open("a").action("a", 50 * MS, "shut_read")
    story.send("a", 1, 100 * MS, ended_us=110 * MS, outcome="closed", raised=True)
    return story.check(200 * MS, {"a": (stall_us, 0)})


def healthy(*, warns: bool = False) -> Story:
    """Three checks of a connection over which frames flow."""
    story = Story("healthy").open("a")
    for place in range(1, 4):
        at_us = place * 100 * MS
        story.send("a", place, at_us, ended_us=at_us).frame("a", place, at_us)
        story.check(at_us + 50 * MS, {"a": (0, 0)})
    return story.warned("a", 350 * MS, 1) if warns else story


def looked_again(again_us: int, count: int = 2, *, passes: int = 1) -> Story:
    """So many passes from 800 ms to 900 ms, and a second check of the connection `again_us`."""
    story = _counted()
    for _ in range(passes - 1):
        story.check(CHECKS_US[0], answered_us=CHECKS_US[1])
    story.check(CHECKS_US[0], {"a": (700 * MS, 1)}, answered_us=CHECKS_US[1])
    return story.checked("a", again_us, again_us - ASKED_US, count).warned("a", again_us, count)


def let_go(*, closes: bool = False) -> Story:
    """Closing is on with a threshold of 3, and the stall ends after two checks."""
    story = _counted(closes=True, checks_max=3, name="let-go")
    for count, at_us in enumerate(CHECKS_US[:2], 1):
        story.check(at_us, {"a": (at_us - ASKED_US, count)})
        if not closes:
            story.probe("a", at_us + 50 * MS)
    if closes:
        story.closing("a", 900 * MS, cause="monitor").hangup("a", 900 * MS)
        return story.ended("a", 1, 900 * MS, "suppressed").end("a", 2 * S, torn=1, left_bytes=9)
    story.mode("a", 1200 * MS, "drain").ended("a", 1, 1300 * MS, "ok")
    return story.frame("a", 1, 1300 * MS, size_bytes=BIG_BYTES)


def at_threshold(*, closings: int = 1) -> Story:
    """Closing is on, and the stall lasts to the third check in a row; then one more check."""
    story = _counted(closes=True, checks_max=3, name="at-threshold")
    for count, at_us in enumerate(CHECKS_US, 1):
        story.check(at_us, {"a": (at_us - ASKED_US, count)})
    if not closings:
        return story.probe("a", 1200 * MS)
    for _ in range(closings):
        story.closing("a", CHECKS_US[-1], cause="monitor")
    story.hangup("a", CHECKS_US[-1]).ended("a", 1, CHECKS_US[-1], "suppressed")
    return story.check(1200 * MS).end("a", 2 * S, torn=1, left_bytes=9)


def successor(*, count: int = 1) -> Story:
    """A connection goes with a count of 1, and its successor stalls."""
    story = Story("successor", stall_timeout_us=LIMIT_US).open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES).check(800 * MS, {"a": (700 * MS, 1)})
    story.close("a", 900 * MS).ended("a", 1, 900 * MS, "suppressed").hangup("a", 900 * MS)
    story.end("a", 950 * MS, torn=1, left_bytes=9)
    story.open("b", 1000 * MS).mode("b", 1000 * MS, "stop")
    story.send("b", 2, 1100 * MS, size_bytes=BIG_BYTES).check(1800 * MS, {"b": (700 * MS, count)})
    story.mode("b", 1900 * MS, "drain").frame("b", 2, 1900 * MS, size_bytes=BIG_BYTES)
    return story.ended("b", 2, 1900 * MS, "ok")


def another_send(*, count: int = 1, stall_us: int = 700 * MS) -> Story:
    """One stalled send is let go; at the very next check another one is stalled."""
    story = Story("another-send", stall_timeout_us=LIMIT_US).open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES, ended_us=1000 * MS)
    story.send("a", 2, 200 * MS, size_bytes=BIG_BYTES)
    story.check(800 * MS, {"a": (700 * MS, 1)}).mode("a", 999 * MS, "drain")
    story.frame("a", 1, 1000 * MS, size_bytes=BIG_BYTES).mode("a", 1001 * MS, "stop")
    story.unread("a", 1002 * MS)
    story.check(1700 * MS, {"a": (stall_us, count)}).mode("a", 1800 * MS, "drain")
    story.frame("a", 2, 1900 * MS, size_bytes=BIG_BYTES)
    return story.ended("a", 2, 1900 * MS, "ok")


def warned_twice() -> Story:
    """One of the stalled checks warns twice."""
    return warn_only().warned("a", CHECKS_US[1], 2)


CASES = (
    Case(
        "SC-1",
        "in-flight",
        warn_only,
        lambda: warn_only(found_us=100 * MS),
        ("Send 1", "about 400.0 ms", "says 100.0 ms"),
    ),
    Case(
        "SC-1",
        "moving",
        moving,
        lambda: moving(found_us=600 * MS),
        ("Send 1", "about 900.0 ms", "again and again", "says 600.0 ms"),
    ),
    Case(
        "SC-1",
        "idle-again",
        warn_only,
        lambda: warn_only(idle=(300 * MS, 0)),
        ("No send was in flight", "ended with ok", "300.0 ms"),
    ),
    Case(
        "SC-1",
        "ended-by-failure",
        failed_and_idle,
        lambda: failed_and_idle(stall_us=90 * MS),
        ("ended with closed", "90.0 ms"),
    ),
    Case(
        "SC-2",
        "below-limit",
        warn_only,
        lambda: warn_only(below=1, counts=(2, 3, 4)),
        ("at most 400.0 ms", "limit is 500.0 ms", "counted as stalled"),
    ),
    Case(
        "SC-2",
        "above-limit",
        warn_only,
        lambda: warn_only(counts=(0, 1, 2)),
        ("at least 640.0 ms", "limit is 500.0 ms", "not counted"),
        ("SC-4",),
        "a check that does not count does not warn either",
    ),
    Case(
        "SC-3",
        "counted",
        warn_only,
        lambda: warn_only(counts=(1, 1, 2)),
        ("went from 1 to 1",),
    ),
    Case(
        "SC-3",
        "reset",
        warn_only,
        lambda: warn_only(idle=(0, 4)),
        ("the count is 4", "must be 0"),
        ("SC-2", "SC-4"),
        "a count that stays counts and warns a connection that is not stalled",
    ),
    Case(
        "SC-4",
        "stalled-warned",
        warn_only,
        warned_twice,
        ("warned 2 times", "count 2", "must warn once"),
    ),
    Case("SC-4", "healthy", healthy, lambda: healthy(warns=True), ("cannot have found",)),
    Case(
        "SC-5",
        "warn-only",
        warn_only,
        lambda: warn_only(closes=True),
        ("Closing is off", "after 3 stalled checks"),
    ),
    Case(
        "SC-6",
        "before-threshold",
        let_go,
        lambda: let_go(closes=True),
        ("closed after 2 checks", "threshold is 3"),
    ),
    Case(
        "SC-7",
        "at-threshold",
        at_threshold,
        lambda: at_threshold(closings=0),
        ("3 checks in a row", "still open 200.0 ms after"),
    ),
    Case(
        "SC-8",
        "checked-after-closing",
        at_threshold,
        lambda: at_threshold(closings=2),
        ("had begun, and 1 more began",),
    ),
    Case(
        "SC-13",
        "successor",
        successor,
        lambda: successor(count=2),
        ("Connection a was gone with its count at 1", "b counted 2 instead of 1"),
        ("SC-3",),
        "a count that begins with 2 has not gone up by one either",
    ),
    Case(
        "SC-15",
        "another-send",
        another_send,
        lambda: another_send(count=2),
        ("Send 1 was stalled", "send 2", "2 instead of 1"),
    ),
)

UPPER = (
    Bound("SC-1", "in-flight", lambda us: warn_only(found_us=400 * MS - us)),
    Bound("SC-1", "moving", lambda us: moving(found_us=900 * MS - us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
