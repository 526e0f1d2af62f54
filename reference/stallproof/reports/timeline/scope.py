"""What a timeline is of: a run, the finding in it, and the connections and sends of that."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from stallproof.judge.evidence.facts import ConnFacts
from stallproof.judge.evidence.run import Run
from stallproof.judge.report import Finding
from stallproof.reports.lines import visible
from stallproof.wire.events import AnyEvent

CONNS_MAX = 3
NAME_MAX = 24


def name_of(text: str) -> str:
    """Return a name from outside, cut to what a track has room for."""
    return visible(text, limit=NAME_MAX)


@dataclass(frozen=True)
class Scope:
    """One `finding` in its `run`, whose events are arranged."""

    run: Run
    finding: Finding

    @cached_property
    def conns(self) -> list[ConnFacts]:
        """The connections that the finding speaks of, the first three; if it names none, all."""
        named = self._named("conn")
        found = [one for name, one in self.run.conns.items() if not named or name in named]
        return found[:CONNS_MAX]

    @cached_property
    def sends(self) -> set[object]:
        """The sends that the finding speaks of."""
        return self._named("send")

    @cached_property
    def streams(self) -> set[object]:
        """The streams that the finding speaks of."""
        return self._named("stream")

    def events(self) -> Iterator[AnyEvent]:
        """Yield the events of these connections, and those of the finding."""
        names = {one.conn for one in self.conns}
        for event in self.run.events:
            if getattr(event, "conn", None) in names:
                yield event
        for event in self.finding.events:
            if getattr(event, "conn", None) not in names:
                yield event

    def _named(self, field: str) -> set[object]:
        values = {getattr(event, field, None) for event in self.finding.events}
        return values - {None}
