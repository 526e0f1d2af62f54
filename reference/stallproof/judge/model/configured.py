"""What a configuration has to be answered with, and what it puts to the test (group CF).

The law itself is that of the configured rules, which judge the real clock as well: time plays no
part in it. On the real clock a situation takes many configurations together; in virtual time each
one counts by itself, for what it alone can show.

Spec: `spec/cf.md`, `spec/vectors/README.md` (`answer`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from stallproof.judge.evidence.configurations import (
    Configuration,
    Given,
    read_file,
    read_variables,
)
from stallproof.judge.evidence.observation import Observation, held
from stallproof.judge.evidence.run import Run
from stallproof.judge.model.blame_configured import rooted
from stallproof.judge.model.situation import VIRTUAL
from stallproof.judge.rules import RuleFunction, find_rules
from stallproof.judge.rules.configured_answers import MILLION, misread
from stallproof.judge.rules.configured_law import (
    ACK_INTERVAL,
    ACK_WAIT,
    CHECKS,
    CHUNK,
    INTERVAL,
    KNOBS,
    PROGRESS,
    SEND,
    STALL,
    SWITCH,
    WINDOW,
    Knob,
    defaults_of,
    read,
)
from stallproof.judge.rules.configured_reading import Fault, Lawful, lawful, lawful_in
from stallproof.requirements.vectors.format import Step
from stallproof.wire.events import ConfigurationAsked

JUST_ABOVE = {INTERVAL: Decimal("0.001"), CHECKS: Decimal(1)}
"""How far above its clamp a value may be to be just above it."""


def lawful_of(step: Step) -> Lawful | None:
    """Return the configuration of a step as the law reads it; `None` if its file is no object."""
    do = step.do or {}
    text = do.get("file") or "{}"
    file = read_file(text)
    if file is None:
        return None
    environment = dict(do.get("environment") or {})
    asked = ConfigurationAsked(
        at_us=step.at_us,
        id=0,
        case="vector",
        file=text,
        environment=environment,
        grace_us=do.get("grace_us", 50_000),
        outer_timeouts_us=dict(do.get("outer_timeouts_us") or {}),
        margin_us=do.get("margin_us", 0),
    )
    return lawful(Configuration(asked, None, file, read_variables(environment)))


def faults_of(knobs: Mapping[str, Any]) -> list[Fault]:
    """Return for what the law refuses the `knobs` of a script; nothing if it does not."""
    text = json.dumps(dict(knobs))
    asked = ConfigurationAsked(at_us=0, id=0, case="knobs", file=text, environment={})
    return lawful(Configuration(asked, None, read_file(text) or {}, {})).faults


def answer_to(step: Step) -> tuple[dict[str, Any], set[str]]:
    """Return the answer that the law wants, and the requirements that it puts to the test.

    Refused: `refused`, a list of what the refusal may be for, each with `knob`, `given` (the name
    as written) and `value` (as written, or `list` or `object`). In force: `effective` with each
    knob in its own unit, a list where the law leaves several values open; `noted`, the names that a
    note has to name; `relations`, each as far as it does not rest on the schedule that an
    implementation declares.
    """
    one = lawful_of(step)
    if one is None or one.is_open:
        return {}, set()
    if one.faults:
        told = [
            {"knob": f.knob, "given": f.given.name, "value": _as_written(f.given)}
            for f in one.faults
        ]
        return {"refused": told}, shown(one)
    clamped = [n for n, reading in one.readings.items() if reading.verdict == "clamped"]
    answer = {
        "effective": {name: _in_unit(knob, one.values(name)) for name, knob in KNOBS.items()},
        "noted": sorted([*clamped, *(given.name for given in one.others)]),
        "relations": {n: m >= 0 for n, m in margins(one).items() if m is not None},
    }
    return answer, shown(one)


def _as_written(given: Given) -> str:
    """Return a value as it stands in its source; what is made of brackets by its kind."""
    if given.source == "environment":
        return str(given.value)
    if given.kind == "other":
        return "list" if given.text.startswith("[") else "object"
    return given.text


def _in_unit(knob: Knob, values: frozenset[Decimal]) -> Any:
    plain = [_plain(knob, value) for value in sorted(values)]
    return plain[0] if len(plain) == 1 else plain


def _plain(knob: Knob, value: Decimal) -> int | float | bool:
    if knob.kind == "switch":
        return bool(value)
    number = value / MILLION if knob.is_time else value
    return int(number) if number == number.to_integral_value() else float(number)


def margins(one: Lawful) -> dict[str, int | None]:
    """Return by how much each relation holds that no schedule comes into; `None`: it depends.

    Negative: by how much it is broken.
    """
    values = {name: _as_integers(one.values(name)) for name in KNOBS}
    needs = [send + one.configuration.asked.grace_us for send in values[SEND]]
    known: dict[str, int | None] = {
        "no_warning": _least(values[STALL], needs),
        "progress_before_ack_wait": _least(values[ACK_WAIT], values[PROGRESS]),
        "ack_interval_in_window": _pairs(one),
        "window_holds_chunk": _least(values[WINDOW], values[CHUNK]),
    }
    if values[SWITCH] == (0,):
        # With closing disabled they hold, whatever the schedule; there is no edge to stand at.
        far = 2**60
        known |= {"no_close": far, "outer_timeouts": far, "close_window_defined": far}
    return known


@lru_cache
def _as_integers(values: frozenset[Decimal]) -> tuple[int, ...]:
    return tuple(sorted(map(int, values)))


def _least(more: Sequence[int], less: Sequence[int]) -> int | None:
    found = {a - b for a in more for b in less}
    return min(found) if len({one >= 0 for one in found}) == 1 else None


def _pairs(one: Lawful) -> int | None:
    """Window and ACK interval: two defaults belong together."""
    windows, intervals = _as_integers(one.values(WINDOW)), _as_integers(one.values(ACK_INTERVAL))
    if len(windows) == len(intervals) == 2:
        return min(w - i for w, i in zip(windows, intervals, strict=True))
    return _least(windows, intervals)


def shown(one: Lawful) -> set[str]:
    """Return the requirements that one configuration puts to the test."""
    if one.is_open:
        return set()
    found = {"CF-3"} if _is_strict(one) else set()
    if one.faults:
        return found
    other = {n for n in one.winners if one.values(n).isdisjoint(defaults_of(KNOBS[n]))}
    if not one.winners or any(one.winners[name].source == "file" for name in other):
        found.add("CF-1")
    if any(_is_near_clamp(one, name) for name in one.winners):
        found.add("CF-2")
    if not one.winners or any(_shows_source(one, name, other) for name in one.winners):
        found.add("CF-4")
    relations = margins(one).values()
    tells = any(m in (0, -1) for m in relations) or all(m is not None and m >= 0 for m in relations)
    # The edge of an outer timeout rests on the schedule that was declared.
    if tells or one.configuration.asked.outer_timeouts_us:
        found.add("CF-5")
    return found


def _is_strict(one: Lawful) -> bool:
    if one.faults or one.nulls or one.own or one.others:
        return True
    if any(_is_near_clamp(one, name) for name in one.winners):
        # Below the clamp there is a note, at it and above there is none.
        return True
    if any(read(KNOBS[n], given).verdict == "refused" for n, given in one.losers.items()):
        return True
    for name, given in one.winners.items():
        knob = KNOBS[name]
        if given.source == "environment" or knob.kind == "switch":
            return True
        if isinstance(given.value, Decimal) and given.value in (knob.lower, knob.upper):
            return True
    return False


def _is_near_clamp(one: Lawful, name: str) -> bool:
    knob, given = KNOBS[name], one.winners[name]
    if knob.clamp is None:
        return False
    value = given.value if isinstance(given.value, Decimal) else Decimal(str(given.value).strip())
    return value <= knob.clamp + JUST_ABOVE[name]


def _shows_source(one: Lawful, name: str, other: set[str]) -> bool:
    if one.winners[name].source == "environment":
        return name in other
    loser = one.losers.get(name)
    if loser is None:
        return False
    there = read(KNOBS[name], loser)
    return there.verdict in ("in force", "clamped") and there.values.isdisjoint(one.values(name))


@cache
def _rules() -> tuple[RuleFunction, ...]:
    """Return the rules of CF, which judge the real clock as well."""
    return tuple(one.observe for one in find_rules() if one.requirements[0].startswith("CF-"))


def observe_configured(run: Run) -> Iterator[Observation]:
    """Judge the configurations of a run in virtual time, each for what it alone can show."""
    if not run.holds(ConfigurationAsked):
        # As in nearly every run: the rules of CF speak of configurations alone.
        return
    seen = [told for rule in _rules() for told in rule(run) if told.tells in ("broken", "unsure")]
    broken = {told.requirement for told in seen}
    for one in lawful_in(run):
        configuration = one.configuration
        its_own = [told for told in seen if configuration.asked in told.events]
        seen = [told for told in seen if configuration.asked not in told.events]
        yield from (replace(told, situation=VIRTUAL) for told in rooted(one, its_own))
        answered = configuration.answered
        if answered is None or answered.error not in (None, "refused"):
            continue
        wrong = {"CF-5"} if misread(one) else set()
        for requirement in sorted(shown(one) - broken - wrong):
            if requirement in run.begun.requirements:
                yield held(requirement, VIRTUAL, configuration.events)
    yield from (replace(told, situation=VIRTUAL) for told in seen)
