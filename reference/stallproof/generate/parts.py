"""A part of the generated scripts, played and judged by itself, and the parts put together.

The intuition: a script is decided by the seed and its number, and says nothing of another one. So
whoever plays the cases 2,001 to 3,000 sees what is seen in them when all are played in one go, and
adding up the parts in their order gives the report of one process, to the letter.

The use: `parts_of(...)` says what is to be played, `Part.played()` plays one of them anywhere, and
`Playing.take(...)` adds what came of it.

The complication: a harness that breaks ends everything. What later parts came to counts for nothing
then, as one process would not have played them.

Spec: `spec/virtual.md`.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec

from stallproof.generate.failures import Failure, Settings
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import families_for, scripts
from stallproof.judge import accumulator
from stallproof.judge.accumulator import Accumulator
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.breaking import Case, who_broke
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import HarnessCommand, as_taken
from stallproof.runner.sut.ending import sheltered
from stallproof.runner.sut.virtual import AHEAD, Play, VirtualHarness
from stallproof.wire import codec
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed, TraceBegun
from stallproof.wire.protocol import Hello

CASES_MAX = 500
"""So many scripts a part has at most: about a second, and a part is what a dead worker costs."""
PARTS_MIN = 16
"""Fewer scripts are parted into as many parts, so that several workers have something to do."""

Write = Callable[[Sequence[AnyEvent]], None]
"""What takes the events of the trace."""
Tell = Callable[[int, str], None]
"""What takes the number of the case that was judged, and its name."""


class UnlikeHarness(Exception):
    """The harness that plays a part says that it is another one than the first."""


@dataclass(frozen=True, slots=True)
class PartPlayed:
    """What came of a part: sums, failures, in which case the harness broke, its lines of a trace.

    `done` is the number of the last case that was judged.
    """

    done: int
    seen: accumulator.Part
    failures: list[Failure]
    broken_in: tuple[int, Vector] | None
    lines: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """The cases after `first`, so many as `count` says, and by what they are judged."""

    command: HarnessCommand
    hello: Hello
    header: TraceBegun
    seed: int
    first: int
    count: int
    is_traced: bool

    def played(self) -> PartPlayed:
        """Play the part against a harness of its own; raises as `played_by`, and if none begins."""
        with VirtualHarness(self.command) as harness:
            return self.played_by(harness)

    def played_by(self, harness: VirtualHarness) -> PartPlayed:
        """Play the part against `harness`, which was started.

        Raises `HarnessBroken` where it is broken already, `UnlikeHarness` for another one.
        """
        self._require_alike(harness.hello)
        lines: list[bytes] = []

        def write(events: Sequence[AnyEvent]) -> None:
            lines.extend(codec.encode(event) + b"\n" for event in events if self.is_traced)

        playing = Playing(self.command, harness, Accumulator(self.header), write)
        families = families_for(self.header.selected, self.hello.features)
        drawing = scripts(self.hello.features, families)
        every = drawn(self.seed, self.count, drawing, first=self.first)
        playing.play(every, first=self.first)
        failures = list(playing.failures.values())
        seen = playing.accumulator.part()
        return PartPlayed(playing.done, seen, failures, playing.broken_in, b"".join(lines))

    def _require_alike(self, hello: Hello) -> None:
        if hello == self.hello:
            return
        here = f"{self.hello.name} {self.hello.version}"
        theirs = f"{hello.name} {hello.version}"
        raise UnlikeHarness(
            f"the harness there says hello as {theirs}, and not just as {here} does here"
        )


Elsewhere = Callable[[Sequence[Part]], Iterator[PartPlayed]]
"""What plays parts, wherever that is, and yields what came of them in their order."""


def sizes_of(count: int) -> list[tuple[int, int]]:
    """Return how many cases come before each part of `count` cases, and how many it has."""
    size = max(1, min(CASES_MAX, -(-count // PARTS_MIN)))
    return [(first, min(size, count - first)) for first in range(0, count, size)]


def parts_of(asked: Settings, hello: Hello, header: TraceBegun) -> list[Part]:
    """Return the parts of what is asked for, in the order of their cases."""
    command, seed = as_taken(asked.command), asked.seed or 0
    return [
        Part(command, hello, header, seed, first, size, asked.is_traced)
        for first, size in sizes_of(asked.count)
    ]


class Playing:
    """Generated scripts that play against one harness, and what is seen of them.

    `done`: the number of the last case that was judged. `broken_in`: the one in which the harness
    broke, after which nothing is played. `failures`: the smallest of each requirement.
    """

    def __init__(
        self,
        command: Sequence[str],
        harness: VirtualHarness,
        accumulator: Accumulator,
        write: Write,
    ) -> None:
        self._command = command
        self._harness = harness
        self._write = write
        self.accumulator = accumulator
        self.failures: dict[str, Failure] = {}
        self.broken_in: tuple[int, Vector] | None = None
        self.done = 0

    def play(self, every: Iterable[Vector], tell: Tell | None = None, *, first: int = 0) -> None:
        """Play and judge `every` script, the cases after `first`."""
        for case, script, run in self._played(every, first):
            self._judge(case, script, run)
            if tell is not None:
                tell(case, f"generated-{case}")
            if self.broken_in is not None:
                return

    def take(self, part: PartPlayed) -> None:
        """Add what came of the part that follows."""
        self.done = part.done
        self.broken_in = part.broken_in
        self.accumulator.add_part(part.seen)
        for failure in part.failures:
            self._keep(failure)

    def _played(self, every: Iterable[Vector], first: int) -> Iterator[Case]:
        """Yield each case with its run; those that follow are played while it is judged."""
        waiting: deque[tuple[int, Vector, Play]] = deque()
        numbered = enumerate(every, start=first + 1)
        while True:
            for case, script in islice(numbered, AHEAD + 1 - len(waiting)):
                named = msgspec.structs.replace(script, name=f"generated-{case}")
                # What is half written would be no request at all.
                with sheltered():
                    waiting.append((case, script, self._harness.begin(named)))
            if not waiting:
                return
            case, script, play = waiting[0]
            try:
                run = self._harness.run_of(play)
            except HarnessBroken as error:
                yield from who_broke(self._command, waiting, error)
                return
            waiting.popleft()
            yield case, script, run

    def _judge(self, case: int, script: Vector, run: list[AnyEvent]) -> None:
        """Judge one run, remember what failed in it, and see whether the harness broke."""
        with sheltered():
            self._write(run)
            broken = self.accumulator.add(run)
        self.done = case
        for requirement, finding in broken.items():
            self._keep(Failure(requirement, case, script, frozenset(broken), finding))
        if is_trouble(run, broken):
            self.broken_in = (case, script)

    def _keep(self, failure: Failure) -> None:
        known = self.failures.get(failure.requirement)
        if known is None or len(failure.script.steps) < len(known.script.steps):
            self.failures[failure.requirement] = failure


def is_trouble(run: Sequence[AnyEvent], broken: Collection[str]) -> bool:
    """Tell whether the harness broke in `run`, in which the requirements in `broken` failed.

    An error after something that failed is a consequence: whoever leaves a connection open has to
    refuse another one of its name. The harness is sound, and goes on with the next case.
    """
    if not any(isinstance(event, HarnessFailed) for event in run):
        return False
    is_refusal = any(isinstance(event, Answered) and event.error for event in run)
    return not (broken and is_refusal)
