"""The facts of one stream, at both sides of each bound: what was ready, had begun, had ended."""

import pytest

from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.facts import FOREVER
from stallproof.judge.evidence.flow import Flow
from stallproof.judge.evidence.streams import StreamFacts
from stallproof.wire import events as ev
from tests.judge.story import MS, T0_US
from tests.judge.stream_story import CHUNK_BYTES, FULL_BYTES, WINDOW_BYTES, StreamStory
from tests.judge.verdicts import trace_of

ASKED_US = 100 * MS


def story(lag_us: int = 0, **knobs: int) -> StreamStory:
    """Return a story with an open connection; everything is heard `lag_us` later."""
    told = StreamStory("x", **knobs)
    told.open("a")
    told.lag_us = lag_us
    return told


def facts_of(told: StreamStory, stream: int = 1) -> StreamFacts:
    """Return the facts of one stream."""
    _header, (run,) = runs_of(trace_of(told))
    return next(one for one in run.streams if one.stream == stream)


def flow_of(told: StreamStory) -> Flow:
    """Return the one stream under its knobs."""
    _header, (run,) = runs_of(trace_of(told))
    (facts,) = run.streams
    return Flow(run, run.conns["a"], facts)


def at(at_us: int) -> int:
    """Return the moment so long after the beginning of a story."""
    return T0_US + at_us


def test_what_a_stream_did_not_say_lies_in_no_time() -> None:
    """Not made, not ready, not ended; it was asked for all the same."""
    told = story()
    told.ask("stream", ASKED_US, ASKED_US, conn="a", stream=1, total_bytes=5)
    facts = facts_of(told)
    assert (at(ASKED_US), FOREVER) == (facts.made_us, facts.made_by_us)
    assert (FOREVER, FOREVER) == (facts.ended_us, facts.ended_by_us)
    assert (FOREVER, FOREVER) == (facts.ready_us(0), facts.ready_by_us(0))
    assert (None, None, 5, 0) == (
        facts.end, facts.outcome, facts.total_bytes, facts.arrived_by(FOREVER)
    )  # fmt: skip


def test_what_is_said_is_between_its_own_date_and_its_hearing() -> None:
    """Made, ready and ended: by its own word at the earliest, heard at the latest."""
    told = story(lag_us=7).stream().ready(ASKED_US + 20).over(ASKED_US + 50, "done")
    facts = facts_of(told)
    assert (at(ASKED_US), at(ASKED_US + 7)) == (facts.made_us, facts.made_by_us)
    assert (at(ASKED_US + 20), at(ASKED_US + 27)) == (facts.ready_us(0), facts.ready_by_us(0))
    assert (FOREVER, FOREVER) == (facts.ready_us(1), facts.ready_by_us(1))
    assert (at(ASKED_US + 50), at(ASKED_US + 57)) == (facts.ended_us, facts.ended_by_us)
    assert "done" == facts.outcome
    assert "stream 1 on connection a" == facts.name


def test_nothing_of_a_stream_is_before_it_was_asked_for() -> None:
    """Whatever the implementation's clock says."""
    told = story().stream()
    told.told = [one for one in told.told if not isinstance(one, ev.StreamMade)]
    early = at(ASKED_US - 9)
    told.add(ev.StreamMade(at_us=early, heard_us=at(ASKED_US + 1), conn="a", stream=1))
    told.add(
        ev.ChunkReady(
            at_us=early, heard_us=at(ASKED_US + 1), conn="a", stream=1, chunk_bytes=CHUNK_BYTES
        )
    )
    facts = facts_of(told)
    assert (at(ASKED_US), at(ASKED_US)) == (facts.made_us, facts.ready_us(0))


def test_a_source_hands_over_no_chunk_before_its_pauses_are_over() -> None:
    """The start and each pause up to a chunk add up; beyond the last there is none."""
    told = story().stream(start_after_us=5, pauses_us=(10, 20, 0))
    facts = facts_of(told)
    expected = [at(ASKED_US + us) for us in (15, 35, 35, 35)]
    assert expected == [facts.not_ready_before_us(index) for index in range(4)]
    told.ready(ASKED_US + 14).ready(ASKED_US + 36)
    facts = facts_of(told)
    assert [at(ASKED_US + 15), at(ASKED_US + 36)] == [facts.ready_us(0), facts.ready_us(1)]


@pytest.mark.parametrize(
    ("noticed_us", "expected_us"), [(49, 57), (50, 50), (56, 56), (57, 57), (60, 57)]
)
def test_a_notice_in_the_peers_hand_shows_the_end_before_its_word_is_heard(
    noticed_us: int, expected_us: int
) -> None:
    """One from before the end is about something else."""
    told = story(lag_us=7).stream().over(ASKED_US + 50, "no_progress", notices=0)
    told.frame("a", None, ASKED_US + noticed_us, size_bytes=24, kind="other")
    assert at(ASKED_US + expected_us) == facts_of(told).ended_by_us


