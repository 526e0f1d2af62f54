"""The operation `decide`: a pure machine is asked for one decision, on either clock.

The use: a machine is a function from the fields of its input to its decision. Those of the
reference are found (`MACHINES`): the modules of `stallproof.machines` that the law names.

Spec: `spec/protocol.md`, `decide`.
"""

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec
from icontract import ViolationError

from stallproof import machines
from stallproof.harness.adapter import Machines, Unsupported
from stallproof.wire.implementation import Decided
from stallproof.wire.operations import MACHINES as NAMES
from stallproof.wire.operations import DecideRequest


class _Found(Mapping[str, Callable[..., Any]]):
    """The machines of the law that are modules here, by name; each is imported when it is asked.

    All of them take as long to import as the rest of the harness, and most runs ask none.
    """

    def __init__(self) -> None:
        there = (one.name for one in pkgutil.iter_modules(machines.__path__))
        self._names = tuple(name for name in there if name in NAMES)

    def __getitem__(self, name: str) -> Callable[..., Any]:
        if name not in self._names:
            raise KeyError(name)
        decide: Callable[..., Any] = importlib.import_module(f"{machines.__name__}.{name}").decide
        return decide

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


MACHINES: Machines = _Found()


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
