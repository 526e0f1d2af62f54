"""What the law makes of a whole configuration: who wins, what is wrong, what needs a note.

Group CF; the table is in `configured_law`.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from stallproof.judge.evidence.configurations import (
    Configuration,
    Given,
    configurations_of,
    is_json_to_all,
)
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules.configured_law import (
    FLOAT_MAX,
    KNOBS,
    OWN_KEYS,
    Knob,
    Reading,
    defaults_of,
    read,
)

NEAR = 2
"""A key within this edit distance of a knob is misspelt."""
_PLACE = re.compile(
    r"\b(?:line|column|col|char|character|position|pos|offset|byte|index)\b\W{0,3}\d", re.IGNORECASE
)


_NAMES = tuple(KNOBS)
_LETTERS = tuple(Counter(name) for name in _NAMES)
"""How often each letter stands in a name: names are at least as far apart as these."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing for which a configuration has to be refused.

    `knob`: whose value it is, or which knob was meant; `situation` and `part` as in `Reading`.
    """

    knob: str
    given: Given
    situation: str
    part: str

    @property
    def is_misspelt(self) -> bool:
        return self.situation == "misspelt"

    @property
    def may_be_no_json(self) -> bool:
        """Whether a reader of JSON may refuse the file itself: that is no number of JSON."""
        value = self.given.value
        return isinstance(value, Decimal) and (value.is_nan() or abs(value) > FLOAT_MAX)


@dataclass(slots=True)
class Lawful:
    """One configuration as the law reads it.

    `winners`: for each knob that a source sets, where its value comes from. `losers`: values in the
    environment that are not read. `others`: keys that need a note. `is_open`: the law does not say
    what becomes of it.
    """

    configuration: Configuration
    winners: dict[str, Given] = field(default_factory=dict)
    losers: dict[str, Given] = field(default_factory=dict)
    readings: dict[str, Reading] = field(default_factory=dict)
    nulls: list[Given] = field(default_factory=list)
    own: list[Given] = field(default_factory=list)
    others: list[Given] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    misread: tuple[str, ...] | None = None
    """What `configured_answers.misread` returns, once it was asked for."""

    @property
    def is_open(self) -> bool:
        if self.is_refused_whole and not any(fault.may_be_no_json for fault in self.faults):
            return True
        return any(reading.verdict == "open" for reading in self.readings.values())

    @property
    def is_refused_whole(self) -> bool:
        """Whether its file was refused as no JSON, so that no key of it was read.

        A refusal says so by the place; where nothing else is to be refused, it cannot say aught
        else, and not to name the place breaks CF-3 alone.
        """
        answered = self.configuration.answered
        if answered is None or answered.error != "refused" or answered.knob is not None:
            return False
        if self.faults and not self.names_place:
            return False
        return not is_json_to_all(self.configuration.asked.file)

    @property
    def names_place(self) -> bool:
        """Whether the answer says where in the file something stands."""
        answered = self.configuration.answered
        return answered is not None and names_place(answered.message or "")

    @property
    def is_allowed(self) -> bool:
        """Whether the law wants it in force."""
        return not self.faults and not self.is_open

    def values(self, knob: str) -> frozenset[Decimal]:
        """Return what may be in force for `knob`, in core units."""
        reading = self.readings.get(knob)
        return defaults_of(KNOBS[knob]) if reading is None else reading.values


def names_place(message: str) -> bool:
    """Tell whether a message says where in a file something stands, as readers of JSON do."""
    return _PLACE.search(message) is not None


def lawful_ones(run: Run, requirement: str) -> list[Lawful]:
    """Return the configurations of a run that was played for `requirement`."""
    return lawful_in(run) if requirement in run.begun.requirements else []


def lawful_in(run: Run) -> list[Lawful]:
    """Return all configurations of a run, read once."""
    return run.once("lawful", lambda: [lawful(one) for one in configurations_of(run)])


def lawful(configuration: Configuration) -> Lawful:
    """Read `configuration` as the law does."""
    found = Lawful(configuration)
    for name, knob in KNOBS.items():
        in_file = configuration.file.get(name)
        in_environment = configuration.variables.get(name)
        if in_file is not None and in_file.kind == "null":
            found.nulls.append(in_file)
            in_file = None
        winner = in_environment if in_file is None else in_file
        if in_file is not None and in_environment is not None:
            found.losers[name] = in_environment
        if winner is not None:
            found.winners[name] = winner
            _read(found, knob, winner)
    for key, given in configuration.file.items():
        _sort_key(found, key, given)
    for key, given in configuration.variables.items():
        if key not in KNOBS and key not in OWN_KEYS and nearest(key)[1] <= NEAR:
            _misspelt(found, key, given)
    return found


def _read(found: Lawful, knob: Knob, winner: Given) -> None:
    reading = found.readings[knob.name] = read(knob, winner)
    if reading.verdict == "refused":
        found.faults.append(Fault(knob.name, winner, reading.situation, reading.part))


def _sort_key(found: Lawful, key: str, given: Given) -> None:
    """Put a key of the file that is no knob where it belongs."""
    if key in KNOBS:
        return
    if key in OWN_KEYS:
        found.own.append(given)
    elif nearest(key)[1] <= NEAR:
        _misspelt(found, key, given)
    else:
        found.others.append(given)


def _misspelt(found: Lawful, key: str, given: Given) -> None:
    knob, distance = nearest(key)
    found.faults.append(Fault(knob, given, "misspelt", f"distance {distance}"))


@lru_cache(maxsize=4096)
def nearest(key: str) -> tuple[str, int]:
    """Return the knob nearest to `key`, the first of equals, and its edit distance."""
    letters = Counter(key)
    least = sorted(
        (max((letters - its).total(), (its - letters).total()), order)
        for order, its in enumerate(_LETTERS)
    )
    best = (len(key) + max(map(len, _NAMES)), 0)
    for distance_at_least, order in least:
        if distance_at_least > best[0]:
            break
        best = min(best, (edit_distance(key, _NAMES[order]), order))
    return _NAMES[best[1]], best[0]


def edit_distance(one: str, other: str) -> int:
    """Return the least number of characters to insert, delete or replace between two names."""
    costs = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        diagonal, cost = costs[0], row
        costs[0] = row
        for column, against in enumerate(other, 1):
            # Written out, since reading a configuration spends its time here.
            above = costs[column]
            replaced = diagonal + (letter != against)
            cost = 1 + (above if above < cost else cost)
            cost = replaced if replaced < cost else cost
            diagonal, costs[column] = above, cost
    return costs[-1]
