"""One thing that a rule saw in one run: a law held, was broken, or was kept so many us late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from stallproof.judge.evidence.moment import ON_TIME, Lateness
from stallproof.wire.events import AnyEvent
from stallproof.wire.units import ms as ms


@dataclass(slots=True, frozen=True)
class Observation:
    """What one rule says of one situation in one run.

    `timed`: the law sets a bound, and `late` is how far beyond it the thing happened (negative:
    before it), at least and at most. `unsure`: the clock is too coarse to say. `situation` is one
    of the registry's, or `None` for a violation found in passing. `parts_us`: when the law and what
    happened part, if that is known, and `wrong` the event that must not be, if there is one.
    """

    requirement: str
    situation: str | None
    tells: Literal["held", "broken", "timed", "unsure"]
    explanation: str
    events: tuple[AnyEvent, ...] = ()
    late: Lateness = ON_TIME
    parts_us: int | None = None
    wrong: AnyEvent | None = None


def held(requirement: str, situation: str | None, events: Sequence[AnyEvent] = ()) -> Observation:
    """The situation occurred and the law was kept."""
    return Observation(requirement, situation, "held", "", tuple(events))


def broken(
    requirement: str, situation: str | None, why: str, events: Sequence[AnyEvent] = ()
) -> Observation:
    """The law was broken, whatever the noise."""
    return Observation(requirement, situation, "broken", why, tuple(events))


def timed(
    requirement: str,
    situation: str | None,
    late: Lateness,
    what: str,
    events: Sequence[AnyEvent] = (),
) -> Observation:
    """Something with an upper bound happened so `late` after the bound (before grace)."""
    return Observation(requirement, situation, "timed", what, tuple(events), late)


def unsure(
    requirement: str, situation: str | None, why: str, events: Sequence[AnyEvent] = ()
) -> Observation:
    """The situation occurred, but the clocks cannot tell on which side of the bound."""
    return Observation(requirement, situation, "unsure", why, tuple(events))


Tell = Callable[[str, str | None, str, Sequence[AnyEvent]], Observation]
"""How sure one is of what speaks against the law: `broken` or `unsure`."""
