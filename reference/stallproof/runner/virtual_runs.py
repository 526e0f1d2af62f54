"""Playing many vectors against one implementation: the runs, the trace's header, the notes.

The complication: a harness that breaks spoils only the vector it broke in. It is started anew, and
given up when it has broken a few times, since a hang costs ten seconds each.

Spec: `spec/virtual.md`, `spec/trace.md`.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from msgspec import UNSET

from stallproof.requirements.vectors.format import Vector
from stallproof.runner.breaking import who_broke
from stallproof.runner.progress import Progress
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.runner.sut.ending import Ended, may_end
from stallproof.runner.sut.player import begun
from stallproof.runner.sut.virtual import AHEAD, Play, VirtualHarness
from stallproof.runner.watching import Watch
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import Hello
from stallproof.wire.request import VIRTUAL_TIME

BREAKAGES_MAX = 3
"""A harness that broke so often is not started for further vectors."""


@dataclass(slots=True)
class Played:
    """What came of a set of vectors: who was judged, the runs in order, and what is worth saying.

    `hello` is `None` for a harness that never said who it is.
    """

    hello: Hello | None = None
    events: list[AnyEvent] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    harness: VirtualHarness | None = None

    @property
    def has_virtual_time(self) -> bool:
        return self.hello is not None and VIRTUAL_TIME in self.hello.features


def chosen(vectors: Sequence[Vector], selected: Collection[str]) -> list[Vector]:
    """Return which of `vectors` are for a requirement in `selected`.

    One that expects what only hardened demands is played for seed as well: the judge knows where
    the profiles differ (`spec/vectors/README.md`, "Profiles").
    """
    return [v for v in vectors if any(one in selected for one in v.requirements)]


def trace_header(
    hello: Hello | None,
    *,
    profile: str,
    selected: Collection[str],
    clock: Literal["real", "virtual", "both"] = "virtual",
    seed: int | None = None,
    at_us: int = 0,
    uncertainty_us: int = 0,
    without: Collection[str] = (),
) -> ev.TraceBegun:
    """Return the first line of a trace; in virtual time its times and uncertainty are zero.

    It says that the trace has a last line (`last_event`).
    """
    who = {"name": "unknown", "version": "unknown", "language": "unknown"}
    if hello is not None:
        who = {"name": hello.name, "version": hello.version, "language": hello.language}
    monitor = None if hello is None else hello.monitor
    return ev.TraceBegun(
        at_us=at_us,
        schema=codec.TRACE_SCHEMA,
        profile="seed" if profile == "seed" else "hardened",
        selected=sorted(selected),
        implementation=who,
        features=[] if hello is None else sorted(hello.features),
        monitor_form=None if monitor is None else monitor.form,
        monitor_slack_us=0 if monitor is None else monitor.slack_us,
        monitor_period_us=None if monitor is None else monitor.period_us,
        clock_uncertainty_us=uncertainty_us,
        clock_shared=hello is None or hello.clock.shared,
        clock=clock,
        seed=seed,
        without=sorted(without) or UNSET,
        has_end=True,
    )


def no_run(
    error: HarnessBroken,
    at_us: int = 0,
    clock: Literal["real", "virtual"] = "virtual",
    name: str = "hello",
) -> list[AnyEvent]:
    """Return the events of a harness that could not even say hello, or did not end as it has to."""
    return [
        ev.ScenarioBegun(
            at_us=at_us, name=name, repetition=1, requirements=[], policy={}, grace_us=0,
            clock=clock,
        ),
        ev.HarnessFailed(at_us=at_us, what=error.what, detail=error.detail),
        ev.ScenarioEnded(at_us=at_us, noise_us=0),
    ]  # fmt: skip


def play_vectors(
    command: Sequence[str],
    vectors: Sequence[Vector],
    progress: Callable[[Progress], None],
    watch: Callable[[Hello], Watch] | None = None,
) -> Played:
    """Play each of `vectors` once, in their order; never raises for what a harness does.

    `watch` is told who is judged, and returns what looks at each run.
    """
    played = Played()
    try:
        # Who is judged is asked even where there is nothing to play.
        with may_end():
            played.harness = _started(command, played)
    except HarnessBroken as error:
        played.events += no_run(error)
        return played
    except Ended:
        return played
    try:
        _play_each(command, vectors, played, progress, watch)
    except Ended:
        # What was played to its end is kept.
        pass
    finally:
        _end(played)
    return played


def _play_each(
    command: Sequence[str],
    vectors: Sequence[Vector],
    played: Played,
    progress: Callable[[Progress], None],
    watch: Callable[[Hello], Watch] | None,
) -> None:
    """Play one vector after the other; raises `Ended`."""
    breakages = 0
    looker = None if watch is None or played.hello is None else watch(played.hello)
    for number, run, is_broken in _runs(command, vectors, played):
        played.events += run
        breakages += is_broken
        if breakages == BREAKAGES_MAX and is_broken and number < len(vectors):
            left = len(vectors) - number
            why = f"the harness broke {breakages} times in virtual time"
            played.notes.append(f"{why} and was given up: {left} vectors were not played")
            break
        note = "" if looker is None or is_broken else looker.look(run)
        name = vectors[number - 1].name
        progress(Progress(done=number, total=len(vectors), scenario=name, note=note))


def _runs(
    command: Sequence[str], vectors: Sequence[Vector], played: Played
) -> Iterator[tuple[int, list[AnyEvent], bool]]:
    """Yield the number of each vector from 1, its run, and whether the harness broke in it."""
    plays: deque[tuple[int, Vector, Play]] = deque()
    number = 1
    while number <= len(vectors):
        try:
            with may_end():
                harness = played.harness = played.harness or _started(command, played)
                for place in range(number - 1 + len(plays), min(number + AHEAD, len(vectors))):
                    plays.append((place + 1, vectors[place], harness.begin(vectors[place])))
                run = harness.run_of(plays[0][2])
            plays.popleft()
            found, is_broken = [(number, run)], False
        except HarnessBroken as error:
            _end(played)
            vector = vectors[number - 1]
            lost = [*plays] or [(number, vector, Play(begun(vector, None, 1)))]
            plays.clear()
            with may_end():
                found = [(one[0], one[2]) for one in who_broke(command, lost, error)]
            is_broken = True
        for number, run in found:
            yield number, run, is_broken and number == found[-1][0]
        number += 1


def _started(command: Sequence[str], played: Played) -> VirtualHarness:
    """Start the harness and note who it is; raises `HarnessBroken`."""
    harness = VirtualHarness(command)
    try:
        harness.start()
    except BaseException:
        harness.close()
        raise
    if played.hello is None:
        played.hello = harness.hello
        played.notes += harness.hello.notes
    return harness


def _end(played: Played) -> None:
    """End the harness, if there is one, and note what was wrong with its end."""
    harness, played.harness = played.harness, None
    if harness is not None:
        harness.close()
        if harness.failed_end is not None:
            played.events += no_run(harness.failed_end, name="end")
        elif harness.complaint is not None and harness.complaint not in played.notes:
            played.notes.append(harness.complaint)
