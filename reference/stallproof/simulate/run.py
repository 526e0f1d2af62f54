"""A simulation from its plan to its outcome and its trace."""

from stallproof import __version__
from stallproof.harness.reference import MONITOR, Reference
from stallproof.simulate.former import Unguarded
from stallproof.simulate.job import Job
from stallproof.simulate.network import Network
from stallproof.simulate.plan import Plan
from stallproof.simulate.told import Outcome
from stallproof.wire.codec import TRACE_SCHEMA
from stallproof.wire.runner import TraceBegun

REQUIREMENTS = ("SD-1",)


def simulate(plan: Plan, *, is_traced: bool = False) -> Outcome:
    """Run `plan` to the end of its job, and return what came of it."""
    outcome = Outcome(plan)
    network = Network(plan, outcome, is_traced=is_traced)
    job = Job(plan, network, outcome)
    network.agenda.run(lambda: job.is_over)
    network.finish()
    if is_traced:
        kind = Reference if plan.guardrails else Unguarded
        outcome.trace.append(
            TraceBegun(
                at_us=0, schema=TRACE_SCHEMA, profile="hardened", selected=sorted(REQUIREMENTS),
                implementation={"name": kind.name, "version": __version__, "language": "python"},
                features=sorted(kind.features), monitor_form=MONITOR.form,
                monitor_slack_us=MONITOR.slack_us, monitor_period_us=MONITOR.period_us,
                clock_uncertainty_us=0, clock="virtual",
            )
        )  # fmt: skip
        for process in network.processes:
            outcome.trace += process.run(REQUIREMENTS, network.policy)
    return outcome
