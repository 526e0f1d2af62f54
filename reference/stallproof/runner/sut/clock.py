"""The clock of a harness on the oracle's: an offset, and by how much it may be wrong.

A clock that is shared needs neither. One that is not is read by asking `hello`: the reading was
taken between the asking and the hearing, so the offset lies in an interval as wide as that took.

The use: `take` every reading that is had; `tie` at the beginning of a span, `to_oracle_us` in it,
and in its end `uncertainty_us` says how far any time of it may be off.

The complication: such a clock may drift. Within a span the offset stays the same, and whatever its
readings say against it is uncertainty. For the time after the last one it is taken to drift as far
as a system lets a clock be slewed.

Spec: `spec/README.md`, "Time"; `spec/protocol.md`, "The clock".
"""

from typing import NamedTuple

from stallproof.wire.protocol import ClockClaim

DRIFT_PPM = 500
"""How far a clock that the system keeps may be slewed, in millionths."""
SPAN_US = 500_000
"""Of the readings of such a span the narrowest counts: a slow answer says little."""
AHEAD_US = 20_000
"""A clock of its own that runs ahead shows it by an event from the future: so far it is drift."""


class Reading(NamedTuple):
    """One reading, heard at `heard_us`: the offset lies from `least_us` to `most_us`."""

    heard_us: int
    least_us: int
    most_us: int

    @property
    def width_us(self) -> int:
        return self.most_us - self.least_us


class Clock:
    """One process's clock: the oracle's own until `declare` says otherwise."""

    def __init__(self) -> None:
        self.is_shared = True
        self.offset_us = 0
        self._resolution_us = 1
        self._readings: list[Reading] = []
        self._ahead_us = 0

    def declare(self, claim: ClockClaim) -> None:
        """Take what `hello` says of the clock."""
        self.is_shared = claim.shared
        self._resolution_us = claim.resolution_us

    def take(self, now_us: int, asked_us: int, heard_us: int) -> None:
        """Take a reading: the clock showed `now_us` between `asked_us` and `heard_us`."""
        if not self.is_shared:
            self._readings.append(Reading(heard_us, asked_us - now_us, heard_us - now_us))

    def tie(self) -> None:
        """Begin a span: take the offset from the narrowest reading of late."""
        if not self._readings:
            return
        last_us = self._readings[-1].heard_us
        late = [one for one in self._readings if one.heard_us >= last_us - SPAN_US]
        narrowest = min(late, key=lambda one: (one.width_us, -one.heard_us))
        self.offset_us = (narrowest.least_us + narrowest.most_us) // 2
        self._readings = late
        self._ahead_us = 0

    def uncertainty_us(self, at_us: int) -> int:
        """Return how far a time of the span until `at_us` may be off, on the oracle's clock."""
        if not self._readings:
            return self._resolution_us
        narrowest: dict[int, Reading] = {}
        for one in self._readings:
            place = (one.heard_us - self._readings[0].heard_us) // SPAN_US
            if place not in narrowest or one.width_us < narrowest[place].width_us:
                narrowest[place] = one
        edges = [edge for one in narrowest.values() for edge in (one.least_us, one.most_us)]
        off_us = max(abs(edge - self.offset_us) for edge in edges)
        since_us = max(0, at_us - self._readings[-1].heard_us)
        drift_us = -(-since_us * DRIFT_PPM // 1_000_000)
        return max(self._resolution_us, self._ahead_us, off_us + drift_us)

    def to_oracle_us(self, at_us: int) -> int:
        """Return a time of the harness on the oracle's clock."""
        return at_us + self.offset_us

    def is_ahead(self, by_us: int) -> bool:
        """Tell whether a time that lies `by_us` in the future is drift, and count it as such."""
        if self.is_shared or by_us > AHEAD_US:
            return False
        self._ahead_us = max(self._ahead_us, by_us)
        return True
