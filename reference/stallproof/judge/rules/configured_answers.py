"""What came of a configuration that the law allows: in force as it should be, or not at all.

Values are compared exactly: 29999999 us and 30000000 us are two different timeouts. Group CF.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache

from stallproof.judge.evidence.configurations import Configuration, exact
from stallproof.judge.evidence.observation import Observation, broken, unsure
from stallproof.judge.rules.configured_law import KNOBS, Knob
from stallproof.judge.rules.configured_reading import Lawful

MILLION = Decimal(1_000_000)


def not_in_force(
    requirement: str, situations: Mapping[str, Collection[str]], configuration: Configuration
) -> Iterator[Observation]:
    """Yield what follows for `situations` (with the knobs of each) from an allowed configuration
    that is not in force; nothing if it is.

    A refusal that names one of the knobs concerns the situations of that knob alone.
    """
    answered = configuration.answered
    if answered is not None and answered.error is None:
        return
    named = None if answered is None else answered.knob
    narrowed = {s: knobs for s, knobs in situations.items() if named in knobs} or situations
    for situation in narrowed:
        if answered is not None and answered.error == "refused":
            why = f"{configuration} is allowed, and was refused: {answered.message}"
            yield broken(requirement, situation, _sentence(why), configuration.events)
        else:
            yield no_answer(requirement, situation, configuration)


def no_answer(requirement: str, situation: str, configuration: Configuration) -> Observation:
    """A crash, a hang or a failure is neither a refusal nor in force: nothing is judged by it."""
    answered = configuration.answered
    what = "no answer" if answered is None else f"'{answered.error}': {answered.message}"
    why = f"{configuration} brought {what}, which is neither a refusal nor in force"
    return unsure(requirement, situation, _sentence(why), configuration.events)


def differs(lawful: Lawful, name: str, because: str = "") -> str | None:
    """Say how the effective value of a knob is not what the law wants; `None` if it is.

    Compared exactly, in microseconds, bytes and counts.
    """
    answered = lawful.configuration.answered
    if name not in misread(lawful) or answered is None:
        return None
    came = "and no effective value of it was reported"
    if name in answered.effective:
        came = f"and {answered.effective[name]!r} is in force"
    given = lawful.winners.get(name)
    source = f"{given.where}" if given is not None else f"no source sets {name}"
    should = " or ".join(shown(KNOBS[name], one) for one in sorted(lawful.values(name)))
    return f"{lawful.configuration}: {source}, {came}. The law wants {should}{because}."


def misread(lawful: Lawful) -> tuple[str, ...]:
    """Return the knobs that are in force otherwise than the law wants; nothing where none are."""
    if lawful.misread is None:
        # Each rule asks, and about every knob.
        lawful.misread = tuple(_misread(lawful))
    return lawful.misread


def _misread(lawful: Lawful) -> Iterator[str]:
    answered = lawful.configuration.answered
    if answered is None or answered.error is not None:
        return
    for name, knob in KNOBS.items():
        # Where no value of it was reported, there is none that the law could want.
        if in_core_units(knob, answered.effective.get(name)) not in lawful.values(name):
            yield name


def in_core_units(knob: Knob, value: object) -> Decimal | None:
    """Return a reported value in microseconds, bytes or counts; the switch as 0 or 1."""
    if knob.kind == "switch":
        return Decimal(int(value)) if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _in_core_units(value, is_time=knob.is_time)


@lru_cache(maxsize=4096, typed=True)
def _in_core_units(value: float, *, is_time: bool) -> Decimal | None:
    # Most of what is reported are defaults.
    number = exact(value)
    return number * MILLION if number is not None and is_time else number


def shown(knob: Knob, value: Decimal) -> str:
    """Say a value in core units in the knob's own unit."""
    if knob.kind == "switch":
        return "true" if value else "false"
    if knob.is_time:
        return f"{(value / MILLION).normalize():f} s"
    return f"{value:f} bytes" if knob.kind == "bytes" else f"{value:f}"


def _sentence(why: str) -> str:
    return why if why.endswith(".") else f"{why}."
