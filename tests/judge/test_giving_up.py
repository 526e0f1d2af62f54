"""What is wrong with a send that was given up, and what is not."""

from collections.abc import Callable

import pytest

from stallproof.wire import events as ev
from stallproof.wire.event import Outcome
from tests.judge.giving_up import BEHIND, GIVEN, GIVEN_UP_US, part_written, queued, unwritten
from tests.judge.story import BIG_BYTES, GRACE_US, MS, NOISE_US, T0_US, Story
from tests.judge.verdicts import failing, verdicts_of, weighed

LAW = "SD-18"


def _told(story: Story) -> str:
    """Return the first violation of the law in the words of the report, empty if there is none."""
    found = verdicts_of(story)[LAW].findings
    return next((one.explanation for one in found if one.tells == "violation"), "")


@pytest.mark.parametrize(
    ("story", "says"),
    [
        (lambda: queued(arrives=True), "the whole of its frame arrived"),
        (lambda: queued(closes=True), "with send 10 in flight"),
        (lambda: queued(outcome="closed"), "ended with closed: that is GIVEN_UP"),
        (lambda: queued(outcome=None), "or the turn of the next one"),
        (lambda: queued(late_us=GRACE_US + NOISE_US + 1), "came 60.001 ms or more"),
        (lambda: unwritten(turn_late_us=None), "or the turn of the next one"),
        (lambda: unwritten(outcome="error"), "ended with error: that is GIVEN_UP"),
        (lambda: part_written(outcome="suppressed"), "ended with suppressed: that is GIVEN_UP"),
        (lambda: part_written(outcome=None), "or the turn of the next one"),
    ],
)
def test_what_a_give_up_must_not_come_to(story: Callable[[], Story], says: str) -> None:
    """Each is told with what was seen of it."""
    assert says in _told(story())


def test_the_bytes_of_who_left_the_queue_are_seen_by_the_peer() -> None:
    """A torn frame of a send that waited shows that it wrote."""
    story = Story("torn").open("a").mode("a", 0, "stop")
    story.send("a", 10, 100 * MS, size_bytes=BIG_BYTES).send("a", GIVEN, 150 * MS)
    story.send("a", BEHIND, 200 * MS)
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    story.ended("a", GIVEN, GIVEN_UP_US, "given_up").mode("a", 600 * MS, "drain")
    story.frame("a", 10, 601 * MS, size_bytes=BIG_BYTES).ended("a", 10, 601 * MS, "ok")
    assert "bytes of it came" in _told(story.end("a", 700 * MS, torn=GIVEN, left_bytes=99))


def test_a_frame_behind_a_torn_one_breaks_the_law() -> None:
    """What is given up with part of its frame written is the last on its connection."""
    story = part_written()
    story.frame("a", BEHIND, 1500 * MS)
    assert f"send {BEHIND} followed it" in _told(story)


def test_nobody_ends_with_given_up_by_itself() -> None:
    """Without a give-up it is no outcome at all."""
    story = Story("alone").open("a").send("a", 1, 100 * MS, ended_us=200 * MS, outcome="given_up")
    assert "its caller had not given it up" in _told(story)
    assert LAW in failing(story)


@pytest.mark.parametrize("outcome", ["ok", "timeout", "given_up"])
def test_who_was_over_before_accuses_nobody(outcome: Outcome) -> None:
    """A give-up behind the end changes nothing, and is no story of one."""
    story = Story("over").open("a").mode("a", 0, "stop")
    story.send("a", GIVEN, 100 * MS, ended_us=GIVEN_UP_US - 1, outcome=outcome)
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    assert "" == _told(story)


def test_who_was_refused_before_is_no_story_of_a_give_up() -> None:
    """It had failed by its own date: what it came to is judged by the error table alone."""
    story = Story("failed").open("a")
    story.send("a", GIVEN, 100 * MS, ended_us=GIVEN_UP_US - 1, outcome="error")
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    assert {"gap"} == {one.tells for one in verdicts_of(story)[LAW].findings}


def test_a_close_that_was_asked_for_explains_a_suppressed_send() -> None:
    """The closing came first, or nobody knows: SUPPRESSED is right then."""
    story = Story("closing").open("a").mode("a", 0, "stop")
    story.send("a", GIVEN, 100 * MS, size_bytes=BIG_BYTES).close("a", GIVEN_UP_US)
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    story.ended("a", GIVEN, GIVEN_UP_US + MS, "suppressed")
    assert "" == _told(story)


def test_a_send_that_was_refused_as_it_was_given_up_goes_by_the_table() -> None:
    """The peer had refused its bytes: which of the two came first nobody knows."""
    story = Story("refused").open("a").send("a", GIVEN, 100 * MS)
    story.action("a", GIVEN_UP_US - 1, "shut_read")
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    story.ended("a", GIVEN, GIVEN_UP_US + MS, "closed")
    assert "" == _told(story)


def test_who_says_nothing_of_its_lock_is_not_late_for_certain() -> None:
    """What a send does before it asks for the lock is charged to nobody."""
    story = unwritten(late_us=300 * MS, silent=True)
    assert "" == _told(story)
    assert LAW not in failing(story)
    assert LAW in failing(unwritten(late_us=300 * MS))


def test_a_give_up_that_is_unsupported_is_none() -> None:
    """Nobody took it, so that the send goes on."""
    story = Story("unsupported").open("a").mode("a", 0, "stop")
    story.send("a", GIVEN, 100 * MS, size_bytes=BIG_BYTES)
    story.ask("give_up", GIVEN_UP_US, conn="a", send=GIVEN)
    number = story._id
    at_us = T0_US + GIVEN_UP_US
    story.add(ev.Answered(at_us=at_us, id=number, op="give_up", error="unsupported"))
    assert "" == _told(story)


@pytest.mark.parametrize("story", [queued, unwritten, part_written])
def test_a_lawful_give_up_breaks_nothing_else(story: Callable[[], Story]) -> None:
    """No other rule takes GIVEN_UP for a failure without a cause."""
    assert set() == failing(story())


@pytest.mark.parametrize("lag_us", [0, 1, 20 * MS, GRACE_US])
def test_a_start_that_is_heard_of_late_is_a_start_all_the_same(lag_us: int) -> None:
    """Its first byte may be seen before: who hears late still knows that it was blocked."""
    assert {None: "pass", "part-written": "pass"} == weighed(part_written(lag_us=lag_us), "SD-18")
