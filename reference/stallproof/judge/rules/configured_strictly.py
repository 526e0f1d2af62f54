"""The rule for CF-3: what is not allowed is refused by name, what is clamped or unknown is noted.

A value that slips through is a stall configured by accident: NaN compares false with everything,
true is 1 in many languages, a misspelt name leaves the default in force. Every refusal has an
accepted neighbour, so that refusing everything breaks the law as accepting everything does.
"""

from collections.abc import Iterator
from decimal import Decimal

from stallproof.judge.evidence.configurations import Given
from stallproof.judge.evidence.observation import Observation, broken
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.configured_answers import differs, no_answer, not_in_force
from stallproof.judge.rules.configured_law import (
    CHECKS,
    INTERVAL,
    KNOBS,
    TIMEOUT_MAX_S,
    US,
    has_exponent,
)
from stallproof.judge.rules.configured_parts import Parts
from stallproof.judge.rules.configured_reading import Fault, Lawful, lawful_ones, nearest
from stallproof.judge.rules.configured_refusals import unnamed

PARTS: dict[str, set[str]] = {
    "not-finite": {
        f"{what} in the {source}"
        for what in ("NaN", "an infinity above", "one below")
        for source in ("file", "environment")
    },
    "out-of-range": {"negative", "zero", "too short", "too long", "no size", "too large"},
    "at-the-ends": {"shortest", "longest", "smallest", "largest"},
    "wrong-kind": {"text", "true", "false", "fraction", "word"},
    "below-clamp": {INTERVAL, CHECKS},
    "environment-number": {"decimal", "exponent", "not a decimal"},
    "null": {"null"},
    "own-key": {"internal", "backbone_conn_gen", "max_message_size", "allow_adhoc_conns"},
    "misspelt": {"distance 1", "distance 2"},
    "other-key": {"other"},
}
"""What has to be seen of each situation."""


@rule("CF-3")
def cf_3(run: Run) -> Iterator[Observation]:
    """Everything is read strictly."""
    parts = Parts("CF-3", PARTS)
    for one in lawful_ones(run, "CF-3"):
        if one.is_refused_whole and not one.names_place:
            why = "was refused, and is no JSON, and the refusal does not say at which place"
            yield broken("CF-3", None, f"{one.configuration} {why}.", one.configuration.events)
        if one.is_open:
            continue
        if one.faults:
            yield from _bad(one, parts)
        else:
            yield from _good(one, parts)
    yield from parts.whole()


def _bad(one: Lawful, parts: Parts) -> Iterator[Observation]:
    """What is not allowed is refused, and the refusal says why."""
    configuration = one.configuration
    answered = configuration.answered
    for fault in one.faults:
        if answered is not None and answered.error is None:
            why = _accepted(one, fault)
            yield broken("CF-3", fault.situation, why, configuration.events)
        elif not configuration.is_refused:
            yield no_answer("CF-3", fault.situation, configuration)
        elif len(one.faults) == 1:
            # With several faults nobody can tell for which one it was refused.
            missing = unnamed(fault, configuration)
            if missing:
                why = f"{configuration} was refused, and the refusal does not name "
                why += f"{' or '.join(missing)}: {answered.message if answered else ''!r}."
                yield broken("CF-3", fault.situation, why, configuration.events)
            else:
                parts.keep(fault.situation, fault.part, configuration)


def _accepted(one: Lawful, fault: Fault) -> str:
    """Say that something was put in force that had to be refused, and what came of it."""
    configuration = one.configuration
    answered = configuration.answered
    assert answered is not None
    if fault.is_misspelt:
        why = f"{fault.given.name} is a misspelt {fault.knob} and had to be refused"
        return f"{configuration} was put in force: {why}."
    came = answered.effective.get(fault.knob)
    came_of_it = "no value of it is reported" if came is None else f"{came!r} is in force"
    kind = KNOBS[fault.knob].kind
    why = f"{fault.given.where} is not allowed for a knob of the kind '{kind}'"
    return f"{configuration} was put in force: {why}, and {came_of_it}."


def _good(one: Lawful, parts: Parts) -> Iterator[Observation]:
    """What is allowed is in force, with a note where something is clamped or unknown."""
    shows = list(_shows(one))
    situations: dict[str, list[str]] = {}
    for situation, _part, name in shows:
        situations.setdefault(situation, []).append(name)
    yield from not_in_force("CF-3", situations, one.configuration)
    if not one.configuration.is_in_force:
        return
    for situation, part, name in shows:
        why = _wrong(one, situation, name)
        if why is None:
            parts.keep(situation, part, one.configuration)
        else:
            yield broken("CF-3", situation, why, one.configuration.events)


def _shows(one: Lawful) -> Iterator[tuple[str, str, str]]:
    """Yield each situation that an allowed configuration shows, with its part and the name."""
    for name, given in one.winners.items():
        yield from _shown_by(name, given, clamped=one.readings[name].verdict == "clamped")
    for loser in one.losers.values():
        # What loses is not read, so that it cannot be refused.
        yield "environment-number", "not read", loser.name
    for given in one.nulls:
        yield "null", "null", given.name
    for given in one.own:
        yield "own-key", given.name, given.name
    for given in one.others:
        yield "other-key", "other", given.name


def _shown_by(name: str, given: Given, *, clamped: bool) -> Iterator[tuple[str, str, str]]:
    """Yield what the value of one knob shows."""
    knob = KNOBS[name]
    if knob.clamp is not None:
        yield "below-clamp", name if clamped else "not below", name
    if knob.kind == "switch":
        yield "wrong-kind", "neighbour", name
        return
    value = given.value
    if given.source == "environment":
        text = str(value)
        yield "environment-number", "exponent" if has_exponent(text) else "decimal", name
        value = Decimal(text.strip())
    elif not clamped:
        yield "wrong-kind", "neighbour", name
    ends: dict[Decimal, str] = {}
    if knob.is_timeout:
        ends = {US: "shortest", TIMEOUT_MAX_S: "longest"}
    elif knob.kind == "bytes":
        ends = {Decimal(1): "smallest", knob.upper: "largest"}
    if isinstance(value, Decimal) and value in (knob.lower, knob.upper):
        yield "at-the-ends", ends.get(value, "another end"), name


def _wrong(one: Lawful, situation: str, name: str) -> str | None:
    """Say what is wrong with an allowed configuration that is in force; `None` if nothing is."""
    answered = one.configuration.answered
    assert answered is not None
    noted = any(name in note for note in answered.notes)
    if situation == "below-clamp":
        clamped = one.readings[name].verdict == "clamped"
        if noted == clamped:
            return None
        where = one.winners[name].where
        told = "is clamped, and no note names it" if clamped else "is not clamped, and a note says"
        rest = "" if clamped else f" something of it: {answered.notes}"
        return f"{one.configuration}: {where} {told}{rest}."
    if situation == "other-key":
        near, distance = nearest(name)
        why = f"{name} is no knob (nearest is {near}, at distance {distance}), and no note names it"
        return None if noted else f"{one.configuration}: {why}."
    reading = one.readings.get(name)
    if name not in KNOBS or (reading is not None and reading.verdict == "clamped"):
        # What a value is clamped to is CF-2's business.
        return None
    return differs(one, name)
