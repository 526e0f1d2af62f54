"""Words that say what is wanted of a verdict: requirements, features, what may stay open.

Errors name the option, as it is called where the words were given.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from stallproof.judge.report import Allowable
from stallproof.judge.rules.machines import DECIDED, REQUIREMENTS
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import load_registry
from stallproof.requirements.words import parted
from stallproof.runner.conform import Clock, decidable
from stallproof.wire.protocol import FEATURES

GROUPS: Mapping[str, Sequence[str]] = {
    group: [name for name, ids in DECIDED.items() if group in {one[:2] for one in ids}]
    for group in sorted({one[:2] for one in REQUIREMENTS})
}
"""The groups that machines alone decide, with their machines."""


def features_of(option: str, given: Iterable[str] | None) -> frozenset[str]:
    """Return the features that the words of `option` name, a group for all of its machines.

    Raises `UnusableError` for a word that names none.
    """
    words = words_of(option, given, FEATURES, GROUPS)
    return frozenset(one for name in words for one in GROUPS.get(name, (name,)))


def allowed_of(option: str, given: Iterable[str] | None) -> list[Allowable]:
    """Return what may stay open, each once; raises `UnusableError` for another word."""
    words = words_of(option, given, get_args(Allowable))
    return [one for one in get_args(Allowable) if one in words]


def words_of(
    option: str, given: Iterable[str] | None, known: Iterable[str], groups: Iterable[str] = ()
) -> list[str]:
    """Return the words of an option; commas and blanks part them."""
    names = parted(given or ())
    if given is not None and not names:
        raise UnusableError(f"{option} names nothing")
    for name in names:
        if groups and name not in groups and name in _all_groups():
            raise UnusableError(
                f"{option}: the group {name} has no feature of its own: name features "
                f"(`stallproof law --features` has them), or judge less with --only"
            )
        if name not in known and name not in groups:
            near = difflib.get_close_matches(name, known, n=3)
            meant = f" (is {' or '.join(near)} meant?)" if near else ""
            names_ = ", ".join(sorted(known))
            raise UnusableError(f"{option}: {name!r} is none of {names_}{meant}")
    return names


def require_decidable(option: str, selected: frozenset[str], clock: Clock) -> None:
    """Raise `UnusableError` where `clock` can decide nothing of what is `selected`."""
    if clock == "virtual" and not decidable(selected):
        names = ", ".join(sorted(selected))
        raise UnusableError(f"{option}: virtual time cannot decide {names}; use the real clock")


def _all_groups() -> set[str]:
    return {one.group for one in load_registry().requirements}
