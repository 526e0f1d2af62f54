"""The operation `decide`: a pure machine is asked for one decision, on either clock.

The use: a machine is a function from the fields of its input to its decision. Those of the
reference are found (`MACHINES`): every module of `stallproof.machines` that has `decide`.

Spec: `spec/protocol.md`, `decide`.
"""

import importlib
import inspect
import pkgutil
import typing

import msgspec
from icontract import ViolationError

from stallproof import machines
from stallproof.harness.adapter import Machines, Unsupported
from stallproof.wire.implementation import Decided
from stallproof.wire.operations import DecideRequest

MACHINES: Machines = {
    one.name: module.decide
    for one in pkgutil.iter_modules(machines.__path__)
    if hasattr(module := importlib.import_module(f"{machines.__name__}.{one.name}"), "decide")
}


def decided(known: Machines, request: DecideRequest, *, at_us: int) -> Decided:
    """Return the event that tells of the decision.

    Raises `Unsupported` for a machine that is not `known`, `ValueError` for an input that it
    cannot have.
    """
    decide = known.get(request.machine)
    if decide is None:
        raise Unsupported(f"this implementation has no machine {request.machine!r}")
    given, kinds = request.input, typing.get_type_hints(decide)
    names = inspect.signature(decide).parameters.keys()
    if given.keys() != names:
        raise ValueError(f"the input of {request.machine} consists of {', '.join(names)}")
    fields = {name: msgspec.convert(given[name], kinds[name]) for name in names}
    try:
        decision = decide(**fields)
    except ViolationError as violation:
        raise ValueError(f"{request.machine} takes no such input: {given}") from violation
    return Decided(
        at_us=at_us,
        machine=request.machine,
        input=given,
        decision=msgspec.to_builtins(decision),
    )
