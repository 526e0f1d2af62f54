"""What a requirement on streams asks of a story: its edges, and that the peer saw it.

Nothing passes on the implementation's word alone, and saying nothing passes nothing.
"""

from collections.abc import Callable

import msgspec
import pytest

from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from tests.judge import stopping, streaming
from tests.judge.story import GRACE_US, MS, NOISE_US, S, Story
from tests.judge.stream_story import (
    ACK_WAIT_US,
    ASKED_US,
    CHUNK_BYTES,
    FITS,
    FULL_BYTES,
    INTERVAL_US,
    TIMEOUT_US,
    StreamStory,
)
from tests.judge.verdicts import failing, verdicts_of, weighed

Told = Callable[[], StreamStory]


def _without(story: Story, *kinds: type[AnyEvent]) -> Story:
    story.told = [e for e in story.told if not isinstance(e, kinds)]
    return story


def _count(story: Story, requirement: str, situation: str) -> int:
    return verdicts_of(story)[requirement].situations[situation]


@pytest.mark.parametrize(
    ("told", "broken"),
    [
        (streaming.stalls, {"AP-3", "AP-6", "AP-13", "AP-14"}),
        (streaming.ack_wait, {"AP-5", "AP-6", "AP-13", "AP-14"}),
        (streaming.both_due, {"AP-5", "AP-6", "AP-13", "AP-14"}),
        (streaming.paused_source, {"AP-3", "AP-6", "AP-13", "AP-14"}),
        (stopping.error_ack, {"AP-9"}),
        (stopping.cancelled, {"AP-12", "AP-13"}),
        (stopping.completed, {"AP-13"}),
        (lambda: stopping.untrue(-1), {"AP-10"}),
        (streaming.duplicate, {"AP-1"}),
    ],
)
def test_a_stream_that_never_tells_its_outcome_fails(told: Told, broken: set[str]) -> None:
    """Once a stream had to end, silence is no way out."""
    assert broken == failing(_without(told(), ev.StreamEnded))


def test_an_untrue_ack_of_which_nothing_is_said_was_not_reported() -> None:
    """No `ack_received` is no report, and neither is one without a reason."""
    assert {"AP-10"} == failing(_without(stopping.untrue(True), ev.AckReceived))
    assert {"AP-10"} == failing(stopping.untrue(True, why=""))


def test_an_operation_that_is_refused_is_a_report() -> None:
    """An interface that takes no text as an offset has refused it, and says so."""
    story = _without(stopping.untrue("1000"), ev.AckReceived)
    story.told = [
        msgspec.structs.replace(e, error="refused")
        if isinstance(e, ev.Answered) and e.op == "ack"
        else e
        for e in story.told
    ]
    assert set() == failing(story)


@pytest.mark.parametrize(("noise_us", "fails"), [(1, True), (2, False)])
@pytest.mark.parametrize("requirement", ["AP-1", "AP-10"])
def test_an_ack_that_was_refused_may_have_come_after_the_end(
    requirement: str, noise_us: int, fails: bool
) -> None:
    """Two threads date the two: up to the noise before the end it may have come after it."""
    story = StreamStory("refused-late").open("a")
    story.stream().fill()
    at_us = streaming.DUE_US - 2
    if requirement == "AP-1":
        # The stream ends for what was due before the ACK, and the peer kept its wait up.
        story.ack(8, at_us, why="the stream has ended")
    else:
        story.ack(FULL_BYTES, at_us, why="the stream has ended")
    story.over(at_us + 2, "no_progress")
    story.noise_us = noise_us
    assert fails == (requirement in failing(story))


def test_an_operation_that_is_unsupported_exercises_nothing() -> None:
    """An implementation without a cancel was not cancelled."""
    story = stopping.cancelled()
    story.told = [
        msgspec.structs.replace(e, error="unsupported")
        if isinstance(e, ev.Answered) and e.op == "cancel"
        else e
        for e in story.told
    ]
    assert 0 == _count(story, "AP-12", "cancel-while-waiting")
    assert 0 == _count(story, "AP-13", "cancelled")


@pytest.mark.parametrize("left_out", stopping.WRONG)
def test_every_shape_that_is_no_integer_has_to_be_tried(left_out: str) -> None:
    """Four shapes of five exercise nothing, and what is wrong with them still counts."""
    some = [offset for shape, offset in stopping.WRONG.items() if shape != left_out]
    assert 0 == _count(stopping.untrue(*some), "AP-10", "not-an-integer")
    assert {"AP-10"} == failing(stopping.untrue(*some, reported=False))


