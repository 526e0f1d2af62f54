"""Contracts of pure steps, as icontract keeps them, evaluated for a fraction of its price.

The stall it guards against is one of our own: a contract that costs twenty times what its step
costs gets switched off, and then guards nothing.

The intuition: icontract resolves the arguments of each condition by name at every call. Which
condition takes which argument never changes, so one plain function is written for each step, once,
that calls them directly. It only says yes. At the first no it hands the same call to icontract's
own checker, which finds the breach again and words it. That is sound because a step is pure.

The use: `require` and `ensure` as in icontract. What is beneath is found by `inspect.unwrap`, and
tools that read contracts (CrossHair, icontract's own) find the checker through `__wrapped__`.

The complication: decorators stack, and each adds a condition to the checker that the first one
made. So the function is written at the first call, and anew after another decorator. Of icontract's
conditions those that ask for `OLD`, `_ARGS` or `_KWARGS` are unknown here: `NameError` at the call.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import icontract

_F = TypeVar("_F", bound=Callable[..., Any])
_QUICK = "__quick__"


class require(icontract.require):  # It takes the place of icontract's, whose name is in lower case.
    """Demand that `condition` holds of the arguments; `icontract.ViolationError` where not."""

    def __call__(self, func: _F) -> _F:
        """Add the condition to `func`."""
        return _quickly(super().__call__(func))


class ensure(icontract.ensure):
    """Promise that `condition` holds of the arguments and the `result`."""

    def __call__(self, func: _F) -> _F:
        """Add the condition to `func`."""
        return _quickly(super().__call__(func))


def _quickly(checked: _F) -> _F:
    """Return `checked` with a quick way to yes before it.

    A second decorator brings the checker of the first one, and so gets a way of its own.
    """

    @functools.wraps(checked)
    def quick(*args: Any, **kwargs: Any) -> Any:
        written = getattr(quick, _QUICK)
        if written is None:
            written = _written(checked)
            setattr(quick, _QUICK, written)
        return written(*args, **kwargs)

    setattr(quick, _QUICK, None)
    return cast(_F, quick)


def _written(checked: Callable[..., Any]) -> Callable[..., Any]:
    """Write the function that says yes, and asks `checked` where it cannot."""
    contracts: Any = checked
    before = [one for group in contracts.__preconditions__ for one in group]
    after = list(contracts.__postconditions__)
    parameters = inspect.signature(checked).parameters.values()
    names: dict[str, Any] = {"checked": checked, "bare": inspect.unwrap(checked)}
    passed = ", ".join(
        f"{one.name}={one.name}" if one.kind is one.KEYWORD_ONLY else one.name for one in parameters
    )
    lines = [
        f"def quick({_head(parameters, names)}):",
        f" if not ({_all('before', before, names)}): return checked({passed})",
        f" result = bare({passed})",
        f" if not ({_all('after', after, names)}): return checked({passed})",
        " return result",
    ]
    exec("\n".join(lines), names)
    return cast(Callable[..., Any], names["quick"])


def _head(parameters: Any, names: dict[str, Any]) -> str:
    """Return the parameters as source text, whose defaults are entered into `names`."""
    parts: list[str] = []
    for one in parameters:
        if one.kind is one.KEYWORD_ONLY and "*" not in parts:
            parts.append("*")
        if one.default is one.empty:
            parts.append(one.name)
        else:
            names[f"_default_{one.name}"] = one.default
            parts.append(f"{one.name}=_default_{one.name}")
    return ", ".join(parts)


def _all(place: str, contracts: Sequence[Any], names: dict[str, Any]) -> str:
    """Return the conditions as source text, in icontract's order; `True` if there are none."""
    calls = []
    for number, one in enumerate(contracts):
        names[f"_{place}_{number}"] = one.condition
        arguments = ", ".join(f"{name}={name}" for name in one.mandatory_args)
        calls.append(f"_{place}_{number}({arguments})")
    return " and ".join(calls) or "True"
