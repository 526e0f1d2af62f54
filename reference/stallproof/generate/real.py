"""Worlds on the real clock: drawn or from files, several side by side, judged with grace.

The complication: a play takes seconds and a machine is noisy. So shrinking has a budget of plays
and drops steps only; a world counts as failing only where the rules say so beyond grace and noise;
and a noisy one is not played again, for there is always another one.

Spec: `spec/README.md` ("Time"), `spec/virtual.md`.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from stallproof.generate.failures import AGAIN, ENDED, SHRUNK_MAX, Settings, Trace, told_where
from stallproof.generate.real_begin import begun_on, shown_by, unusable
from stallproof.generate.sampling import drawn
from stallproof.generate.shrinking_worlds import shrunk
from stallproof.generate.worlds import worlds
from stallproof.judge.accumulator import Accumulator
from stallproof.judge.report import Finding
from stallproof.requirements.vectors.format import Vector
from stallproof.runner.progress import Progress
from stallproof.runner.scenarios.scenario import Scenario, require_grace
from stallproof.runner.scenarios.scripted import scripted
from stallproof.runner.scenarios.scripted_plan import unplayable
from stallproof.runner.scenarios.scripted_world import World, write_world
from stallproof.runner.scenarios.scripted_world_play import scenario_of
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.client import HarnessBroken
from stallproof.runner.sut.ending import Ended, require_going_on
from stallproof.wire import events as ev
from stallproof.wire.events import AnyEvent

PLAYS_MAX = 24
"""How many plays it may take to shrink one failure."""
_DIGITS = 10


def generated_on_the_real_clock(asked: Settings, grace_us: int | None) -> Trace:
    """Play what is asked for over real sockets; never raises for what a harness does."""
    try:
        hello, played = begun_on(asked)
    except (HarnessBroken, Ended) as error:
        return unusable(asked, error)
    shown = shown_by(hello.features, asked.selected)
    if not shown or "unix" not in hello.features:
        played.notes.append("no script can be generated for what is selected and declared")
        return played
    drawing = worlds(hello.features, {one.split("-")[0] for one in shown})
    made = [
        msgspec.structs.replace(one, name=f"generated-{case}")
        for case, one in enumerate(drawn(asked.seed or 0, asked.count, drawing), 1)
    ]
    require_grace([scenario_of(one, shown) for one in made], grace_us, asked.profile)
    generation = _Generation(asked, grace_us, played, shown)
    for case, (one, events) in enumerate(
        zip(made, generation.play_worlds(made, asked.progress), strict=True), 1
    ):
        generation.take(case, one, events)
    generation.follow_all()
    return played


def replayed_on_the_real_clock(
    asked: Settings, scripts: Sequence[Vector | World], grace_us: int | None
) -> Trace:
    """Play `scripts` over real sockets; those that cannot be played so are named and left out."""
    try:
        hello, played = begun_on(asked)
    except (HarnessBroken, Ended) as error:
        return unusable(asked, error)
    shown = shown_by(hello.features, asked.selected)
    fit: list[Scenario] = []
    out: list[str] = []
    for one in scripts:
        if isinstance(one, World):
            fit.append(scenario_of(one, shown))
        elif (why := unplayable(one)) is None:
            fit.append(scripted(one, one.name))
        else:
            out.append(f"{one.name} ({why})")
    if out:
        played.notes.append(f"left out, {len(out)} on the real clock: {'; '.join(out)}")
    require_grace(fit, grace_us, asked.profile)
    for events in _Generation(asked, grace_us, played, shown).play(fit, asked.progress):
        played.events += events
    return played


@dataclass(slots=True)
class _Failure:
    """A world that breaks `requirement`, the first one; `broken` is all that it breaks."""

    requirement: str
    case: int
    world: World
    broken: frozenset[str]
    finding: Finding


class _Generation:
    """One run of worlds, and what failed in it."""

    def __init__(
        self, asked: Settings, grace_us: int | None, played: Trace, shown: frozenset[str]
    ) -> None:
        self._asked = asked
        self._grace_us = grace_us
        self._played = played
        self._shown = shown
        self._accumulator = Accumulator(played.header)
        self._watch = None if asked.watch is None else asked.watch.begin(played.header)
        self._failures: dict[str, _Failure] = {}

    def play(
        self, scenarios: Sequence[Scenario], progress: Callable[[Progress], None]
    ) -> list[list[AnyEvent]]:
        """Play scenarios of different names side by side; return the events of each."""
        if not scenarios:
            return []
        asked = self._asked
        scheduler = Scheduler(
            asked.command, self._grace_us, asked.jobs, progress, attempts_max=1, watch=self._watch
        )
        events = scheduler.play_all(scenarios)
        self._played.notes += [c for c in scheduler.complaints if c not in self._played.notes]
        found: dict[str, list[AnyEvent]] = {one.name: [] for one in scenarios}
        name = ""
        for event in events:
            if isinstance(event, ev.ScenarioBegun):
                name = event.name
            found[name].append(event)
        return [found[one.name] for one in scenarios]

    def play_worlds(
        self, several: Sequence[World], progress: Callable[[Progress], None]
    ) -> list[list[AnyEvent]]:
        """Play worlds of different names side by side; return the events of each."""
        return self.play([scenario_of(one, self._shown) for one in several], progress)

    def take(self, case: int, one: World, events: list[AnyEvent]) -> None:
        """Take the events of one world, and remember what failed in it for the first time."""
        self._played.events += events
        broken = self._broken(events)
        for requirement, finding in broken.items():
            failure = _Failure(requirement, case, one, frozenset(broken), finding)
            self._failures.setdefault(requirement, failure)

    def _broken(self, events: Sequence[AnyEvent]) -> dict[str, Finding]:
        return self._accumulator.broken_by(events) if events else {}

    def follow_all(self) -> None:
        """Shrink what failed, as far as the budget goes, and write it down."""
        roots = sorted(self._failures.values(), key=lambda one: (one.case, one.requirement))
        for number, failure in enumerate(roots):
            if number == SHRUNK_MAX:
                rest = ", ".join(one.requirement for one in roots[SHRUNK_MAX:])
                self._played.notes.append(f"only {SHRUNK_MAX} failures are shrunk, and not {rest}")
                return
            try:
                self._follow(failure)
            except Ended:
                self._keep(failure, failure.world, ENDED)

    def _follow(self, failure: _Failure) -> None:
        requirement, plays = failure.requirement, 0

        def failing(several: Sequence[World]) -> World | None:
            nonlocal plays
            named = [
                msgspec.structs.replace(one, name=f"shrinking-{requirement.lower()}-{plays + k}")
                for k, one in enumerate(several, 1)
            ]
            plays += len(named)
            note = f"shrinking {requirement}"
            self._asked.progress(
                Progress(done=plays, total=PLAYS_MAX + 2, scenario=named[-1].name, note=note)
            )
            for one, events in zip(named, self.play_worlds(named, _untold), strict=True):
                broken = self._broken(events)
                if requirement in broken and failure.broken.issuperset(broken):
                    failure.finding = broken[requirement]
                    self._last = events
                    return one
            require_going_on()
            return None

        jobs = self._asked.jobs
        if failing([failure.world] * jobs) is None:
            self._keep(failure, failure.world, f"; {AGAIN}")
            return
        found = shrunk(failure.world, failing, plays_max=PLAYS_MAX, jobs=jobs)
        self._played.events += self._last
        how = f", shrunk from {len(failure.world.steps)} steps in {plays} plays"
        self._keep(failure, found, how)

    def _keep(self, failure: _Failure, one: World, how: str) -> None:
        """Write `one`, which `failure` came to, as a file, and note where it is."""
        digest = hashlib.sha256(repr(one.steps).encode()).hexdigest()[:_DIGITS]
        kept = msgspec.structs.replace(
            one, name=f"{failure.requirement.lower()}-{digest}", requirement=failure.requirement,
            reason=failure.finding.explanation,
            found=f"generated, seed {self._asked.seed}, case {failure.case}{how}",
        )  # fmt: skip
        place = told_where(lambda: write_world(self._asked.failure_dir, kept))
        self._played.notes.append(
            f"{failure.requirement}: {place}, {len(one.steps)} steps; {kept.found}. "
            f"{one.in_words()}."
        )


def _untold(step: Progress) -> None:
    """The plays of shrinking tell of themselves."""
