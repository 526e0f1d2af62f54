"""What a requirement asks of a story: its edges, and that the peer saw it.

Nothing passes on the implementation's word alone: what the peer did not see is no situation.
"""

from typing import Any

import pytest

from stallproof.judge.rules.machines import REQUIREMENTS as DECISIONS
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from tests.judge import beating, closing, monitored, sending, windows
from tests.judge.case import Case
from tests.judge.cases import CASES
from tests.judge.story import (
    BIG_BYTES,
    GRACE_US,
    HOLDS_BYTES,
    MS,
    NOISE_US,
    PERIOD_US,
    SLACK_US,
    T0_US,
    S,
    Story,
)
from tests.judge.verdicts import failing, verdicts_of


def _without(story: Story, *kinds: type[AnyEvent], conn: str | None = None) -> Story:
    story.told = [
        e
        for e in story.told
        if not isinstance(e, kinds) or (conn is not None and getattr(e, "conn", None) != conn)
    ]
    return story


def _standing(requirement: str, *stories: Story, **changes: Any) -> str:
    """Return how the situations of `requirement` stand that occurred in `stories`: the worst."""
    judged = verdicts_of(*stories, **changes)[requirement]
    told = set(judged.standings.values()) - {"not-exercised"}
    if judged.verdict == "fail" or not told:
        return judged.verdict
    open_ = "inconclusive" in told | {finding.tells for finding in judged.findings}
    return "inconclusive" if open_ else "pass"


def _count(story: Story, requirement: str, situation: str) -> int:
    return verdicts_of(story)[requirement].situations[situation]


PEER = (
    ev.PeerAccepted,
    ev.PeerSecured,
    ev.PeerMode,
    ev.PeerRead,
    ev.PeerFrame,
    ev.PeerFrames,
    ev.PeerSawHangup,
    ev.PeerSawEnd,
    ev.PeerDid,
    ev.PeerProbed,
)


# The peer has no part in configurations and decisions: what was asked and said is all there is.
UNSEEN = {*DECISIONS, *(case.requirement for case in CASES if case.requirement.startswith("CF-"))}
SEEN = [case for case in CASES if case.requirement not in UNSEEN]


@pytest.mark.parametrize("case", SEEN, ids=str)
def test_what_the_peer_did_not_see_is_not_witnessed(case: Case) -> None:
    """With the peer's eyes shut, the implementation's own story exercises nothing."""
    assert 0 == _count(_without(case.kept(), *PEER), case.requirement, case.situation)


def test_a_timeout_against_a_peer_who_reads_exercises_no_deadline() -> None:
    """The peer drained all the time: whoever times out then was not stalled by it."""
    story = sending.stalled()
    story.told = [e for e in story.told if not isinstance(e, ev.PeerMode)]
    judged = verdicts_of(story)
    for requirement in ("SD-1", "SD-2", "SD-3", "SD-4", "SD-5", "SD-7", "SD-13"):
        assert 0 == judged[requirement].exercised


def test_a_small_send_that_sits_idle_is_no_full_buffer() -> None:
    """Without bytes in the buffers a small send was not blocked by them."""
    story = Story("sits", send_timeout_us=sending.TIMEOUT_US).open("a").mode("a", 0, "stop")
    story.send("a", 10, 100 * MS, ended_us=600 * MS, outcome="timeout")
    story.send("a", 11, 200 * MS, ended_us=600 * MS, outcome="suppressed")
    story.closing("a", 600 * MS).hangup("a", 600 * MS).end("a", 1 * S)
    assert 0 == _count(story, "SD-3", "full-buffer")


def test_a_connection_that_carried_a_little_is_neither_cold_nor_warm() -> None:
    """One mebibyte before the stall fits neither situation of TCP."""
    story = sending.stalled("never-reads-tcp-cold")
    story.told = [
        ev.PeerRead(at_us=T0_US, began_us=T0_US, conn="a", got_bytes=1, total_bytes=1 << 20),
        *story.told,
    ]
    judged = verdicts_of(story)["SD-3"].situations
    assert 0 == judged["never-reads-tcp-cold"] + judged["never-reads-tcp-warm"]