def test_true_is_not_one() -> None:
    """A word on the offset 1 is none on the offset true."""
    story = stopping.untrue(True)
    story.told = [
        msgspec.structs.replace(e, offset=1) if isinstance(e, ev.AckReceived) else e
        for e in story.told
    ]
    assert {"AP-10"} == failing(story)


def test_an_offset_with_a_zero_fraction_is_not_judged() -> None:
    """Some languages cannot tell 8.0 from 8, so it may be progress or a fault."""
    accepted, refused = (stopping.untrue(8.0, why=why) for why in (None, stopping.WHY))
    assert set() == failing(accepted) | failing(refused)
    assert 0 == _count(accepted, "AP-10", "not-an-integer")


def test_a_wait_that_ends_before_it_was_due_exercises_no_failure() -> None:
    """The peer acknowledged before the due moment."""
    judged = verdicts_of(stopping.opens())
    for requirement in ("AP-3", "AP-4", "AP-5", "AP-6", "AP-14"):
        assert 0 == judged[requirement].exercised


def test_a_peer_that_does_not_read_exercises_no_wait() -> None:
    """The sender may be stuck in its write: it waits for the peer, not for an ACK."""
    story = streaming.stalls().mode("a", 0, "stop")
    judged = verdicts_of(story)
    for requirement in ("AP-3", "AP-6", "AP-9", "AP-11", "AP-14"):
        assert 0 == judged[requirement].exercised


def test_an_ack_that_came_before_the_wait_began_is_no_repeat_during_it() -> None:
    """What is asked for before the chunk is ready shows nothing of a wait."""
    story = StreamStory("before").open("a")
    story.stream().chunks(0, FITS - 1, ASKED_US).ack(8, ASKED_US + 1).ack(8, ASKED_US + 2)
    story.ready(ASKED_US + 3).over(streaming.DUE_US + 3)
    assert 0 == _count(story, "AP-1", "duplicate")
    assert set() == failing(story)


def test_a_repeat_long_before_the_due_moment_shows_nothing() -> None:
    """A clock that it moved could not be told from the one that it did not."""
    assert 0 == _count(streaming.repeats(16), "AP-1", "duplicate")
    assert 0 == _count(streaming.repeats(8), "AP-1", "older")


def test_a_clock_that_a_seed_sender_keeps_breaks_only_what_is_hardened() -> None:
    """By the seed profile's clock the stream failed at its first check, as it had to."""
    story = streaming.queued_start(early_us=TIMEOUT_US)
    assert {"AP-4"} == failing(story)
    assert set() == failing(story, profile="seed")


def test_a_check_that_comes_an_interval_late_is_late_only_in_hardened() -> None:
    """AP-6 allows one check interval, AP-14 none."""
    story = streaming.stalls(late_us=INTERVAL_US)
    assert {"AP-14"} == failing(story)
    assert set() == failing(story, profile="seed")


def test_an_ack_wait_before_the_progress_timeout_is_too_early() -> None:
    """The wrong reason at the right moment is an ACK_WAIT that is too early."""
    assert {"AP-5"} == failing(streaming.stalls(outcome="ack_wait"))


def test_no_progress_while_there_was_progress_is_too_early() -> None:
    """At the end of the ACK wait NO_PROGRESS was not due."""
    judged = failing(streaming.ack_wait(outcome="no_progress"))
    assert {"AP-1", "AP-3", "AP-4"} == judged


def test_an_acknowledged_offset_that_it_was_never_sent_fails() -> None:
    """By its own word it counted what no ACK brought."""
    assert {"AP-1"} == failing(streaming.advances(acknowledged=9))
    assert {"AP-1"} == failing(streaming.advances(acknowledged=7))


def test_progress_that_is_reported_as_no_progress_fails() -> None:
    """The word contradicts what the peer sent."""
    assert {"AP-1"} == failing(streaming.advances(why="not greater"))


def test_a_watchdog_that_fails_a_stream_with_nothing_left_to_send_fails() -> None:
    """With every chunk sent nobody waits."""
    story = StreamStory("nothing-left").open("a")
    story.stream(chunks=3).chunks(0, 2, ASKED_US).over(streaming.DUE_US)
    assert {"AP-2"} == failing(story)


