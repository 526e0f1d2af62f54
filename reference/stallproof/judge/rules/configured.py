"""Rules for what is in force: CF-1 (defaults and units), CF-2 (clamps) and CF-4 (which source).

A knob that is read in another unit, from another source or not at all is a stall that nobody
configured. These rules judge only configurations that the law allows.
"""

from collections.abc import Iterator
from decimal import Decimal

from stallproof.judge.evidence.observation import Observation, broken, ms
from stallproof.judge.evidence.run import Run
from stallproof.judge.rules import rule
from stallproof.judge.rules.configured_answers import (
    differs,
    in_core_units,
    misread,
    not_in_force,
)
from stallproof.judge.rules.configured_law import (
    ACK_INTERVAL,
    CHECKS,
    INTERVAL,
    KNOBS,
    WINDOW,
    defaults_of,
    read,
)
from stallproof.judge.rules.configured_parts import Parts
from stallproof.judge.rules.configured_reading import Lawful, lawful_ones


@rule("CF-1")
def cf_1(run: Run) -> Iterator[Observation]:
    """Knobs are read under their names in their units, and have their defaults."""
    parts = Parts("CF-1", {"defaults": {"all"}, "each-set": KNOBS})
    ones = [one for one in lawful_ones(run, "CF-1") if one.is_allowed]
    for one in ones:
        situation = "each-set" if one.winners else "defaults"
        yield from not_in_force("CF-1", {situation: list(one.winners)}, one.configuration)
        if not one.configuration.is_in_force:
            continue
        wrong = misread(one)
        for name in wrong:
            yield broken("CF-1", situation, differs(one, name) or "", one.configuration.events)
        yield from _period(run, one, situation)
        if not wrong and not one.winners:
            parts.keep("defaults", "all", one.configuration)
        for name, given in one.winners.items():
            other = one.values(name).isdisjoint(defaults_of(KNOBS[name]))
            if other and given.source == "file" and name not in wrong:
                parts.keep("each-set", name, one.configuration)
    mixed = list(_mixed("CF-1", "defaults", ones))
    yield from mixed
    if not mixed:
        yield from parts.whole()


def _period(run: Run, one: Lawful, situation: str) -> Iterator[Observation]:
    """The period of the monitor is the one that was declared, where there is a monitor."""
    declared_us = run.monitor_period_us
    answered = one.configuration.answered
    if declared_us is None or answered is None or answered.monitor_period_us == declared_us:
        return
    came_us = answered.monitor_period_us
    came = "no period of the monitor was reported" if came_us is None else f"it is {ms(came_us)}"
    why = f"{one.configuration}: the monitor was declared to have the period {ms(declared_us)}"
    yield broken("CF-1", situation, f"{why}, and {came}.", one.configuration.events)


def _mixed(requirement: str, situation: str, ones: list[Lawful]) -> Iterator[Observation]:
    """Window and ACK interval have their defaults from one and the same release."""
    releases: dict[int, Lawful] = {}
    for one in ones:
        answered = one.configuration.answered
        for name in (WINDOW, ACK_INTERVAL):
            if answered is None or name in one.winners:
                continue
            value = in_core_units(KNOBS[name], answered.effective.get(name))
            if value in KNOBS[name].defaults:
                releases.setdefault(KNOBS[name].defaults.index(value), one)
    if len(releases) > 1:
        names = f"{WINDOW} and {ACK_INTERVAL}"
        why = f"The defaults of {names} are mixed: 16 and 4 MiB are right, or 64 and 16 MiB."
        events = [event for one in releases.values() for event in one.configuration.events]
        yield broken(requirement, situation, why, events)


CLAMPS: dict[str, tuple[str, str]] = {
    INTERVAL: ("interval-below", "interval-at"),
    CHECKS: ("checks-below", "checks-at"),
}
JUST_ABOVE_US = 1000
"""How far above the clamp a check interval may be to count as just above it."""


@rule("CF-2")
def cf_2(run: Run) -> Iterator[Observation]:
    """The check interval is at least 0.01 s, the number of consecutive checks at least 1."""
    parts = Parts(
        "CF-2",
        {
            "interval-below": {"below", "zero", "negative"},
            "interval-at": {"at", "above"},
            "checks-below": {"zero", "negative"},
            "checks-at": {"at", "above"},
        },
    )
    for one in lawful_ones(run, "CF-2"):
        set_here = [name for name in CLAMPS if name in one.winners]
        if not one.is_allowed or not set_here:
            continue
        situations = {_clamped(one, name)[0]: [name] for name in set_here}
        yield from not_in_force("CF-2", situations, one.configuration)
        for name in set_here if one.configuration.is_in_force else ():
            situation, part = _clamped(one, name)
            why = differs(one, name)
            if why is None:
                parts.keep(situation, part, one.configuration)
            else:
                yield broken("CF-2", situation, why, one.configuration.events)
    yield from parts.whole()


def _clamped(one: Lawful, name: str) -> tuple[str, str]:
    """Return which situation the value of a clamped knob belongs to, and which part of it."""
    below, at = CLAMPS[name]
    value = one.winners[name].value
    number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    clamp = KNOBS[name].clamp
    assert clamp is not None
    if number < clamp:
        return below, "negative" if number < 0 else "zero" if number == 0 else "below"
    if number == clamp:
        return at, "at"
    step = Decimal(JUST_ABOVE_US) / 1_000_000 if name == INTERVAL else Decimal(1)
    return at, "above" if number <= clamp + step else "far above"


@rule("CF-4")
def cf_4(run: Run) -> Iterator[Observation]:
    """The file wins over the environment, and the environment over the default."""
    situations = ("file-over-environment", "environment-over-default", "none")
    parts = Parts("CF-4", {situation: KNOBS for situation in situations})
    for one in lawful_ones(run, "CF-4"):
        if not one.is_allowed:
            continue
        sources = {name: _sources(one, name) for name in KNOBS}
        seen = {s: [n for n in KNOBS if sources[n] == s] for s in situations}
        asked_for = {situation: names for situation, names in seen.items() if names}
        yield from not_in_force("CF-4", asked_for, one.configuration)
        if not one.configuration.is_in_force:
            continue
        for situation, names in asked_for.items():
            for name in names:
                why = differs(one, name, _because(situation, one, name))
                if why is None:
                    parts.keep(situation, name, one.configuration)
                else:
                    yield broken("CF-4", situation, why, one.configuration.events)
        yield from _mixed("CF-4", "none", [one])
    yield from parts.whole()


def _sources(one: Lawful, name: str) -> str | None:
    """Return the situation of a knob; `None` where equal values leave nothing to see."""
    winner = one.winners.get(name)
    if winner is None:
        return "none"
    if winner.source == "environment":
        other = one.values(name).isdisjoint(defaults_of(KNOBS[name]))
        return "environment-over-default" if other else None
    loser = one.losers.get(name)
    if loser is None:
        return None
    there = read(KNOBS[name], loser)
    other = there.verdict in ("in force", "clamped") and there.values.isdisjoint(one.values(name))
    return "file-over-environment" if other else None


def _because(situation: str, one: Lawful, name: str) -> str:
    if situation == "file-over-environment":
        return f", because the file wins over {one.losers[name].where}"
    if situation == "environment-over-default":
        return ", because the environment wins over the default"
    return ""
