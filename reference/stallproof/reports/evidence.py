"""The traces behind a report: where a page finds the whole run that a finding speaks of.

The intuition: a finding has the few events that it rests on, and a picture needs all that happened
around them. Every way of judging can leave a trace, so the runs are read from there, once.

The complication: a trace may be far larger than what is shown of it. It is read event by event,
and only the runs that are asked for are kept.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from stallproof.judge.evidence.arrange import arrange, runs_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.report import Finding
from stallproof.wire.codec import read_trace
from stallproof.wire.events import AnyEvent, ScenarioBegun, TraceBegun


@dataclass(frozen=True)
class Evidence:
    """The files of the traces that a report was made of; none: there are its findings alone."""

    traces: Sequence[Path] = ()

    def runs(self, names: Set[str]) -> list[Run]:
        """Return the runs of these `names`, as findings name their scenarios.

        What is no file of its own, such as a pipe, has been read already and is left out. Raises
        `TraceError` for a file that is no trace.
        """
        found: list[Run] = []
        for path in filter(Path.is_file, self.traces) if names else ():
            _header, runs = runs_of(_kept(read_trace(path), names))
            found += runs
        for run in found:
            if run.begun.clock == "virtual":
                # Nothing judges it here, so it is arranged like every other one.
                arrange(run)
        return found


def _kept(events: Iterable[AnyEvent], names: Set[str]) -> Iterator[AnyEvent]:
    """Yield the header, and what belongs to a run of `names`."""
    keeps = False
    for event in events:
        if isinstance(event, ScenarioBegun):
            keeps = f"{event.name} #{event.repetition}" in names
        if keeps or isinstance(event, TraceBegun):
            yield event


def run_of(finding: Finding, runs: Iterable[Run]) -> Run | None:
    """Return the run in which `finding` lies, `None` if it is not among `runs`.

    Several traces may have runs of one name: it is the one that has all events of the finding.
    """
    for run in runs:
        if f"{run.begun.name} #{run.begun.repetition}" == finding.scenario:
            times = {event.at_us for event in finding.events}
            there = [event for event in run.events if event.at_us in times]
            if all(event in there for event in finding.events):
                return run
    return None