@pytest.mark.parametrize(
    ("uncertainty_us", "expected"), [(0, "fail"), (1, "inconclusive"), (2, "inconclusive")]
)
def test_a_chunk_that_is_ready_right_after_the_failure_is_in_doubt(
    uncertainty_us: int, expected: str
) -> None:
    """Within twice the uncertainty the clock cannot tell which came first."""
    story = StreamStory("just-before").open("a")
    story.stream().chunks(0, FITS - 1, ASKED_US).over(streaming.DUE_US).ready(streaming.DUE_US + 1)
    rest = (streaming.stalls(), streaming.at_window(), streaming.source_paused())
    judged = verdicts_of(story, *rest, clock_uncertainty_us=uncertainty_us)
    assert expected == judged["AP-2"].verdict


def test_a_stream_that_did_not_end_on_a_noisy_machine_may_only_be_late() -> None:
    """Nothing is said of a missing end or notice while the noise exceeds half the grace."""
    for story in (streaming.stalls(late_us=None), streaming.stalls(notices=0)):
        story.noise_us = GRACE_US // 2
        assert failing(story) >= {"AP-3"} or failing(story) == {"AP-9"}
        story.noise_us += 1
        assert set() == failing(story)


def test_two_notices_of_one_stop_fail() -> None:
    """The receiver is told once."""
    assert {"AP-9"} == failing(streaming.stalls(notices=2))


def test_a_notice_is_awaited_for_two_check_intervals_grace_and_noise() -> None:
    """A run that ends when it may still come, noise included, shows nothing."""
    awaited_us = 2 * INTERVAL_US + GRACE_US + NOISE_US
    for more_us, expected in ((0, set[str]()), (1, {"AP-9"})):
        story = streaming.stalls(notices=0)
        story.ended_us = streaming.DUE_US + awaited_us + more_us
        assert expected == failing(story)


def test_heartbeats_acks_and_sends_are_no_notices() -> None:
    """Only a frame of kind data or other that names nobody is one."""
    story = stopping.error_ack().send("a", 7, 1 * S, ended_us=1 * S).frame("a", 7, 1 * S)
    story.heartbeat("a", 1 * S).frame("a", None, 1 * S, kind="ack")
    assert set() == failing(story)


def test_notices_are_counted_for_all_streams_of_a_connection() -> None:
    """Three streams that the watchdog failed make three notices, not two and not four."""
    for notices, expected in ((2, {"AP-9"}), (3, set[str]()), (4, {"AP-9"})):
        story = StreamStory("side-by-side").open("a")
        for stream in (1, 2, 3):
            told = notices - 2 if stream == 3 else 1
            story.stream(stream).fill(stream=stream)
            story.over(streaming.DUE_US, stream=stream, notices=told)
        assert expected == failing(story)


@pytest.mark.parametrize(("notices", "expected"), [(0, set()), (1, set()), (2, {"AP-13"})])
def test_a_cancel_may_be_notified_once(notices: int, expected: set[str]) -> None:
    """The receiver of a cancelled stream may be told, or not."""
    story = stopping.cancelled()
    for _ in range(notices):
        story.frame("a", None, stopping.STOP_US, kind="other")
    assert expected == failing(story)


def test_a_frame_after_a_stream_that_was_done_fails() -> None:
    """Nobody is told of a stream that went well."""
    story = stopping.completed()
    assert {"AP-13"} == failing(story.frame("a", None, 2 * S))


def test_a_stream_that_is_done_without_all_its_bytes_lied() -> None:
    """The peer read on, and the rest never came."""
    story = StreamStory("lied").open("a")
    story.stream().chunks(0, 2, ASKED_US).over(ASKED_US, "done")
    assert {"AP-13"} == failing(story)


def test_more_than_the_kernel_holds_was_not_under_way() -> None:
    """What arrives after the end had begun before it only as far as it fits."""
    chunks = 1001
    for late, expected in ((1000, set[str]()), (1001, {"AP-13"})):
        story = StreamStory("too-much", window_bytes=10_000_000).open("a")
        story.stream(chunks=chunks).chunks(0, chunks - late - 1, ASKED_US)
        story.over(ASKED_US + 1, "done").chunks(chunks - late, chunks - 1, ASKED_US + 2)
        assert expected == failing(story)


def test_a_seed_sender_that_fails_at_once_is_found_before_its_last_chunk_arrives() -> None:
    """The chunk that filled the window is still on its way when the stream fails."""
    story = StreamStory("on-its-way").open("a")
    at_us = ASKED_US + streaming.LONG_PAUSE_US
    story.stream(start_after_us=streaming.LONG_PAUSE_US).chunks(0, FITS - 2, at_us)
    story.ready(at_us).ready(at_us).over(at_us + 1).chunk(FITS - 1, at_us + 2)
    assert {"AP-4"} == failing(story)


