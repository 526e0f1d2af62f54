"""How a law of the search is written down: a function of one move or of one state, by name.

A law speaks of the machine from outside. It is told what happened, what the machine answered and
what the searcher's own naive bookkeeping says, and returns `None` when the situation that it is
about did not arise, and otherwise whether it held. The bookkeeping is kept by the searcher and the
law is stated anew: a law that asked the machine would agree with every mistake in it.

Each law names the requirements that it serves. One whose situation never arises in a whole search
holds because nothing happened, so the search fails for it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

STATE = "state"
"""The place of a law that looks at every state that was reached, instead of at a move."""

NEVER_RAISES = "no_step_raises"
"""The law that the search itself keeps: a step that the contracts allow gives an answer."""


@dataclass(frozen=True)
class Law:
    """A law: where it looks (the kinds of events, or `STATE`), whom it serves, what it says."""

    name: str
    requirements: tuple[str, ...]
    looks_at: tuple[str, ...]
    says: str
    holds: Callable[[Any], bool | None]


_F = TypeVar("_F", bound=Callable[..., bool | None])


class Book:
    """The laws of one subject, in the order in which they are stated."""

    def __init__(self) -> None:
        self.laws: dict[str, Law] = {}

    def law(self, *requirements: str, looks_at: tuple[str, ...]) -> Callable[[_F], _F]:
        """Enter the decorated function under its own name; a name given twice is an error."""

        def enter(function: _F) -> _F:
            name = function.__name__
            if name in self.laws:
                raise ValueError(f"two laws are called {name}")
            if not function.__doc__ or not requirements or not looks_at:
                raise ValueError(f"the law {name} lacks its words, its requirements or its place")
            says = function.__doc__.strip().splitlines()[0].rstrip(".")
            self.laws[name] = Law(name, requirements, looks_at, says, function)
            return function

        return enter


def by_place(laws: Mapping[str, Law]) -> dict[str, tuple[Law, ...]]:
    """Return the laws by what they look at, so that a move is only shown to those that care."""
    places: dict[str, list[Law]] = {}
    for law in laws.values():
        for place in law.looks_at:
            places.setdefault(place, []).append(law)
    return {place: tuple(found) for place, found in places.items()}


Verdicts = tuple[bool | None, ...]


def at_once(judges: Sequence[Callable[[Any], bool | None]]) -> Callable[[Any], Verdicts]:
    """Return a function of a move or a state that gives what each of `judges` says of it.

    It is written out, one call after the other: a loop over the laws costs as much as some of them.
    """
    named = {f"law_{number}": judge for number, judge in enumerate(judges)}
    calls = "".join(f"{name}(what), " for name in named)
    judged: Callable[[Any], Verdicts] = eval(f"lambda what: ({calls})", named)
    return judged
