"""What the rules for TLS take for evidence, and what they do not."""

from typing import Literal

import pytest

from stallproof.wire import events as ev
from tests.judge import closing, sending, suspended
from tests.judge.secure import clear, closed_midway, cut, in_peace, torn_in_record
from tests.judge.story import BIG_BYTES, HOLDS_BYTES, MS, T0_US, S, Story
from tests.judge.verdicts import failing, verdicts_of


def _count(story: Story, requirement: str, situation: str) -> int:
    return verdicts_of(story)[requirement].situations[situation]


# --- SD-12 ------------------------------------------------------------------------------------


def test_one_byte_in_clear_fails_whatever_else_was_seen() -> None:
    """It needs no close, no send, and no end of the stream."""
    story = clear(Story("clear").open("a", transport="tls"), "a", 10 * MS)
    assert {"SD-12"} == failing(story)
    assert {"SD-12"} == failing(closed_midway(), story, closed_midway())


@pytest.mark.parametrize(("connections", "expected"), [(7, 0), (8, 1), (9, 1)])
def test_eight_connections_closed_midway_are_enough(connections: int, expected: int) -> None:
    """Seven moments are too few."""
    assert expected == _count(closed_midway(connections=connections), "SD-12", "closed-midway-tls")


def test_a_close_while_the_peer_does_not_read_is_not_midway() -> None:
    """A sender that waits writes nothing that could leave in clear."""
    assert 0 == _count(closed_midway(mode="stop"), "SD-12", "closed-midway-tls")


@pytest.mark.parametrize("missing", [ev.PeerSecured, ev.PeerSawEnd])
def test_a_connection_that_was_not_watched_to_its_end_shows_nothing(
    missing: type[ev.AnyPeerEvent],
) -> None:
    """Without the handshake or the end of the stream, something may have gone unseen."""
    story = closed_midway()
    story.told = [e for e in story.told if not isinstance(e, missing)]
    assert 0 == _count(story, "SD-12", "closed-midway-tls")
    story = closing.closed_while_blocked(transport="tls")
    story.told = [e for e in story.told if not isinstance(e, missing)]
    assert 0 == _count(story, "SD-12", "sent-after-close-tls")


def test_a_close_over_tls_does_not_show_what_a_close_elsewhere_does() -> None:
    """Each transport has its own situation."""
    secure = closing.closed_while_blocked(transport="tls")
    plain = closing.closed_while_blocked()
    for requirement, situation in (("SD-12", "sent-after-close"), ("CX-2", "closed-while-blocked")):
        assert 0 == _count(secure, requirement, situation) < _count(plain, requirement, situation)
        situation += "-tls"
        assert 0 == _count(plain, requirement, situation) < _count(secure, requirement, situation)


# --- SD-6 -------------------------------------------------------------------------------------


def test_a_frame_torn_in_a_record_on_an_open_connection_fails() -> None:
    """Long after the send failed, the peer's probe still finds the connection open."""
    assert {"SD-5", "SD-6"} == failing(torn_in_record(ends=False))


@pytest.mark.parametrize(
    "story",
    [
        torn_in_record(behind=False),
        torn_in_record(in_record_bytes=0),
        torn_in_record(outcome="ok"),
    ],
    ids=["nothing-behind", "between-records", "not-failed"],
)
def test_without_a_torn_record_and_a_send_behind_it_nothing_is_shown(story: Story) -> None:
    """All of the situation has to occur."""
    assert 0 == _count(story, "SD-6", "torn-in-record")


def test_what_records_add_is_not_taken_for_a_part_of_a_frame() -> None:
    """Reads count the transport, so whole frames bring more bytes than they hold."""
    for extra_bytes, expected in ((40_000, 0), (400_000, 1)):
        story = Story("midway").open("a", transport="tls")
        story.send("a", 1, 0, size_bytes=BIG_BYTES, ended_us=50 * MS)
        story.frame("a", 1, 50 * MS, size_bytes=BIG_BYTES).mode("a", 60 * MS, "stop")
        story.send("a", 2, 100 * MS, size_bytes=BIG_BYTES).read("a", 150 * MS, extra_bytes)
        story.action("a", 200 * MS, "shut_read").ended("a", 2, 220 * MS, "closed", raised=True)
        story.closing("a", 220 * MS, cause="torn_frame").hangup("a", 221 * MS)
        assert expected == _count(story, "SD-6", "failed-midway")


# --- ends that were not announced -------------------------------------------------------------


def _ending(story: Story, how: Literal["eof", "truncated", "reset"]) -> Story:
    end = next(e for e in story.told if isinstance(e, ev.PeerSawEnd))
    story.told = [e for e in story.told if e is not end]
    return story.add(
        ev.PeerSawEnd(
            at_us=end.at_us, conn=end.conn, how=how, total_bytes=end.total_bytes,
            torn_bytes=end.torn_bytes, torn_send=end.torn_send,
        )
    )  # fmt: skip


@pytest.mark.parametrize(("how", "expected"), [("eof", 1), ("truncated", 1), ("reset", 0)])
def test_an_unannounced_end_is_an_end(
    how: Literal["eof", "truncated", "reset"], expected: int
) -> None:
    """Everything before it has arrived, announced or not; a reset may have lost some."""
    story = _ending(sending.stalled("never-reads-tls-cold"), how)
    assert expected == _count(story, "SD-2", "unfinished-at-deadline")


