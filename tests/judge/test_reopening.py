"""What lets a waiter be passed, and what ends a connection that nobody closed: up to where."""

import pytest

from tests.judge import monitored
from tests.judge.reopening import (
    LOOKED_US,
    WIRE_BYTES,
    WRITTEN,
    opened_meanwhile,
    tiny_frames,
    two_ahead,
)
from tests.judge.story import GRACE_US, MS, NOISE_US, Story
from tests.judge.verdicts import verdicts_of

CAME_US = LOOKED_US - GRACE_US - 2 * NOISE_US


def _seen(story: Story, requirement: str, situation: str) -> tuple[str, int]:
    judged = verdicts_of(story)[requirement]
    return ("fail" if judged.verdict == "fail" else "", judged.situations[situation])


@pytest.mark.parametrize(("before", "expected"), [(0, ""), (1, ""), (2, "fail"), (60, "fail")])
def test_one_tiny_frame_may_go_before_a_waiter(before: int, expected: str) -> None:
    """The one in flight; each further one came later."""
    assert (expected, 1) == _seen(tiny_frames(before=before), "CX-4", "tiny-frames")


@pytest.mark.parametrize(("more_bytes", "expected"), [(-1, ""), (0, ""), (1, "fail")])
def test_a_part_of_a_frame_in_the_buffer_is_the_one_in_flight(
    more_bytes: int, expected: str
) -> None:
    """Fifty frames less a byte, fifty, and one byte of another: what has begun is counted."""
    before = 2 if more_bytes < 1 else 3
    story = tiny_frames(before=before - 1, written_bytes=WRITTEN * WIRE_BYTES + more_bytes)
    assert ("", 1) == _seen(story, "CX-4", "tiny-frames")
    story = tiny_frames(before=before, written_bytes=WRITTEN * WIRE_BYTES + more_bytes)
    assert "fail" == _seen(story, "CX-4", "tiny-frames")[0]


@pytest.mark.parametrize(("late_us", "expected"), [(0, ("fail", 1)), (1, ("", 0))])
def test_a_waiter_that_may_have_come_late_shows_nothing(
    late_us: int, expected: tuple[str, int]
) -> None:
    """Grace and noise before the look it was there for certain; a microsecond later it was not."""
    story = tiny_frames(before=9, came_us=CAME_US + late_us)
    assert expected == _seen(story, "CX-4", "tiny-frames")


@pytest.mark.parametrize(("completed", "expected"), [(49, ""), (50, ""), (51, "fail")])
def test_tiny_frames_that_are_ok_have_left(completed: int, expected: str) -> None:
    """Fifty frames came; the fifty-first one lies in a buffer of the implementation."""
    judged = verdicts_of(tiny_frames(completed=completed))["SD-10"]
    assert expected == ("fail" if judged.verdict == "fail" else "")


@pytest.mark.parametrize("completed", [None, 51])
def test_who_may_keep_frames_back_is_not_accused_of_overtaking(completed: int | None) -> None:
    """What lay in a buffer of its own had come before the waiter, and leaves before it."""
    judged = verdicts_of(tiny_frames(before=9, completed=completed))["CX-4"]
    assert "inconclusive" == judged.standings["tiny-frames"]


def test_a_waiter_that_had_gone_when_the_peer_looked_shows_nothing() -> None:
    """Its frame lay in the buffer: nothing kept it."""
    assert ("", 0) == _seen(tiny_frames(before=-1), "CX-4", "tiny-frames")


def test_frames_that_are_not_alike_are_not_counted_by_their_bytes() -> None:
    """How many of them lay in the buffer nobody knows."""
    story = tiny_frames(before=9).send("a", 950, 1500 * MS, size_bytes=65, ended_us=1501 * MS)
    story.frame("a", 950, 1502 * MS, size_bytes=65)
    assert ("", 0) == _seen(story, "CX-4", "tiny-frames")


def test_a_third_send_that_waits_no_longer_than_one_timeout_shows_nothing() -> None:
    """A wait that gives up after the send timeout has to be found by it."""
    story = two_ahead()
    story.policy["send_timeout_us"] = 790 * MS
    assert ("", 0) == _seen(story, "CX-4", "two-ahead")
    story.policy["send_timeout_us"] = 790 * MS - 1
    assert ("", 1) == _seen(story, "CX-4", "two-ahead")


@pytest.mark.parametrize(("opened_us", "expected"), [(99 * MS, 0), (100 * MS, 0), (101 * MS, 1)])
def test_the_other_connection_has_to_come_after_the_first_end(
    opened_us: int, expected: int
) -> None:
    """Before that it cannot have the number of the first one."""
    story = opened_meanwhile(opened_us=opened_us)
    assert ("", expected) == _seen(story, "CX-6", "opened-meanwhile")


def test_a_connection_that_was_not_used_shows_nothing() -> None:
    """Nobody knows whether it works."""
    assert ("", 0) == _seen(opened_meanwhile(used=False), "CX-6", "opened-meanwhile")


@pytest.mark.parametrize(("fails", "expected"), [(1, ""), (2, "fail")])
def test_a_connection_on_which_every_send_fails_was_closed_in_place_of_another(
    fails: int, expected: str
) -> None:
    """The peer sees no end while somebody waits in a read; one failure alone is SD-7's."""
    story = opened_meanwhile(used=False).open("c", 250 * MS)
    for place in range(fails):
        at_us = (400 + place) * MS
        story.send("b", 2 + place, at_us, ended_us=at_us + 1, outcome="closed", raised=True)
    story.send("c", 9, 450 * MS, ended_us=451 * MS).frame("c", 9, 452 * MS)
    judged = verdicts_of(story)
    assert expected == ("fail" if judged["CX-6"].verdict == "fail" else "")
    assert ["CX-6"] * len(expected[:1]) == judged["SD-7"].follows


def test_a_frame_of_another_connection_fails() -> None:
    """Who still writes to the number writes to whoever has it now."""
    assert "fail" == _seen(opened_meanwhile(stranger=True), "CX-6", "opened-meanwhile")[0]


def test_a_connection_that_was_closed_itself_is_nobody_s_harm() -> None:
    """Its end was asked for, or the peer brought it about."""
    closed = opened_meanwhile().close("b", 500 * MS).end("b", 501 * MS)
    assert ("", 1) == _seen(closed, "CX-6", "opened-meanwhile")
    refused = opened_meanwhile(used=False).action("b", 350 * MS, "shut_read")
    refused.send("b", 3, 400 * MS, ended_us=401 * MS, outcome="closed").end("b", 500 * MS)
    assert ("", 0) == _seen(refused, "CX-6", "opened-meanwhile")


def test_a_connection_that_closes_after_an_ok_breaks_what_speaks_of_that() -> None:
    """SD-9 is broken, and CX-6 is not blamed for it."""
    judged = verdicts_of(opened_meanwhile().end("b", 500 * MS))
    assert {"SD-9"} == {i for i, one in judged.items() if one.verdict == "fail"}


@pytest.mark.parametrize(("reads", "expected"), [(3, 0), (4, 1)])
def test_a_few_bytes_do_not_move_a_frame(reads: int, expected: int) -> None:
    """A kernel wakes a writer only when a good part of its buffer is free."""
    assert ("", expected) == _seen(monitored.moving(reads=reads), "SC-1", "moving")
