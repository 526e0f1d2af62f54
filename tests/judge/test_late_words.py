"""An implementation may say late what it did in time: only what it did is judged.

Between the moment at which a send lets go of the lock and the one at which its thread says that it
ended lies whatever the scheduler likes, and the next in line may have the lock meanwhile.
"""

import pytest

from tests.judge.sending import ASKED_US, DEADLINE_US, TIMEOUT_US
from tests.judge.story import BIG_BYTES, MS, Story
from tests.judge.verdicts import failing

SAID_LATE_US = 5 * MS


def two_timeouts(second_held_us: int) -> Story:
    """Two sends time out one after the other, and the first says so late."""
    story = Story("queued", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send(
        "a", 1, ASKED_US, size_bytes=BIG_BYTES, ended_us=DEADLINE_US + SAID_LATE_US,
        outcome="timeout",
    )  # fmt: skip
    return story.send(
        "a", 2, ASKED_US + 20 * MS, size_bytes=BIG_BYTES, ended_us=DEADLINE_US + second_held_us,
        outcome="timeout",
    )  # fmt: skip


def behind_a_slow_one(second_held_us: int) -> Story:
    """The first send ends OK once the peer reads, and says so late; the second one times out."""
    read_us = 400 * MS
    story = Story("queued", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", 1, ASKED_US, size_bytes=BIG_BYTES, ended_us=read_us + SAID_LATE_US)
    story.send(
        "a", 2, ASKED_US + MS, size_bytes=BIG_BYTES, ended_us=read_us + second_held_us,
        outcome="timeout",
    )  # fmt: skip
    story.mode("a", read_us, "drain").frame("a", 1, read_us, size_bytes=BIG_BYTES)
    return story.mode("a", read_us + 2 * MS, "stop")


def torn(how_much: int | None, *, before: bool = True) -> Story:
    """A send fails and nobody closes; another one, before or after it, is said to be OK."""
    story = Story("torn", send_timeout_us=TIMEOUT_US).open("a")
    story.send("a", 1 if before else 3, ASKED_US, ended_us=ASKED_US + MS, outcome="timeout")
    failed = story.told[-1]
    story.told[-1] = type(failed)(
        **{name: getattr(failed, name) for name in failed.__struct_fields__}
        | {"written_bytes": how_much}
    )
    asked_us = ASKED_US + 10 * MS if before else ASKED_US - 10 * MS
    story.send("a", 2, asked_us, ended_us=asked_us + MS)
    return story.mode("a", 200 * MS, "drain").end("a", 1500 * MS)


@pytest.mark.parametrize("story", [two_timeouts, behind_a_slow_one])
@pytest.mark.parametrize("by_us", [0, 1, SAID_LATE_US])
def test_a_whole_timeout_after_the_lock_was_free_is_not_too_early(
    story: object, by_us: int
) -> None:
    """The next in line had the lock before the word of the one ahead came."""
    assert callable(story)
    assert "SD-4" not in failing(story(TIMEOUT_US + by_us))


@pytest.mark.parametrize("story", [two_timeouts, behind_a_slow_one])
@pytest.mark.parametrize("by_us", [3, 20 * MS])
def test_less_than_a_timeout_after_the_lock_was_free_is_too_early(
    story: object, by_us: int
) -> None:
    """Nobody can have had the lock before the one ahead can have let it go."""
    assert callable(story)
    assert "SD-4" in failing(story(TIMEOUT_US - by_us))


@pytest.mark.parametrize(("how_much", "fails"), [(None, False), (1, False), (0, True)])
def test_a_frame_behind_a_torn_one_is_no_lie(how_much: int | None, fails: bool) -> None:
    """Behind part of another frame nobody can find it; behind nothing its absence is a lie."""
    assert fails is ("SD-10" in failing(torn(how_much)))


def test_a_frame_before_a_torn_one_is_missed() -> None:
    """What was torn later takes nothing away from what was to come before it."""
    assert "SD-10" in failing(torn(None, before=False))
