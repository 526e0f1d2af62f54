"""Which parts of a situation a run has shown: it counts only when all of them were.

A situation such as "a timeout was set to NaN and to each infinity" takes several configurations;
one of them alone witnesses nothing. Group CF.
"""

from collections.abc import Collection, Iterator, Mapping

from stallproof.judge.evidence.configurations import Configuration
from stallproof.judge.evidence.observation import Observation, held
from stallproof.wire.events import AnyEvent

_EVENTS_MAX = 8


class Parts:
    """The parts of each situation of one requirement, and which of them were kept in a run."""

    def __init__(self, requirement: str, needed: Mapping[str, Collection[str]]) -> None:
        """Take the names of all parts that each situation needs."""
        self._requirement = requirement
        self._needed = needed
        self._kept: dict[str, set[str]] = {}
        self._events: dict[str, list[AnyEvent]] = {}

    def keep(self, situation: str, part: str, configuration: Configuration) -> None:
        """Count `part` as kept; a part that nobody needs shows nothing."""
        kept = self._kept.setdefault(situation, set())
        if part in self._needed[situation] and part not in kept:
            kept.add(part)
            self._events.setdefault(situation, []).extend(configuration.events)

    def whole(self) -> Iterator[Observation]:
        """Yield each situation of which every part was kept."""
        for situation, needed in self._needed.items():
            if len(self._kept.get(situation, ())) == len(needed):
                yield held(self._requirement, situation, self._events[situation][:_EVENTS_MAX])
