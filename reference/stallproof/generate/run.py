"""Judging by generated scenarios, and by vector files that are played again.

The use: `run_generated(command, count=1000, seed=7, ...)` makes up scripts, plays and judges each,
and writes failures as vectors; `run_replay(command, files, ...)` plays such files.

The complication: the clock. In virtual time thousands of scripts are played and decided exactly; on
the real clock the same kind of script takes seconds, its peer is the peer, and there is grace.

Spec: `spec/virtual.md`, `spec/vectors/README.md`.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from stallproof.generate.counterexample import read_lawful
from stallproof.generate.failures import Settings, Trace
from stallproof.generate.parts import Elsewhere
from stallproof.generate.real import generated_on_the_real_clock, replayed_on_the_real_clock
from stallproof.generate.scripts import GROUPS
from stallproof.generate.series import Write
from stallproof.generate.simulated import generated_in_virtual_time
from stallproof.generate.worlds import GROUPS as WORLD_GROUPS
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Vector, VectorError
from stallproof.runner.progress import Progress
from stallproof.runner.scenarios.scripted_world import World, is_world, read_world
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, may_end
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import no_run, play_vectors, trace_header
from stallproof.runner.watching import Watch
from stallproof.wire import codec
from stallproof.wire.events import TraceBegun
from stallproof.wire.protocol import Hello
from stallproof.wire.request import VIRTUAL_TIME

Clock = Literal["auto", "real", "virtual"]
JOBS = 2
"""How many scripts play side by side, or processes in virtual time, if nobody says."""


class RealClock(ValueError):
    """What is to be played elsewhere can be played on the real clock alone."""


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
    jobs: int = JOBS,
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Judge the implementation behind `command` by `count` scripts that `seed` makes.

    `clock` `auto`: virtual time where it is declared, else the real clock. `grace_us` counts on the
    real one only. Each requirement that fails is shrunk and written to `failure_dir`, five at most.
    The trace of all that counts goes to `trace_path`. Never raises for what a harness does.
    `elsewhere` has the scripts played by others, in virtual time; raises `RealClock` without it.
    """
    begun = time.monotonic()
    is_real = _is_real(command, clock, elsewhere)
    left_out = _left_out(selected, WORLD_GROUPS if is_real else GROUPS, is_real=is_real)
    selected -= left_out
    asked = Settings(
        command, count, seed, profile, selected, failure_dir, progress, jobs,
        is_traced=trace_path is not None,
    )  # fmt: skip
    with _trace_to(trace_path) as write:
        if is_real:
            report = _delivered(generated_on_the_real_clock(asked, grace_us), write)
        else:
            report = _in_virtual_time(asked, write, elsewhere)
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
    jobs: int = JOBS,
    watch: Watch | None = None,
) -> Report:
    """Judge the implementation behind `command` by the `files`, each played once.

    They are vectors, or worlds, which are played on the real clock alone. Judged is what the
    vectors are about, and of worlds all that is `selected`. `clock` and `grace_us` as for
    `run_generated`; what cannot be played on the real clock is named in the notes. Raises
    `VectorError` for a file that is neither, whose expectations are not the law's, and where
    nothing selected is spoken of. `watch` looks at each when it has played.
    """
    begun = time.monotonic()
    scripts = _read(files)
    vectors = [one for one in scripts if isinstance(one, Vector)]
    has_worlds = len(vectors) < len(scripts)
    about = {one for vector in vectors for one in vector.requirements}
    in_scope = selected if has_worlds else selected & about
    if not in_scope:
        raise VectorError("the files say nothing of what is selected")
    if has_worlds and clock == "virtual":
        raise VectorError("a world is played on the real clock: --clock real")
    asked = Settings(command, len(scripts), None, profile, in_scope, Path(), progress, jobs, watch)
    if has_worlds or _clock_of(command, clock) == "real":
        played = replayed_on_the_real_clock(asked, scripts, grace_us)
    else:
        played = _replayed_in_virtual_time(asked, vectors)
    with _trace_to(trace_path) as write:
        return _timed(_delivered(played, write), begun)


def _replayed_in_virtual_time(asked: Settings, vectors: Sequence[Vector]) -> Trace:
    without = as_taken(asked.command).without

    def header_for(hello: Hello | None) -> TraceBegun:
        return trace_header(hello, profile=asked.profile, selected=asked.selected, without=without)

    watch = asked.watch
    looks = None if watch is None else lambda hello: watch.begin(header_for(hello))
    virtual = play_vectors(asked.command, vectors, asked.progress, looks)
    return Trace(header_for(virtual.hello), virtual.events, virtual.notes)


def _read(files: Sequence[Path]) -> list[Vector | World]:
    """Read `files`; raises `VectorError` for one that cannot be used, or whose name comes twice."""
    found: dict[str, Vector | World] = {}
    for path in files:
        script = read_world(path) if is_world(path) else read_lawful(path)
        if script.name in found:
            raise VectorError(f"{path}: another file has the same name")
        found[script.name] = script
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


def _is_real(command: Sequence[str], clock: Clock, elsewhere: Elsewhere | None) -> bool:
    """Tell whether the real clock counts; raises `RealClock` where others are to play."""
    is_real = _clock_of(command, clock) == "real"
    if is_real and elsewhere is not None:
        raise RealClock("what declares no virtual time plays on the clock of this machine")
    return is_real


def _left_out(
    selected: frozenset[str], groups: Collection[str], *, is_real: bool
) -> frozenset[str]:
    """Return which of `selected` no generated script can decide, by this clock."""
    undecidable = frozenset[str]() if is_real else load_registry().undecidable
    return frozenset(
        one for one in selected if one in undecidable or one.split("-")[0] not in groups
    )


def _in_virtual_time(asked: Settings, write: Write, elsewhere: Elsewhere | None) -> Report:
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
        return generated_in_virtual_time(asked, harness, write, elsewhere)
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
