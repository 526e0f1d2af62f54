"""What each pure machine is asked in a scenario, one module each: the machine's name, and found.

A module has `ASKED`, the inputs, and `AIMS`, the requirements with the situations that they bring
about. No decision stands here: the law knows them (`judge/rules/machines/`).
"""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from stallproof.runner.scenarios.scenario import Aims


class Asked(NamedTuple):
    """What one machine is asked, and what for."""

    machine: str
    inputs: Sequence[Mapping[str, Any]]
    aims: Aims


def asked_of_all() -> tuple[Asked, ...]:
    """Return what each machine is asked, in the order of their names."""
    modules = {
        one.name: importlib.import_module(f"{__name__}.{one.name}")
        for one in pkgutil.iter_modules(__path__)
    }
    return tuple(Asked(name, module.ASKED, module.AIMS) for name, module in modules.items())
