"""Judging by generated scenarios, and by vector files that are played again.

The use: `run_generated(command, count=1000, seed=7, ...)` makes up scripts, plays and judges each,
and writes failures as vectors; `run_replay(command, files, ...)` plays such files.

The complication: the clock. In virtual time thousands of scripts are played and decided exactly; on
the real clock the same kind of script takes seconds, its peer is the peer, and there is grace.

Spec: `spec/virtual.md`, `spec/vectors/README.md`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from stallproof.generate.counterexample import read_lawful
from stallproof.generate.failures import Settings, Trace
from stallproof.generate.real import generated_on_the_real_clock, replayed_on_the_real_clock
from stallproof.generate.scripts import GROUPS
from stallproof.generate.simulated import Write, generated_in_virtual_time
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Vector, VectorError
from stallproof.runner.progress import Progress
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, may_end
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import no_run, play_vectors, trace_header
from stallproof.wire import codec
from stallproof.wire.request import VIRTUAL_TIME

Clock = Literal["auto", "real", "virtual"]


def run_generated(
    command: Sequence[str],
    *,
    count: int,
    seed: int,
    clock: Clock,
    profile: str,
    selected: frozenset[str],
    grace_us: int | None,
    trace_path: Path | None,
    failure_dir: Path,
    progress: Callable[[Progress], None],
) -> Report:
    """Judge the implementation behind `command` by `count` scripts that `seed` makes.

    `clock` `auto`: virtual time where it is declared, else the real clock. `grace_us` counts on the
    real one only. Each requirement that fails is shrunk and written to `failure_dir`, five at most.
    The trace of all that counts goes to `trace_path`. Never raises for what a harness does.
    """
    begun = time.monotonic()
    is_real = _clock_of(command, clock) == "real"
    left_out = frozenset() if is_real else _left_out(selected)
    asked = Settings(command, count, seed, profile, selected - left_out, failure_dir, progress)
    with _trace_to(trace_path) as write:
        if is_real:
            report = _delivered(generated_on_the_real_clock(asked, grace_us), write)
        else:
            report = _in_virtual_time(asked, write)
    if left_out:
        why = f"{', '.join(sorted(left_out))}: left out, no generated script puts it to the test"
        report = msgspec.structs.replace(report, notes=[*report.notes, why])
    return _timed(report, begun)


def run_replay(
    command: Sequence[str],
    files: Sequence[Path],
    *,
    clock: Clock,
    profile: str,
    selected: frozenset[str],
    grace_us: int | None,
    trace_path: Path | None,
    progress: Callable[[Progress], None],
) -> Report:
    """Judge the implementation behind `command` by the vector `files`, each played once.

    Judged is what the files are about, as far as it is `selected`. `clock` and `grace_us` as for
    `run_generated`; what cannot be played on the real clock is named in the notes. Raises
    `VectorError` for a file that is no vector, whose expectations are not the law's, and where
    nothing selected is spoken of.
    """
    begun = time.monotonic()
    vectors = _read(files)
    in_scope = selected & {one for vector in vectors for one in vector.requirements}
    if not in_scope:
        raise VectorError("the files say nothing of what is selected")
    asked = Settings(command, len(vectors), None, profile, in_scope, Path(), progress)
    if _clock_of(command, clock) == "real":
        played = replayed_on_the_real_clock(asked, vectors, grace_us)
    else:
        virtual = play_vectors(command, vectors, progress)
        without = as_taken(command).without
        header = trace_header(virtual.hello, profile=profile, selected=in_scope, without=without)
        played = Trace(header, virtual.events, virtual.notes)
    with _trace_to(trace_path) as write:
        return _timed(_delivered(played, write), begun)


def _read(files: Sequence[Path]) -> list[Vector]:
    """Read `files`; raises `VectorError` for one that cannot be used, or whose name comes twice."""
    found: dict[str, Vector] = {}
    for path in files:
        vector = read_lawful(path)
        if vector.name in found:
            raise VectorError(f"{path}: another file has the same name")
        found[vector.name] = vector
    return list(found.values())


def _clock_of(command: Sequence[str], clock: Clock) -> Literal["real", "virtual"]:
    """Return by which clock to play: `auto` is virtual time where the harness declares it."""
    if clock != "auto":
        return clock
    try:
        with may_end(), VirtualHarness(command) as harness:
            return "virtual" if VIRTUAL_TIME in harness.hello.features else "real"
    except (HarnessBroken, Ended):
        # Whoever plays says what is broken, or that nothing was played.
        return "virtual"


def _left_out(selected: frozenset[str]) -> frozenset[str]:
    """Return which of `selected` no generated script can decide in virtual time."""
    groups, undecidable = frozenset(GROUPS), load_registry().undecidable
    return frozenset(
        one for one in selected if one in undecidable or one.split("-")[0] not in groups
    )


def _in_virtual_time(asked: Settings, write: Write) -> Report:
    """Play generated scripts in virtual time; a harness that cannot even begin is reported."""
    harness = VirtualHarness(asked.command)
    try:
        with may_end():
            harness.start()
    except (HarnessBroken, Ended) as error:
        harness.close()
        header = trace_header(
            None, profile=asked.profile, selected=asked.selected, seed=asked.seed,
            without=as_taken(asked.command).without,
        )  # fmt: skip
        events = no_run(error) if isinstance(error, HarnessBroken) else []
        return _delivered(Trace(header, events), write)
    try:
        return generated_in_virtual_time(asked, harness, write)
    finally:
        harness.close()


@contextmanager
def _trace_to(path: Path | None) -> Iterator[Write]:
    """Yield what writes events to the trace at `path`, or nowhere."""
    if path is None:
        yield lambda events: None
        return
    with path.open("wb") as file:
        yield lambda events: file.writelines(codec.encode(event) + b"\n" for event in events)


def _delivered(played: Trace, write: Write) -> Report:
    played.end()
    write([played.header, *played.events])
    return played.report()


def _timed(report: Report, begun: float) -> Report:
    took_s = time.monotonic() - begun
    volatile: dict[str, int | float | str] = {
        "duration_s": round(took_s, 1),
        "scenarios_per_second": round(report.scenarios / max(took_s, 0.001), 1),
    }
    return msgspec.structs.replace(report, volatile=volatile)
