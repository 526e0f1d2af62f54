"""What each requirement looks like in a run on the real clock: one or a few rules for each.

A rule is marked with the requirements of which it speaks. Rules are found, not listed, and only
those run that speak of a requirement in scope.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from stallproof.judge.evidence.observation import Observation
from stallproof.judge.evidence.run import Run

RuleFunction = Callable[[Run], Iterator[Observation]]


@dataclass(frozen=True)
class Rule:
    """A rule with the IDs of the requirements that it judges; it tells of no others."""

    requirements: tuple[str, ...]
    observe: RuleFunction


_MARKED: list[Rule] = []


def rule(*requirements: str) -> Callable[[RuleFunction], RuleFunction]:
    """Mark a function as a rule for `requirements`; the function itself stays what it is."""

    def mark(observe: RuleFunction) -> RuleFunction:
        _MARKED.append(Rule(requirements, observe))
        return observe

    return mark


@cache
def find_rules() -> tuple[Rule, ...]:
    """Return the rules of every module beside this one: module by module, in their order there."""
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)
    inside = [one for one in _MARKED if one.observe.__module__.startswith(f"{__name__}.")]
    return tuple(sorted(inside, key=lambda one: one.observe.__module__))
