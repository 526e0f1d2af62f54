"""Finding events by their time without looking at each: what makes judging linear.

A rule asks "what was the peer doing then?" or "which send was in flight then?" for each of very
many sends. Scanned, that is quadratic, and a run of 66,000 frames is never judged. Everything here
is sorted once and then found by bisection. Nothing judges.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate, islice
from typing import Generic, TypeVar

from stallproof.judge.evidence.moment import FOREVER

_T = TypeVar("_T")


class Timeline(Generic[_T]):
    """Events in order of their time, which `at` reads; equal times keep their order."""

    def __init__(self, events: Iterable[_T], at: Callable[[_T], int]) -> None:
        self.events = list(events)
        times = [at(event) for event in self.events]
        self.times = sorted(times)
        if self.times != times:
            # As events come they mostly are in order, and their times are asked for once.
            self.events.sort(key=at)

    def last_by(self, at_us: int) -> _T | None:
        """Return the last event at or before `at_us`."""
        place = bisect_right(self.times, at_us)
        return self.events[place - 1] if place else None

    def first_from(self, at_us: int) -> _T | None:
        """Return the first event at or after `at_us`."""
        place = bisect_left(self.times, at_us)
        return self.events[place] if place < len(self.events) else None

    def since(self, at_us: int) -> Iterator[_T]:
        """Yield the events at or after `at_us`."""
        return islice(self.events, bisect_left(self.times, at_us), None)

    def between(self, begin_us: int, end_us: int, most: int | None = None) -> list[_T]:
        """Return the events from `begin_us` to `end_us`, both included; at most `most` of them."""
        begin, end = bisect_left(self.times, begin_us), bisect_right(self.times, end_us)
        return self.events[begin : end if most is None else min(end, begin + most)]

    def has_between(self, begin_us: int, end_us: int) -> bool:
        """Tell whether there is an event from `begin_us` to `end_us`, both included."""
        place = bisect_left(self.times, begin_us)
        return place < len(self.times) and self.times[place] <= end_us


class Highest:
    """The greatest value that came by a time, of pairs of time and value."""

    def __init__(self, pairs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(pairs)
        self._times = [at_us for at_us, _value in ordered]
        self._values = list(accumulate((value for _at_us, value in ordered), max))

    def by(self, at_us: int, default: int = 0) -> int:
        """Return the greatest value with a time at or before `at_us`; `default` if none came."""
        place = bisect_right(self._times, at_us)
        return self._values[place - 1] if place else default


class Latest(Generic[_T]):
    """Of what had begun before a time, that which ends last."""

    def __init__(self, spans: Iterable[tuple[int, int, _T]]) -> None:
        ordered = sorted(spans, key=lambda span: span[0])
        self._begins = [begin_us for begin_us, _end_us, _of in ordered]
        self._last: list[tuple[int, int, _T]] = []
        for span in ordered:
            later = not self._last or span[1] > self._last[-1][1]
            self._last.append(span if later else self._last[-1])

    def before(self, at_us: int) -> _T | None:
        """Return what ends last of all that began before `at_us`; the first of equals."""
        place = bisect_left(self._begins, at_us)
        return self._last[place - 1][2] if place else None


class Spans(Generic[_T]):
    """Spans of time, each of something: which of them cover a moment, those that began first.

    A tree over the spans in order of their beginning knows the last end below each node.
    """

    def __init__(self, spans: Iterable[tuple[int, int, _T]]) -> None:
        ordered = sorted(spans, key=lambda span: span[0])
        self._begins = [begin_us for begin_us, _end_us, _of in ordered]
        self._of = [of for _begin_us, _end_us, of in ordered]
        self._leaves = 1
        while self._leaves < len(ordered):
            self._leaves *= 2
        self._last = [-FOREVER] * self._leaves + [end_us for _begin_us, end_us, _of in ordered]
        self._last += [-FOREVER] * (2 * self._leaves - len(self._last))
        for node in range(self._leaves - 1, 0, -1):
            self._last[node] = max(self._last[2 * node], self._last[2 * node + 1])

    def covering(self, begin_us: int, end_us: int) -> Iterator[_T]:
        """Yield what had begun at `begin_us` and ended at `end_us` or later, first come first.

        With `begin_us` after `end_us` that is all that overlaps the span between them.
        """
        until = bisect_right(self._begins, begin_us)
        nodes = [1]
        while nodes:
            node = nodes.pop()
            if self._last[node] < end_us:
                continue
            if node >= self._leaves:
                if node - self._leaves >= until:
                    return
                yield self._of[node - self._leaves]
            else:
                nodes += (2 * node + 1, 2 * node)
