"""Stories of heartbeats and of a monitor that waits for nobody."""

from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, HOUR_US, MS, S, Story

ASKED_US = 100 * MS
LIMIT_US = 500 * MS


def heartbeats(*, early: int = 0, late: int = 1, forbidden: int = 0) -> Story:
    """A check 300 ms after a receipt and one 1200 ms after it; the interval is 1 s."""
    story = Story("heartbeats", heartbeat_interval_us=1 * S).open("a").open("f", heartbeats=False)
    story.sent("a", 100 * MS).sent("f", 100 * MS).check(400 * MS, {"a": (0, 0), "f": (0, 0)})
    story.check(1300 * MS, {"a": (0, 0), "f": (0, 0)})
    for conn, at_us, number in (("a", 401, early), ("a", 1301, late), ("f", 1301, forbidden)):
        for _ in range(number):
            story.heartbeat(conn, at_us * MS)
    return story


def stalled_and_idle(*, beats: bool = False) -> Story:
    """A connection that received nothing for 1.5 s is stalled for 1.4 s at the check."""
    story = Story("stalled-and-idle", stall_timeout_us=LIMIT_US, heartbeat_interval_us=1 * S)
    story.open("a").mode("a", 0, "stop").send("a", 1, ASKED_US, size_bytes=BIG_BYTES)
    story.check(1500 * MS, {"a": (1400 * MS, 1)}).mode("a", 1600 * MS, "drain")
    story.frame("a", 1, 1700 * MS, size_bytes=BIG_BYTES).ended("a", 1, 1700 * MS, "ok")
    return story.heartbeat("a", 1701 * MS) if beats else story


def busy_lock(*, took_us: int = 0, beats: bool = False, pending: bool = False) -> Story:
    """A heartbeat would be due on a connection whose lock is busy for 100 ms."""
    story = Story("busy-lock", heartbeat_interval_us=1 * S).open("a").mode("a", 1200 * MS, "stop")
    story.send("a", 1, 1300 * MS, size_bytes=BIG_BYTES)
    story.check(1400 * MS, {"a": (100 * MS, 0)}, answered_us=1400 * MS + took_us, pending=pending)
    story.mode("a", 4 * S, "drain").frame("a", 1, 4 * S, size_bytes=BIG_BYTES)
    story.ended("a", 1, 4 * S, "ok")
    return story.heartbeat("a", 4001 * MS) if beats else story


def many_stalled(*, took_us: int = 0) -> Story:
    """Ten connections are stalled at one pass."""
    story = Story("many-stalled")
    conns = [f"c{place}" for place in range(10)]
    for place, conn in enumerate(conns):
        story.open(conn).mode(conn, 0, "stop").send(conn, place + 1, 100 * MS, size_bytes=BIG_BYTES)
    found = {conn: (200 * MS, 0) for conn in conns}
    story.check(300 * MS, found, answered_us=300 * MS + took_us)
    for place, conn in enumerate(conns):
        story.mode(conn, 1 * S, "drain").frame(conn, place + 1, 1 * S, size_bytes=BIG_BYTES)
        story.ended(conn, place + 1, 1 * S, "ok")
    return story


def others_fail(*, beats: bool = True) -> Story:
    """Heartbeats on two connections fail; the healthy one is due as well."""
    story = Story("others-fail", heartbeat_interval_us=1 * S).open("x").open("h").open("y")
    story.action("x", 10 * MS, "shut_read").action("y", 10 * MS, "shut_read").check(1500 * MS)
    return story.heartbeat("h", 1501 * MS) if beats else story


def come_and_go(*, beats: bool = True) -> Story:
    """Ten connections come and go while the monitor runs."""
    story = Story("come-and-go", heartbeat_interval_us=1 * S).open("s").monitor(1 * MS)
    for place in range(10):
        at_us = (10 + place) * MS
        story.open(f"p{place}", at_us).close(f"p{place}", at_us)
    return story.heartbeat("s", 1500 * MS) if beats else story


def wall_jumps(*, ahead: int = 0, back: int = 1) -> Story:
    """The wall clock jumps an hour ahead and an hour back; so many heartbeats come each time."""
    story = Story("wall-jumps", heartbeat_interval_us=1 * S).open("a").sent("a", 100 * MS)
    story.jump(200 * MS, HOUR_US).check(300 * MS, {"a": (0, 0)})
    story.jump(1500 * MS, -HOUR_US).check(1600 * MS, {"a": (0, 0)})
    for at_us, number in ((301 * MS, ahead), (1601 * MS, back)):
        for _ in range(number):
            story.heartbeat("a", at_us)
    return story


CASES = (
    Case(
        "SC-10",
        "due",
        heartbeats,
        lambda: heartbeats(late=0),
        ("longer than the interval 1000.0 ms", "sent no heartbeat"),
    ),
    Case(
        "SC-10",
        "not-due",
        heartbeats,
        lambda: heartbeats(early=1),
        ("within the interval 1000.0 ms", "sent a heartbeat"),
    ),
    Case(
        "SC-10",
        "stalled",
        stalled_and_idle,
        lambda: stalled_and_idle(beats=True),
        ("was stalled at the check", "heartbeat was sent"),
    ),
    Case(
        "SC-10",
        "forbidden",
        heartbeats,
        lambda: heartbeats(forbidden=1),
        ("f forbids heartbeats",),
    ),
    Case(
        "SC-11",
        "busy-lock",
        busy_lock,
        lambda: busy_lock(took_us=200 * MS),
        ("1 connection(s)", "took 200.0 ms", "no send lock"),
    ),
    Case(
        "SC-11",
        "many-stalled",
        many_stalled,
        lambda: many_stalled(took_us=200 * MS),
        ("10 connection(s)", "took 200.0 ms"),
    ),
    Case(
        "SC-12",
        "one-fails",
        others_fail,
        lambda: others_fail(beats=False),
        ("heartbeats on others fail", "connection h was idle and due"),
    ),
    Case(
        "SC-12",
        "come-and-go",
        come_and_go,
        lambda: come_and_go(beats=False),
        ("10 connections came and went", "no heartbeat to s"),
    ),
    Case(
        "SC-14",
        "wall-forward",
        wall_jumps,
        lambda: wall_jumps(ahead=1),
        ("an hour ahead", "got a heartbeat", "Wall time decides"),
    ),
    Case(
        "SC-14",
        "wall-back",
        wall_jumps,
        lambda: wall_jumps(back=0),
        ("an hour back", "got no heartbeat", "Wall time decides"),
    ),
)

UPPER = (
    Bound("SC-11", "busy-lock", lambda us: busy_lock(took_us=us)),
    Bound("SC-11", "many-stalled", lambda us: many_stalled(took_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
