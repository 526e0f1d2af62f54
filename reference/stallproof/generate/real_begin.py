"""Who is judged by worlds, and of what they can tell: asked before the first of them is played.

Spec: `spec/protocol.md` (`features`).
"""

from collections.abc import Collection

from stallproof.generate.failures import Settings, Trace
from stallproof.generate.worlds import GROUPS
from stallproof.runner.play import SCENARIOS
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.sut.client import HarnessBroken, HarnessClient
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, may_end
from stallproof.runner.virtual_runs import no_run, trace_header
from stallproof.wire.protocol import Hello


def unusable(asked: Settings, error: HarnessBroken | Ended) -> Trace:
    """Return what is to be said of a harness that could not even say hello, or was not let."""
    at_us = now_us()
    header = trace_header(
        None, profile=asked.profile, selected=asked.selected, clock="real", seed=asked.seed,
        at_us=at_us, uncertainty_us=1, without=as_taken(asked.command).without,
    )  # fmt: skip
    return Trace(header, no_run(error, at_us, "real") if isinstance(error, HarnessBroken) else [])


def begun_on(asked: Settings) -> tuple[Hello, Trace]:
    """Ask the harness who it is, on the real clock; raises `HarnessBroken`, and `Ended`."""
    client = HarnessClient(asked.command, lambda event: None)
    try:
        with may_end():
            client.start()
            client.begin()
        hello, uncertainty_us = client.hello, client.clock_uncertainty_us
    finally:
        client.close()
    header = trace_header(
        hello, profile=asked.profile, selected=asked.selected, clock="real", seed=asked.seed,
        at_us=now_us(), uncertainty_us=uncertainty_us, without=as_taken(asked.command).without,
    )  # fmt: skip
    end = [] if client.failed_end is None else no_run(client.failed_end, now_us(), "real")
    return hello, Trace(header, end, list(hello.notes))


def shown_by(features: Collection[str], selected: Collection[str]) -> frozenset[str]:
    """Return which of `selected` a world may say something of, for a harness with `features`."""
    return frozenset(
        requirement
        for scenario in SCENARIOS
        for requirement in scenario.requirements
        if requirement in selected
        and requirement.split("-")[0] in GROUPS
        and not scenario.missing(features)
        and scenario.takes.get(requirement, frozenset()) <= {*features}
    )
