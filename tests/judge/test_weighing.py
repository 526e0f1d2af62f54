"""From many runs to one verdict, and from verdicts to the whole."""

import pytest

from stallproof.judge.report import exit_code
from stallproof.requirements.registry import load_registry
from stallproof.wire import events as ev
from tests.judge import beating, closing, sending, talking
from tests.judge.cases import CASES
from tests.judge.story import GRACE_US, MS, T0_US, Story
from tests.judge.verdicts import JUDGED, report_of, verdicts_of

REGISTRY = load_registry()


def _all_kept() -> list[Story]:
    return [case.kept() for case in CASES]


def test_a_missing_situation_is_named_in_the_words_of_the_registry() -> None:
    """With one of its situations only SD-9 is not exercised, and the gaps say what is missing."""
    judged = verdicts_of(closing.delivered())["SD-9"]
    texts = {s.name: s.text for s in REGISTRY.by_id("SD-9").situations if s.name != "small"}
    assert "not-exercised" == judged.verdict
    assert {"small": 1, **dict.fromkeys(texts, 0)} == judged.situations
    assert ["gap"] * 3 == [f.tells for f in judged.findings]
    for text, gap in zip(texts.values(), judged.findings, strict=True):
        assert text in gap.explanation


def test_a_violation_beats_a_missing_situation() -> None:
    """What is broken fails, although a situation did not occur."""
    assert "fail" == verdicts_of(closing.delivered(outcome="error"))["SD-9"].verdict


def test_a_missing_situation_beats_doubt() -> None:
    """An undecided situation beside one that never occurred is not exercised."""
    story = beating.busy_lock(took_us=GRACE_US + 1)
    assert "not-exercised" == verdicts_of(story)["SC-11"].verdict


def test_one_doubtful_moment_makes_its_whole_run_undecided() -> None:
    """Two queued sends on time do not make up for the third of the same run."""
    story = sending.queue(third_late_us=3 * GRACE_US + 1)
    assert "inconclusive" == verdicts_of(story)["SD-13"].verdict
    assert "pass" == verdicts_of(story, sending.queue())["SD-13"].verdict


def test_a_missing_feature_makes_what_needs_it_unsupported() -> None:
    """Only requirements of the scenario that was left out are unsupported, with the feature."""
    left_out = Story("wraps", requirements=["SD-14"])
    left_out.add(ev.Unsupported(at_us=T0_US, feature="sequence"))
    judged = verdicts_of(left_out)
    assert "unsupported" == judged["SD-14"].verdict
    assert "sequence" in judged["SD-14"].findings[0].explanation
    assert "not-exercised" == judged["SD-1"].verdict


def test_a_requirement_that_passes_elsewhere_is_not_unsupported() -> None:
    """A scenario left out does no harm if every situation was witnessed in others."""
    left_out = Story("more-senders", requirements=["CX-1"])
    left_out.add(ev.Unsupported(at_us=T0_US, feature="sequence"))
    witnessed = closing.contended(), talking.beats_midway()
    assert "pass" == verdicts_of(left_out, *witnessed)["CX-1"].verdict


def test_what_is_not_selected_is_not_judged() -> None:
    """A broken requirement out of scope has no verdict but `not-exercised`, and says why."""
    judged = verdicts_of(closing.delivered(outcome="error"), selected=["SD-1"])["SD-9"]
    assert ("not-exercised", False, 0) == (judged.verdict, judged.selected, judged.exercised)
    assert "Not selected" in judged.findings[0].explanation


def test_the_seed_profile_leaves_the_hardened_requirements_out() -> None:
    """SD-14 is hardened only: in seed its violation counts for nothing, and says why."""
    story = closing.contended(skip=1)
    judged = verdicts_of(story, profile="seed")["SD-14"]
    assert ("not-exercised", False) == (judged.verdict, judged.selected)
    assert "profile hardened" in judged.findings[0].explanation
    assert "fail" == verdicts_of(story)["SD-14"].verdict


def test_the_whole_passes_when_every_must_in_scope_passes() -> None:
    """All situations kept: pass, exit status 0."""
    report = report_of(*_all_kept())
    assert ("pass", 0) == (report.verdict, exit_code(report))


def test_the_whole_fails_when_one_must_fails() -> None:
    """One broken requirement among many that pass: fail, exit status 1."""
    report = report_of(*_all_kept(), closing.lost())
    assert ("fail", 1) == (report.verdict, exit_code(report))


def test_the_whole_is_incomplete_while_a_must_is_open() -> None:
    """A requirement that was not exercised leaves the report incomplete, exit status 3."""
    report = report_of(closing.delivered())
    assert ("incomplete", 3) == (report.verdict, exit_code(report))


def test_nothing_selected_is_incomplete() -> None:
    """A report that judges nothing does not pass."""
    assert "incomplete" == report_of(*_all_kept(), selected=[]).verdict


def test_harness_trouble_makes_the_whole_incomplete_and_fails_nobody() -> None:
    """A harness that died is reported apart, and no requirement fails by it."""
    died = Story("hello")
    died.policy = {}
    died.add(ev.HarnessFailed(at_us=T0_US, what="died", detail="exited with status 7"))
    report = report_of(*_all_kept(), died)
    assert "incomplete" == report.verdict
    assert [("hello", "died")] == [(t.scenario, t.what) for t in report.harness]
    assert set() == {j.id for j in report.requirements if j.selected and j.verdict != "pass"}


def test_harness_trouble_does_not_hide_a_violation() -> None:
    """What failed before the harness died has failed."""
    story = closing.lost()
    story.add(ev.HarnessFailed(at_us=T0_US + (story.ended_us or 0), what="hung", detail="silence"))
    assert "fail" == report_of(story).verdict


def test_a_log_that_states_only_some_knobs_is_judged_by_those() -> None:
    """Without the knobs of the monitor the send deadline is judged all the same."""
    story = sending.stalled()
    story.policy = {"send_timeout_us": sending.TIMEOUT_US}
    judged = verdicts_of(story, sending.stalled("trickles-unix"))
    assert "pass" == judged["SD-1"].verdict
    assert 2 == judged["SD-5"].situations["timed-out"]


def test_many_findings_are_cut_short_and_counted() -> None:
    """Six findings are shown, and how many there are besides."""
    findings = verdicts_of(*(closing.lost() for _ in range(10)))["SD-10"].findings
    assert 7 == len(findings)
    assert "4 more" in findings[-1].explanation


@pytest.mark.parametrize("requirement", JUDGED)
def test_an_implementation_that_answers_and_does_nothing_passes_nothing(requirement: str) -> None:
    """Requests are answered, the peer listens, time passes: no requirement passes or fails."""
    idle = Story("idle", requirements=[requirement], close_stalled=1, heartbeat_interval_us=1)
    idle.add(ev.PeerListening(at_us=T0_US, conn="a", transport="unix", receive_buffer_bytes=65536))
    for place, op in enumerate(("open", "monitor", "send", "check", "check", "close", "close")):
        at_us = place * 100 * MS
        idle.ask(op, at_us, at_us, conn="a", send=1, size_bytes=3_000_000)
    report = report_of(idle)
    judged = {j.id: j for j in report.requirements}[requirement]
    assert ("not-exercised", 0) == (judged.verdict, judged.exercised)
    assert "incomplete" == report.verdict


def test_an_empty_run_passes_nothing() -> None:
    """A trace without a single event in it exercises nothing."""
    report = report_of(Story("empty"))
    assert {"not-exercised"} == {j.verdict for j in report.requirements}
