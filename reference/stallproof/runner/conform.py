"""Judging an implementation: everything is played against it, and the trace is judged.

On the real clock scenarios are played over real sockets; in virtual time the vectors are played,
exactly. The judging goes through the same checker that judges a trace file, so that a live run and
its trace bring the same verdicts.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from stallproof.judge.offline import report_on
from stallproof.judge.report import Report
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Vector, load_all
from stallproof.runner.features import never_played
from stallproof.runner.jobs import Jobs
from stallproof.runner.play import SCENARIOS
from stallproof.runner.progress import Progress
from stallproof.runner.scenarios.context import now_us
from stallproof.runner.scenarios.scenario import Scenario, require_grace
from stallproof.runner.scheduler import Scheduler
from stallproof.runner.sut.client import HarnessBroken, HarnessClient
from stallproof.runner.sut.command import as_taken
from stallproof.runner.sut.ending import Ended, interrupted, interruption, may_end
from stallproof.runner.virtual_runs import Played, chosen, no_run, play_vectors, trace_header
from stallproof.runner.watching import Watch
from stallproof.wire import codec
from stallproof.wire import events as ev
from stallproof.wire.ending import last_event, scenarios_in
from stallproof.wire.events import AnyEvent
from stallproof.wire.protocol import Hello
from stallproof.wire.request import ANEW, VIRTUAL_TIME

__all__ = ["Clock", "Progress", "conform", "decidable"]

Clock = Literal["auto", "real", "virtual"]
_KEPT = (
    "anew is declared: processes were kept from scenario to scenario, and what they carried over "
    "was judged with them; --without anew gives each scenario its own."
)
UNDECIDED = ("inconclusive", "not-exercised")
"""The verdicts that another play may change."""


def decidable(selected: frozenset[str]) -> frozenset[str]:
    """Return which of the requirements `selected` virtual time can decide."""
    return selected - load_registry().undecidable


def conform(
    command: Sequence[str],
    *,
    profile: str,
    selected: frozenset[str],
    grace_us: int | None,
    jobs: int | Jobs,
    trace_path: Path | None,
    progress: Callable[[Progress], None],
    clock: Clock = "real",
    vectors: Sequence[Vector] | None = None,
    watch: Watch | None = None,
) -> Report:
    """Judge the implementation behind the harness `command`.

    `clock`: `real` plays the scenarios over real sockets; `virtual` plays `vectors`, all that are
    installed for `None`; `auto` plays the scenarios, and the vectors too where virtual time is
    declared. `selected`: the requirement IDs in scope. `grace_us`: `None` for the default of each
    scenario; in virtual time there is none. `jobs`: how many scenarios play at once. `watch` looks
    at each scenario when it has played. Writes the trace to `trace_path` if given.

    A harness that cannot be used at all, and a run that ends before its time, give a report that
    says so. Raises `GraceError` for more grace than is allowed, before anything is played, and
    `VectorError` for installed vectors that cannot be read.
    """
    begun = time.monotonic()
    jobs = Jobs.fixed(jobs) if isinstance(jobs, int) else jobs
    if clock != "virtual":
        require_grace(scenarios_for(selected), grace_us, profile)
    if clock == "virtual":
        events, notes = _in_virtual_time(command, profile, selected, vectors, progress, watch)
    else:
        judged = _OnTheRealClock(command, profile, selected, grace_us, jobs, progress, watch)
        events, notes = judged.events(clock, vectors)
    ended_us = 0 if clock == "virtual" else now_us()
    events.append(last_event(scenarios_in(events), interrupted(), ended_us))
    if trace_path is not None:
        codec.write_trace(trace_path, events)
    volatile = _volatile(begun, None if clock == "virtual" else jobs)
    return msgspec.structs.replace(report_on(events), notes=notes, volatile=volatile)


def _volatile(begun: float, jobs: Jobs | None) -> dict[str, int | float | str]:
    """Return what differs from run to run: how long it took, and how many scenarios played."""
    told: dict[str, int | float | str] = {"duration_s": round(time.monotonic() - begun, 1)}
    if jobs is not None:
        told |= {"jobs": jobs.highest, "jobs_why": jobs.in_words()}
    return told


def _in_virtual_time(
    command: Sequence[str],
    profile: str,
    selected: frozenset[str],
    vectors: Sequence[Vector] | None,
    progress: Callable[[Progress], None],
    watch: Watch | None,
) -> tuple[list[AnyEvent], list[str]]:
    """Return the trace of the vectors alone, and what is worth saying of it."""
    in_scope = decidable(selected)
    without = as_taken(command).without

    def header_for(hello: Hello | None) -> ev.TraceBegun:
        return trace_header(hello, profile=profile, selected=in_scope, without=without)

    looks = None if watch is None else lambda hello: watch.begin(header_for(hello))
    played = play_vectors(command, _chosen(vectors, in_scope), progress, looks)
    notes = list(played.notes)
    if left_out := sorted(selected - in_scope):
        names = ", ".join(left_out)
        notes.append(f"left out: {names}: decided on the real clock only")
    notes += [
        f"left out: {one.real_only}: decided on the real clock only"
        for one in load_registry().requirements
        if one.id in in_scope and one.real_only
    ]
    return [header_for(played.hello), *played.events], notes


def _chosen(vectors: Sequence[Vector] | None, selected: frozenset[str]) -> list[Vector]:
    return chosen(load_all() if vectors is None else vectors, selected)


class _OnTheRealClock:
    """The scenarios over real sockets, and after them the vectors if that is asked for."""

    def __init__(
        self,
        command: Sequence[str],
        profile: str,
        selected: frozenset[str],
        grace_us: int | None,
        jobs: Jobs,
        progress: Callable[[Progress], None],
        watch: Watch | None,
    ) -> None:
        self._command = command
        self._profile = profile
        self._selected = selected
        self._grace_us = grace_us
        self._jobs = jobs
        self._progress = progress
        self._watch = watch

    def events(
        self, clock: Clock, vectors: Sequence[Vector] | None
    ) -> tuple[list[AnyEvent], list[str]]:
        """Return the trace, and what is worth saying of it."""
        try:
            hello, uncertainty_us, end = _hello(self._command)
        except (HarnessBroken, Ended) as reason:
            at_us = now_us()
            header = trace_header(
                None, profile=self._profile, selected=self._selected, clock="real",
                at_us=at_us, uncertainty_us=1, without=as_taken(self._command).without,
            )  # fmt: skip
            run = no_run(reason, at_us, "real") if isinstance(reason, HarnessBroken) else []
            return [header, *run], []
        at_us = now_us()
        script = _chosen(vectors, self._selected) if clock == "auto" else []
        has_virtual_time = VIRTUAL_TIME in hello.features
        events, notes = self._scenarios(hello, self._header(hello, at_us, uncertainty_us, "real"))
        played = Played()
        if end is not None:
            events += no_run(end, at_us, "real")
        if script and has_virtual_time and interruption() is None:
            watch = self._watch
            looks = None if watch is None else lambda _hello: watch
            played = play_vectors(self._command, script, self._progress, looks)
        elif script and not has_virtual_time:
            notes.append("virtual time is not declared: the vectors were not played")
        notes += [note for note in played.notes if note not in notes]
        header = self._header(hello, at_us, uncertainty_us, "both" if played.events else "real")
        return [header, *events, *played.events], notes

    def _header(
        self, hello: Hello, at_us: int, uncertainty_us: int, clock: Literal["real", "both"]
    ) -> ev.TraceBegun:
        return trace_header(
            hello, profile=self._profile, selected=self._selected, clock=clock,
            at_us=at_us, uncertainty_us=uncertainty_us, without=as_taken(self._command).without,
        )  # fmt: skip

    def _scenarios(self, hello: Hello, header: ev.TraceBegun) -> tuple[list[AnyEvent], list[str]]:
        scenarios = scenarios_for(self._selected)
        without = as_taken(self._command).without
        unwanted = never_played(scenarios, without, self._grace_us)

        def undecided(events: Sequence[AnyEvent]) -> frozenset[str]:
            judged = report_on([header, *unwanted, *events]).requirements
            return frozenset(j.id for j in judged if j.selected and j.verdict in UNDECIDED)

        if self._watch is not None:
            self._watch.begin(header)
        scheduler = Scheduler(
            self._command, self._grace_us, self._jobs, self._progress, watch=self._watch
        )
        played = [one for one in scenarios if not one.features & without]
        events = scheduler.play_all(played, undecided)
        kept = [_KEPT] if ANEW in hello.features else []
        return [*unwanted, *events], [*hello.notes, *kept, *scheduler.complaints]


def scenarios_for(selected: frozenset[str]) -> list[Scenario]:
    """Return the scenarios that say anything of what is `selected`."""
    return [s for s in SCENARIOS if selected & set(s.requirements)]


def _hello(command: Sequence[str]) -> tuple[Hello, int, HarnessBroken | None]:
    """Ask the harness who it is, and see how it ends; raises `HarnessBroken`, and `Ended`."""
    client = HarnessClient(command, lambda event: None)
    try:
        with may_end():
            client.start()
            client.begin()
    finally:
        client.close()
    return client.hello, client.clock_uncertainty_us, client.failed_end
