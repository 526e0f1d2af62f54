"""What CrossHair does beside the search for paths, and no verdict rests on: it is left out here.

Half of the time of the proofs went there. Each omission is an equal for what is asked here:

- Contracts of functions that a statement calls are not looked up at each call, since none is left
  when a question is asked: those of the machines are taken off before.
- Arguments are not copied before a call. Only a counterexample is told with the copy, and no
  machine writes into a state.
- What it takes to make a class is found out once.
- A counterexample that is wanted is not put into words. Words are for one that nobody expected: the
  verdict asks only whether the path that ends in it has a model.

Source: CrossHair 0.0.113, `core.py` and `enforce.py`. A version without one of these names is an
error, and no proof.
"""

import functools
from inspect import BoundArguments
from typing import Any

from crosshair import core
from crosshair.condition_parser import NoEnforce
from crosshair.copyext import CopyMode, deepcopyext
from crosshair.enforce import EnforcedConditions
from crosshair.statespace import context_statespace
from crosshair.tracers import NoTracing
from crosshair.util import IgnoreAttempt


class _NothingToEnforce(EnforcedConditions):  # type: ignore[no-untyped-call]
    """Let every call pass as it is."""

    def trace_call(self, frame: object, fn: Any, binding_target: object) -> Any:
        return fn.fn if isinstance(fn, NoEnforce) else None


_copy = deepcopyext


def _copied(what: object, mode: CopyMode, memo: dict[int, object]) -> object:
    is_call = mode is CopyMode.BEST_EFFORT and type(what) is BoundArguments
    return what if is_call else _copy(what, mode, memo)


def _without_words(conditions: object, args: object, return_val: object = None) -> str:
    with NoTracing():  # type: ignore[no-untyped-call]
        if context_statespace().witness() is None:
            raise IgnoreAttempt("there is no such path")  # type: ignore[no-untyped-call]
    return "by values that were not asked for"


def _replace(name: str, by: object) -> None:
    if not hasattr(core, name):
        raise LookupError(f"this version of the prover has no {name}")
    setattr(core, name, by)


def omit_work() -> None:
    """Leave out what neither a verdict nor its words rest on."""
    _replace("EnforcedConditions", _NothingToEnforce)
    _replace("deepcopyext", _copied)
    _replace("get_constructor_signature", functools.cache(core.get_constructor_signature))


def omit_words() -> None:
    """Leave out the words of a counterexample: for questions that want one."""
    _replace("make_counterexample_message", _without_words)
