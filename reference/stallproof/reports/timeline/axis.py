"""The axis of a timeline: from microseconds to places on the picture, and its ticks."""

from collections.abc import Iterator
from dataclasses import dataclass

WIDTH, LEFT, RIGHT = 960, 168, 24
"""The picture's width, and what is left free of it for titles and for labels."""
TICKS_MAX = 8
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Axis:
    """The time from `from_us` to `until_us`, told in milliseconds from `origin_us`."""

    origin_us: int
    from_us: int
    until_us: int

    def x(self, at_us: int) -> float:
        """Return where `at_us` lies; what is outside lies at the nearer end."""
        span_us = max(1, self.until_us - self.from_us)
        inside_us = min(max(at_us, self.from_us), self.until_us) - self.from_us
        return round(LEFT + (WIDTH - LEFT - RIGHT) * inside_us / span_us, 2)

    def shows(self, at_us: int) -> bool:
        """Tell whether `at_us` lies on the axis, its ends included."""
        return self.from_us <= at_us <= self.until_us

    def ms(self, at_us: int) -> str:
        """Return `at_us` in milliseconds from the origin, exact to the microsecond."""
        return f"{(at_us - self.origin_us) / 1000:,.3f} ms"

    def ticks(self) -> Iterator[tuple[int, str]]:
        """Yield the ticks with what stands beside them: round numbers, eight at most."""
        step_us = self._step_us()
        digits = max(0, 4 - len(str(step_us)))
        first = -(-(self.from_us - self.origin_us) // step_us)
        for number in range(first, (self.until_us - self.origin_us) // step_us + 1):
            after_us = number * step_us
            yield self.origin_us + after_us, f"{after_us / 1000:,.{digits}f} ms"

    def _step_us(self) -> int:
        span_us = max(1, self.until_us - self.from_us)
        power = 1
        while True:
            for step in _STEPS:
                if span_us / (step * power) <= TICKS_MAX - 1:
                    return step * power
            power *= 10
