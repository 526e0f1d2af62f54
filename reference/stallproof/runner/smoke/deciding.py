"""Whether a harness answers `decide` in form: one decision of each machine, which nobody judges."""

from collections.abc import Mapping
from typing import Any

from stallproof.runner.scenarios.asked import asked_of_all
from stallproof.runner.scenarios.context import Context
from stallproof.runner.smoke.check import Check, broken, sound
from stallproof.runner.sut.client import Failed, Refused, Unsupported
from stallproof.wire.events import Decided
from stallproof.wire.operations import DECIDE, MACHINES
from stallproof.wire.protocol import Hello

INPUTS: Mapping[str, Mapping[str, Any]] = {one.machine: one.inputs[0] for one in asked_of_all()}
"""One input of each machine that the law has a decision for."""


def machines_of(hello: Hello) -> list[str]:
    """Return the machines of the law that `hello` declares, in the law's order."""
    return [one for one in MACHINES if one in hello.features]


def decides(context: Context, conn: str) -> Check:
    """Ask each declared machine for one decision, and one for a decision that nobody has."""
    machines = machines_of(context.harness.hello)
    if not machines:
        return broken(
            DECIDE,
            "It declares decide, and its `machines` name none of the law.",
            f"Name those that it has ({', '.join(MACHINES)}), or leave decide out.",
        )
    try:
        context.harness.request(DECIDE, machine="nobody", input={})
    except Unsupported:
        found = (_fault(context, one) for one in machines)
        return next((one for one in found if one is not None), _sound(machines))
    return broken(
        DECIDE, "It decides by a machine that nobody has.", "Only `machines` of its hello decide."
    )


def _sound(machines: list[str]) -> Check:
    told = f"One decision of each was answered in form, none of them judged: {', '.join(machines)}."
    return sound(DECIDE, told)


def _fault(context: Context, machine: str) -> Check | None:
    """Return what is wrong with the form of one decision, `None` if nothing is."""
    given = INPUTS[machine]
    try:
        context.harness.request(DECIDE, machine=machine, input=given)
    except (Failed, Refused, Unsupported) as error:
        advice = "An input as the machine's section has it is answered, once its decision is said."
        return broken(DECIDE, f"{machine} was asked for a decision: {error}", advice)
    said = context.record.wait_for(lambda e: isinstance(e, Decided) and e.machine == machine, 0)
    if isinstance(said, Decided) and said.input == given:
        return None
    what = "no 'decided' was said of it" if said is None else "its input was not said as it came"
    return broken(
        DECIDE,
        f"{machine} was asked for a decision and answered, and {what}.",
        "Say 'decided' with machine, input and decision before the answer.",
    )
