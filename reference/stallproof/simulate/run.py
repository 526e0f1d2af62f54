"""A simulation from its plan to its outcome and its trace.

The trace is judged by the whole law: what breaks it is found wherever it is. What a job does not
bring about stays not exercised.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from stallproof import __version__
from stallproof.harness.reference import MONITOR, Reference
from stallproof.requirements.registry import load_registry
from stallproof.simulate.former import Unguarded
from stallproof.simulate.job import Job
from stallproof.simulate.network import Network
from stallproof.simulate.plan import Plan
from stallproof.simulate.told import Outcome
from stallproof.wire.codec import TRACE_SCHEMA
from stallproof.wire.events import AnyEvent
from stallproof.wire.runner import TraceBegun

PROFILE: Final = "hardened"


def simulate(plan: Plan, *, is_traced: bool = False) -> Outcome:
    """Run `plan` to the end of its job, and return what came of it."""
    outcome = Outcome(plan)
    with _uncollected():
        network = Network(plan, outcome, is_traced=is_traced)
        job = Job(plan, network, outcome)
        network.agenda.run(lambda: job.is_over)
        network.finish()
    if is_traced:
        outcome.trace += _traced(network, plan)
    return outcome


def _traced(network: Network, plan: Plan) -> Iterator[AnyEvent]:
    kind = Reference if plan.guardrails else Unguarded
    selected = sorted(one.id for one in load_registry().applicable(PROFILE))
    yield TraceBegun(
        at_us=0, schema=TRACE_SCHEMA, profile=PROFILE, selected=selected,
        implementation={"name": kind.name, "version": __version__, "language": "python"},
        features=sorted(kind.features), monitor_form=MONITOR.form,
        monitor_slack_us=MONITOR.slack_us, monitor_period_us=MONITOR.period_us,
        clock_uncertainty_us=0, clock="virtual",
    )  # fmt: skip
    for process in network.processes:
        yield from process.run(selected, network.policy)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Do without the collector of cycles: it would look at every connection again and again."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