def test_a_timeout_without_the_end_of_the_stream_does_not_hold_sd_2() -> None:
    """As long as the peer has not read to the end, more may still come."""
    story = _without(sending.stalled(), ev.PeerSawEnd)
    assert 0 == _count(story, "SD-2", "unfinished-at-deadline")


def test_a_connection_that_is_still_open_after_a_timeout_fails() -> None:
    """The peer's probe finds it open long after the send ended."""
    assert {"SD-5"} == failing(sending.stays_open())


def test_a_closing_that_only_the_implementation_reports_does_not_hold_sc_8() -> None:
    """It says that it closed at the threshold, and the peer saw no end."""
    story = _without(monitored.at_threshold(), ev.PeerSawHangup, ev.PeerSawEnd)
    assert 0 == _count(story, "SC-8", "checked-after-closing")


def test_a_monitor_that_never_looks_does_not_hold_cx_5() -> None:
    """Not to warn is no merit of a monitor that made no check."""
    assert 0 == _count(windows.deadline_first(checks=0), "CX-5", "never-warns")
    story = windows.deadline_first(limit_us=250 * MS, checks=0)
    assert 0 == _count(story, "CX-5", "never-closes")


def test_a_pass_without_checks_does_not_hold_sc_11() -> None:
    """An answer at once, with no connection looked at, shows no pass."""
    for story, situation in (
        (beating.busy_lock(), "busy-lock"),
        (beating.many_stalled(), "many-stalled"),
    ):
        assert 0 == _count(_without(story, ev.Checked), "SC-11", situation)


def test_a_pass_is_over_only_with_its_last_check() -> None:
    """An answer at once does not hide a check that comes 200 ms later."""
    story = _without(beating.busy_lock(), ev.Checked).checked("a", 1600 * MS, 300 * MS, 0)
    assert {"SC-11"} == failing(story)


def test_a_pass_that_never_ends_fails_sc_11() -> None:
    """The check was not answered by the end of the run."""
    story = _without(beating.busy_lock(pending=True), ev.Checked)
    assert {"SC-11"} == failing(story)


def test_a_warn_only_monitor_that_closes_at_once_fails() -> None:
    """A close after the first stalled check is as bad as one after the last."""
    story = Story("closes-at-once", stall_timeout_us=500 * MS).open("a").mode("a", 0, "stop")
    story.send("a", 1, 100 * MS, size_bytes=BIG_BYTES).check(800 * MS, {"a": (700 * MS, 1)})
    story.closing("a", 800 * MS, cause="monitor").hangup("a", 800 * MS)
    story.ended("a", 1, 800 * MS, "suppressed").end("a", 2 * S, torn=1, left_bytes=9)
    assert {"SC-5"} == failing(story)


def idle_and_closed(cause: str, checked_us: int = 300 * MS) -> Story:
    """A connection that nobody stalls, checked once and closed."""
    story = Story("idle-and-closed", stall_timeout_us=500 * MS).open("a")
    story.check(checked_us, {"a": (0, 0)}).closing("a", 400 * MS, cause=cause)
    return story.hangup("a", 400 * MS).end("a", 2 * S)


def test_a_warn_only_monitor_that_closes_for_no_stall_fails() -> None:
    """Silence is no reason to close, where closing is off; nor is anything else."""
    assert "fail" == verdicts_of(idle_and_closed("monitor"))["SC-5"].verdict
    assert "fail" != verdicts_of(idle_and_closed("send_timeout"))["SC-5"].verdict
    assert "fail" != verdicts_of(idle_and_closed("monitor", 500 * MS))["SC-5"].verdict


