"""The machines a second time, with states that are really frozen.

The shipped states only promise to be read-only. Here the same source is imported again with a
`state` decorator that enforces it, so that a machine which assigns to a state fails at once.
"""

import importlib
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from stallproof import machines
from stallproof.machines import states
from stallproof.wire.operations import MACHINES

NAMES = (
    "policy",
    "stream",
    "send_deadline",
    "stall_count",
    "ack_progress",
    "connection",
    *MACHINES,
)


def _frozen_state(cls: type[Any]) -> type[Any]:
    return dataclass(frozen=True, slots=True)(cls)


def import_frozen() -> dict[str, ModuleType]:
    """Return the modules of the machines, imported anew with frozen states, by name."""
    real = {name: importlib.import_module(f"stallproof.machines.{name}") for name in NAMES}
    for name in NAMES:
        del sys.modules[f"stallproof.machines.{name}"]
    shipped = states.state
    states.state = _frozen_state
    try:
        return {name: importlib.import_module(f"stallproof.machines.{name}") for name in NAMES}
    finally:
        states.state = shipped
        for name, module in real.items():
            sys.modules[f"stallproof.machines.{name}"] = module
            setattr(machines, name, module)


FROZEN = import_frozen()
