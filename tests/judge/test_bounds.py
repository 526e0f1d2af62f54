"""Every bound on both sides: early, on time, within grace, within noise, and beyond."""

from collections.abc import Callable

import pytest

from tests.judge import beating, closing, monitored, sending, windows
from tests.judge.cases import CASES
from tests.judge.story import GRACE_US, MS, NOISE_US, PERIOD_US, SLACK_US, Story
from tests.judge.verdicts import verdicts_of

Late = Callable[[int], Story]
UPPER: dict[str, tuple[str, str, Late]] = {
    "SD-1 trickle": ("SD-1", "trickle", lambda us: sending.stalled("trickles-unix", late_us=us)),
    **{
        f"SD-3 {how}": ("SD-3", how, lambda us, how=how: sending.stalled(how, late_us=us))  # type: ignore[misc]
        for how in sending.SD3
    },
    "SD-3 probe": (
        "SD-3",
        "never-reads-unix",
        lambda us: sending.stalled(probe_late_us=GRACE_US + us),
    ),
    "SD-5 hang-up": ("SD-5", "timed-out", lambda us: sending.stalled(hangup_late_us=us)),
    "SD-13 third": (
        "SD-13",
        "queued",
        lambda us: sending.queue(third_late_us=2 * GRACE_US + us),
    ),
    "SC-1 found": (
        "SC-1",
        "in-flight",
        lambda us: monitored.warn_only(found_us=400 * MS - us),
    ),
    "SC-9 upper end": (
        "SC-9",
        "close-window",
        lambda us: windows.close_window(windows.WINDOW_US[1] + us),
    ),
    "SC-11 busy lock": ("SC-11", "busy-lock", lambda us: beating.busy_lock(took_us=us)),
    "SC-11 many": ("SC-11", "many-stalled", lambda us: beating.many_stalled(took_us=us)),
    "CX-2 close": (
        "CX-2",
        "closed-while-blocked",
        lambda us: closing.closed_while_blocked(late_us=us),
    ),
    "CX-2 close over TLS": (
        "CX-2",
        "closed-while-blocked-tls",
        lambda us: closing.closed_while_blocked(late_us=us, transport="tls"),
    ),
    "CX-3 beside": ("CX-3", "beside-stalled", lambda us: closing.beside(took_us=us)),
}
"""What has an upper bound: the story that is so many microseconds beyond it, before grace."""

each_bound = pytest.mark.parametrize("name", UPPER)


def _tells(name: str, *late_us: int, noise_us: int = NOISE_US, spun: bool = False) -> str:
    """Say how the situation is judged: `kept`, `fail`, or `unclear` when it stays undecided."""
    requirement, situation, late = UPPER[name]
    stories = [late(us) for us in late_us]
    for story in stories:
        story.noise_us, story.spun = noise_us, spun
    seen = verdicts_of(*stories)[requirement].situations
    assert seen[situation] >= 1
    # The other situations of the requirement are told as well, so that it can pass at all.
    rest = [c.kept() for c in CASES if c.requirement == requirement and not seen[c.situation]]
    verdict = verdicts_of(*stories, *rest)[requirement].verdict
    return {"fail": "fail", "inconclusive": "unclear", "pass": "kept"}[verdict]


@each_bound
@pytest.mark.parametrize("late_us", [0, 1, GRACE_US - 1, GRACE_US])
def test_up_to_the_grace_after_the_bound_is_on_time(name: str, late_us: int) -> None:
    """At the bound, and with all of the grace used, the law is kept."""
    assert "kept" == _tells(name, late_us)


@each_bound
@pytest.mark.parametrize("late_us", [GRACE_US + 1, GRACE_US + NOISE_US])
def test_between_grace_and_noise_it_is_undecided(name: str, late_us: int) -> None:
    """One microsecond beyond the grace, up to the measured noise, nothing is decided."""
    assert "unclear" == _tells(name, late_us)


@each_bound
def test_one_microsecond_beyond_grace_and_noise_fails(name: str) -> None:
    """Beyond grace and noise no excuse is left, also when other repetitions were on time."""
    assert "fail" == _tells(name, GRACE_US + NOISE_US + 1)
    assert "fail" == _tells(name, 0, GRACE_US + NOISE_US + 1, 0)


@each_bound
def test_one_repetition_on_time_outweighs_the_undecided_ones(name: str) -> None:
    """Out of three repetitions one on time is enough, if none fails."""
    assert "kept" == _tells(name, GRACE_US + NOISE_US, GRACE_US, GRACE_US + 1)


@each_bound
def test_noise_above_half_the_grace_leaves_lateness_undecided(name: str) -> None:
    """At half the grace it is still judged; one microsecond more and on time means nothing."""
    half_us = GRACE_US // 2
    assert "kept" == _tells(name, 0, noise_us=half_us)
    assert "unclear" == _tells(name, 0, noise_us=half_us + 1)


@each_bound
def test_beyond_grace_and_noise_fails_only_on_a_machine_quiet_enough(name: str) -> None:
    """At half the grace of noise lateness still fails; one microsecond more and it says nothing."""
    half_us = GRACE_US // 2
    late_us = 2 * GRACE_US + 1
    assert "fail" == _tells(name, late_us, noise_us=half_us)
    assert "unclear" == _tells(name, late_us, noise_us=half_us + 1)


@each_bound
def test_an_implementation_that_spins_buys_no_more_than_half_the_grace(name: str) -> None:
    """With the processor burnt, later than one and a half graces fails, and on time is on time."""
    late_us = GRACE_US + GRACE_US // 2 + 1
    assert "fail" == _tells(name, late_us, noise_us=3 * GRACE_US, spun=True)
    assert "kept" == _tells(name, GRACE_US, noise_us=3 * GRACE_US, spun=True)


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
    assert expected == verdicts_of(story)["SC-9"].verdict


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
    assert expected == verdicts_of(*stories, clock_uncertainty_us=uncertainty_us)["SD-4"].verdict


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
    assert expected == verdicts_of(story, monitor_form=form)["SC-9"].verdict


def test_a_stall_that_the_monitor_never_closes_fails() -> None:
    """Nothing closed until the end of the run, long after the upper end."""
    found = verdicts_of(windows.close_window(None))["SC-9"]
    assert "fail" == found.verdict
    assert "was not closed" in found.findings[0].explanation


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
    assert expected == verdicts_of(windows.schedule(gap_us))["SC-9"].verdict


@pytest.mark.parametrize(("over_us", "expected"), [(-1, "pass"), (0, "fail"), (1, "fail")])
def test_no_write_begins_at_or_after_the_deadline(over_us: int, expected: str) -> None:
    """By its own word; 1 us before is right, at the deadline it is not."""
    story = sending.write_begins_after_deadline(over_us)
    assert expected == verdicts_of(story)["SD-2"].verdict


@pytest.mark.parametrize(("extra_bytes", "expected"), [(0, "pass"), (1, "fail")])
def test_no_more_arrives_after_the_deadline_than_the_kernel_held(
    extra_bytes: int, expected: str
) -> None:
    """As many bytes as the buffers hold may come out; one more was written too late."""
    assert expected == verdicts_of(sending.writes_on(extra_bytes))["SD-2"].verdict


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
