"""Play generated scripts against one mutant after the other, until something fails.

The intuition: how good generated scripts are shows in how many wrong programs they find, and in how
few of them it takes. No script knows of any mutant, and each stops at the first script that breaks
a requirement.

The use: `Played(count, seed, is_swarm=True).fate_of(mutant)`.

The complication: the cost. All mutants of one program are put through the same scripts. What a
mutant does like the right program is right, and only the rest is judged.

Spec: `spec/virtual.md`.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from proofs.mutants.generated import lines
from proofs.mutants.mutant import DoesNotFit, Mutant, mutated
from proofs.mutants.plant import harness_of, program_of
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts import families_for, scripts
from stallproof.judge.accumulator import Accumulator
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.events import AnyEvent, TraceBegun

JUDGED_SIDE = (
    *(
        f"reference/stallproof/{one}/"
        for one in ("machines", "drivers", "configuration", "harness")
    ),
    "tests/implementations/",
)
"""Where the mutants of implementations lie; the others are of what judges, and of models."""
UNREACHED = "no script runs what is changed"
EVERY = frozenset(one.id for one in load_registry().requirements)


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the first script that broke something, counted from 1, and what.

    `script` 0: none of those that were `played` did. `why`: it could not be played, or not to the
    end, and no more scripts would help.
    """

    script: int = 0
    broken: tuple[str, ...] = ()
    why: str = ""
    played: int = 0

    def is_known(self, count: int) -> bool:
        """Tell whether `count` scripts would tell no more."""
        return bool(self.script or self.why) or self.played >= count


NOTHING = Fate()


@dataclass
class _Program:
    """One program as it is: the scripts for it, what it does in each, and the lines it runs."""

    header: TraceBegun
    scripts: list[Vector]
    runs: list[list[AnyEvent]] = field(default_factory=list)
    lines: dict[str, set[int]] | None = None


def is_of_an_implementation(mutant: Mutant) -> bool:
    """Tell whether the mutant is one of the reference or of an example."""
    return mutant.file.startswith(JUDGED_SIDE)


class Played:
    """The scripts of one seed, and what became of mutants in them."""

    def __init__(self, count: int, seed: int, *, is_swarm: bool) -> None:
        self._count = count
        self._seed = seed
        self._is_swarm = is_swarm
        self._programs: dict[str, _Program] = {}

    def fate_of(self, mutant: Mutant, so_far: Fate = NOTHING) -> Fate:
        """Play against `mutant` until something fails; never raises for what a mutant does.

        Those scripts that were played `so_far` are not played again.
        """
        try:
            mutated(mutant)
            program = self._program(mutant)
            if program.lines is not None and not lines.is_reached(mutant, program.lines):
                return Fate(why=UNREACHED)
            with tempfile.TemporaryDirectory(prefix="stallproof-") as scratch:
                return self._fate(program, harness_of(mutant, Path(scratch)), so_far.played)
        except DoesNotFit as error:
            return Fate(why=f"does not fit: {error}")

    def _fate(self, program: _Program, command: Sequence[str], number: int) -> Fate:
        """Play the scripts after the first `number` of them."""
        accumulator = Accumulator(program.header)
        try:
            with VirtualHarness(command) as harness:
                for script in program.scripts[number:]:
                    number += 1
                    run = harness.play(script)
                    if run == program.runs[number - 1]:
                        continue
                    if broken := accumulator.broken_by(run):
                        return Fate(number, tuple(sorted(broken)))
        except HarnessBroken as error:
            return Fate(why=f"the harness broke in script {number}: {error.what}")
        return Fate(played=number)

    def _program(self, mutant: Mutant) -> _Program:
        """Return the program of `mutant` without it, played; raises `DoesNotFit` if it fails."""
        name = program_of(mutant)
        if name not in self._programs:
            with tempfile.TemporaryDirectory(prefix="stallproof-") as scratch:
                command = harness_of(mutant, Path(scratch), right=True)
                program = self._programs[name] = self._right(command)
                if name == "reference":
                    program.lines = _lines_of(program, command, Path(scratch, "lines.json"))
        return self._programs[name]

    def _right(self, command: Sequence[str]) -> _Program:
        with VirtualHarness(command) as harness:
            features = harness.hello.features
            families = families_for(EVERY, features)
            header = trace_header(harness.hello, profile="hardened", selected=EVERY)
            drawing = scripts(features, families, is_swarm=self._is_swarm)
            program = _Program(header, list(drawn(self._seed, self._count, drawing)))
            accumulator = Accumulator(header)
            for number, script in enumerate(program.scripts, 1):
                run = harness.play(script)
                program.runs.append(run)
                if broken := accumulator.broken_by(run):
                    raise RuntimeError(f"script {number} breaks {', '.join(broken)} unmutated")
        return program


def _lines_of(program: _Program, command: Sequence[str], file: Path) -> dict[str, set[int]]:
    """Return the lines of the package that the scripts run; `command` is one of Python's."""
    python, _module, name = command
    with VirtualHarness((python, "-m", lines.__name__, str(file), name)) as harness:
        for script in program.scripts:
            harness.play(script)
    return lines.read(file)
