"""Judging an implementation: every scenario is played against it, and the trace is judged.

The judging goes through the same checker that judges a trace file, so that a live run and its trace
bring the same verdicts.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from stallproof.oracle.check import report_on
from stallproof.oracle.conductor import Conductor, Progress
from stallproof.oracle.driven.client import HarnessBroken, HarnessClient
from stallproof.oracle.play import SCENARIOS
from stallproof.oracle.report import Report
from stallproof.oracle.scenarios.scenario import Scenario
from stallproof.oracle.stage import now_us
from stallproof.protocol import Hello
from stallproof.trace import codec
from stallproof.trace import events as ev
from stallproof.trace.events import AnyEvent

__all__ = ["REFERENCE_COMMAND", "Progress", "conform"]

REFERENCE_COMMAND: tuple[str, ...] = (sys.executable, "-m", "stallproof.harness")


def conform(
    command: Sequence[str],
    *,
    profile: str,
    selected: frozenset[str],
    grace_us: int | None,
    lanes: int,
    trace_path: Path | None,
    progress: Callable[[Progress], None],
) -> Report:
    """Judge the implementation behind the harness `command` on real sockets and the real clock.

    `selected`: the requirement IDs in scope. `grace_us`: `None` for the default of each scenario.
    `lanes`: how many scenarios play at once. Writes the trace to `trace_path` if given. A harness
    that cannot be used at all gives a report that is incomplete and says why; it never raises.
    """
    begun = time.monotonic()
    events: list[AnyEvent]
    try:
        hello, uncertainty_us = _hello(command)
    except HarnessBroken as error:
        events = [_header(None, profile, selected, 1), *_no_run(error)]
        scenarios: list[Scenario] = []
        notes: list[str] = []
    else:
        scenarios = [s for s in SCENARIOS if selected & set(s.requirements)]
        events = [_header(hello, profile, selected, uncertainty_us)]
        conductor = Conductor(command, grace_us, lanes, progress)
        events += conductor.play_all(scenarios)
        notes = [*hello.notes, *conductor.complaints]
    if grace_us is not None and any(s.grace_us(grace_us) < grace_us for s in scenarios):
        notes.append("grace was cut to a tenth of the smallest bound in play where it was more")
    if trace_path is not None:
        codec.write_trace(trace_path, events)
    report = report_on(events)
    volatile: dict[str, int | float | str] = {
        "duration_s": round(time.monotonic() - begun, 1),
        "lanes": lanes,
    }
    return msgspec.structs.replace(report, notes=notes, volatile=volatile)


def _hello(command: Sequence[str]) -> tuple[Hello, int]:
    """Ask the harness who it is; raises `HarnessBroken`."""
    client = HarnessClient(command, lambda event: None)
    try:
        client.start()
        return client.hello, client.clock_uncertainty_us
    finally:
        client.close()


def _header(
    hello: Hello | None, profile: str, selected: frozenset[str], uncertainty_us: int
) -> ev.TraceBegun:
    """Return the first line of the trace."""
    who = {"name": "unknown", "version": "unknown", "language": "unknown"}
    if hello is not None:
        who = {"name": hello.name, "version": hello.version, "language": hello.language}
    monitor = None if hello is None else hello.monitor
    return ev.TraceBegun(
        at_us=now_us(),
        schema=codec.TRACE_SCHEMA,
        profile="seed" if profile == "seed" else "hardened",
        selected=sorted(selected),
        implementation=who,
        features=[] if hello is None else sorted(hello.features),
        monitor_form=None if monitor is None else monitor.form,
        monitor_slack_us=0 if monitor is None else monitor.slack_us,
        monitor_period_us=None if monitor is None else monitor.period_us,
        clock_uncertainty_us=uncertainty_us,
        clock_shared=hello is None or hello.clock.shared,
    )


def _no_run(error: HarnessBroken) -> list[AnyEvent]:
    """Return the events of a harness that could not even say hello."""
    at_us = now_us()
    return [
        ev.ScenarioBegun(
            at_us=at_us, name="hello", repetition=1, requirements=[], policy={}, grace_us=0
        ),
        ev.HarnessFailed(at_us=at_us, what=error.what, detail=error.detail),
        ev.ScenarioEnded(at_us=at_us, noise_us=0),
    ]