def test_a_window_opened_by_an_ack_that_races_with_the_wait_opens_all_the_same() -> None:
    """An ACK between the last chunk and the next one being ready is not lost."""
    for took_us, expected in ((GRACE_US, set[str]()), (GRACE_US + NOISE_US + 1, {"AP-8"})):
        story = StreamStory("races").open("a")
        story.stream().chunks(0, FITS - 1, ASKED_US).ack(CHUNK_BYTES, ASKED_US + 1)
        story.ready(ASKED_US + 2).chunk(FITS, ASKED_US + 2 + took_us)
        streaming.finish(story, FITS + 1, ASKED_US + 100 * MS + took_us)
        assert expected == failing(story)


def test_a_wake_up_that_never_comes_fails() -> None:
    """The window was opened, and nothing began by the end of the run."""
    story = StreamStory("never-wakes").open("a")
    story.stream().fill().ack(CHUNK_BYTES, stopping.ACK_US)
    assert {"AP-8"} == failing(story)


def test_what_follows_an_untrue_ack_is_judged_by_one_rule() -> None:
    """A sender that believes it fails this requirement, and no other."""
    assert {"AP-10"} == failing(stopping.untrue(FULL_BYTES + 1, begins=True))
    assert {"AP-10"} == failing(stopping.untrue(True, late_us=streaming.LATE_US))


def test_an_error_ack_of_somebody_else_changes_nothing() -> None:
    """It does not stop the stream, and it is reported."""
    kept = stopping.untrue(CHUNK_BYTES, origin="another", error="gave up")
    assert set() == failing(kept)
    stopped = StreamStory("stopped").open("a")
    stopped.stream().fill().ack(0, stopping.ACK_US, origin="x", error="y", why=stopping.WHY)
    assert {"AP-10"} == failing(stopped.over(stopping.ACK_US + 1, "ack_error"))


def test_a_stream_that_nobody_asked_for_is_not_judged() -> None:
    """A log without the oracle's requests does not say what was to be sent."""
    story = _without(streaming.stalls(late_us=LATE_BY_ALL), ev.Requested)
    assert 0 == sum(j.exercised for i, j in verdicts_of(story).items() if i.startswith("AP-"))


LATE_BY_ALL = 2 * S


def test_a_knob_that_is_not_stated_leaves_its_law_unjudged() -> None:
    """A trace without the window says nothing of waits."""
    story = streaming.stalls(late_us=LATE_BY_ALL)
    del story.policy["window_bytes"]
    assert set() == failing(story)


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "late_us", "expected"),
    [
        ("ack_wait", 0, "pass"),
        ("ack_wait", 1, "pass"),
        ("no_progress", 0, "pass"),
        ("cancelled", 0, "fail"),
        ("ack_wait", None, "fail"),
    ],
)
def test_the_reason_after_the_ack_wait_is_ack_wait(
    outcome: str, late_us: int | None, expected: str
) -> None:
    """With progress to the end only ACK_WAIT is due; too early a NO_PROGRESS is AP-3's."""
    story = streaming.ack_wait(late_us=late_us, outcome=outcome)  # type: ignore[arg-type]
    assert (
        expected == verdicts_of(story, streaming.ack_wait(), streaming.both_due())["AP-5"].verdict
    )


def test_when_only_lateness_made_both_due_either_reason_is_right() -> None:
    """A check after both due moments came late for the first."""
    late_us = ACK_WAIT_US - TIMEOUT_US
    for outcome, fails in (("no_progress", False), ("ack_wait", False), ("send_failed", True)):
        story = streaming.stalls(late_us=late_us, outcome=outcome)  # type: ignore[arg-type]
        assert fails == (verdicts_of(story)["AP-3"].verdict == "fail")
        assert "fail" != verdicts_of(story)["AP-5"].verdict


@pytest.mark.parametrize(
    ("used_us", "length_us", "expected"),
    [
        (250 * MS, 1 * S, "pass"),
        (250 * MS + 1, 1 * S, "fail"),
        (1 * S, 1 * S - 1, "not-exercised"),
    ],
)
def test_a_fourth_of_a_processor_is_a_busy_loop(
    used_us: int, length_us: int, expected: str
) -> None:
    """Judged from a hundred of the shortest intervals on; exactly a fourth is none."""
    story = streaming.long_wait(0, used_us=used_us, length_us=length_us)
    assert expected == verdicts_of(story, streaming.long_wait(-1))["AP-7"].verdict


