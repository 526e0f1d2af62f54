"""The laws of the pure machines, one module each, restated and sharing nothing with any of them.

The use: `LAWS[machine]` is the law of what `decide` asks of that machine. A module of this package
has `FIELDS`, the requirement that judges each field of a decision, or whatever else of it they
share, and `law(given)`, which returns a `Verdict`, or `None` for an input that means nothing. Its
name is the machine's, and it is found, not listed.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from stallproof.judge.rules.machines.verdict import Verdict

_MODULES = {
    one.name: importlib.import_module(f"{__name__}.{one.name}")
    for one in pkgutil.iter_modules(__path__)
    if one.name not in ("shown", "verdict")
}
LAWS: dict[str, Callable[[Mapping[str, Any]], Verdict | None]] = {
    name: module.law for name, module in _MODULES.items()
}
"""The law of each machine by its name."""
DECIDED: dict[str, frozenset[str]] = {
    name: frozenset(module.FIELDS.values()) for name, module in _MODULES.items()
}
"""The requirements that judge the decisions of each machine."""
REQUIREMENTS: tuple[str, ...] = tuple(sorted(frozenset().union(*DECIDED.values())))
"""What the decisions of all machines are judged by."""


def law_of(machine: str, given: Mapping[str, Any]) -> Verdict | None:
    """Return what the law says of a machine's input; `None` where it says nothing."""
    law = LAWS.get(machine)
    return None if law is None else law(given)
