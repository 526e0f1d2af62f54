"""A world while it is made up: its steps so far, and what a next step may be about.

It holds what was asked for and not what came of it, since no law goes along.
"""

from dataclasses import dataclass, field

from stallproof.runner.scenarios.scripted_world import Act, Step


@dataclass(slots=True)
class Line:
    """One connection: whether its peer reads all, or somebody was to end it."""

    name: str
    transport: str
    reads: bool = True
    is_over: bool = False


@dataclass(slots=True)
class Sketch:
    """The steps so far; `due`: the moments at which some bound is reached, if nothing ends it."""

    knobs: dict[str, float | int | bool]
    features: frozenset[str]
    steps: list[Step] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    streams: dict[int, Line] = field(default_factory=dict)
    due: list[int] = field(default_factory=list)
    now_us: int = 0
    sends: int = 0
    monitors: bool | None = None

    def add(self, step: Step) -> None:
        """Add a step, which comes last."""
        self.steps.append(step)
        self.now_us = max(self.now_us, step.at_us)

    def bound(self, knob: str, at_us: int) -> None:
        """Take note that `knob` begins to count at `at_us`."""
        self.due.append(at_us + round(self.knobs[knob] * 1_000_000))

    def moments(self) -> list[int]:
        """Return the moments from now on at which some bound may be reached, in their order."""
        return sorted(one for one in self.due if one > self.now_us)

    def living(self) -> list[Line]:
        """Return the connections that nobody was to end."""
        return [one for one in self.lines if not one.is_over]


def has(sketch: Sketch, kind: type[Act]) -> bool:
    """Tell whether there is a step of `kind`."""
    return any(isinstance(one, kind) for one in sketch.steps)
