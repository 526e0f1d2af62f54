"""From what an operator writes to a `Policy`: names, units, ranges, sources, and refusals.

The stall it guards against is the one that was configured by accident: a NaN that never expires,
`true` for one second, a misspelt name that leaves the default in force. So everything is read
strictly, and each refusal says which knob, which value, and what is allowed.

The use: `configure` for values that are parsed already, `examine` for a file's text, an environment
and what was set by hand; it returns every refusal at once, since an operator would rather mend all
of them in one go.

The complication: a value that loses is not read, so that a bad one in the environment does no harm
where the file has its own; a bad name is refused wherever it stands.

Spec: `spec/cf.md`. Source: origin, "The six knobs".
"""

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

from stallproof.configuration.kinds import microseconds, taken
from stallproof.configuration.names import DISTANCE_MAX, OWN_KEYS, nearest
from stallproof.configuration.sources import PREFIX, Entries, KnobRefused, entries_of, variables_of
from stallproof.configuration.table import KNOBS, Knob, written
from stallproof.configuration.values import as_json, decimal_of, shown
from stallproof.machines.policy import Policy
from stallproof.machines.settings import Source, chosen, policy_of
from stallproof.machines.states import state

__all__ = [
    "KNOBS",
    "Configured",
    "Knob",
    "KnobRefused",
    "as_json",
    "configure",
    "configure_file",
    "decimal_of",
    "examine",
    "microseconds",
    "shown",
    "written",
]

_PLACES = {
    Source.SET: "--set",
    Source.FILE: "the file",
    Source.ENVIRONMENT: "the environment",
    Source.DEFAULT: "the default",
}
_chosen = inspect.unwrap(chosen)
"""The step beneath its contracts, as the drivers call theirs: it is asked for every knob."""
_DEFAULT = object()
"""Stands for the default in the choice of a source: no source can hold it."""


@state
class Configured:
    """The policy in force, the effective value of every knob in its own unit, and what to know."""

    policy: Policy
    effective: dict[str, int | float | bool]
    notes: tuple[str, ...]
    sources: dict[str, Source]