def test_a_failure_that_follows_the_monitor_s_close_does_not_excuse_it() -> None:
    """In seed the blocked send ends with CLOSED then: the close is the monitor's all the same."""
    story = monitored.let_go(closes=True)
    story.told = [
        ev.SendEnded(at_us=e.at_us, heard_us=e.heard_us, conn="a", send=1, outcome="closed")
        if isinstance(e, ev.SendEnded)
        else e
        for e in story.told
    ]
    assert "fail" == verdicts_of(story)["SC-6"].verdict


def test_a_close_long_before_the_lower_end_fails_although_the_peer_reads_then() -> None:
    """That the peer reads to the end after a hang-up does not hide that it came early."""
    assert {"SC-9"} == failing(windows.close_window(300 * MS))


def test_time_in_the_queue_is_not_stall_time() -> None:
    """A send that waited 800 ms for its lock and held it for 700 ms is stalled for 700."""
    judged = verdicts_of(monitored.another_send(stall_us=1500 * MS))["SC-1"]
    assert "fail" == judged.verdict
    assert "700.0 ms at most" in judged.findings[0].explanation


def test_wrapping_takes_more_frames_than_there_are_numbers() -> None:
    """A count that begins near its end wraps at once, and shows nothing."""
    story = Story("wraps-at-once").open("a")
    for place, sequence in enumerate((65535, 0, 1)):
        story.frame("a", None, place, sequence=sequence)
    assert 0 == _count(story, "SD-14", "wrapped")


def test_two_sends_in_flight_at_once_fail_by_their_own_word() -> None:
    """A lock that is taken before the last write of the send before it was stolen."""
    story = Story("stolen").open("a")
    story.send("a", 1, 0, ended_us=300 * MS).send("a", 2, 0, ended_us=300 * MS)
    story.lock("a", 1, 10 * MS).wrote("a", 1, 200 * MS, 200 * MS)
    story.lock("a", 2, 199 * MS).wrote("a", 2, 250 * MS, 250 * MS)
    story.frame("a", 1, 301 * MS).frame("a", 2, 302 * MS)
    assert {"CX-1"} == failing(story)


def test_a_send_that_ends_twice_fails() -> None:
    """A second end revives a send that was over."""
    assert {"CX-6"} == failing(closing.closed_while_blocked(twice=True))


def test_a_send_that_never_ends_on_a_closed_connection_fails() -> None:
    """No end by the end of the run, seconds after the close."""
    story = closing.closed_while_blocked().send("a", 3, 1 * S)
    assert {"CX-6"} == failing(story)


def test_a_frame_that_waits_for_longer_than_its_share_fails() -> None:
    """With one send ahead, both take two timeouts and graces together at most."""
    story = Story("waits", send_timeout_us=500 * MS).open("a").mode("a", 0, "stop")
    story.send("a", 1, 0, ended_us=400 * MS).send("a", 2, 1 * MS, ended_us=1200 * MS)
    story.frame("a", 1, 1300 * MS).frame("a", 2, 1300 * MS)
    assert set() == failing(story)
    assert {"CX-4"} == failing(story.lock("a", 2, 400 * MS))


def test_a_first_stalled_check_that_counts_two_fails() -> None:
    """Counting begins with 1."""
    assert "fail" == verdicts_of(monitored.warn_only(counts=(2, 3, 4)))["SC-3"].verdict


def test_two_heartbeats_from_one_check_fail() -> None:
    """Each check of an idle connection sends one."""
    assert {"SC-10"} == failing(beating.heartbeats(late=2))


def test_a_close_shortly_before_the_deadline_does_not_show_that_closing_frees() -> None:
    """The send would have ended by itself."""
    story = closing.closed_while_blocked()
    story.policy["send_timeout_us"] = 301 * MS
    assert 0 == _count(story, "CX-2", "closed-while-blocked")


def test_bytes_that_are_lost_in_a_reset_are_nobody_s_lie() -> None:
    """An OK whose bytes a reset swallowed contradicts nothing."""
    story = _without(closing.closed_while_blocked(outcome="ok"), ev.PeerSawEnd)
    story.read("a", 300 * MS, 2_000_000)
    story.add(ev.PeerSawEnd(at_us=T0_US + 2 * S, conn="a", how="reset", total_bytes=2_000_000))
    assert "fail" != verdicts_of(story)["SD-10"].verdict


