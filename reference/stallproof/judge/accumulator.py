"""The judgement of very many runs: one after the other, and none of them is kept.

The intuition: a report says how often a requirement was seen kept, and shows a few findings. For
that nobody has to remember ten thousand runs: what was seen in each is added up as it comes.

The use: `accumulator.add(events)` for each run, in the end `accumulator.report()`.

The complication: the findings of some runs are to be read before all others although they were
played last: those of the minimal scenario of a failure. `first` is for them.

Spec: `spec/README.md` (verdicts).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.remembered import Remembered, transports_of
from stallproof.judge.report import Finding, Report
from stallproof.judge.reporting import whole_report
from stallproof.judge.verdict import FINDINGS_MAX, Gathered, gather, judgements, scope_of
from stallproof.requirements.registry import load_registry
from stallproof.wire.events import AnyEvent, TraceBegun

_UNTOLD = Finding(scenario="", explanation="")
"""Stands for a finding that is only counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What was seen in a part of all runs, fit to be sent; `kept`: the events of runs in full."""

    runs: int
    gathered: Gathered
    kept: list[list[AnyEvent]]
    transports: frozenset[str]


class Accumulator:
    """What was seen so far of one implementation, under the header of its trace."""

    def __init__(self, header: TraceBegun) -> None:
        self.header = header
        self.runs = 0
        self._requirements = load_registry().requirements
        self._in_scope = scope_of(
            self._requirements, profile=header.profile, selected=frozenset(header.selected)
        )
        self._gathered: Gathered = {}
        self._first: Gathered = {}
        self._kept: list[Run] = []
        self._transports: set[str] = set()

    def broken_by(self, events: Sequence[AnyEvent]) -> dict[str, Finding]:
        """Return the requirements in scope that one run breaks, each with its first finding."""
        return self._broken(evaluate_run(self._run(events), self._in_scope))

    def add(self, events: Sequence[AnyEvent], *, first: bool = False) -> dict[str, Finding]:
        """Add one run; return the requirements in scope that it breaks, as `broken_by` does."""
        run = self._run(events)
        self.runs += 1
        self._transports |= transports_of(run)
        seen = evaluate_run(run, self._in_scope)
        gather(self._first if first else self._gathered, seen)
        if not self._kept or run.broken or run.unsupported:
            # For the report: what became of the harness, and by which clock it was played.
            self._kept.append(run)
        if broken := self._broken(seen):
            self._forget(self._gathered)
        return broken

    def part(self) -> Part:
        """Return what was seen so far, but for what was added as `first`."""
        self._forget(self._gathered)
        kept = [[run.begun, *run.events, *filter(None, [run.ended])] for run in self._kept]
        return Part(self.runs, self._gathered, kept, frozenset(self._transports))

    def add_part(self, part: Part) -> None:
        """Add what was seen in the runs that follow, as if each had been added."""
        self.runs += part.runs
        self._transports |= part.transports
        self._gathered = _together(self._gathered, part.gathered)
        self._forget(self._gathered, is_joined=True)
        for run in map(self._run, part.kept):
            if not self._kept or run.broken or run.unsupported:
                self._kept.append(run)

    def _run(self, events: Sequence[AnyEvent]) -> Run:
        _header, (run,) = runs_of([self.header, *events])
        return run

    def _broken(self, seen: dict[tuple[str, str | None], Evaluated]) -> dict[str, Finding]:
        return {
            requirement: one.violations[0]
            for (requirement, _situation), one in seen.items()
            if one.violations and requirement in self._in_scope
        }

    def _forget(self, gathered: Gathered, *, is_joined: bool = False) -> None:
        """Keep of very many findings only how many there are.

        `is_joined`: those with words may stand anywhere, not only at the end.
        """
        for situations in gathered.values():
            for one in situations.values():
                for findings in (one.violations, one.doubts, one.unclear):
                    rest = len(findings) - FINDINGS_MAX
                    if rest > 0 and (is_joined or findings[-1].explanation):
                        findings[FINDINGS_MAX:] = [_UNTOLD] * rest

    def report(self) -> Report:
        """Return the report on all the runs that were added."""
        self._forget(self._gathered)
        header, selected = self.header, frozenset(self.header.selected)
        together = _together(self._first, self._gathered)
        runs = Remembered(header.without or ())
        for run in self._kept:
            runs.add(run, together)
        found = judgements(
            self._requirements, together, runs, profile=header.profile, selected=selected
        )
        return whole_report(
            header, found, runs, profile=header.profile, selected=selected,
            scenarios=self.runs, transports=frozenset(self._transports),
        )  # fmt: skip


def _together(*parts: Gathered) -> Gathered:
    """Return what was seen in all `parts`, the findings of the first before the others'."""
    whole: Gathered = {}
    for part in parts:
        for requirement, situations in part.items():
            for name, one in situations.items():
                into = whole.setdefault(requirement, {}).setdefault(name, Evaluated())
                into.witnessed += one.witnessed
                into.kept += one.kept
                into.doubts += one.doubts
                into.unclear += one.unclear
                into.violations += one.violations
    return whole
