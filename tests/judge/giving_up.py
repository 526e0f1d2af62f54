"""Stories of sends that their callers give up."""

from stallproof.wire.event import Outcome
from tests.judge.case import Bound, Case
from tests.judge.story import BIG_BYTES, MS, Story

GIVEN_UP_US = 400 * MS
DRAINED_US = 600 * MS
AHEAD, GIVEN, BEHIND = 10, 11, 12
FILLING = range(1, 10)


def _given_up(story: Story, late_us: int, outcome: Outcome | None) -> Story:
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    if outcome is not None:
        story.ended("a", GIVEN, GIVEN_UP_US + late_us, outcome)
    return story


def queued(
    *,
    late_us: int = 0,
    turn_late_us: int | None = 0,
    outcome: Outcome | None = "given_up",
    arrives: bool = False,
    closes: bool = False,
) -> Story:
    """The second of three sends is given up; the third has its turn, or never (`None`)."""
    story = Story("given-up-queued").open("a").mode("a", 0, "stop")
    story.send("a", AHEAD, 100 * MS, size_bytes=BIG_BYTES)
    story.send("a", GIVEN, 150 * MS).send("a", BEHIND, 200 * MS)
    _given_up(story, late_us, outcome)
    if closes:
        story.closing("a", GIVEN_UP_US, "torn_frame").hangup("a", GIVEN_UP_US)
        for send in (AHEAD, BEHIND):
            story.ended("a", send, GIVEN_UP_US, "suppressed")
        return story.mode("a", DRAINED_US, "drain").end("a", DRAINED_US, torn=AHEAD, left_bytes=99)
    story.mode("a", DRAINED_US, "drain").frame("a", AHEAD, DRAINED_US + MS, size_bytes=BIG_BYTES)
    story.ended("a", AHEAD, DRAINED_US + MS, "ok")
    if arrives:
        story.frame("a", GIVEN, DRAINED_US + MS, sequence=1)
    if turn_late_us is not None:
        story.ended("a", BEHIND, DRAINED_US + MS + turn_late_us, "ok")
        story.frame("a", BEHIND, DRAINED_US + MS + turn_late_us, sequence=2 if arrives else 1)
    return story


def unwritten(
    *,
    late_us: int = 0,
    turn_late_us: int | None = 0,
    outcome: Outcome | None = "given_up",
    closes: bool = False,
    silent: bool = False,
) -> Story:
    """Small frames fill the buffers until one blocks; `silent`: nothing is said of its lock."""
    story = Story("given-up-unwritten").open("a").mode("a", 10 * MS, "stop")
    for send in FILLING:
        story.send("a", send, send * 10 * MS, size_bytes=4096, ended_us=send * 10 * MS + 1)
    story.send("a", GIVEN, 150 * MS, size_bytes=4096)
    if not silent:
        story.lock("a", GIVEN, 150 * MS)
    story.send("a", BEHIND, 200 * MS)
    _given_up(story, late_us, outcome)
    if closes:
        story.closing("a", GIVEN_UP_US, "torn_frame").hangup("a", GIVEN_UP_US)
        story.ended("a", BEHIND, GIVEN_UP_US, "suppressed")
    story.mode("a", DRAINED_US, "drain")
    for place, send in enumerate(FILLING):
        story.frame("a", send, DRAINED_US, size_bytes=4096, sequence=place)
    if closes:
        return story.end("a", DRAINED_US)
    if turn_late_us is None:
        return story.probe("a", 2000 * MS)
    story.ended("a", BEHIND, DRAINED_US + turn_late_us, "ok")
    story.frame("a", BEHIND, DRAINED_US + turn_late_us, sequence=9)
    return story.probe("a", 2000 * MS)


def part_written(
    *,
    late_us: int = 0,
    outcome: Outcome | None = "given_up",
    closes: bool = True,
    torn: int = GIVEN,
    lag_us: int = 0,
) -> Story:
    """A send of which the peer sees the first bytes is given up, with another one behind it.

    `lag_us`: how much later than the peer saw a thing the word of it is heard.
    """
    story = Story("given-up-midway", lag_us=lag_us).open("a").mode("a", 0, "stop")
    story.send("a", GIVEN, 150 * MS, size_bytes=BIG_BYTES).send("a", BEHIND, 200 * MS)
    _given_up(story, late_us, outcome)
    if not closes:
        return story.mode("a", 1500 * MS, "drain").read("a", 1500 * MS, 1000).probe("a", 2000 * MS)
    story.closing("a", GIVEN_UP_US + late_us, "torn_frame").hangup("a", GIVEN_UP_US + late_us)
    story.ended("a", BEHIND, GIVEN_UP_US + late_us, "suppressed")
    return story.mode("a", 1500 * MS, "drain").end("a", 1501 * MS, torn=torn, left_bytes=5000)


CASES = (
    Case(
        "SD-18",
        "queued",
        queued,
        lambda: queued(turn_late_us=None),
        ("Send 11 was given up", "the turn of the next one"),
    ),
    Case(
        "SD-18",
        "unwritten",
        unwritten,
        lambda: unwritten(closes=True),
        ("nothing of it written", "the connection was closed for it"),
    ),
    Case(
        "SD-18",
        "part-written",
        part_written,
        lambda: part_written(closes=False),
        ("part of its frame written", "1600.0 ms after", "still open"),
    ),
)

UPPER = (
    Bound("SD-18", "queued", lambda us: queued(late_us=us)),
    Bound("SD-18", "queued", lambda us: queued(turn_late_us=us)),
    Bound("SD-18", "unwritten", lambda us: unwritten(late_us=us)),
    Bound("SD-18", "unwritten", lambda us: unwritten(turn_late_us=us)),
    Bound("SD-18", "part-written", lambda us: part_written(late_us=us)),
)
"""What has an upper bound: the story that is so far beyond it, before grace."""