def test_a_queue_of_probes_has_a_grace_for_each() -> None:
    """The third send in the queue may return three graces after the deadline."""
    assert set() == failing(sending.queue(third_late_us=3 * 50 * MS))


def test_who_is_barged_past_does_not_make_another_s_timeout_early() -> None:
    """A send that came earlier and returned later says nothing of when the lock was taken."""
    story = Story("barged", send_timeout_us=500 * MS).open("a").mode("a", 0, "stop")
    story.send("a", 1, 0, size_bytes=HOLDS_BYTES * 2, ended_us=100 * MS)
    story.send("a", 2, 10 * MS, ended_us=610 * MS, outcome="suppressed")
    story.send("a", 3, 20 * MS, size_bytes=BIG_BYTES, ended_us=600 * MS, outcome="timeout")
    assert "fail" != verdicts_of(story)["SD-4"].verdict


def test_a_queue_behind_a_timeout_is_not_judged_by_the_bound_of_fairness() -> None:
    """When the one ahead times out the connection closes, and SD-13 bounds the queue."""
    assert "fail" != verdicts_of(sending.queue(third_late_us=5 * S))["CX-4"].verdict


def test_a_closing_that_is_not_reported_leaves_sd_5_undecided() -> None:
    """The peer saw one end, and only the implementation can say how often it closed."""
    secure = sending.stalled("never-reads-tls-cold")
    judged = verdicts_of(_without(sending.stalled(), ev.Closing), secure)["SD-5"]
    assert "inconclusive" == judged.verdict


def test_a_timeout_whose_stream_was_not_read_to_the_end_does_not_hold_sd_5() -> None:
    """A hang-up alone may still be followed by bytes."""
    assert 0 == _count(_without(sending.stalled(), ev.PeerSawEnd), "SD-5", "timed-out")


def test_a_trickle_too_thin_to_wake_a_writer_is_no_progress() -> None:
    """Reads that free less than a sender's buffer do not show that progress extends nothing."""
    enough, thin = (sending.stalled("trickles-unix", trickle_bytes=n) for n in (60_000, 52_000))
    assert 1 == _count(enough, "SD-1", "trickle")
    assert 0 == _count(thin, "SD-1", "trickle")


def test_over_tcp_the_end_of_the_stream_may_queue_behind_unread_bytes() -> None:
    """How soon the peer sees the end is judged only where nothing can lie before it."""
    late_us = 200 * MS
    unix, tcp = (
        sending.stalled(f"never-reads-{how}", hangup_late_us=late_us)
        for how in ("unix", "tcp-cold")
    )
    assert "SD-5" in failing(unix)
    assert "SD-5" not in failing(tcp)


# --- edges --------------------------------------------------------------------------------------


def test_a_run_without_an_end_leaves_lateness_undecided() -> None:
    """A trace that was cut off does not say how noisy the machine was."""
    story = closing.beside(took_us=10 * GRACE_US)
    story.ended_us = None
    assert "inconclusive" == verdicts_of(story)["CX-3"].verdict


@pytest.mark.parametrize("noise_us", [0, NOISE_US, 100 * GRACE_US])
def test_a_timeout_one_microsecond_early_fails_whatever_the_noise(noise_us: int) -> None:
    """Early by 1 us fails; at the deadline it is right."""
    early, exact = sending.stalled(late_us=-1), sending.stalled()
    early.noise_us = exact.noise_us = noise_us
    assert "fail" == verdicts_of(early)["SD-4"].verdict
    assert "not-exercised" == verdicts_of(exact)["SD-4"].verdict
    assert 1 == verdicts_of(exact)["SD-4"].situations["timed-out"]


