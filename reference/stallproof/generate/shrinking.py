"""Shrinking: from a script that fails to the smallest one that fails by the same requirement.

The intuition: whatever can be left out without the failure going away had nothing to do with it. So
steps are dropped, gaps are closed and numbers are made small, one thing at a time, as long as the
script still fails; what is left is what the failure takes.

The use: `shrunk(vector, fails, plays_max=1000)`; `fails` plays a script and tells whether it fails
in the same way. A candidate that breaks a rule of `spec/virtual.md` is not played.

The complication: the budget. In virtual time a play is cheap, on the real clock it takes seconds:
there only steps are dropped (`is_coarse`), the big pieces first.

Spec: `spec/virtual.md`, `spec/vectors/README.md`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from stallproof.generate.shrinking_requests import plainer, renamed
from stallproof.judge.model import problems_of
from stallproof.requirements.vectors.canonical import encode_vector
from stallproof.requirements.vectors.format import Step, Vector

PLAYS_MAX = 1_500


@dataclass(slots=True)
class Shrunk:
    """What shrinking came to: the script, and how many plays it took."""

    vector: Vector
    plays: int


def shrunk(
    vector: Vector,
    fails: Callable[[Vector], bool],
    *,
    plays_max: int = PLAYS_MAX,
    is_coarse: bool = False,
) -> Shrunk:
    """Return the smallest script that was found to fail as `vector` does, which is known to."""
    shrinker = _Shrinker(vector, fails, plays_max)
    shrinker.drop_steps()
    while not is_coarse:
        before = shrinker.vector
        shrinker.drop_knobs()
        shrinker.close_gaps()
        shrinker.make_plainer()
        shrinker.drop_steps()
        if shrinker.vector == before:
            shrinker.accepts(renamed(before))
            break
    return Shrunk(shrinker.vector, shrinker.plays)


class _Shrinker:
    """The smallest failing script so far."""

    def __init__(self, vector: Vector, fails: Callable[[Vector], bool], plays_max: int) -> None:
        self.vector = vector
        self.plays = 0
        self._fails = fails
        self._plays_max = plays_max
        self._known = {encode_vector(vector)}

    def accepts(self, candidate: Vector) -> bool:
        """Make `candidate` the script if it fails as well; nothing is played twice."""
        key = encode_vector(candidate)
        if key in self._known or self.plays >= self._plays_max or not candidate.steps:
            return False
        self._known.add(key)
        if problems_of(candidate):
            return False
        self.plays += 1
        if not self._fails(candidate):
            return False
        self.vector = candidate
        return True

    def _with_steps(self, steps: Sequence[Step]) -> bool:
        return self.accepts(msgspec.structs.replace(self.vector, steps=list(steps)))

    def drop_steps(self) -> None:
        """Drop connections, then runs of steps, long ones first and from the end."""
        for conn in sorted({str(s.do.get("conn")) for s in self.vector.steps if s.do is not None}):
            steps = self.vector.steps
            self._with_steps([s for s in steps if s.do is None or s.do.get("conn") != conn])
        size = max(1, len(self.vector.steps) // 2)
        while size:
            place = len(self.vector.steps) - size
            while place >= 0:
                steps = self.vector.steps
                self._with_steps([*steps[:place], *steps[place + size :]])
                place = min(place, len(self.vector.steps)) - max(1, size // 2)
            size //= 2

    def drop_knobs(self) -> None:
        """Leave knobs at what a script leaves unsaid."""
        for name in sorted(self.vector.knobs):
            knobs = {one: v for one, v in self.vector.knobs.items() if one != name}
            self.accepts(msgspec.structs.replace(self.vector, knobs=knobs))

    def close_gaps(self) -> None:
        """Make the time before each step as short as can be; what follows comes earlier as well."""
        for place in range(len(self.vector.steps)):
            before_us = self.vector.steps[place - 1].at_us if place else 0
            gap_us = self.vector.steps[place].at_us - before_us
            for left_us in _smaller(gap_us):
                if self._with_steps(_earlier(self.vector.steps, place, gap_us - left_us)):
                    self._search_gap(place, before_us, left_us)
                    break

    def _search_gap(self, place: int, before_us: int, gap_us: int) -> None:
        """Look for the shortest gap below one that is known to fail, as far as it is monotone."""
        low_us = 0
        while low_us < gap_us:
            middle_us = (low_us + gap_us) // 2
            now_us = self.vector.steps[place].at_us - before_us
            if self._with_steps(_earlier(self.vector.steps, place, now_us - middle_us)):
                gap_us = middle_us
            else:
                low_us = middle_us + 1

    def make_plainer(self) -> None:
        """Replace each request by the plainest one that will do."""
        for place in range(len(self.vector.steps)):
            is_new = True
            while is_new:
                steps = self.vector.steps
                is_new = any(
                    self._with_steps([*steps[:place], step, *steps[place + 1 :]])
                    for step in plainer(steps[place])
                )


def _smaller(gap_us: int) -> Iterator[int]:
    """Yield shorter gaps, the shortest first; the last ones find where a boundary lies."""
    if gap_us:
        yield 0
        yield from sorted({gap_us // 2, gap_us * 9 // 10, gap_us - 1000, gap_us - 1} - {0})


def _earlier(steps: Sequence[Step], place: int, by_us: int) -> list[Step]:
    return [
        *steps[:place],
        *(msgspec.structs.replace(s, at_us=max(0, s.at_us - by_us)) for s in steps[place:]),
    ]
