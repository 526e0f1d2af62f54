"""What the machines refuse: their preconditions, as plain predicates that a statement can call.

The proofs run on the functions without their contracts, so that no contract becomes an assumption.
Mutual exclusion, though, *is* a precondition: the lock cannot be taken while it is held, and nobody
steps without it. So is the range of a knob. So these preconditions are looked up before the
contracts are taken off, and become subjects of proof.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

Guard = tuple[Callable[..., Any], tuple[str, ...]]

_guards: dict[tuple[str, str], list[Guard]] = {}


def remember(module: ModuleType, name: str) -> None:
    """Record the preconditions of function `name` of `module`, which must still be decorated."""
    groups = getattr(getattr(module, name), "__preconditions__", [])
    found: list[Guard] = [
        (contract.condition, tuple(contract.condition_args))
        for group in groups
        for contract in group
    ]
    _guards[module.__name__, name] = found


def accepts(module: ModuleType, name: str, **arguments: Any) -> bool:
    """Tell whether every precondition of the function is met by `arguments`.

    Raises `LookupError` when the function has no precondition that was remembered: a law about
    refusals would otherwise be empty.
    """
    guards = _guards.get((module.__name__, name))
    if not guards:
        raise LookupError("no preconditions are known of this function")
    for condition, wanted in guards:
        if not condition(**{key: arguments[key] for key in wanted}):
            return False
    return True
