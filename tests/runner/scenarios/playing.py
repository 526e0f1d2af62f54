"""Playing one scenario of the package against the reference, on real sockets."""

import os
from pathlib import Path

from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.command import REFERENCE_COMMAND
from stallproof.wire import codec
from stallproof.wire import events as ev

REFERENCE = Path(__file__).resolve().parents[3] / "reference"


def on_the_reference(scenario: Scenario) -> list[Run]:
    """Play one scenario against the reference and return its runs, noisy ones included."""
    os.environ.setdefault("PYTHONPATH", str(REFERENCE))
    scheduler = Scheduler(REFERENCE_COMMAND, None, 1, lambda progress: None)
    header = ev.TraceBegun(
        at_us=0,
        schema=codec.TRACE_SCHEMA,
        profile="hardened",
        selected=[],
        implementation={},
        features=["checks", "monitor", "streams", "tcp", "tls", "unix"],
        monitor_form="b",
        monitor_slack_us=50_000,
    )
    return runs_of([header, *scheduler.play_all([scenario])])[1]
