"""From a flat trace to runs: who said what about which connection and send."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count

import msgspec

from stallproof.judge.evidence.channel import Channel
from stallproof.judge.evidence.onto import onto_connections, take_request
from stallproof.judge.evidence.passes import onto_passes
from stallproof.judge.evidence.run import Pass, Run
from stallproof.judge.evidence.suspensions import Suspensions
from stallproof.wire import events as ev
from stallproof.wire.codec import TRACE_SCHEMA, TraceError
from stallproof.wire.events import AnyEvent, ScenarioBegun, ScenarioEnded, TraceBegun


@dataclass(frozen=True, slots=True)
class Counted:
    """What is known of some runs of a trace beside them, by which it is known to be whole."""

    scenarios: int
    unended: int
    last_unended: str
    interrupted: str | None
    last: ev.TraceEnded | None


class Splitter:
    """The runs of one trace, each handed over arranged as soon as it is over.

    The intuition: what one run holds says nothing of another, so that whoever judges can let it go
    before the next one is read. `header` is there from the beginning. At the end it also says that
    the trace was interrupted, where the trace does, or where a part is missing.

    Raises `TraceError` when the trace does not begin with `trace`, while it is made, and for an
    event outside of a scenario, while runs are taken.
    """

    def __init__(self, blocks: Iterable[Sequence[AnyEvent]]) -> None:
        """Read the header; `blocks` are the events of the trace, some at a time."""
        self._blocks = iter(blocks)
        self._first = next(filter(None, self._blocks), None)
        if self._first is None:
            raise TraceError("the trace is empty")
        self.header = _understood(self._first[0])
        self._run: Run | None = None
        self._scenarios = self._unended = 0
        self._last_unended = ""
        self._last: ev.TraceEnded | None = None

    @classmethod
    def of(cls, events: Iterable[AnyEvent]) -> "Splitter":
        """Return the splitter of `events` that come one by one."""
        return cls([events] if isinstance(events, Sequence) else ([one] for one in events))

    def __iter__(self) -> Iterator[Run]:
        """Yield the runs, once."""
        yield from self.runs_only()
        self.end()

    def end(self) -> None:
        """Say in the header that a part of the trace is missing, where one is."""
        if not self.header.interrupted and (missing := self._missing()) is not None:
            # The trace's own reason goes before.
            self.header = msgspec.structs.replace(self.header, interrupted=missing)

    def counted(self) -> Counted:
        """Return what is known beside the runs that were taken until now."""
        return Counted(
            self._scenarios, self._unended, self._last_unended,
            self.header.interrupted or None, self._last,
        )  # fmt: skip

    def take(self, more: Counted) -> None:
        """Take note of runs that somebody else has split off, those that follow."""
        self._scenarios += more.scenarios
        self._unended += more.unended
        self._last_unended = more.last_unended or self._last_unended
        self._last = more.last or self._last
        if more.interrupted is not None:
            self.header = msgspec.structs.replace(self.header, interrupted=more.interrupted)

    def runs_only(self) -> Iterator[Run]:
        """Yield the runs as `__iter__` does; that a part is missing is for others to say."""
        assert self._first is not None
        yield from self._runs_in(self._first[1:])
        self._first = None
        for block in self._blocks:
            yield from self._runs_in(block)
        yield from self._over()

    def _runs_in(self, block: Sequence[AnyEvent]) -> Iterator[Run]:
        """Take some more events, and yield the runs that are over."""
        place = 0
        for at in compress(count(), map(_FRAME.__contains__, map(type, block))):
            event = block[at]
            self._inside(block[place:at])
            place = at + 1
            if isinstance(event, ScenarioBegun):
                yield from self._over()
                self._run = _new_run(self.header, event)
            elif isinstance(event, ScenarioEnded):
                yield from self._ended(event)
            else:
                self._beside(event)
        self._inside(block[place:])

    def _inside(self, events: Sequence[AnyEvent]) -> None:
        """Add `events` to the run in which they lie."""
        if not events:
            return
        if self._run is None:
            raise _outside(events[0])
        self._run.events += events

    def _ended(self, event: ScenarioEnded) -> Iterator[Run]:
        if self._run is None:
            raise _outside(event)
        self._run.ended = event
        yield from self._over()

    def _beside(self, event: AnyEvent) -> None:
        """Take an event that speaks of the trace as a whole, wherever it stands."""
        if isinstance(event, ev.Interrupted):
            self.header = msgspec.structs.replace(self.header, interrupted=event.why)
        elif isinstance(event, ev.TraceEnded):
            self._last = event
        else:
            raise TraceError("a second line 'trace': one file holds one trace")

    def _over(self) -> Iterator[Run]:
        """Yield the run that is over, if there is one."""
        run, self._run = self._run, None
        if run is None:
            return
        self._scenarios += 1
        if run.ended is None:
            self._unended += 1
            self._last_unended = f"{run.begun.name} #{run.begun.repetition}"
        if run.begun.clock == "virtual":
            # Such a run is judged in the order of its events alone, and there may be thousands.
            if run.holds(ev.HarnessFailed, ev.Unsupported):
                _take_troubles(run)
        else:
            arrange(run)
        yield run

    def _missing(self) -> str | None:
        """Say what of the trace is missing, `None` where nothing is known to be.

        A log of a running system and a trace of before there was a last line need none.
        """
        header, last, scenarios = self.header, self._last, self._scenarios
        if self._unended:
            others = f" and {self._unended - 1} more" if self._unended > 1 else ""
            where = f"{self._last_unended}{others}"
            return f"the trace breaks off in {where}, which has no line scenario_ended"
        if header.has_end is True and last is None:
            return "the trace breaks off before its last line, trace_ended"
        if last is not None and last.scenarios != scenarios:
            told = f"the trace had {last.scenarios} lines scenario when it was written"
            return f"{told}, not {scenarios}"
        return None


_FRAME = frozenset({TraceBegun, ScenarioBegun, ScenarioEnded, ev.Interrupted, ev.TraceEnded})
"""The events that are in no run."""


def _outside(event: AnyEvent) -> TraceError:
    return TraceError(f"an event before any line 'scenario', or after its end: {event!r}")


def runs_of(events: Iterable[AnyEvent]) -> tuple[TraceBegun, list[Run]]:
    """Split a trace into all of its runs, as `Splitter` does.

    The header says that it was interrupted where the trace does, or where a part is missing. Raises
    `TraceError` when it does not begin with `trace`, or for an event outside of a scenario.
    """
    split = Splitter.of(events)
    runs = list(split)
    return split.header, runs


def _understood(header: AnyEvent) -> TraceBegun:
    """Return `header`; raises `TraceError` for another event and for an unknown vocabulary."""
    if not isinstance(header, TraceBegun):
        raise TraceError("the first line is not 'trace': this file says nothing of its origin")
    if header.schema != TRACE_SCHEMA:
        raise TraceError(f"the trace is in {header.schema!r}; this program reads {TRACE_SCHEMA!r}")
    return header


def _new_run(header: TraceBegun, begun: ScenarioBegun) -> Run:
    return Run(
        begun=begun,
        events=[],
        clock_uncertainty_us=header.clock_uncertainty_us,
        monitor_form=header.monitor_form,
        monitor_slack_us=header.monitor_slack_us,
        monitor_period_us=header.monitor_period_us,
    )


def _take_troubles(run: Run) -> None:
    run.broken += run.of(ev.HarnessFailed)
    run.unsupported += run.of(ev.Unsupported)


def arrange(run: Run) -> None:
    """Sort the events of `run` onto its connections, sends and passes."""
    # Observers write side by side: what was asked may stand below what came of it.
    answers = run.answers
    for answered in run.of(ev.Answered):
        answers.setdefault(answered.id, answered)
    requests = run.of(ev.Requested)
    run.channel = Channel(requests, answers)
    run.suspensions = Suspensions(run.of(ev.Suspended))
    _take_troubles(run)
    for request in requests:
        take_request(run, request)
    for request in sorted(requests, key=lambda r: r.op != "stream"):
        run.streams.take_request(request, answers.get(request.id))
    onto_connections(run)
    for frame in run.of(ev.PeerFrame):
        run.streams.take_notice(frame)
    for asked in run.asked("check"):
        run.passes.append(Pass(asked, answers.get(asked.id)))
    onto_passes(run)
