"""The promised surface as text: one line a name, with its signature where it can be called.

`python -m tests.api.surface` writes it anew, for a change that is meant.
"""

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import stallproof
from stallproof import harness

_PLAIN = (bool, int, float, str)
FILE = Path(__file__).with_name("surface.txt")


def lines() -> Iterator[str]:
    """Yield the lines of the surface in order."""
    for name in sorted(stallproof.__all__):
        if name == "__version__":
            continue
        thing = getattr(stallproof, name)
        if inspect.ismodule(thing):
            for inside in sorted(thing.__all__):
                yield from _described(f"{name}.{inside}", getattr(thing, inside))
        else:
            yield from _described(name, thing)
    for name in sorted(harness.__all__):
        yield from _described(f"harness.{name}", getattr(harness, name))


def _described(name: str, thing: Any) -> Iterator[str]:
    if not inspect.isclass(thing):
        yield f"{name}{_signature(thing)}" if callable(thing) else name
        return
    if issubclass(thing, Enum):
        yield f"{name}: {', '.join(one.name for one in thing)}"
        return
    yield f"{name}{_signature(thing)}"
    for inside in sorted(set(dir(thing)) - set(dir(object))):
        if inside.startswith("_"):
            continue
        member = inspect.getattr_static(thing, inside)
        if isinstance(member, classmethod | staticmethod):
            member = member.__func__
        # What a base class of the standard library brings is its promise, not ours.
        if inspect.isfunction(member):
            is_async = "async " if inspect.iscoroutinefunction(member) else ""
            yield f"{name}.{is_async}{inside}{_signature(member)}"
        elif isinstance(member, property):
            yield f"{name}.{inside}"


def _signature(thing: Any) -> str:
    """Return the parameters of `thing` with their defaults; their types are for the type checker.

    The text of a type differs between versions of Python. A default that is more than a plain
    value is shown as `...`.
    """
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    plain = [
        one.replace(annotation=inspect.Parameter.empty, default=_shown(one.default))
        for one in signature.parameters.values()
    ]
    return str(signature.replace(parameters=plain, return_annotation=signature.empty))


def _shown(default: Any) -> Any:
    is_plain = default is inspect.Parameter.empty or type(default) in (*_PLAIN, type(None))
    return default if is_plain else ...


if __name__ == "__main__":
    FILE.write_text("".join(f"{line}\n" for line in lines()))
