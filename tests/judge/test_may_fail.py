"""An end that closes is a cause for what fails behind it, though nobody tells the closing."""

import pytest

from stallproof.wire import events as ev
from tests.judge.giving_up import AHEAD, BEHIND, GIVEN, GIVEN_UP_US
from tests.judge.story import BIG_BYTES, MS, T0_US, Story
from tests.judge.stream_story import ASKED_US, StreamStory
from tests.judge.verdicts import verdicts_of

TIMEOUT_US = 400 * MS
FAILED_US = 500 * MS
SEEN_US = 1500 * MS
"""A peer that does not read learns late that the connection is closed."""


def is_accused(story: Story) -> bool:
    """Tell whether a send is said to have failed without a cause."""
    found = verdicts_of(story)["SD-7"].findings
    return any("without a cause" in one.explanation for one in found)


def given_up(*, before_us: int = MS, written_bytes: int | None = None) -> Story:
    """A send is given up, and the one behind it is suppressed so long after; no closing is told."""
    story = Story("given-up").open("a").mode("a", 0, "stop")
    story.send("a", GIVEN, 150 * MS, size_bytes=BIG_BYTES).send("a", BEHIND, 200 * MS)
    story.ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    at_us = T0_US + GIVEN_UP_US
    end = ev.SendEnded(at_us=at_us, heard_us=at_us, conn="a", send=GIVEN, outcome="given_up",
                       written_bytes=written_bytes)  # fmt: skip
    story.add(end).ended("a", BEHIND, GIVEN_UP_US + before_us, "suppressed")
    torn = None if written_bytes == 0 else GIVEN
    return story.end("a", SEEN_US, torn=torn, left_bytes=5000)


@pytest.mark.parametrize(("before_us", "expected"), [(-1, True), (0, False), (1, False)])
def test_a_torn_send_that_is_given_up_is_a_cause(before_us: int, expected: bool) -> None:
    """It closes from then on, and what fails earlier fails without a cause."""
    assert expected is is_accused(given_up(before_us=before_us))


def test_a_send_that_is_given_up_with_nothing_written_is_no_cause() -> None:
    """It says so itself, and the connection has to stay open."""
    assert is_accused(given_up(written_bytes=0))


def test_a_send_that_is_given_up_in_the_queue_is_no_cause() -> None:
    """The one ahead of it was blocked all the time, so that it never had its turn."""
    story = Story("queued").open("a").mode("a", 0, "stop")
    story.send("a", AHEAD, 100 * MS, size_bytes=BIG_BYTES).send("a", GIVEN, 150 * MS)
    story.send("a", BEHIND, 200 * MS).ask("give_up", GIVEN_UP_US, GIVEN_UP_US, conn="a", send=GIVEN)
    story.ended("a", GIVEN, GIVEN_UP_US, "given_up").ended("a", BEHIND, FAILED_US, "suppressed")
    assert is_accused(story.end("a", SEEN_US, torn=AHEAD, left_bytes=5000))


def test_a_give_up_that_nobody_carried_out_is_no_cause() -> None:
    """It is unsupported, and the send goes on."""
    story = given_up()
    refused = [
        ev.Answered(at_us=one.at_us, id=one.id, op=one.op, error="unsupported")
        if isinstance(one, ev.Answered) and one.op == "give_up"
        else one
        for one in story.told
    ]
    story.told = [one for one in refused if getattr(one, "outcome", "") != "given_up"]
    assert is_accused(story)


def left_chunk(send_timeout_us: int = TIMEOUT_US, *, reads: bool = False) -> StreamStory:
    """A chunk is handed over, and its peer has stopped reading or `reads`."""
    story = StreamStory("left-chunk", send_timeout_us=send_timeout_us).open("a").stream(chunks=2)
    if not reads:
        story.mode("a", ASKED_US - 1, "stop")
    return story.ready(ASKED_US)


def suppressed(story: Story, at_us: int) -> Story:
    """A send that waits is suppressed, and the peer sees the end much later."""
    story.send("a", 7, at_us - 10, ended_us=at_us, outcome="suppressed", first_byte_us=False)
    return story.end("a", SEEN_US, left_bytes=100)


@pytest.mark.parametrize(("before_us", "expected"), [(-1, True), (0, False), (1, False)])
@pytest.mark.parametrize("kind", ["cancel", "error"])
def test_a_stream_that_is_stopped_with_a_chunk_on_its_way_is_a_cause(
    kind: str, before_us: int, expected: bool
) -> None:
    """A cancel and an error ACK may tear the chunk; what fails before them has no cause."""
    story = left_chunk(30_000 * MS)
    story.cancel(FAILED_US) if kind == "cancel" else story.ack(0, FAILED_US, error="no")
    assert expected is is_accused(suppressed(story, FAILED_US + before_us))


@pytest.mark.parametrize(("before_us", "expected"), [(1, True), (0, False), (-1, False)])
def test_the_deadline_of_a_chunk_is_a_cause(before_us: int, expected: bool) -> None:
    """The chunk is handed over, and its send is due a send timeout later."""
    story = suppressed(left_chunk(), ASKED_US + TIMEOUT_US - before_us)
    assert expected is is_accused(story)


def test_a_chunk_that_the_peer_reads_on_for_is_no_cause() -> None:
    """What waits for the window is not on its way, and the peer takes all that is."""
    assert is_accused(suppressed(left_chunk(reads=True), ASKED_US + TIMEOUT_US))


@pytest.mark.parametrize(("before_us", "expected"), [(1, True), (0, False), (-1, False)])
def test_the_deadline_of_a_heartbeat_is_a_cause(before_us: int, expected: bool) -> None:
    """It was queued, its peer did not read, and it never came."""
    story = Story("heartbeat", send_timeout_us=TIMEOUT_US).open("a").mode("a", 0, "stop")
    at_us = T0_US + 50 * MS
    story.add(ev.HeartbeatQueued(at_us=at_us, heard_us=at_us, conn="a"))
    story = suppressed(story, 50 * MS + TIMEOUT_US - before_us)
    assert expected is is_accused(story)


@pytest.mark.parametrize(
    ("count", "closes", "expected"), [(2, 1, True), (3, 1, False), (3, 0, True)]
)
def test_a_count_that_is_full_is_a_cause(count: int, closes: int, expected: bool) -> None:
    """The monitor has to close then, where closing is on."""
    story = Story("monitor", close_stalled=closes, checks_max=3).open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES).send("a", 2, 200 * MS)
    story.checked("a", 300 * MS, 31_000 * MS, count).ended("a", 2, 301 * MS, "suppressed")
    assert expected is is_accused(story.end("a", SEEN_US, torn=1, left_bytes=5000))
