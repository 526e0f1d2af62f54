"""Some cases of a seed, one after the other: played, judged, and what failed among them.

The intuition: a case stands by itself, so that the cases of a seed can be played in parts, by
several processes. What a report takes of a part is little: sums, the first findings, the smallest
script for each requirement. Parts that are added in their order come to what one process comes to.

The use: `series.play(first, count)` for the cases from `first` on, counted from 0; of a part,
`series.part()` is what whoever adds the parts takes with `add_part`.

The complication: in the script in which the harness breaks the series ends, and with it all parts
that follow.

Spec: `spec/virtual.md`.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from stallproof.generate.failures import Failure, Settings
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import families_for, scripts
from stallproof.judge.accumulator import Accumulator, Seen
from stallproof.judge.report import Finding
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.breaking import Case, who_broke
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.ending import sheltered
from stallproof.runner.sut.virtual import AHEAD, Play, VirtualHarness
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed

Write = Callable[[Sequence[AnyEvent]], None]
"""What takes the events of the trace."""
Tell = Callable[[int], None]
"""What hears the number of each case that was judged."""


@dataclass(slots=True)
class Part:
    """What came of some cases, as far as a report, a trace and shrinking take it.

    `broke`: the case in which the harness broke, and its script. `events`: of the trace.
    """

    seen: Seen
    failures: dict[str, Failure]
    broke: tuple[int, Vector] | None
    events: list[AnyEvent] = field(default_factory=list)


class Series:
    """The cases of one seed against one harness, as far as they were played."""

    def __init__(
        self, asked: Settings, harness: VirtualHarness, accumulator: Accumulator, write: Write
    ) -> None:
        self._asked = asked
        self._harness = harness
        self._write = write
        self.accumulator = accumulator
        self.failures: dict[str, Failure] = {}
        self.broke: tuple[int, Vector] | None = None

    @property
    def families(self) -> tuple[str, ...]:
        """Return the families of scripts that say something of what is selected."""
        return families_for(self._asked.selected, self._harness.hello.features)

    def play(self, first: int, count: int, tell: Tell) -> None:
        """Play and judge `count` cases from `first` on, or to the one that breaks the harness."""
        drawing = scripts(self._harness.hello.features, self.families)
        every = drawn(self._asked.seed or 0, count, drawing, first=first)
        for case, script, run in self._played(enumerate(every, first + 1)):
            broken = self.add(run, (case, script))
            if is_trouble(run, broken):
                self.broke = (case, script)
                return
            tell(case)

    def _played(self, every: Iterator[tuple[int, Vector]]) -> Iterator[Case]:
        """Yield each case with its run; those that follow are played while it is judged."""
        waiting: deque[tuple[int, Vector, Play]] = deque()
        while True:
            if len(waiting) <= AHEAD // 2:
                # Many at once: then neither process wakes the other one for each script.
                waiting.extend(self._begun(list(islice(every, AHEAD + 1 - len(waiting)))))
            if not waiting:
                return
            case, script, play = waiting[0]
            try:
                run = self._harness.run_of(play)
            except HarnessBroken as error:
                yield from who_broke(self._asked.command, waiting, error)
                return
            waiting.popleft()
            yield case, script, run

    def _begun(self, cases: Sequence[tuple[int, Vector]]) -> Iterator[tuple[int, Vector, Play]]:
        """Ask for the scripts of `cases`, and yield each with its play."""
        named = [
            msgspec.structs.replace(script, name=f"generated-{case}") for case, script in cases
        ]
        # What is half written would be no request at all.
        with sheltered():
            plays = self._harness.begin_all(named)
        for (case, script), play in zip(cases, plays, strict=True):
            yield case, script, play

    def add(self, run: list[AnyEvent], source: tuple[int, Vector] | None) -> dict[str, Finding]:
        """Add a run to what was seen, remember what failed in it, and return that."""
        with sheltered():
            self._write(run)
            broken = self.accumulator.add(run, first=source is None)
        if source is not None:
            case, script = source
            for requirement, finding in broken.items():
                self._remember(Failure(requirement, case, script, frozenset(broken), finding))
        return broken

    def _remember(self, failure: Failure) -> None:
        """Keep the smallest script for each requirement, the first of equals."""
        known = self.failures.get(failure.requirement)
        if known is None or len(failure.script.steps) < len(known.script.steps):
            self.failures[failure.requirement] = failure

    def part(self, events: list[AnyEvent]) -> Part:
        """Return what came of the cases so far."""
        return Part(self.accumulator.seen(), self.failures, self.broke, events)

    def add_part(self, part: Part) -> None:
        """Add the cases that follow, which were played elsewhere."""
        with sheltered():
            self._write(part.events)
            self.accumulator.add_seen(part.seen)
        for failure in part.failures.values():
            self._remember(failure)
        self.broke = part.broke


def is_trouble(run: Sequence[AnyEvent], broken: Collection[str]) -> bool:
    """Tell whether the harness broke in `run`, in which the requirements in `broken` failed.

    An error after something that failed is a consequence: whoever leaves a connection open has to
    refuse another one of its name. The harness is sound, and goes on with the next case.
    """
    if HarnessFailed not in map(type, run):
        return False
    is_refusal = any(isinstance(event, Answered) and event.error for event in run)
    return not (broken and is_refusal)
