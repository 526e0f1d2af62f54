"""Whose law one configuration broke, where it came out otherwise than the law wants (group CF).

A value that is not in force is missed by every rule that looks at it: the one that asks for its
unit, the one that asks for its source, the one that relates it to others. On the real clock a play
is made for one of them. In virtual time a configuration is judged by all, and the root is told.

Spec: `spec/cf.md`.
"""

import re
from collections.abc import Iterable

from stallproof.judge.evidence.configurations import Given
from stallproof.judge.evidence.observation import Observation
from stallproof.judge.rules.configured_answers import in_core_units, misread
from stallproof.judge.rules.configured_law import KNOBS, defaults_of, read
from stallproof.judge.rules.configured_reading import Lawful

_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def rooted(one: Lawful, seen: Iterable[Observation]) -> list[Observation]:
    """Return those of `seen`, all of one configuration, that tell the root; all if none does."""
    every = list(seen)
    roots = _roots(one)
    return [told for told in every if told.requirement in roots] or every


def _roots(one: Lawful) -> set[str]:
    """Return what the answer to `one` breaks first; nothing where all that is broken counts."""
    answered = one.configuration.answered
    if answered is None:
        return set()
    if one.faults:
        return {"CF-3"}
    if answered.error is not None:
        return _refused(one, answered.knob, answered.value)
    return {_misread(one, name) for name in misread(one)}


def _refused(one: Lawful, name: str | None, value: object) -> set[str]:
    """What is allowed was refused: by which law it had to be in force."""
    if name is None:
        return set()
    winner = one.winners.get(name)
    if winner is None or not _is_told(winner, value):
        # A key of the origin, a null, what loses: only strict reading speaks of them.
        return {"CF-3"}
    if one.readings[name].verdict == "clamped":
        return {"CF-2", "CF-3"}
    if winner.source == "environment":
        return {"CF-4"} if _is_plain(winner) else {"CF-3"}
    knob = KNOBS[name]
    return {"CF-1", "CF-3"} if winner.value in (knob.lower, knob.upper) else {"CF-1"}


def _is_told(given: Given, value: object) -> bool:
    text = str(given.value) if given.source == "environment" else given.text
    return value is None or str(value) in (text, text.strip('"'))


def _is_plain(given: Given) -> bool:
    """Tell whether a variable holds what everybody reads alike."""
    return given.source == "file" or _PLAIN.fullmatch(str(given.value)) is not None


def _misread(one: Lawful, name: str) -> str:
    """Return the law that says what had to be in force for a knob that is read otherwise."""
    knob, winner, loser = KNOBS[name], one.winners.get(name), one.losers.get(name)
    answered = one.configuration.answered
    came = None if answered is None else in_core_units(knob, answered.effective.get(name))
    if winner is None:
        return "CF-3" if any(given.name == name for given in one.nulls) else "CF-1"
    if one.readings[name].verdict == "clamped":
        return "CF-2"
    if loser is not None and came in read(knob, loser).values:
        return "CF-4"
    if winner.source == "environment" and came in defaults_of(knob):
        return "CF-4"
    return "CF-1" if _is_plain(winner) else "CF-3"
