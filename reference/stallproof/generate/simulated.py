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
from io import BytesIO

import msgspec

from stallproof.generate.counterexample import found_vector
from stallproof.generate.failures import AGAIN, SHRUNK_MAX, Failure, Settings, keep, written
from stallproof.generate.lacking import scripts_lacking
from stallproof.generate.parts import Elsewhere, Playing, Write, is_trouble, parts_of
from stallproof.generate.sampling import Drawing, drawn
from stallproof.generate.scripts import families_for, scripts
from stallproof.generate.shrinking import shrunk
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.model import held_by
from stallproof.judge.report import Finding, Report
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, at_once, interrupted, may_end, sheltered
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import no_run, trace_header
from stallproof.wire.codec import blocks_of
from stallproof.wire.ending import last_event
from stallproof.wire.events import AnyEvent
from stallproof.wire.request import VIRTUAL_TIME

_TELL_S = 0.5
_UNSHRUNK = "; not shrunk, since the harness broke"


def generated_in_virtual_time(
    asked: Settings,
    harness: VirtualHarness,
    write: Write,
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Play what is asked for against `harness`, which was started, and return the report.

    `elsewhere` plays the scripts in parts; failures are shrunk here all the same.
    """
    header = trace_header(
        harness.hello, profile=asked.profile, selected=asked.selected, seed=asked.seed,
        without=as_taken(asked.command).without,
    )  # fmt: skip
    generation = _Generation(asked, harness, Accumulator(header), write, elsewhere)
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
        self,
        asked: Settings,
        harness: VirtualHarness,
        accumulator: Accumulator,
        write: Write,
        elsewhere: Elsewhere | None,
    ) -> None:
        self._asked = asked
        self._elsewhere = elsewhere
        self._harness = harness
        self.write = write
        self._playing = Playing(asked.command, harness, accumulator, write)
        self._is_broken = False
        self._told_at = time.monotonic()
        self.notes = list(harness.hello.notes)

    # --- playing ----------------------------------------------------------------------------------

    def play_all(self) -> None:
        """Play the scripts, then shrink what failed."""
        asked, hello = self._asked, self._harness.hello
        families = families_for(asked.selected, hello.features)
        for lacking in scripts_lacking(hello.features, asked.selected):
            self._add(self._harness.play(lacking))
        if VIRTUAL_TIME not in hello.features:
            return
        if not families:
            self.notes.append("no script can be generated for what is selected and declared")
            return
        self._play(scripts(hello.features, families))
        if self._playing.broken_in is not None:
            self._is_broken = True
            self._keep_breakage(*self._playing.broken_in)
            left = asked.count - self._playing.done
            self.notes.append(f"the harness broke: {left} scripts were not played")
        failures = self._playing.failures
        for number, failure in enumerate(list(failures.values())):
            if number == SHRUNK_MAX:
                rest = ", ".join(sorted(list(failures)[SHRUNK_MAX:]))
                self.notes.append(f"only {SHRUNK_MAX} failures are shrunk, and not {rest}")
                break
            if self._is_broken:
                self._write(failure, failure.script, _UNSHRUNK)
            else:
                self._follow(failure)

    def _play(self, every: Drawing[Vector]) -> None:
        """Play all scripts: here, or in parts that somebody else plays."""
        asked = self._asked
        if self._elsewhere is None:
            self._playing.play(drawn(asked.seed or 0, asked.count, every), self._tell)
            return
        playing, header = self._playing, self._playing.accumulator.header
        for played in self._elsewhere(parts_of(asked, self._harness.hello, header)):
            with sheltered():
                self._write_lines(played.lines)
                playing.take(played)
            self._tell(playing.done, f"generated-{playing.done}")
            if playing.broken_in is not None:
                # As here: what broke plays nothing more.
                self._harness.abandon()
                return

    def _write_lines(self, lines: bytes) -> None:
        for events in blocks_of(BytesIO(lines), "a part of the trace"):
            self.write(events)

    def _tell(self, case: int, name: str, note: str = "") -> None:
        if case < self._asked.count and not note and time.monotonic() - self._told_at < _TELL_S:
            return
        self._told_at = time.monotonic()
        self._asked.progress(Progress(done=case, total=self._asked.count, scenario=name, note=note))

    def _add(self, run: list[AnyEvent]) -> None:
        """Add a run that is none of the generated ones."""
        with sheltered():
            self.write(run)
            self._playing.accumulator.add(run, first=True)

    # --- what failed ------------------------------------------------------------------------------

    def _broken_by(self, script: Vector) -> dict[str, Finding]:
        """Play `script` once, for nobody's report, and return what it breaks."""
        run = self._harness.play(script)
        broken = self._playing.accumulator.broken_by(run)
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
            self._add(self._harness.play(vector))
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
        harness, accumulator = self._harness, self._playing.accumulator
        harness.close()
        if harness.failed_end is not None:
            self._add(no_run(harness.failed_end, name="end"))
        elif harness.complaint is not None:
            self.notes.append(harness.complaint)
        if (why := interrupted()) is not None:
            accumulator.header = msgspec.structs.replace(accumulator.header, interrupted=why)
        self.write([last_event(accumulator.runs, why)])
        return msgspec.structs.replace(accumulator.report(), notes=self.notes)