@pytest.mark.parametrize(
    ("watched_us", "expected"), [(2 * INTERVAL_US - 1, 0), (2 * INTERVAL_US, 1)]
)
def test_one_byte_short_is_watched_for_two_check_intervals(watched_us: int, expected: int) -> None:
    """A sender that looks only at its checks would have begun by then."""
    story = stopping.one_byte_short(watched_us=watched_us)
    assert expected == verdicts_of(story)["AP-8"].situations["one-byte-short"]


@pytest.mark.parametrize(("waits", "expected"), [(99, 0), (100, 1), (101, 1)])
def test_a_lost_wake_up_is_looked_for_in_a_hundred_waits(waits: int, expected: int) -> None:
    """Ninety-nine are too few."""
    story = stopping.opens_often(waits=waits)
    assert expected == verdicts_of(story)["AP-8"].situations["repeated"]


@pytest.mark.parametrize(
    ("offset", "kind"),
    [
        (FULL_BYTES - 1, None),
        (FULL_BYTES, None),
        (FULL_BYTES + 1, "beyond-sent"),
        (0, None),
        (-1, "negative"),
    ],
)
def test_what_was_sent_is_the_boundary_of_what_can_be_true(offset: int, kind: str | None) -> None:
    """-1 is refused and 0 is not; the sent offset is true, one byte more is not."""
    story = StreamStory("edge").open("a")
    story.stream().fill().ack(offset, stopping.ACK_US, why=stopping.WHY if kind else None)
    if offset <= 0 or kind:
        story.over(streaming.DUE_US)
    else:
        streaming.finish(story.chunk(5, stopping.ACK_US), 6, stopping.ACK_US)
    judged = verdicts_of(story)["AP-10"]
    seen = {name for name, count in judged.situations.items() if count}
    exact = {"exactly-sent"} if offset == FULL_BYTES else set()
    assert (exact if kind is None else {kind}) == seen
    assert "fail" != judged.verdict


@pytest.mark.parametrize(("extra_bytes", "expected"), [(-8, 0), (0, 0), (1, 1)])
def test_one_chunk_beyond_the_window_is_the_most(extra_bytes: int, expected: int) -> None:
    """A window and a chunk are fine; one byte more is not."""
    judged = verdicts_of(stopping.window_filled(extra_bytes=extra_bytes))["AP-11"]
    assert expected == (judged.verdict == "fail")


@pytest.mark.parametrize(("begun_us", "expected"), [(-1, False), (0, False), (1, True)])
def test_no_chunk_begins_after_the_outcome_by_its_own_word(begun_us: int, expected: bool) -> None:
    """A microsecond after the outcome is after it."""
    story = stopping.opens().begun(5, ASKED_US)
    end_us = story.last_end_us()
    story.begun(11, end_us + begun_us)
    assert expected == (verdicts_of(story)["AP-13"].verdict == "fail")


@pytest.mark.parametrize(
    ("late_us", "expected"),
    [
        (GRACE_US, "pass"),
        (GRACE_US + 1, "inconclusive"),
        (GRACE_US + NOISE_US, "inconclusive"),
        (GRACE_US + NOISE_US + 1, "fail"),
    ],
)
def test_what_was_under_way_at_the_outcome_arrives_within_grace(
    late_us: int, expected: str
) -> None:
    """With a peer that reads, a chunk that comes later than that began after the end."""
    story = StreamStory("under-way").open("a")
    story.stream(chunks=3).chunks(0, 2, ASKED_US)
    last = story.told.pop()
    at_us = last.at_us + late_us
    story.add(msgspec.structs.replace(last, at_us=at_us, began_us=at_us))
    story.over(ASKED_US, "done").ack(3 * CHUNK_BYTES, ASKED_US + late_us)
    assert {"completed": expected} == weighed(story, "AP-13")


@pytest.mark.parametrize(("uncertainty_us", "breaks"), [(1, True), (2, False), (200, False)])
def test_an_ack_that_only_seems_to_come_after_the_end_may_have_counted(
    uncertainty_us: int, breaks: bool
) -> None:
    """Within twice the uncertainty after the end, the clock cannot tell which came first."""
    story = StreamStory("after-the-end").open("a")
    story.stream().fill().over(streaming.DUE_US, acknowledged=CHUNK_BYTES)
    story.ack(CHUNK_BYTES, streaming.DUE_US + 3)
    judged = verdicts_of(story, clock_uncertainty_us=uncertainty_us)["AP-1"]
    assert breaks is (judged.verdict == "fail")
