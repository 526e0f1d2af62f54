"""A trace of which a part is missing is never judged as whole, and what it shows still counts."""

from pathlib import Path

import msgspec
import pytest

from stallproof.api.traces import check
from stallproof.judge.offline import report_on
from stallproof.wire.codec import write_trace
from stallproof.wire.ending import last_event, scenarios_in
from stallproof.wire.events import AnyEvent, ScenarioEnded, TraceBegun
from tests.judge.closing import delivered
from tests.judge.verdicts import trace_of


def _two_scenarios() -> list[AnyEvent]:
    """Return a whole trace of two repetitions, with the last line that its first one announces."""
    header, *events = trace_of(delivered(), delivered())
    assert isinstance(header, TraceBegun)
    header = msgspec.structs.replace(header, has_end=True)
    return [header, *events, last_event(scenarios_in(events), None, events[-1].at_us)]


WHOLE = _two_scenarios()
KEPT = frozenset({"SD-2"})


def test_a_whole_trace_was_not_interrupted() -> None:
    """Nothing is missing, and nothing is said."""
    report = report_on(WHOLE, selected=KEPT)
    assert None is report.interrupted
    assert "interrupted" not in report.why


@pytest.mark.parametrize("lines", range(1, len(WHOLE)))
def test_a_trace_cut_at_any_line_is_incomplete(lines: int) -> None:
    """Whether inside of a scenario, at its end, or just before the last line."""
    report = report_on(WHOLE[:lines], selected=KEPT)
    assert "incomplete" == report.verdict
    assert "interrupted" in report.why
    assert report.interrupted is not None
    is_inside = lines > 1 and not isinstance(WHOLE[lines - 1], ScenarioEnded)
    assert is_inside == report.interrupted.endswith("which has no line scenario_ended")


def test_a_trace_of_before_there_was_a_last_line_needs_none() -> None:
    """Whole scenarios are judged as they always were; the end of one is missed all the same."""
    header, *events = trace_of(delivered())
    assert None is report_on([header, *events]).interrupted
    assert None is not report_on([header, *events[:-1]]).interrupted


def test_a_scenario_that_is_missing_in_the_middle_is_missed() -> None:
    """The last line knows how many there were."""
    header, *events, last = WHOLE
    second = events[len(events) // 2 :]
    said = report_on([header, *second, last]).interrupted
    assert "the trace had 2 lines scenario when it was written, not 1" == said


def test_an_orderly_interruption_is_told_in_its_own_words() -> None:
    """It says why, which is more than that something is missing."""
    header, *events, _last = WHOLE
    said = report_on([header, *events, last_event(2, "by SIGINT")]).interrupted
    assert "by SIGINT" == said


def test_files_that_are_judged_together_are_whole_together(tmp_path: Path) -> None:
    """One that was cut leaves all of it incomplete, for programs as on the command line."""
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    write_trace(whole, WHOLE)
    write_trace(cut, WHOLE[:-1])
    assert None is check(whole).interrupted
    assert "the trace breaks off before its last line, trace_ended" == check(whole, cut).interrupted
    assert "incomplete" == check(whole, cut).verdict
