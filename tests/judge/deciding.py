"""Stories about decisions: every situation of each machine, kept, and broken in one field."""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

from stallproof.wire import events as ev
from tests.judge import decisions
from tests.judge.case import Case
from tests.judge.story import T0_US, Story


def _story(module: ModuleType, machine: str, given: dict[str, Any], wrong: dict[str, Any]) -> Story:
    asked = {"op": "decide", "machine": machine, "input": given}
    said = {**module.decision(**given), **wrong}
    return (
        Story("decides", requirements=module.REQUIREMENTS)
        .add(ev.requested(asked, at_us=T0_US, number=1))
        .add(ev.Decided(at_us=T0_US, machine=machine, input=given, decision=said))
        .add(ev.Answered(at_us=T0_US, id=1, op="decide"))
    )


def _cases() -> Iterator[Case]:
    for one in pkgutil.iter_modules(decisions.__path__):
        module = importlib.import_module(f"{decisions.__name__}.{one.name}")
        for requirement, situation, given, wrong in module.ROWS:
            yield Case(
                requirement,
                situation,
                partial(_story, module, one.name, given, {}),
                partial(_story, module, one.name, given, wrong),
                (one.name,),
            )


CASES = tuple(_cases())
