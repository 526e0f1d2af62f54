"""What failed among generated scripts, and how it is kept: a vector file and a note.

Spec: `spec/vectors/README.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from stallproof.generate.counterexample import found_vector, write_found
from stallproof.generate.describe import in_words
from stallproof.judge.offline import report_on
from stallproof.judge.report import Finding, Report
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.sut.ending import interrupted
from stallproof.runner.watching import Watch
from stallproof.wire.ending import last_event, scenarios_in
from stallproof.wire.events import AnyEvent, TraceBegun

SHRUNK_MAX = 5
"""Of so many requirements a failure is shrunk and written; the others are only reported."""
ENDED = "; not shrunk, since the run ended before its time"
AGAIN = "the same script did not fail so when it was played again, so that it is not shrunk"


@dataclass(slots=True)
class Failure:
    """A script that breaks `requirement`: the smallest one of those that were generated.

    `broken`: all that it breaks; a smaller script may break no more than that.
    """

    requirement: str
    case: int
    script: Vector
    broken: frozenset[str]
    finding: Finding


@dataclass(slots=True)
class Settings:
    """What is asked for; `seed` is `None` where nothing is generated.

    `jobs`: how many scripts play side by side on the real clock. `watch` looks at what is replayed.
    `is_traced`: somebody wants the trace of what is generated in virtual time.
    """

    command: Sequence[str]
    count: int
    seed: int | None
    profile: str
    selected: frozenset[str]
    failure_dir: Path
    progress: Callable[[Progress], None]
    jobs: int = 2
    watch: Watch | None = None
    is_traced: bool = False


@dataclass(slots=True)
class Trace:
    """A trace that is small enough to be held as a whole, and what is worth saying of it."""

    header: TraceBegun
    events: list[AnyEvent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def report(self) -> Report:
        """Return the report on it."""
        return msgspec.structs.replace(report_on([self.header, *self.events]), notes=self.notes)

    def end(self) -> None:
        """Write the last line: that it is whole, or why the run ended before its time."""
        self.events.append(last_event(scenarios_in(self.events), interrupted()))


def keep(asked: Settings, failure: Failure, script: Vector, how: str) -> tuple[Vector, str]:
    """Write `script`, which `failure` came to, as a vector; return it, and the note that says so.

    `how` is added to where it was found. A file that cannot be written is noted as such.
    """
    found = f"generated, seed {asked.seed}, case {failure.case}{how}"
    vector = found_vector(script, failure.requirement, failure.finding.explanation, found)
    steps = "1 step" if len(vector.steps) == 1 else f"{len(vector.steps)} steps"
    place = written(asked.failure_dir, vector)
    return vector, f"{failure.requirement}: {place}, {steps}; {found}. {in_words(vector)}."


def written(folder: Path, vector: Vector) -> str:
    """Write `vector` into `folder` and return where, or why not."""
    return told_where(lambda: write_found(folder, vector))


def told_where(write: Callable[[], Path]) -> str:
    """Return where `write` has written, or why it has not."""
    try:
        return str(write())
    except OSError as error:
        return f"(not written: {error.strerror or error})"
