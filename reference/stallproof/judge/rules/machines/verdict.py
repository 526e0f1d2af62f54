"""What the law of a machine says of one input."""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stallproof.judge.rules.machines.shown import differences, shown

_WORD = re.compile(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The lawful `decision`, and what it shows.

    `tested`: the requirements that the input puts to the test, each with its situation on the real
    clock. `fields`: which requirement a wrong field breaks; one too many breaks the first. `words`:
    fields that are text, and may be any other that has all the words of one of the collections.
    `also`: whole decisions that are as lawful; a range there stands for each of its numbers.
    """

    decision: Mapping[str, Any]
    tested: Mapping[str, str]
    fields: Mapping[str, str]
    words: Mapping[str, Collection[Collection[str]]] = field(default_factory=dict)
    also: Sequence[Mapping[str, Any]] = ()

    def read(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return a decision with the lawful text in place of each that says enough.

        One that is as lawful is read as the `decision` itself.
        """
        if any(_is(said, one) for one in self.also):
            return dict(self.decision)
        return {
            name: self.decision[name] if self._says_enough(name, value) else value
            for name, value in said.items()
        }

    def broken_by(self, said: Mapping[str, Any]) -> str | None:
        """Return the requirement that the first wrong field of `said` breaks, `None` if none is."""
        read = self.read(said)
        for name in (*self.decision, *read):
            # 1 and true are equal in Python, and are not the same JSON.
            if json.dumps(read.get(name)) != json.dumps(self.decision.get(name)):
                return self.fields.get(name, next(iter(self.fields.values())))
        return None

    def why(self, machine: str, given: Mapping[str, Any], said: Mapping[str, Any]) -> str:
        """Say in which fields a decision is not the lawful one, and what else is as lawful."""
        told = "; ".join(differences(self.read(said), self.decision))
        others = "".join(f" As lawful is {shown(_in_words(one))}." for one in self.also)
        return f"{machine} decided otherwise: {told}.{others} Its input was {shown(given)}."

    def _says_enough(self, name: str, value: Any) -> bool:
        if name not in self.words or not isinstance(value, str):
            return False
        found = {*_WORD.findall(value)}
        return any(
            all(one in found or (not _WORD.fullmatch(one) and one in value) for one in enough)
            for enough in self.words[name]
        )


def _is(said: Mapping[str, Any], lawful: Mapping[str, Any]) -> bool:
    """Tell whether a decision is this one."""
    return said.keys() == lawful.keys() and all(
        type(said[name]) is int and said[name] in value
        if isinstance(value, range)
        else json.dumps(said[name]) == json.dumps(value)
        for name, value in lawful.items()
    )


def _in_words(lawful: Mapping[str, Any]) -> dict[str, Any]:
    """Return a decision with its ranges in words."""
    return {
        name: f"{value[0]} to {value[-1]}" if isinstance(value, range) else value
        for name, value in lawful.items()
    }