def test_a_frame_is_a_notice_only_where_one_stream_can_be_meant() -> None:
    """Not before the stream was asked for, nor beside a second one, nor with a send in it."""
    for frame_us, expected in ((ASKED_US - 1, 0), (ASKED_US, 1)):
        told = story()
        told.frame("a", None, frame_us, size_bytes=24, kind="other")
        told.stream()
        assert expected == len(facts_of(told).notices)
    told = story().stream().stream(2)
    told.frame("a", None, ASKED_US + 1, size_bytes=24, kind="other")
    assert [] == facts_of(told).notices
    told = story().stream().send("a", 1, ASKED_US)
    told.frame("a", 1, ASKED_US + 1)
    told.heartbeat("a", ASKED_US + 2)
    assert [] == facts_of(told).notices


def test_what_arrived_had_begun() -> None:
    """By the first byte of a chunk, and to the end of it."""
    told = story().stream().chunks(0, 0, ASKED_US + 10).chunks(1, 1, ASKED_US + 20)
    facts = facts_of(told)
    moments = {9: 0, 10: CHUNK_BYTES, 19: CHUNK_BYTES, 20: 2 * CHUNK_BYTES, 99: 2 * CHUNK_BYTES}
    assert moments == {us: facts.arrived_by(at(ASKED_US + us)) for us in moments}
    assert facts.chunk_at(CHUNK_BYTES) is facts.chunks[1]
    assert facts.chunk_at(1) is None


def test_a_request_counts_as_taken_when_it_was_answered_well() -> None:
    """One that failed, or was never answered, was not; unsupported ones are none at all."""
    told = story().stream()
    told.ask("ack", 150 * MS, 151 * MS, conn="a", stream=1, offset=1)
    told.ask("ack", 160 * MS, None, conn="a", stream=1, offset=2)
    for number, error in ((90, "failed"), (91, "unsupported")):
        told.add(ev.Requested(at_us=at(170 * MS), id=number, op="ack", conn="a", stream=1))
        told.add(ev.Answered(at_us=at(171 * MS), id=number, op="ack", error=error))
    told.add(ev.Requested(at_us=at(180 * MS), id=92, op="cancel", conn="a", stream=1))
    told.add(ev.Answered(at_us=at(181 * MS), id=92, op="cancel", error="failed"))
    told.cancel(190 * MS)
    facts = facts_of(told)
    assert [at(150 * MS), at(160 * MS), at(170 * MS)] == [one.asked_us for one in facts.acks]
    assert [at(151 * MS), FOREVER, FOREVER] == [one.taken_by_us for one in facts.acks]
    assert [None, None, "failed"] == [one.error for one in facts.acks]
    assert [at(190 * MS)] == [one.asked_us for one in facts.cancels]


@pytest.mark.parametrize(
    ("offset", "kind"),
    [
        (-1, "negative"), (0, "no-news"), (1, "progress"), (FULL_BYTES, "progress"),
        (FULL_BYTES + 1, "beyond-sent"), (True, "boolean"), ("1", "not-an-integer"),
        (1.5, "not-an-integer"), (None, "not-an-integer"),
    ],
)  # fmt: skip
def test_an_ack_is_what_the_law_says_of_its_offset(offset: object, kind: str) -> None:
    """All that was sent can be acknowledged, and not a byte more."""
    flow = flow_of(story().stream().fill().ack(offset, ASKED_US + 10))
    assert [kind] == [one.kind for one in flow.acks]


@pytest.mark.parametrize(("ended_us", "kind"), [(9, "late"), (10, "progress"), (11, "progress")])
def test_an_ack_after_the_end_is_late(ended_us: int, kind: str) -> None:
    """At the end itself it may have come first."""
    told = story().stream().fill().ack(1, ASKED_US + 10).over(ASKED_US + ended_us, "cancelled")
    assert [kind] == [one.kind for one in flow_of(told).acks]


def test_acknowledged_is_certain_once_it_was_answered() -> None:
    """From its request on it may be, and the greatest counts."""
    told = story().stream().fill()
    told.ask("ack", 150 * MS, 152 * MS, conn="a", stream=1, offset=500)
    told.ask("ack", 160 * MS, 162 * MS, conn="a", stream=1, offset=300)
    flow = flow_of(told)
    moments = [149, 150, 151, 152, 170]
    assert [0, 0, 0, 500, 500] == [flow.acknowledged_by(at(us * MS)) for us in moments]
    assert [0, 500, 500, 500, 500] == [flow.acknowledged_at_most(at(us * MS)) for us in moments]


def test_sent_at_most_is_bounded_by_window_source_and_total() -> None:
    """One chunk more than the window, as many as were ready, and never more than all."""
    told = story().stream(chunks=12)
    for _ in range(3):
        told.ready(ASKED_US + 10)
    assert 3 * CHUNK_BYTES == flow_of(told).sent_at_most(at(ASKED_US + 10))
    assert 0 == flow_of(told).sent_at_most(at(ASKED_US + 9))
    for _ in range(9):
        told.ready(ASKED_US + 20)
    assert WINDOW_BYTES + CHUNK_BYTES == flow_of(told).sent_at_most(at(ASKED_US + 20))
    short = story().stream(chunks=2)
    for _ in range(3):
        short.ready(ASKED_US + 10)
    assert 2 * CHUNK_BYTES == flow_of(short).sent_at_most(at(ASKED_US + 10))
