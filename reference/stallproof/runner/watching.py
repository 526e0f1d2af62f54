"""A watch on a run: what each scenario broke, while the others still play.

The use: `Watch().look(events)` after each scenario, once `begin` was told the trace's first line.
With `fail_fast` the first requirement that nobody expects to fail ends the run, as a time limit
does: with a report on what was judged.

The complication: a scenario is judged here by itself, and the whole run again in the end. Both go
through the same rules, and what is broken in one run stays broken, whatever else was seen.

Spec: `spec/README.md`, "Ending".
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Self

from stallproof.judge.accumulator import Accumulator
from stallproof.requirements.registry import load_registry
from stallproof.runner.sut.ending import end, sheltered
from stallproof.wire.events import AnyEvent, ScenarioBegun, TraceBegun


class Watch:
    """Judges scenario by scenario.

    `tells`: say in words what each broke. `fail_fast`: end the run at the first broken MUST that is
    not in `excused`.
    """

    def __init__(
        self, *, tells: bool = False, fail_fast: bool = False, excused: frozenset[str] = frozenset()
    ) -> None:
        self._tells = tells
        self._fail_fast = fail_fast
        self._quiet = excused.union(
            one.id for one in load_registry().requirements if one.level != "MUST"
        )
        self._accumulator: Accumulator | None = None

    def begin(self, header: TraceBegun) -> Self:
        """Judge what follows under the trace's first line `header`."""
        self._accumulator = Accumulator(header)
        return self

    def look(self, events: Sequence[AnyEvent]) -> str:
        """Return in words what a scenario broke; `events` are those of all its repetitions.

        Nothing is said unless this watch tells. Raises `Ended` where the run may be broken off, and
        this ends it.
        """
        if self._accumulator is None or not events:
            return ""
        with sheltered():
            broken = {
                requirement: None
                for run in _runs(events)
                for requirement in self._accumulator.broken_by(run)
            }
        new = [one for one in broken if one not in self._quiet]
        if new and self._fail_fast:
            (first,) = (one.name for one in events[:1] if isinstance(one, ScenarioBegun))
            end(f"by --fail-fast, since {first} broke {', '.join(new)}")
        if not self._tells:
            return ""
        return f"broke {', '.join(broken)}" if broken else "nothing broken"


def _runs(events: Sequence[AnyEvent]) -> list[list[AnyEvent]]:
    """Return the events of each repetition; each begins with a `ScenarioBegun`."""
    number = 0

    def of(event: AnyEvent) -> int:
        nonlocal number
        number += isinstance(event, ScenarioBegun)
        return number

    return [list(run) for _, run in groupby(events, of)]
