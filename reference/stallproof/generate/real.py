"""Scripts on the real clock: generated or from files, several side by side, judged with grace.

The complication: a play takes seconds, so that shrinking has a budget of plays and drops steps
only; and a machine is noisy, so that a script counts as failing only where the rules say so beyond
grace and noise.

Spec: `spec/README.md` ("Time"), `spec/virtual.md`.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from stallproof.generate.failures import AGAIN, ENDED, SHRUNK_MAX, Failure, Settings, Trace, keep
from stallproof.generate.sampling import drawn
from stallproof.generate.scripts_real import families_for, scripts
from stallproof.generate.shrinking import shrunk
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.model import held_by
from stallproof.judge.report import Finding
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.scenarios.scenario import require_grace
from stallproof.runner.scenarios.scripted import scripted
from stallproof.runner.scenarios.scripted_plan import unplayable
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.client import HarnessBroken, HarnessClient
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, may_end, require_going_on
from stallproof.runner.virtual_runs import no_run, trace_header
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import Hello

JOBS = 4
PLAYS_MAX = 12
"""How many plays it may take to shrink one failure."""


def unusable(asked: Settings, error: HarnessBroken | Ended) -> Trace:
    """Return what is to be said of a harness that could not even say hello, or was not let."""
    at_us = now_us()
    header = trace_header(
        None, profile=asked.profile, selected=asked.selected, clock="real", seed=asked.seed,
        at_us=at_us, uncertainty_us=1, without=as_taken(asked.command).without,
    )  # fmt: skip
    return Trace(header, no_run(error, at_us, "real") if isinstance(error, HarnessBroken) else [])


def begun_on(asked: Settings) -> tuple[Hello, Trace]:
    """Ask the harness who it is, on the real clock; raises `HarnessBroken`, and `Ended`."""
    client = HarnessClient(asked.command, lambda event: None)
    try:
        with may_end():
            client.start()
            client.begin()
        hello, uncertainty_us = client.hello, client.clock_uncertainty_us
    finally:
        client.close()
    header = trace_header(
        hello, profile=asked.profile, selected=asked.selected, clock="real", seed=asked.seed,
        at_us=now_us(), uncertainty_us=uncertainty_us, without=as_taken(asked.command).without,
    )  # fmt: skip
    end = [] if client.failed_end is None else no_run(client.failed_end, now_us(), "real")
    return hello, Trace(header, end, list(hello.notes))


def generated_on_the_real_clock(asked: Settings, grace_us: int | None) -> Trace:
    """Play what is asked for over real sockets; never raises for what a harness does."""
    try:
        hello, played = begun_on(asked)
    except (HarnessBroken, Ended) as error:
        return unusable(asked, error)
    families = families_for(asked.selected, hello.features)
    if not families:
        played.notes.append("no script can be generated for what is selected and declared")
        return played
    made = list(drawn(asked.seed or 0, asked.count, scripts(hello.features, families)))
    generation = _Generation(asked, grace_us, played)
    named = [msgspec.structs.replace(one, name=f"generated-{k}") for k, one in enumerate(made, 1)]
    require_grace([scripted(one, one.name) for one in named], grace_us, asked.profile)
    runs = generation.play(named, asked.progress)
    for case, (script, events) in enumerate(zip(made, runs, strict=True), start=1):
        generation.take(case, script, events)
    generation.follow_all()
    return played


def replayed_on_the_real_clock(
    asked: Settings, vectors: Iterable[Vector], grace_us: int | None
) -> Trace:
    """Play `vectors` over real sockets; those that cannot be played so are named and left out."""
    try:
        _hello, played = begun_on(asked)
    except (HarnessBroken, Ended) as error:
        return unusable(asked, error)
    fit: list[Vector] = []
    out: list[str] = []
    for vector in vectors:
        why = unplayable(vector)
        if why is None:
            fit.append(vector)
        else:
            out.append(f"{vector.name} ({why})")
    if out:
        played.notes.append(f"left out, {len(out)} on the real clock: {'; '.join(out)}")
    require_grace([scripted(one, one.name) for one in fit], grace_us, asked.profile)
    for events in _Generation(asked, grace_us, played).play(fit, asked.progress):
        played.events += events
    return played


class _Generation:
    """One run of generated scripts, and what failed in it."""

    def __init__(self, asked: Settings, grace_us: int | None, played: Trace) -> None:
        self._asked = asked
        self._grace_us = grace_us
        self._played = played
        self._accumulator = Accumulator(played.header)
        self._failures: dict[str, Failure] = {}

    def play(
        self, scripts: Sequence[Vector], progress: Callable[[Progress], None]
    ) -> list[list[AnyEvent]]:
        """Play scripts of different names side by side; return the events of each."""
        if not scripts:
            return []
        scheduler = Scheduler(self._asked.command, self._grace_us, JOBS, progress)
        events = scheduler.play_all([scripted(one, one.name) for one in scripts])
        self._played.notes += [c for c in scheduler.complaints if c not in self._played.notes]
        found: dict[str, list[AnyEvent]] = {one.name: [] for one in scripts}
        name = ""
        for event in events:
            if isinstance(event, ev.ScenarioBegun):
                name = event.name
            found[name].append(event)
        return [found[one.name] for one in scripts]

    def take(self, case: int, script: Vector, events: list[AnyEvent]) -> None:
        """Take the events of one script, and remember what failed in it."""
        self._played.events += events
        broken = self._broken(events)
        for requirement, finding in broken.items():
            known = self._failures.get(requirement)
            if known is None or len(script.steps) < len(known.script.steps):
                failure = Failure(requirement, case, script, frozenset(broken), finding)
                self._failures[requirement] = failure

    def _broken(self, events: Sequence[AnyEvent]) -> dict[str, Finding]:
        """Return what the runs of one script break; a noisy one has several."""
        runs: list[list[AnyEvent]] = []
        for event in events:
            if isinstance(event, ev.ScenarioBegun):
                runs.append([])
            runs[-1].append(event)
        return {name: one for run in runs for name, one in self._accumulator.broken_by(run).items()}

    def follow_all(self) -> None:
        """Shrink what failed, as far as the budget goes, and write it down."""
        for number, failure in enumerate(list(self._failures.values())):
            if number == SHRUNK_MAX:
                rest = ", ".join(sorted(list(self._failures)[SHRUNK_MAX:]))
                self._played.notes.append(f"only {SHRUNK_MAX} failures are shrunk, and not {rest}")
                return
            try:
                self._follow(failure)
            except Ended:
                kept = keep(self._asked, failure, failure.script, ENDED)
                self._played.notes.append(kept[1])

    def _follow(self, failure: Failure) -> None:
        requirement, plays = failure.requirement, 0
        last: list[AnyEvent] = []
        is_tested = requirement in failure.script.requirements

        def fails(smaller: Vector) -> bool:
            nonlocal plays, last
            # What is kept has to put the requirement to the test in virtual time as well.
            if is_tested and requirement not in held_by(smaller):
                return False
            if unplayable(smaller) is not None:
                return False
            plays += 1
            name = f"shrinking-{requirement.lower()}-{plays}"
            self._asked.progress(
                Progress(done=plays, total=PLAYS_MAX + 1, scenario=name, note="shrinking")
            )
            (events,) = self.play([msgspec.structs.replace(smaller, name=name)], _untold)
            require_going_on()
            broken = self._broken(events)
            if requirement not in broken or not failure.broken.issuperset(broken):
                return False
            last, failure.finding = events, broken[requirement]
            return True

        if not fails(failure.script):
            how = f"; {AGAIN}"
            self._played.notes.append(keep(self._asked, failure, failure.script, how)[1])
            return
        found = shrunk(failure.script, fails, plays_max=PLAYS_MAX, is_coarse=True)
        how = f", shrunk from {len(failure.script.steps)} steps in {found.plays} plays"
        self._played.events += last
        self._played.notes.append(keep(self._asked, failure, found.vector, how)[1])


def _untold(step: Progress) -> None:
    """The plays of shrinking tell of themselves."""