@pytest.mark.parametrize(("early_us", "expected"), [(-1, "pass"), (0, "fail"), (1, "fail")])
@pytest.mark.parametrize("noise_us", [0, NOISE_US])
def test_the_lower_end_of_the_close_window_is_excluded(
    early_us: int, expected: str, noise_us: int
) -> None:
    """A close at the lower end or before it fails; one microsecond after it is right."""
    story = windows.close_window(windows.WINDOW_US[0] - early_us)
    story.noise_us = noise_us
    assert expected == _standing("SC-9", story)


def test_a_close_that_comes_too_early_fails_however_noisy_the_machine_is() -> None:
    """Noise excuses nothing at the lower end."""
    story = windows.close_window(windows.WINDOW_US[0])
    story.noise_us = 100 * GRACE_US
    assert "fail" == verdicts_of(story)["SC-9"].verdict


@pytest.mark.parametrize(
    ("uncertainty_us", "expected"), [(0, "fail"), (1, "inconclusive"), (10, "inconclusive")]
)
def test_the_clock_uncertainty_of_both_moments_excuses_a_timeout_that_is_early(
    uncertainty_us: int, expected: str
) -> None:
    """Within twice the uncertainty around the deadline the clock cannot tell."""
    stories = sending.stalled(late_us=-1), sending.queued()
    assert expected == _standing("SD-4", *stories, clock_uncertainty_us=uncertainty_us)


@pytest.mark.parametrize(
    ("closed_us", "form", "expected"),
    [
        (1100 * MS, "a", "fail"),
        (1100 * MS + 1, "a", "pass"),
        (1620 * MS + GRACE_US, "a", "pass"),
        (1620 * MS + GRACE_US + 1, "a", "inconclusive"),
        (1620 * MS + GRACE_US + NOISE_US + 1, "a", "fail"),
        (1100 * MS, "b", "pass"),
    ],
)
def test_each_form_of_the_close_window_has_its_own_ends(
    closed_us: int, form: str, expected: str
) -> None:
    """(a) 600 + 500 to 600 + 2 * 510 ms; (b) begins a slack earlier."""
    story = windows.close_window(closed_us)
    assert expected == _standing("SC-9", story, monitor_form=form)


def test_a_stall_that_the_monitor_never_closes_fails() -> None:
    """Nothing closed until the end of the run, long after the upper end."""
    found = verdicts_of(windows.close_window(None))["SC-9"]
    assert "fail" == found.verdict
    assert "was not closed" in found.findings[0].explanation


@pytest.mark.parametrize(
    ("closed_us", "due_us", "expected"),
    [
        # Up to the limit a skipped tick moves nothing, and the premise takes a longer limit.
        (1700 * MS, 600 * MS, "not-exercised"),
        (1700 * MS, 600 * MS + 1, "inconclusive"),
        (1610 * MS + GRACE_US, 601 * MS, "pass"),
        (1610 * MS + GRACE_US + 1, 601 * MS, "inconclusive"),
        (2110 * MS + GRACE_US + NOISE_US, 601 * MS, "inconclusive"),
        (2110 * MS + GRACE_US + NOISE_US + 1, 601 * MS, "fail"),
        # The lower end moves as well: N checks take as long as the ticks between them.
        (1590 * MS, 601 * MS, "fail"),
        (1590 * MS + 1, 601 * MS, "pass"),
    ],
)
def test_a_tick_that_is_skipped_beyond_the_limit_moves_the_close_window(
    closed_us: int, due_us: int, expected: str
) -> None:
    """By one period at both ends; and nobody passes by skipping ticks."""
    assert expected == _standing("SC-9", windows.skipping(closed_us, due_us=due_us))


def test_each_skipped_tick_of_several_moves_the_close_window() -> None:
    """Three periods later is too late for two ticks, and not for three."""
    closed_us = 1610 * MS + 3 * PERIOD_US
    for ticks, expected in ((2, "fail"), (3, "inconclusive")):
        story = windows.skipping(closed_us, due_us=601 * MS + 2 * PERIOD_US, ticks=ticks)
        assert expected == _standing("SC-9", story)