@pytest.mark.parametrize(("how", "fails"), [("eof", True), ("truncated", True), ("reset", False)])
def test_ok_before_an_unannounced_end_is_a_lie_if_bytes_are_missing(
    how: Literal["eof", "truncated", "reset"], fails: bool
) -> None:
    """Only a reset loses bytes that were handed over."""
    story = Story("lost").open("a", transport="tls").send("a", 1, 100 * MS, ended_us=101 * MS)
    story.end("a", 1 * S, how=how)
    assert fails == ("SD-10" in failing(story))


def test_a_handshake_that_failed_is_no_mixture_of_frames() -> None:
    """Nobody expects frames before the handshake is done."""
    story = Story("no-handshake").open("a", transport="tls")
    story.told = [e for e in story.told if not isinstance(e, ev.PeerSecured)]
    story.end("a", 1 * S, garbage="the TLS handshake failed", how="truncated")
    assert set() == failing(story)
    with_handshake = Story("mixture").open("a", transport="tls")
    with_handshake.end("a", 1 * S, garbage="the TLS record cannot be read", how="truncated")
    assert {"CX-1"} == failing(with_handshake)


# --- SD-3 -------------------------------------------------------------------------------------


def test_a_peer_that_reads_a_little_is_not_one_that_never_reads() -> None:
    """One read between the request and the deadline, and the situation is another one."""
    story = sending.stalled("never-reads-tls-cold")
    at_us = T0_US + 300 * MS
    story.add(
        ev.PeerRead(at_us=at_us, began_us=at_us, conn="a", got_bytes=9, total_bytes=HOLDS_BYTES)
    )
    assert 0 == _count(story, "SD-3", "never-reads-tls-cold")


# --- SD-16 ------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["truncated", "error"])
def test_a_cut_is_told_by_anything_but_an_orderly_end(
    said: Literal["truncated", "error"],
) -> None:
    """What a cut is called does not matter, as long as it is not called orderly."""
    assert 1 == _count(cut(said=said), "SD-16", "cut-in-frame")
    assert set() == failing(cut(said=said))


@pytest.mark.parametrize("said", ["truncated", "error"])
def test_an_announced_end_is_no_failure(said: Literal["truncated", "error"]) -> None:
    """Whoever calls every end a cut has not told them apart."""
    assert {"SD-16"} == failing(in_peace(said))


@pytest.mark.parametrize("story", [cut(said=None), cut(sent_bytes=0, said=None), in_peace(None)])
def test_an_end_that_nobody_speaks_of_is_left_open(story: Story) -> None:
    """Only the implementation can say how it took the end."""
    rest = [cut(), cut(sent_bytes=0), in_peace()]
    judged = verdicts_of(story, *rest)["SD-16"]
    assert "inconclusive" == judged.verdict
    assert "did not say" in judged.findings[0].explanation


@pytest.mark.parametrize(("frames", "fails"), [(1, False), (2, True)])
def test_a_frame_that_was_cut_off_is_not_received(frames: int, fails: bool) -> None:
    """Of one whole frame and a part of another, one is received."""
    assert fails == ("SD-16" in failing(cut(frames=frames)))


def test_a_frame_that_the_peer_sent_whole_counts() -> None:
    """What was sent between the first look and the cut may be received."""
    story = cut(frames=2)
    story.add(ev.PeerDid(at_us=T0_US + 50 * MS, conn="a", action="sent", sent_bytes=16))
    assert set() == failing(story)


def test_an_end_after_the_implementation_s_own_closing_is_not_judged() -> None:
    """Whoever has closed reads no more."""
    story = cut(said=None).closing("a", 50 * MS, cause="local")
    assert 0 == _count(story, "SD-16", "cut-in-frame")


# --- without TLS ------------------------------------------------------------------------------


def _without_tls(*stories: Story) -> tuple[Story, ...]:
    left_out = Story("never-reads-tls-cold", requirements=["SD-3"])
    left_out.add(ev.Unsupported(at_us=T0_US, feature="tls"))
    return (left_out, *stories)


PLAIN = [how for how in sending.SD3 if "tls" not in how]


def test_without_tls_a_requirement_is_unsupported_whatever_else_was_kept() -> None:
    """Each situation that needs it is named with the feature, and no other one."""
    slept = suspended.slept_over(), suspended.slept_before()
    judged = verdicts_of(*_without_tls(*map(sending.stalled, PLAIN), *slept))["SD-3"]
    assert "unsupported" == judged.verdict
    assert ["unsupported"] * 3 == [f.tells for f in judged.findings]
    assert all("lacks: tls" in one.explanation for one in judged.findings)
    open_names = {name for name, one in judged.standings.items() if one != "pass"}
    assert {"never-reads-tls-cold", "never-reads-tls-warm", "trickles-tls"} == open_names
    assert {"unix": "pass", "tcp": "pass", "tls": "unsupported"} == judged.transports


def test_without_tls_a_violation_elsewhere_still_fails() -> None:
    """Who holds the lock too long on a Unix socket is not excused by what it lacks."""
    stories = _without_tls(sending.stalled("never-reads-unix", late_us=200 * MS))
    assert "fail" == verdicts_of(*stories)["SD-3"].verdict