def configure(
    values: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> Configured:
    """Return the policy that `values`, the object of a file, and `environment` set.

    `None` counts as absent. Raises `KnobRefused` for the first thing that is not allowed, and
    `TypeError` for what is no mapping.
    """
    if not isinstance(values, Mapping):
        raise TypeError(f"the values of knobs are a mapping, by their names, not {values!r}")
    return _accepted(_examined(tuple(values.items()), environment or {}, (), Policy()))


def configure_file(content: str | bytes, environment: Mapping[str, str]) -> Configured:
    """Return the policy that the text of a file and `environment` set, as `configure` does."""
    return _accepted(examine(content, environment))


def examine(
    content: str | bytes | None,
    environment: Mapping[str, str],
    by_hand: Entries = (),
    defaults: Policy | None = None,
) -> Configured | tuple[KnobRefused, ...]:
    """Return what the text of a file, `environment` and `by_hand` set, or everything refused.

    `content` is `None` without a file. The texts of `by_hand` are read as in the environment; they
    beat all else, and have to name knobs. `defaults`: those of a release, or `None` for `Policy()`.
    """
    try:
        entries = () if content is None else entries_of(content)
    except KnobRefused as refused:
        return (refused,)
    return _examined(entries, environment, by_hand, defaults or Policy())


def _accepted(examined: Configured | tuple[KnobRefused, ...]) -> Configured:
    if isinstance(examined, Configured):
        return examined
    raise examined[0]


def _examined(
    entries: Entries, environment: Mapping[str, str], by_hand: Entries, defaults: Policy
) -> Configured | tuple[KnobRefused, ...]:
    file, set_by_hand = dict(entries), dict(by_hand)
    readings = {name: _read(name, file, environment, set_by_hand, defaults) for name in KNOBS}
    refusals = (
        *_twice(entries, Source.FILE),
        *_twice(by_hand, Source.SET),
        *_misspelt(name for name, _ in entries if name not in OWN_KEYS),
        *_misspelt_variables(environment),
        *_unknown(by_hand),
        *(_refused(name, reading) for name, reading in readings.items() if reading.core is None),
    )
    if refusals:
        return refusals
    fields: dict[str, Any] = {KNOBS[name].field: one.core for name, one in readings.items()}
    policy = policy_of(**fields)
    return Configured(
        policy,
        {name: written(name, policy) for name in KNOBS},
        (*_passed_over(entries), *_clamped(readings)),
        {name: reading.source for name, reading in readings.items()},
    )


@state
class _Reading:
    """The value that won for one knob: where it came from, how it was written, what it is.

    `core` is in core units before the clamp, `None` when it is refused.
    """

    source: Source
    value: object
    core: int | None
    below: bool


def _read(
    name: str,
    file: Mapping[str, object],
    environment: Mapping[str, str],
    by_hand: Mapping[str, object],
    defaults: Policy,
) -> _Reading:
    """Choose the source of the knob `name` and read the value there, and no other."""
    value, source = _chosen(
        file.get(name), environment.get(PREFIX + name.upper()), _DEFAULT, override=by_hand.get(name)
    )
    knob = KNOBS[name]
    if source is Source.DEFAULT:
        return _Reading(source, None, getattr(defaults, knob.field), False)
    core = taken(knob.kind, value, is_text=source is not Source.FILE)
    return _Reading(source, value, *(core or (None, False)))


def _clamped(readings: Mapping[str, _Reading]) -> Iterator[str]:
    """Note each value below its clamp."""
    for name, reading in readings.items():
        if reading.below:
            value, clamp = shown(reading.value), KNOBS[name].kind.clamp
            yield f"{name} = {value} is below its minimum and becomes {clamp}"


def _refused(name: str, reading: _Reading) -> KnobRefused:
    allowed = KNOBS[name].kind.allowed
    value, place = shown(reading.value), _PLACES[reading.source]
    message = f"{name} = {value} in {place} is refused; allowed: {allowed}"
    return KnobRefused(name, reading.value, allowed, message)


def _twice(entries: Entries, source: Source) -> Iterator[KnobRefused]:
    """Refuse each knob that stands in one source more than once."""
    names = [name for name, _ in entries]
    for knob in KNOBS:
        if names.count(knob) > 1:
            values = " and ".join(shown(value) for name, value in entries if name == knob)
            message = f"{knob} stands in {_PLACES[source]} {names.count(knob)} times: {values}"
            allowed = "one value"
            yield KnobRefused(knob, values, allowed, f"{message}; allowed: {allowed}")


def _misspelt(names: Iterator[str]) -> Iterator[KnobRefused]:
    """Refuse each of `names` that is close to a knob and none; the knob meant is the nearest."""
    for name in dict.fromkeys(names):
        knob = None if name in KNOBS else nearest(name, KNOBS)
        if knob is not None:
            yield _slip(name, knob, knob)


def _misspelt_variables(environment: Mapping[str, str]) -> Iterator[KnobRefused]:
    """Refuse each variable that is close to that of a knob; also one in another case is not it."""
    for variable, rest, _ in variables_of(environment):
        name = rest.lower()
        knob = None if name in OWN_KEYS else nearest(name, KNOBS)
        if knob is not None and rest != knob.upper():
            yield _slip(variable, PREFIX + knob.upper(), knob)


def _slip(name: str, meant: str, knob: str) -> KnobRefused:
    allowed = f"the name {meant}, or one that is more than {DISTANCE_MAX} characters away from it"
    message = f"{shown(name)} is refused, since it looks like {meant} misspelt; allowed: {allowed}"
    return KnobRefused(knob, name, allowed, message)


def _unknown(by_hand: Entries) -> Iterator[KnobRefused]:
    """Refuse what was set by hand and is no knob: whoever sets it means something by it."""
    for name in dict.fromkeys(name for name, _ in by_hand if name not in KNOBS):
        meant = nearest(name, KNOBS)
        hint = "" if meant is None else f"; did you mean {meant}?"
        allowed = "the name of a knob"
        message = f"{shown(name)} in {_PLACES[Source.SET]} is no knob{hint}; allowed: {allowed}"
        yield KnobRefused(meant or name, name, allowed, message)


def _passed_over(entries: Entries) -> Iterator[str]:
    """Note each key that is neither a knob nor NVFlare's own."""
    for name in dict.fromkeys(name for name, _ in entries):
        if name not in KNOBS and name not in OWN_KEYS:
            yield f"{shown(name)} is not a knob and is passed over"
