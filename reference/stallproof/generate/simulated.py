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

import msgspec

from stallproof.generate.counterexample import found_vector
from stallproof.generate.failures import AGAIN, SHRUNK_MAX, Failure, Settings, keep, written
from stallproof.generate.lacking import scripts_lacking
from stallproof.generate.parts import Elsewhere, Parted, Parts
from stallproof.generate.series import Series, Write, is_trouble
from stallproof.generate.shrinking import shrunk
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.model import held_by
from stallproof.judge.report import Finding, Report
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, at_once, interrupted, may_end
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import no_run, trace_header
from stallproof.wire.ending import last_event
from stallproof.wire.request import VIRTUAL_TIME

_TELL_S = 0.5
_UNSHRUNK = "; not shrunk, since the harness broke"


def generated_in_virtual_time(
    asked: Settings, harness: VirtualHarness, write: Write, elsewhere: Elsewhere | None = None
) -> Report:
    """Play what is asked for against `harness`, which was started, and return the report.

    `elsewhere` has the scripts played by others; `None`: here, by as many processes as asked for.
    """
    header = trace_header(
        harness.hello, profile=asked.profile, selected=asked.selected, seed=asked.seed,
        without=as_taken(asked.command).without,
    )  # fmt: skip
    generation = _Generation(asked, harness, Accumulator(header), write)
    generation.elsewhere = elsewhere
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
        self._series = Series(asked, harness, accumulator, write)
        self._accumulator = accumulator
        self.write = write
        self.elsewhere: Elsewhere | None = None
        self._told_at = time.monotonic()
        self.notes = list(harness.hello.notes)

    # --- playing ----------------------------------------------------------------------------------

    def play_all(self) -> None:
        """Play the scripts, then shrink what failed."""
        hello, series = self._harness.hello, self._series
        for lacking in scripts_lacking(hello.features, self._asked.selected):
            series.add(self._harness.play(lacking), None)
        if VIRTUAL_TIME not in hello.features:
            return
        if not series.families:
            self.notes.append("no script can be generated for what is selected and declared")
            return
        self._play_cases()
        for number, failure in enumerate(list(series.failures.values())):
            if number == SHRUNK_MAX:
                rest = ", ".join(sorted(list(series.failures)[SHRUNK_MAX:]))
                self.notes.append(f"only {SHRUNK_MAX} failures are shrunk, and not {rest}")
                break
            if series.broke is not None:
                self._write(failure, failure.script, _UNSHRUNK)
            else:
                self._follow(failure)

    def _play_cases(self) -> None:
        """Play and judge all cases, in as many parts as are worth it."""
        asked, series = self._asked, self._series
        parts = self._parted()
        try:
            with parts:
                self._play_parts(parts)
        except Ended:
            for part in parts.left():
                series.add_part(part)
            raise
        if series.broke is not None:
            case, script = series.broke
            self._keep_breakage(case, script)
            self._tell(case, f"generated-{case}")
            left = asked.count - case
            self.notes.append(f"the harness broke: {left} scripts were not played")

    def _parted(self) -> Parted:
        asked, header = self._asked, self._accumulator.header
        if self.elsewhere is None:
            return Parts(asked, header, asked.count)
        return self.elsewhere(asked, header, self._harness.hello)

    def _play_parts(self, parts: Parted) -> None:
        series = self._series
        series.play(0, parts.own, self._judged)
        for first, count, part in parts.rest():
            if series.broke is not None:
                break
            if part is None:
                series.play(first, count, self._judged)
            else:
                series.add_part(part)
                self._tell(first + count, f"generated-{first + count}")

    def _judged(self, case: int) -> None:
        """Tell of a case, now and then."""
        if case == self._asked.count or time.monotonic() - self._told_at >= _TELL_S:
            self._tell(case, f"generated-{case}")

    def _tell(self, case: int, name: str, note: str = "") -> None:
        self._told_at = time.monotonic()
        self._asked.progress(Progress(done=case, total=self._asked.count, scenario=name, note=note))

    # --- what failed ------------------------------------------------------------------------------

    def _broken_by(self, script: Vector) -> dict[str, Finding]:
        """Play `script` once, for nobody's report, and return what it breaks."""
        run = self._harness.play(script)
        broken = self._accumulator.broken_by(run)
        if is_trouble(run, broken):
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
            self._series.add(self._harness.play(vector), None)
        except HarnessBroken as error:
            self._series.broke = (failure.case, failure.script)
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
            self._series.add(no_run(harness.failed_end, name="end"), None)
        elif harness.complaint is not None:
            self.notes.append(harness.complaint)
        if (why := interrupted()) is not None:
            accumulator.header = msgspec.structs.replace(accumulator.header, interrupted=why)
        self.write([last_event(accumulator.runs, why)])
        return msgspec.structs.replace(accumulator.report(), notes=self.notes)
