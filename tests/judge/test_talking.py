"""What a peer that talks shows, beside its situations: who looked late, and who read at all."""

import pytest

from tests.judge.story import GRACE_US, MS, NOISE_US, T0_US, Story
from tests.judge.talking import acknowledged, beats_midway, looked, sent, talks
from tests.judge.verdicts import verdicts_of

LATE_US = GRACE_US + NOISE_US + 1


def _tells(story: Story, situation: str = "talks-while-blocked") -> str:
    """Say how one situation of CX-8 came out."""
    return verdicts_of(story)["CX-8"].standings[situation]


def test_a_look_that_came_late_accuses_nobody() -> None:
    """What was found late had perhaps been there for long: it is undecided."""
    assert "inconclusive" == _tells(talks(found_within_us=LATE_US))
    assert "pass" == _tells(talks(found_within_us=GRACE_US))


def test_the_time_counts_from_when_the_frame_had_left_the_peer() -> None:
    """What the peer's kernel did not take cannot have been read."""
    assert "inconclusive" == _tells(talks(left_within_us=LATE_US))
    assert "fail" == _tells(talks(left_within_us=LATE_US, late_us=LATE_US))


@pytest.mark.parametrize(
    ("burst_us", "told"), [(0, "pass"), (900 * MS, "pass"), (1002 * MS, "inconclusive")]
)
def test_more_than_the_kernel_holds_leaves_only_if_somebody_reads(burst_us: int, told: str) -> None:
    """What left only when nobody was blocked any more was read by nobody before, or slowly."""
    assert told == _tells(talks(burst_us=burst_us))


def test_who_counts_and_does_not_read_is_not_believed() -> None:
    """The count alone shows nothing where the peer's own eyes say otherwise."""
    assert "inconclusive" == _tells(talks(burst_us=1002 * MS))


def test_a_frame_that_came_when_no_send_was_blocked_shows_nothing() -> None:
    """Neither that reading goes on nor that it waits."""
    story = Story("idle").open("a")
    looked(story, 99 * MS, 0)
    sent(story, 100 * MS)
    looked(story, 4000 * MS, 0)
    assert "not-exercised" == _tells(story)


def test_without_a_look_nobody_knows() -> None:
    """A frame was sent, and nobody asked what came of it."""
    story = talks()
    story.told = [one for one in story.told if type(one).__name__ != "Taken"]
    assert "not-exercised" == _tells(story)


def test_frames_before_the_look_do_not_stand_for_those_after_it() -> None:
    """Two frames came after a look that found three: five have to be found, not four."""
    story = talks()
    story.told = [one for one in story.told if getattr(one, "frames", 0) != 5]
    looked(story, 1900 * MS, 4)
    assert "fail" == _tells(story)


def test_an_ack_over_the_wire_counts_as_one_that_was_handed_over() -> None:
    """Both are told of, and open the window all the same."""
    for by_wire in (True, False):
        judged = verdicts_of(acknowledged(by_wire=by_wire))
        assert "pass" == judged["CX-8"].standings["acknowledged-while-blocked"]
        assert {"fail"}.isdisjoint(one.verdict for one in judged.values())


def test_a_few_heartbeats_midway_do_not_put_anything_to_the_test() -> None:
    """A handful may all have come at moments without room."""
    judged = verdicts_of(beats_midway(beats=19))["CX-1"]
    assert "not-exercised" == judged.standings["heartbeats-midway"]


def test_garbage_behind_a_frame_is_told_of_the_heartbeats_midway() -> None:
    """The frame itself may be whole by chance."""
    judged = verdicts_of(beats_midway(garbage="the prefix makes no sense"))["CX-1"]
    assert "fail" == judged.standings["heartbeats-midway"]


def test_what_was_sent_before_a_look_is_not_awaited_again() -> None:
    """A look that found more than the oracle knows of, such as a handshake, is where it begins."""
    story = Story("handshake").open("a")
    sent(story, 1 * MS)
    sent(story, 2 * MS)
    looked(story, 3 * MS, 3)
    told = talks().told
    story.mode("a", 10 * MS, "stop").told += [one for one in told if one.at_us > T0_US + 10 * MS]
    assert "pass" == _tells(story)
