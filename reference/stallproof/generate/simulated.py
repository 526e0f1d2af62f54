"""Generated scripts in virtual time: each is played once, and judged exactly.

The intuition: what nobody has thought of is found by whoever tries everything. A failure among
thousands of scripts is of use when it is small: so the first one of each requirement is shrunk,
told in words, and written as a vector.

The complication: what is shrunk may slip from one mistake to another. A smaller script counts only
if it breaks the same requirement, and none that the first script did not break; and if a faithful
play of the first one put the requirement to the test, so has the smaller one.

Spec: `spec/virtual.md`.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

import msgspec

from stallproof.generate.counterexample import found_vector
from stallproof.generate.failures import AGAIN, SHRUNK_MAX, Failure, Settings, keep, written
from stallproof.generate.lacking import scripts_lacking
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import families_for, scripts
from stallproof.generate.shrinking import shrunk
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.model import held_by
from stallproof.judge.report import Finding, Report
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.breaking import Case, who_broke
from stallproof.runner.progress import Progress
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, at_once, interrupted, may_end, sheltered
from stallproof.runner.sut.virtual import AHEAD, Play, VirtualHarness
from stallproof.runner.virtual_runs import no_run, trace_header
from stallproof.wire.ending import last_event
from stallproof.wire.events import Answered, AnyEvent, HarnessFailed
from stallproof.wire.request import VIRTUAL_TIME

Write = Callable[[Sequence[AnyEvent]], None]
"""What takes the events of the trace."""
_TELL_S = 0.5
_UNSHRUNK = "; not shrunk, since the harness broke"


def generated_in_virtual_time(asked: Settings, harness: VirtualHarness, write: Write) -> Report:
    """Play what is asked for against `harness`, which was started, and return the report."""
    header = trace_header(
        harness.hello, profile=asked.profile, selected=asked.selected, seed=asked.seed,
        without=as_taken(asked.command).without,
    )  # fmt: skip
    generation = _Generation(asked, harness, Accumulator(header), write)
    generation.write([header])
    try:
        # The thread that plays waits for the harness, and so would whoever ends it.
        with at_once(harness.abandon), may_end():
            generation.play_all()
    except Ended:
        # What was played to its end is judged.
        pass
    return generation.report()


class _Generation:
    """One run of many generated scripts."""

    def __init__(
        self, asked: Settings, harness: VirtualHarness, accumulator: Accumulator, write: Write
    ) -> None:
        self._asked = asked
        self._harness = harness
        self._accumulator = accumulator
        self.write = write
        self._failures: dict[str, Failure] = {}
        self._is_broken = False
        self._told_at = time.monotonic()
        self.notes = list(harness.hello.notes)

    # --- playing ----------------------------------------------------------------------------------

    def play_all(self) -> None:
        """Play the scripts, then shrink what failed."""
        asked, hello = self._asked, self._harness.hello
        families = families_for(asked.selected, hello.features)
        for lacking in scripts_lacking(hello.features, asked.selected):
            self._add(self._harness.play(lacking), None)
        if VIRTUAL_TIME not in hello.features:
            return
        if not families:
            self.notes.append("no script can be generated for what is selected and declared")
            return
        every = drawn(asked.seed or 0, asked.count, scripts(hello.features, families))
        for case, script, run in self._played(every):
            self._take(case, script, run)
            if self._is_broken:
                left = asked.count - case
                self.notes.append(f"the harness broke: {left} scripts were not played")
                break
        for number, failure in enumerate(list(self._failures.values())):
            if number == SHRUNK_MAX:
                rest = ", ".join(sorted(list(self._failures)[SHRUNK_MAX:]))
                self.notes.append(f"only {SHRUNK_MAX} failures are shrunk, and not {rest}")
                break
            if self._is_broken:
                self._write(failure, failure.script, _UNSHRUNK)
            else:
                self._follow(failure)

    def _played(self, every: Iterator[Vector]) -> Iterator[Case]:
        """Yield each case with its run; those that follow are played while it is judged."""
        waiting: deque[tuple[int, Vector, Play]] = deque()
        scripts = enumerate(every, start=1)
        while True:
            for case, script in islice(scripts, AHEAD + 1 - len(waiting)):
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
                yield from who_broke(self._asked.command, waiting, error)
                return
            waiting.popleft()
            yield case, script, run

    def _take(self, case: int, script: Vector, run: list[AnyEvent]) -> None:
        """Judge one run, and see whether the harness broke in it."""
        broken = self._add(run, (case, script))
        if _is_trouble(run, broken):
            self._is_broken = True
            self._keep_breakage(case, script)
        if case == self._asked.count or time.monotonic() - self._told_at >= _TELL_S:
            self._tell(case, f"generated-{case}")

    def _tell(self, case: int, name: str, note: str = "") -> None:
        self._told_at = time.monotonic()
        self._asked.progress(Progress(done=case, total=self._asked.count, scenario=name, note=note))

    def _add(self, run: list[AnyEvent], source: tuple[int, Vector] | None) -> dict[str, Finding]:
        """Add a run to what was seen, remember what failed in it, and return that."""
        with sheltered():
            self.write(run)
            broken = self._accumulator.add(run, first=source is None)
        if source is None:
            return broken
        case, script = source
        for requirement, finding in broken.items():
            known = self._failures.get(requirement)
            if known is None or len(script.steps) < len(known.script.steps):
                self._failures[requirement] = Failure(
                    requirement, case, script, frozenset(broken), finding
                )
        return broken

    # --- what failed ------------------------------------------------------------------------------

    def _broken_by(self, script: Vector) -> dict[str, Finding]:
        """Play `script` once, for nobody's report, and return what it breaks."""
        run = self._harness.play(script)
        broken = self._accumulator.broken_by(run)
        if _is_trouble(run, broken):
            raise HarnessBroken("protocol", "The harness broke while a failure was shrunk.")
        return broken

    def _follow(self, failure: Failure) -> None:
        """Shrink a failure, play what it came to once more for the report, and write it down."""
        requirement = failure.requirement
        try:
            self._tell(self._asked.count, f"generated-{failure.case}", f"shrinking {requirement}")
            if requirement not in self._broken_by(failure.script):
                self._write(failure, failure.script, f"; {AGAIN}")
                return
            plays, smallest = self._shrunk(failure)
            finding = self._broken_by(smallest).get(requirement)
            if finding is None:
                self._write(failure, failure.script, f"; {AGAIN}")
                return
            failure.finding = finding
            how = f", shrunk from {len(failure.script.steps)} steps in {plays} plays"
            vector = self._write(failure, smallest, how)
            self._add(self._harness.play(vector), None)
        except HarnessBroken as error:
            self._is_broken = True
            self.notes.append(f"{requirement}: the harness broke while it was shrunk: {error}")
            self._write(failure, failure.script, _UNSHRUNK)

    def _shrunk(self, failure: Failure) -> tuple[int, Vector]:
        requirement, script = failure.requirement, failure.script
        is_tested = requirement in held_by(script)

        def fails(smaller: Vector) -> bool:
            if is_tested and requirement not in held_by(smaller):
                return False
            broken = self._broken_by(smaller)
            return requirement in broken and failure.broken.issuperset(broken)

        found = shrunk(script, fails)
        return found.plays, found.vector

    def _write(self, failure: Failure, script: Vector, how: str) -> Vector:
        """Write a failure as a vector, and note where it is and what happens in it."""
        vector, note = keep(self._asked, failure, script, how)
        self.notes.append(note)
        return vector

    def _keep_breakage(self, case: int, script: Vector) -> None:
        """Write the script in which the harness broke, so that it can be looked at again."""
        if script.requirements:
            found = f"generated, seed {self._asked.seed}, case {case}: the harness broke in it"
            why = "The harness broke in this script."
            vector = found_vector(script, script.requirements[0], why, found)
            self.notes.append(f"{written(self._asked.failure_dir, vector)}: {found}")

    def report(self) -> Report:
        """Return the report on all that was played, after the harness has ended."""
        harness, accumulator = self._harness, self._accumulator
        harness.close()
        if harness.failed_end is not None:
            self._add(no_run(harness.failed_end, name="end"), None)
        elif harness.complaint is not None:
            self.notes.append(harness.complaint)
        if (why := interrupted()) is not None:
            accumulator.header = msgspec.structs.replace(accumulator.header, interrupted=why)
        self.write([last_event(accumulator.runs, why)])
        return msgspec.structs.replace(accumulator.report(), notes=self.notes)


def _is_trouble(run: Sequence[AnyEvent], broken: Collection[str]) -> bool:
    """Tell whether the harness broke in `run`, in which the requirements in `broken` failed.

    An error after something that failed is a consequence: whoever leaves a connection open has to
    refuse another one of its name. The harness is sound, and goes on with the next case.
    """
    if not any(isinstance(event, HarnessFailed) for event in run):
        return False
    is_refusal = any(isinstance(event, Answered) and event.error for event in run)
    return not (broken and is_refusal)
