"""How long the implementation was suspended between two moments: it could do nothing then.

Its clock went on, so that what came due meanwhile is due at once when it goes on. Being late counts
from the due moment without the time in which nothing could be done; being early knows no excuse.

The complication: stopping and continuing take a moment each. Who is to be accused may have been
suspended from before the first signal until after the last; who is to pass was suspended only as
long as all of it was seen to be stopped.

Spec: `spec/README.md`, "Time".
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, Literal

from stallproof.judge.evidence.moment import Moment
from stallproof.wire.events import Suspended

Situation = Literal["suspended-when-due", "suspended-before-due"]
WHEN_DUE: Final = "suspended-when-due"
BEFORE_DUE: Final = "suspended-before-due"


class _Spans:
    """Spans of time that do not overlap, for many questions about them."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._begins = [begin_us for begin_us, _end_us in ordered]
        self._lasted = [end_us - begin_us for begin_us, end_us in ordered]
        self._before = list(accumulate(self._lasted, initial=0))

    def between(self, begin_us: int, end_us: int) -> int:
        """Return how much of the time between lies in them; nothing where it is no span."""
        if not self._begins:
            # As in nearly every run.
            return 0
        return max(0, self._by(end_us) - self._by(begin_us))

    def _by(self, at_us: int) -> int:
        place = bisect_right(self._begins, at_us) - 1
        if place < 0:
            return 0
        return self._before[place] + min(at_us - self._begins[place], self._lasted[place])


class Suspensions:
    """The suspensions of one run."""

    def __init__(self, told: Iterable[Suspended] = ()) -> None:
        self.told = sorted(told, key=lambda one: one.began_us)
        self._perhaps = _Spans((one.began_us, one.at_us) for one in self.told)
        self._surely = _Spans((one.stopped_us, one.continued_us) for one in self.told)
        self.total_us = sum(one.at_us - one.began_us for one in self.told)

    def at_most(self, begin_us: int, end_us: int) -> int:
        """Return for how long it may have been suspended between the two times."""
        return self._perhaps.between(begin_us, end_us)

    def at_least(self, begin_us: int, end_us: int) -> int:
        """Return for how long it was suspended between the two times for certain."""
        return self._surely.between(begin_us, end_us)

    def within(self, begin_us: int, end_us: int) -> list[Suspended]:
        """Return the suspensions that began after the one time and were over by the other."""
        return [one for one in self.told if begin_us < one.began_us and one.at_us <= end_us]

    def situation(self, begin_us: int, due: Moment) -> Situation | None:
        """Name what a suspension did to a bound that began at `begin_us`; `None`: nothing."""
        for one in self.told:
            if one.stopped_us <= due.since_us and due.by_us < one.continued_us:
                return WHEN_DUE
        return BEFORE_DUE if self.within(begin_us, due.since_us) else None


NEVER = Suspensions()
"""The suspensions of a run in which nobody was suspended."""
