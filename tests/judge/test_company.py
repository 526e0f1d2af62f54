"""What CX-7 and CX-9 ask of a story: whom they accuse, and whom they must not."""

from collections.abc import Callable

import pytest

from stallproof.wire import events as ev
from tests.judge import company
from tests.judge.company import (
    AFTER_US,
    BESIDE_US,
    CLOSED_US,
    DUE_US,
    LATE_US,
    PATIENT,
    cancelled,
    closed_waiting,
    completed,
    send_beside,
    stream_beside,
)
from tests.judge.story import GRACE_US, MS, S
from tests.judge.stream_story import ASKED_US, StreamStory
from tests.judge.verdicts import failing, verdicts_of

Told = Callable[[], StreamStory]


def _situation(story: StreamStory, requirement: str, name: str) -> tuple[int, str]:
    judged = verdicts_of(story)[requirement]
    return judged.situations[name], judged.verdict


def _prepares(prepares_us: int, late_us: int) -> StreamStory:
    """A sender that copies its frame for so long before it asks for the lock, stream or not."""
    story = StreamStory("prepares").open("a")
    story.send("a", 1, 20 * MS, ended_us=20 * MS + prepares_us)
    story.frame("a", 1, 20 * MS + prepares_us)
    story.stream(at_us=250 * MS).fill(250 * MS)
    story.send("a", 2, BESIDE_US, ended_us=BESIDE_US + late_us)
    return story.frame("a", 2, BESIDE_US + late_us).over(750 * MS)


def test_work_before_the_lock_is_no_delay_by_a_stream() -> None:
    """Who takes 120 ms with and without a stream is not accused, and has not shown it either."""
    seen, verdict = _situation(_prepares(120 * MS, 120 * MS), "CX-7", "send-beside-waiting")
    assert (1, "not-exercised") == (seen, verdict)
    assert set() == failing(_prepares(120 * MS, 120 * MS))
    assert set() == failing(_prepares(120 * MS, 180 * MS))
    assert {"CX-7"} == failing(_prepares(120 * MS, 181 * MS))


def test_nobody_is_accused_where_no_send_was_alone() -> None:
    """How long a send takes without a stream is not known, so that it may have taken as long."""
    story = StreamStory("no-measure").open("a").stream().fill()
    story.send("a", 2, BESIDE_US, ended_us=BESIDE_US + LATE_US)
    assert set() == failing(story.frame("a", 2, BESIDE_US + LATE_US).over(DUE_US))


def _ahead(frame_us: int, *, heartbeat: bool = False) -> StreamStory:
    """Something else is under way when the late send is asked for, or not."""
    story = send_beside(late_us=LATE_US)
    if heartbeat:
        return _in_order(story.heartbeat("a", frame_us))
    return _in_order(story.frame("a", None, frame_us, size_bytes=24, kind="other"))


def _in_order(story: StreamStory) -> StreamStory:
    """Number the frames as they came."""
    frames = sorted(
        (e for e in story.told if isinstance(e, ev.PeerFrame)), key=lambda frame: frame.at_us
    )
    for index, frame in enumerate(frames):
        told = {name: getattr(frame, name) for name in frame.__struct_fields__}
        story.told.remove(frame)
        told |= {"index": index, "sequence": index}
        story.add(ev.PeerFrame(**{k: v for k, v in told.items() if k != "seen_by"}))
    return story


@pytest.mark.parametrize("heartbeat", [True, False])
def test_a_frame_under_way_counts_as_ahead(heartbeat: bool) -> None:
    """A heartbeat or a notice that came between the request and the frame excuses the send."""
    assert "CX-7" not in failing(_ahead(BESIDE_US + 1, heartbeat=heartbeat))
    assert "CX-7" in failing(_ahead(BESIDE_US - 1, heartbeat=heartbeat))


def test_a_stream_that_goes_on_is_ahead() -> None:
    """Its wait was over before the bound of the send: what it sends then comes first."""
    story = send_beside(late_us=LATE_US).ack(1000, BESIDE_US + GRACE_US)
    assert "CX-7" not in failing(story)


def test_a_stream_whose_source_pauses_is_judged_by_nothing_here() -> None:
    """It neither waits for its window nor is over, and may send at any moment."""
    story = StreamStory("pauses", **PATIENT).open("a")
    story.send("a", 1, 50 * MS, ended_us=50 * MS).frame("a", 1, 50 * MS)
    story.stream(pauses_us=(0, 0, 3 * S)).chunks(0, 1, ASKED_US)
    story.send("a", 2, BESIDE_US, ended_us=BESIDE_US + LATE_US)
    story.frame("a", 2, BESIDE_US + LATE_US)
    assert "CX-7" not in failing(story)


def test_a_stream_that_never_begins_is_late() -> None:
    """Nothing of it came until the peer stopped watching."""
    story = cancelled(company._alone("never")).stream(2, AFTER_US, chunks=2)
    assert "CX-7" in failing(story)


def test_a_late_stream_beside_a_send_is_not_accused() -> None:
    """The send may have been ahead of it."""
    story = stream_beside(late_us=LATE_US)
    story.send("a", 5, BESIDE_US + 1, ended_us=BESIDE_US + 2).frame("a", 5, BESIDE_US + 2)
    assert "CX-7" not in failing(_in_order(story))


# --- closing --------------------------------------------------------------------------------------


def test_a_stream_that_a_closing_never_ends_fails() -> None:
    """No outcome is too late."""
    assert "CX-9" in failing(closed_waiting(late_us=None))


def test_two_outcomes_after_a_closing_fail() -> None:
    """That a stream has two of them follows from the closing."""
    told = verdicts_of(closed_waiting(again="send_failed"))
    assert ["fail", "fail"] == [told[one].verdict for one in ("CX-9", "AP-13")]
    finding = told["AP-13"].findings[0]
    assert ("consequence", "CX-9") == (finding.tells, finding.of)
    assert "has 2 outcomes: 'send_failed', 'send_failed'" in told["CX-9"].findings[0].explanation


@pytest.mark.parametrize("outcome", ["send_failed", "cancelled"])
def test_which_outcome_it_is_does_not_matter(outcome: str) -> None:
    """Both are true of a stream whose connection was closed."""
    assert set() == failing(closed_waiting(outcome=outcome))  # type: ignore[arg-type]


def test_a_stream_that_was_over_owes_nothing() -> None:
    """Its outcome came before the closing, and is the only one."""
    story = completed(StreamStory("over", **PATIENT).open("a"))
    story.close("a", CLOSED_US).hangup("a", CLOSED_US).end("a", 2 * S)
    assert set() == failing(story)
    assert 0 == sum(verdicts_of(story)["CX-9"].situations.values())
    assert "CX-9" in failing(story.over(CLOSED_US + 1, "send_failed"))


def test_a_stream_on_another_connection_is_not_closed_upon() -> None:
    """It waits on."""
    story = StreamStory("other", **PATIENT).open("a").open("b")
    story.stream(1, conn="b").fill(conn="b")
    story.close("a", CLOSED_US).hangup("a", CLOSED_US).end("a", 2 * S)
    assert "CX-9" not in failing(story)
