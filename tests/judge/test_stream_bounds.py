"""Every bound of group AP on both sides: early, on time, within grace, within noise, and beyond."""

from collections.abc import Callable

import msgspec
import pytest

from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.arrange import runs_of
from tests.judge import stopping, streaming
from tests.judge.story import GRACE_US, MS, NOISE_US, S, Story
from tests.judge.stream_story import (
    ACK_WAIT_US,
    ASKED_US,
    CHUNK_BYTES,
    FULL_BYTES,
    INTERVAL_US,
    TIMEOUT_US,
    StreamStory,
)
from tests.judge.verdicts import trace_of, verdicts_of

Late = Callable[[int], StreamStory]
UPPER: dict[str, tuple[str, str, Late]] = {
    "AP-1 duplicate": (
        "AP-1",
        "duplicate",
        lambda us: streaming.duplicate(late_us=INTERVAL_US + us),
    ),
    "AP-1 older": ("AP-1", "older", lambda us: streaming.older(late_us=INTERVAL_US + us)),
    "AP-6 no progress": (
        "AP-6",
        "no-progress-found",
        lambda us: streaming.stalls(late_us=INTERVAL_US + us),
    ),
    "AP-6 ACK wait": (
        "AP-6",
        "ack-wait-found",
        lambda us: streaming.ack_wait(late_us=INTERVAL_US + us),
    ),
    "AP-8 exactly": ("AP-8", "opens-exactly", lambda us: stopping.opens(took_us=us)),
    "AP-8 repeated": ("AP-8", "repeated", lambda us: stopping.opens_often(took_us=us)),
    "AP-9 error": ("AP-9", "error-ack", lambda us: stopping.error_ack(took_us=us)),
    "AP-10 negative": (
        "AP-10",
        "negative",
        lambda us: stopping.untrue(-1, late_us=INTERVAL_US + us),
    ),
    "AP-12 cancel": (
        "AP-12",
        "cancel-while-waiting",
        lambda us: stopping.cancelled(took_us=us),
    ),
    "AP-12 stop": ("AP-12", "stop-while-waiting", lambda us: stopping.stopped(took_us=us)),
    "AP-14 no progress": (
        "AP-14",
        "long-interval",
        lambda us: streaming.long_interval(late_us=us),
    ),
    "AP-14 ACK wait": (
        "AP-14",
        "long-interval-ack-wait",
        lambda us: streaming.long_interval_ack_wait(late_us=us),
    ),
}
"""What has an upper bound: the story that is so many microseconds beyond it, before grace."""

each_bound = pytest.mark.parametrize("name", UPPER)


def _tells(story: Story, requirement: str, **changes: int) -> dict[str | None, str]:
    """Say how each situation of `requirement` that occurred in `story` is weighed."""
    _header, runs = runs_of(trace_of(story, **changes))
    evaluated = {
        situation: one
        for run in runs
        for (told, situation), one in evaluate_run(run, {requirement}).items()
        if told == requirement
    }
    return {name: _word(one) for name, one in evaluated.items()}


def _word(evaluated: Evaluated) -> str:
    if evaluated.violations:
        return "fail"
    return "inconclusive" if evaluated.doubts or evaluated.unclear else "pass"


@each_bound
@pytest.mark.parametrize(
    ("late_us", "expected"),
    [
        (0, "pass"),
        (1, "pass"),
        (GRACE_US - 1, "pass"),
        (GRACE_US, "pass"),
        (GRACE_US + 1, "inconclusive"),
        (GRACE_US + NOISE_US, "inconclusive"),
        (GRACE_US + NOISE_US + 1, "fail"),
    ],
)
def test_grace_and_noise_are_all_that_excuses_lateness(
    name: str, late_us: int, expected: str
) -> None:
    """On time up to the grace, undecided up to the noise beyond it, and then late."""
    requirement, situation, late = UPPER[name]
    assert expected == _tells(late(late_us), requirement)[situation]


@pytest.mark.parametrize("noise_us", [0, NOISE_US, 100 * GRACE_US])
@pytest.mark.parametrize(
    ("requirement", "early"),
    [
        ("AP-1", lambda us: streaming.advances(over_us=-us)),
        ("AP-3", lambda us: streaming.advances(ack_us=400 * MS, over_us=-us)),
        ("AP-3", lambda us: streaming.stalls(late_us=-us)),
        ("AP-4", lambda us: streaming.stalls(late_us=-us)),
        ("AP-4", lambda us: streaming.paused_source(early_us=us)),
        ("AP-4", lambda us: streaming.queued_start(early_us=us)),
        ("AP-5", lambda us: streaming.ack_wait(late_us=-us)),
        ("AP-10", lambda us: stopping.untrue(-1, late_us=-us)),
    ],
)
def test_one_microsecond_early_fails_whatever_the_noise(
    requirement: str, early: Late, noise_us: int
) -> None:
    """At the due moment and after it is right; a microsecond before it is not."""
    for early_us, expected in ((1, True), (0, False), (-1, False)):
        story = early(early_us)
        story.noise_us = noise_us
        assert expected == ("fail" in _tells(story, requirement).values())


@pytest.mark.parametrize(
    ("uncertainty_us", "expected"), [(0, "fail"), (1, "inconclusive"), (10, "inconclusive")]
)
@pytest.mark.parametrize(
    ("requirement", "early"),
    [
        ("AP-1", lambda: streaming.advances(over_us=-1)),
        ("AP-3", lambda: streaming.stalls(late_us=-1)),
        ("AP-4", lambda: streaming.paused_source(early_us=1)),
        ("AP-5", lambda: streaming.ack_wait(late_us=-1)),
        ("AP-10", lambda: stopping.untrue(-1, late_us=-1)),
    ],
)
def test_the_clock_uncertainty_of_both_moments_excuses_what_is_early(
    requirement: str, early: Callable[[], StreamStory], uncertainty_us: int, expected: str
) -> None:
    """Within twice the uncertainty before the due moment the clock cannot tell."""
    told = _tells(early(), requirement, clock_uncertainty_us=uncertainty_us)
    assert expected in told.values()
    assert {expected, "pass"} >= set(told.values())


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
    assert {"completed": expected} == _tells(story, "AP-13")