def test_a_skipped_tick_before_the_limit_takes_a_longer_limit() -> None:
    """No check is sure to fall in the stall before the limit, so that nothing is promised."""
    story = windows.skipping(1500 * MS, due_us=300 * MS)
    assert "not-exercised" == _standing("SC-9", story)


@pytest.mark.parametrize(
    ("late_us", "expected"), [(9_999, "fail"), (10_000, "fail"), (10_001, "pass")]
)
def test_a_tick_that_is_not_too_late_is_not_skipped(late_us: int, expected: str) -> None:
    """The declared lateness is 10 ms: a check that late is still due, and a later one is not."""
    story = windows.skipping(1595 * MS, late_us=late_us)
    assert expected == _standing("SC-9", story)


@pytest.mark.parametrize(
    ("gap_us", "expected"),
    [
        (2 * PERIOD_US + SLACK_US + GRACE_US, "pass"),
        (2 * PERIOD_US + SLACK_US + GRACE_US + NOISE_US + 1, "fail"),
    ],
)
def test_a_skipped_tick_takes_one_period_between_two_checks(gap_us: int, expected: str) -> None:
    """What is told to be skipped is no missing check; a second one that is missing is."""
    assert expected == _standing("SC-9", windows.schedule_with_a_skip(gap_us))
    assert "fail" == verdicts_of(windows.schedule(gap_us))["SC-9"].verdict


@pytest.mark.parametrize(
    ("gap_us", "expected"),
    [
        (PERIOD_US, "pass"),
        (PERIOD_US + SLACK_US + GRACE_US, "pass"),
        (PERIOD_US + SLACK_US + GRACE_US + 1, "inconclusive"),
        (PERIOD_US + SLACK_US + GRACE_US + NOISE_US, "inconclusive"),
        (PERIOD_US + SLACK_US + GRACE_US + NOISE_US + 1, "fail"),
        (PERIOD_US - SLACK_US - GRACE_US - NOISE_US, "pass"),
        (PERIOD_US - SLACK_US - GRACE_US - NOISE_US - 1, "fail"),
    ],
)
def test_checks_keep_the_numbers_that_were_declared(gap_us: int, expected: str) -> None:
    """Gaps between checks stay within the declared form, up to grace and noise."""
    assert expected == _standing("SC-9", windows.schedule(gap_us))


@pytest.mark.parametrize(("over_us", "expected"), [(-1, "pass"), (0, "fail"), (1, "fail")])
def test_no_write_begins_at_or_after_the_deadline(over_us: int, expected: str) -> None:
    """By its own word; 1 us before is right, at the deadline it is not."""
    story = sending.write_begins_after_deadline(over_us)
    assert expected == _standing("SD-2", story)


@pytest.mark.parametrize(("extra_bytes", "expected"), [(0, "pass"), (1, "fail")])
def test_no_more_arrives_after_the_deadline_than_the_kernel_held(
    extra_bytes: int, expected: str
) -> None:
    """As many bytes as the buffers hold may come out; one more was written too late."""
    assert expected == _standing("SD-2", sending.writes_on(extra_bytes))


@pytest.mark.parametrize(("before", "expected"), [(8, 1), (9, 0)])
def test_a_hog_may_send_what_was_under_way(before: int, expected: int) -> None:
    """Eight frames may still come after a waiter came; nine may not."""
    judged = verdicts_of(closing.hogged(before=before))["CX-4"]
    assert expected == int(judged.verdict != "fail")


@pytest.mark.parametrize(("number", "expected"), [(1023, 0), (1024, 1), (1025, 1)])
def test_high_descriptors_begin_at_1024(number: int, expected: int) -> None:
    """Below 1024 the situation did not occur."""
    judged = verdicts_of(closing.high_descriptor(descriptor=number))["SD-11"]
    assert expected == judged.situations["above-1024"]
