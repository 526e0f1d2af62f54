"""The scenarios of pure machines: what decides without a socket is simply asked.

A decision takes no time of its own, so that nothing is measured, and no peer is needed.

Spec: `spec/protocol.md`, `decide`.
"""

from functools import partial

from stallproof.runner.scenarios.asked import Asked, asked_of_all
from stallproof.runner.scenarios.context import Context, now_us
from stallproof.runner.scenarios.scenario import Scenario
from stallproof.runner.sut.answers import Unsupported
from stallproof.wire import events as ev
from stallproof.wire.operations import DECIDE


def decides(asked: Asked, context: Context) -> None:
    """Ask the machine for each decision."""
    for given in asked.inputs:
        try:
            context.harness.request("decide", machine=asked.machine, input=given)
        except Unsupported as no:
            context.record.add(ev.Unsupported(at_us=now_us(), feature=str(no)))
            return


DECIDING = tuple(
    Scenario(
        f"decides-{asked.machine.replace('_', '-')}",
        asked.aims,
        partial(decides, asked),
        features=frozenset({DECIDE, asked.machine}),
        timing=False,
        play_s=0.1,
    )
    for asked in asked_of_all()
)
