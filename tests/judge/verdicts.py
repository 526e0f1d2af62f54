"""Put stories together to a trace, and have it judged."""

from typing import Any

from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.offline import report_on
from stallproof.judge.report import Judgement, Report
from stallproof.requirements.registry import load_registry
from stallproof.wire import events as ev
from stallproof.wire.codec import TRACE_SCHEMA
from stallproof.wire.events import AnyEvent
from tests.judge.story import SLACK_US, T0_US, Story

JUDGED = [one.id for one in load_registry().requirements]


def header(**changes: Any) -> ev.TraceBegun:
    """The first line of a trace; the clock is perfect unless a test says otherwise."""
    fields: dict[str, Any] = {
        "at_us": T0_US,
        "schema": TRACE_SCHEMA,
        "profile": "hardened",
        "selected": JUDGED,
        "implementation": {"name": "told", "version": "1", "language": "none"},
        "features": ["unix", "tcp", "checks", "monitor", "heartbeats"],
        "monitor_form": "b",
        "monitor_slack_us": SLACK_US,
        "monitor_period_us": 5_000_000,
        "clock_uncertainty_us": 0,
    }
    return ev.TraceBegun(**{**fields, **changes})


def trace_of(*stories: Story, **changes: Any) -> list[AnyEvent]:
    """Return the trace of the stories, one run each."""
    runs = [e for n, story in enumerate(stories, 1) for e in story.events(repetition=n)]
    return [header(**changes), *runs]


def report_of(*stories: Story, **changes: Any) -> Report:
    """Return the report on the stories."""
    return report_on(trace_of(*stories, **changes))


def failing_of(events: list[AnyEvent], **changes: Any) -> set[str]:
    """Return the requirements that the events of one run break."""
    report = report_on([header(**changes), *events])
    return {j.id for j in report.requirements if j.verdict == "fail"}


def verdicts_of(*stories: Story, **changes: Any) -> dict[str, Judgement]:
    """Return the judgements of the stories by requirement."""
    return {j.id: j for j in report_of(*stories, **changes).requirements}


def failing(*stories: Story, **changes: Any) -> set[str]:
    """Return the requirements that the stories break."""
    return {i for i, j in verdicts_of(*stories, **changes).items() if j.verdict == "fail"}


def weighed(story: Story, requirement: str, **changes: int) -> dict[str | None, str]:
    """Say how each situation of `requirement` that occurred in `story` is weighed."""
    return weighed_events(story.events(), requirement, **changes)


def weighed_events(
    events: list[AnyEvent], requirement: str, **changes: Any
) -> dict[str | None, str]:
    """Say the same of the events of one run."""
    _header, runs = runs_of([header(**changes), *events])
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
