"""The nested files of a job: components with their arguments, references, and what is misplaced.

A value in braces refers to a key at the top of its file: `"{min_clients}"` is what stands there
under `min_clients`. What refers to anything else is filled in by somebody else.

Spec: `spec/cf.md`, "The knobs of a job".
"""

import re
from collections.abc import Iterator, Mapping

from stallproof.configuration.sources import Pairs
from stallproof.machines.states import state

_REFERENCE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
DEPLOYED_ALLOWED = "an object of lists of names of sites"
_REFERENCES_MAX = 8
"""So many references to references are followed; after that they are taken for a circle."""


@state
class Unresolved:
    """A reference to a name that does not stand at the top of its file."""

    name: str


@state
class Part:
    """An object somewhere in a file; `where` is its place, such as `workflows[0].args`.

    `path` is the class of the component whose arguments it is, and `None` where it is something
    else.
    """

    where: str
    path: str | None
    pairs: Pairs


def parts_of(tree: Pairs) -> Iterator[Part]:
    """Return every object in `tree` but `tree` itself, in the order of the file."""
    return _inside(tree, "", None)


def _inside(value: object, where: str, path: str | None) -> Iterator[Part]:
    if isinstance(value, Pairs):
        if where:
            yield Part(where, path, value)
        named = _class_of(value)
        for name, each in value.entries:
            inner = named if name == "args" else None
            yield from _inside(each, f"{where}.{name}" if where else name, inner)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _inside(each, f"{where}[{number}]", None)


def _class_of(pairs: Pairs) -> str | None:
    """Return the class that an object names, if it is a component."""
    found = dict(pairs.entries)
    names = (found.get(key) for key in ("path", "class_path", "name"))
    return next((name for name in names if isinstance(name, str) and name), None)


def resolved(value: object, top: Mapping[str, object]) -> object:
    """Return what `value` refers to, itself where it is no reference, or an `Unresolved`.

    `top`: the keys at the top of the file, with their values.
    """
    for _ in range(_REFERENCES_MAX):
        found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        if found[1] not in top:
            return Unresolved(found[1])
        value = top[found[1]]
    return Unresolved(str(value))


def references_of(tree: Pairs) -> frozenset[str]:
    """Return every name that some text of the file refers to."""
    return frozenset(
        name for text in _texts(tree) for name in re.findall(r"\{@?([A-Za-z_][A-Za-z0-9_]*)", text)
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Pairs):
        for _, each in value.entries:
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def sites_of(deployed: object) -> frozenset[str] | None:
    """Return the clients that a deploy_map names; `None` where it does not tell them all."""
    if not isinstance(deployed, Pairs):
        return None
    names: set[str] = set()
    for _, each in deployed.entries:
        found = _names(each)
        if found is None:
            return None
        names |= found
    return None if "@ALL" in {name.upper() for name in names} else frozenset(names - {"server"})


def strangers_in(deployed: object) -> Iterator[object]:
    """Yield what cannot stand in a deploy_map: it has names, or lists and objects of them."""
    if deployed is not None and not isinstance(deployed, Pairs):
        yield deployed
    elif deployed is not None:
        for _, each in deployed.entries:
            if not isinstance(each, str):
                yield from _wrong_in(each)


def _wrong_in(value: object) -> Iterator[object]:
    targets = value
    if isinstance(value, Pairs):
        found = dict(value.entries)
        targets = found.get("targets", found.get("sites"))
    if not isinstance(targets, list):
        yield value if targets is None else targets
        return
    for each in targets:
        if isinstance(each, Pairs):
            yield from _wrong_in(each)
        elif not isinstance(each, str):
            yield each


def _names(value: object) -> set[str] | None:
    if isinstance(value, str):
        return {value}
    if isinstance(value, Pairs):
        found = dict(value.entries)
        return _names(found.get("targets", found.get("sites")))
    if not isinstance(value, list):
        return None
    each = [_names(one) for one in value]
    return None if None in each else {name for names in each for name in names or ()}
