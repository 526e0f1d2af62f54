"""Playing scenarios of the package against the reference, on real sockets, in one run."""

import os
from collections.abc import Sequence
from pathlib import Path

from stallproof.judge.evaluate import evaluate_run
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.requirements.registry import load_registry
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.command import REFERENCE_COMMAND
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

REFERENCE = Path(__file__).resolve().parents[3] / "reference"
EVERY = {one.id for one in load_registry().requirements}
HEADER = ev.TraceBegun(
    at_us=0,
    schema=codec.TRACE_SCHEMA,
    profile="hardened",
    selected=[],
    implementation={},
    features=["checks", "monitor", "streams", "tcp", "tls", "unix"],
    monitor_form="b",
    monitor_slack_us=50_000,
)

JOBS = 4
"""So many play side by side: other tests do at the same time, and hear what makes noise."""


def on_the_reference(*scenarios: Scenario) -> dict[str, list[Run]]:
    """Play `scenarios` side by side against the reference and return the runs of each.

    Noisy ones are included; who was too noisy plays again only for what nothing witnessed yet.
    """
    os.environ.setdefault("PYTHONPATH", str(REFERENCE))
    wanted = {(r, name) for s in scenarios for r, names in s.situations.items() for name in names}

    def missing(events: Sequence[AnyEvent]) -> frozenset[str]:
        witnessed = {
            key
            for run in runs_of([HEADER, *events])[1]
            for key, evaluated in evaluate_run(run, EVERY).items()
            if evaluated.witnessed
        }
        return frozenset(requirement for requirement, _ in wanted - witnessed)

    scheduler = Scheduler(REFERENCE_COMMAND, None, JOBS, lambda progress: None)
    runs = runs_of([HEADER, *scheduler.play_all(scenarios, missing)])[1]
    return {s.name: [run for run in runs if run.begun.name == s.name] for s in scenarios}
