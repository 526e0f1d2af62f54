"""When something happened, as far as anybody knows: not before one time, and by another.

What the implementation reports happened between its own date, less the uncertainty of its clock,
and the oracle's hearing. What it was asked for took effect between the asking and the moment by
which it had read the request. Whoever is to be accused gets the benefit of both ends; whoever is
to pass has to do so by both.

Spec: `spec/README.md`, "Time".
"""

from dataclasses import dataclass

FOREVER = 2**60
"""Later than anything: the time of what never happened."""


@dataclass(slots=True, frozen=True)
class Lateness:
    """How far beyond a bound something happened: so much for certain, and no more than that.

    `is_awake`: what it could not do because it was suspended is left out already. Else all the time
    of the run in which it was suspended excuses it.
    """

    least_us: int
    most_us: int
    is_awake: bool = False

    def less(self, by_us: int) -> "Lateness":
        """Return the lateness where so much more is allowed."""
        return Lateness(self.least_us - by_us, self.most_us - by_us, self.is_awake)

    def whatever_held_it_up(self) -> "Lateness":
        """Return the same where having been suspended is no excuse."""
        return Lateness(self.least_us, self.most_us, is_awake=True)


ON_TIME = Lateness(0, 0)


@dataclass(slots=True, frozen=True)
class Moment:
    """It happened not before `since_us`, and by `by_us` at the latest."""

    since_us: int
    by_us: int

    def after(self, begin: "Moment", bound_us: int = 0) -> Lateness:
        """Return how late this is for what may last `bound_us` from `begin`."""
        return Lateness(
            self.since_us - begin.by_us - bound_us, self.by_us - begin.since_us - bound_us
        )

    def later(self, by_us: int) -> "Moment":
        """Return the moment so much later."""
        return Moment(self.since_us + by_us, self.by_us + by_us)


def exactly(at_us: int) -> Moment:
    """Return the moment that a witness dated: the oracle's own clock has no doubt."""
    return Moment(at_us, at_us)


def latest(*moments: Moment) -> Moment:
    """Return when the last of `moments` was."""
    return Moment(max(m.since_us for m in moments), max(m.by_us for m in moments))


def worst(*late: Lateness) -> Lateness:
    """Return the greatest lateness of several."""
    return Lateness(
        max(one.least_us for one in late),
        max(one.most_us for one in late),
        all(one.is_awake for one in late),
    )


def at_least(least_us: int) -> Lateness:
    """Return the lateness of what is so late for certain, and was never seen to happen."""
    return Lateness(least_us, FOREVER)
