"""What worlds have shown of the rules: plays that accused who was right, and now do not."""

import pytest

from stallproof.wire import events as ev
from stallproof.wire.event import Transport
from tests.judge.closing import hogged
from tests.judge.sending import refused
from tests.judge.story import BIG_BYTES, MS, SMALL_BYTES, T0_US, S, Story
from tests.judge.streaming import DUE_US, stalls
from tests.judge.verdicts import failing

ALIKE = 100


def among_many(*, frames: int = ALIKE + 1) -> Story:
    """A send of many frames and a single one, all alike; the peer tells of so many as of one."""
    story = Story("alike").open("a")
    story.send("a", 1, 100 * MS, repeat=ALIKE, ended_us=110 * MS)
    story.send("a", 1 + ALIKE, 120 * MS, ended_us=130 * MS)
    run = ev.PeerFrames(
        at_us=T0_US + 140 * MS, conn="a", index=0, frames=frames, size_bytes=SMALL_BYTES,
        first_sequence=0, first_send=1,
    )  # fmt: skip
    return story.read("a", 140 * MS, frames * (SMALL_BYTES + 16)).add(run).end("a", 3 * S)


def test_a_send_among_many_alike_has_arrived() -> None:
    """It is the last of those that are told of as one; with one frame fewer it is missing."""
    assert set() == failing(among_many())
    assert {"SD-10"} == failing(among_many(frames=ALIKE))


def test_a_closing_that_was_asked_for_is_no_answer_to_a_failure() -> None:
    """A send failed with nothing written, and the close that came later was asked for."""
    closed = refused(midway=False, closes=True)
    assert "SD-8" in failing(closed)
    story = Story("refused").open("a").action("a", 200 * MS, "shut_read").send("a", 1, 210 * MS)
    story.ended("a", 1, 220 * MS, "closed", raised=True).close("a", 300 * MS)
    assert set() == failing(story.hangup("a", 301 * MS))


def answered(*, beats: int) -> Story:
    """Nobody acknowledges, and the peer has sent so many heartbeats; three frames are nobody's."""
    story = stalls(notices=3)
    for place in range(beats):
        at = T0_US + 200 * MS + place
        story.add(ev.PeerDid(at_us=at, conn="a", action="sent", sent_bytes=16, kind="heartbeat"))
    return story


def test_the_answer_to_a_heartbeat_is_no_notice() -> None:
    """One notice is due; each heartbeat may have brought a frame more, and no other did."""
    assert DUE_US > 200 * MS
    assert "AP-9" not in failing(answered(beats=2))
    assert "AP-9" in failing(answered(beats=1))


def test_what_lay_in_the_buffers_has_overtaken_nobody() -> None:
    """A peer that had ceased to read may find frames that were written long before."""
    assert "CX-4" in failing(hogged(before=9))
    assert "CX-4" not in failing(hogged(before=9).mode("a", 210 * MS, "stop"))


def beside(*, behind: bool) -> Story:
    """A send takes a second while another connection is stalled, perhaps behind one of its own."""
    story = Story("beside").open("a").open("b").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
    if behind:
        story.send("b", 2, 150 * MS, size_bytes=BIG_BYTES, ended_us=1100 * MS)
    story.send("b", 3, 200 * MS, ended_us=1200 * MS)
    if behind:
        story.frame("b", 2, 1100 * MS, size_bytes=BIG_BYTES)
    story.frame("b", 3, 1200 * MS).mode("a", 1900 * MS, "drain")
    return story.frame("a", 1, 1910 * MS, size_bytes=BIG_BYTES).ended("a", 1, 1910 * MS, "ok")


def test_who_waits_for_his_own_connection_is_not_delayed_by_another() -> None:
    """The other connection is blamed only where the lock was free."""
    assert "CX-3" in failing(beside(behind=False))
    assert "CX-3" not in failing(beside(behind=True))


@pytest.mark.parametrize(
    ("transport", "taken", "fails"),
    [("tcp", 1, True), ("tcp", 0, False), ("unix", 0, True)],
)
def test_what_a_reset_may_have_lost_is_not_missed(
    transport: Transport, taken: int, *, fails: bool
) -> None:
    """The implementation closed with a frame of the peer unread, which resets TCP."""
    story = Story("lost").open("a", transport=transport).mode("a", 0, "stop")
    story.add(ev.PeerDid(at_us=T0_US + 50 * MS, conn="a", action="sent", sent_bytes=16))
    story.add(ev.Taken(at_us=T0_US + 60 * MS, conn="a", frames=taken))
    story.send("a", 1, 100 * MS, ended_us=110 * MS).close("a", 300 * MS)
    assert fails is ("SD-10" in failing(story.end("a", 900 * MS)))


def test_who_was_given_up_before_its_deadline_has_not_expired() -> None:
    """Nor did the monitor close that connection, though closing is on."""
    story = Story("given-up", send_timeout_us=500 * MS, close_stalled=1).open("a")
    story.mode("a", 10 * MS, "stop").send("a", 1, 100 * MS, size_bytes=BIG_BYTES)
    story.ask("give_up", 400 * MS, 400 * MS, conn="a", send=1)
    story.closing("a", 400 * MS, cause="torn_frame").ended("a", 1, 400 * MS, "given_up")
    story.check(800 * MS).read("a", 1 * S, 100_000)
    assert set() == failing(story.end("a", 1100 * MS, torn=1, left_bytes=5000))
