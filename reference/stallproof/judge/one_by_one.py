"""Runs are judged one after the other, and each is let go before the next one is read.

The use: `add(run)` for each run, in the end `report(header)`.

The complication: what broke everywhere. A report shows a few findings of each kind and says where
the others were, so of those no more is kept than their place, once for each run.
"""

from collections import Counter

from stallproof.judge.consequences import is_of_a_jump
from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.judge.remembered import Remembered
from stallproof.judge.report import Finding, Report
from stallproof.judge.reporting import whole_report
from stallproof.judge.verdict import FINDINGS_MAX, Gathered, gather, judgements, scope_of
from stallproof.requirements.registry import load_registry
from stallproof.wire.events import TraceBegun

KINDS = ("violations", "unclear", "doubts")


class OneByOne:
    """The judgement of runs that come one after the other, of the requirements `selected`."""

    def __init__(self, *, profile: str, selected: frozenset[str], without: frozenset[str]) -> None:
        self.profile, self.selected = profile, selected
        self._requirements = load_registry().requirements
        self.in_scope = scope_of(self._requirements, profile=profile, selected=selected)
        self._gathered: Gathered = {}
        self._remembered = Remembered(without)
        self._places = _Places()

    def add(self, run: Run) -> None:
        """Judge `run`; nothing of it is kept but what a report can show."""
        self.add_seen(run, evaluate_run(run, self.in_scope))
        run.forget()

    def add_seen(self, run: Run, seen: dict[tuple[str, str | None], Evaluated]) -> None:
        """Add what was seen in `run`, of which no events are needed any more."""
        told = [where for where, one in seen.items() if one.violations or one.unclear or one.doubts]
        for where in told:
            self._places.shorten(*where, seen[where])
        gather(self._gathered, seen)
        for requirement, situation in told:
            _shorten_transports(self._gathered[requirement][situation])
        self._remembered.add(run, self._gathered)

    def report(self, header: TraceBegun) -> Report:
        """Return the report on all runs, under the `header` of their trace as it is at its end."""
        found = judgements(
            self._requirements, self._gathered, self._remembered,
            profile=self.profile, selected=self.selected,
        )  # fmt: skip
        return whole_report(
            header, found, self._remembered, profile=self.profile, selected=self.selected
        )


def _shorten_transports(gathered: Evaluated) -> None:
    """Leave one finding of each kind on a transport: that there were any is all that counts."""
    for there in gathered.transports.values():
        for kind in KINDS:
            del getattr(there, kind)[1:]


class _Places:
    """Which findings are kept as they are, and what stands for the others."""

    def __init__(self) -> None:
        self._times: Counter[tuple[object, ...]] = Counter()
        self._scenario = ""
        self._stand_ins: dict[tuple[object, ...], Finding] = {}

    def shorten(self, requirement: str, situation: str | None, run: Evaluated) -> None:
        """Leave of the findings of one run those that a report may show, and places of others."""
        for kind in KINDS:
            findings: list[Finding] = getattr(run, kind)
            for place, finding in enumerate(findings):
                findings[place] = self._kept((requirement, situation, kind), finding)

    def _kept(self, where: tuple[object, ...], finding: Finding) -> Finding:
        """Return `finding`, or what stands for it where enough of its kind are kept."""
        name = (*where, finding.tells, *finding.transports)
        self._times[name] += 1
        if self._times[name] <= FINDINGS_MAX:
            return finding
        if finding.scenario != self._scenario:
            self._scenario, self._stand_ins = finding.scenario, {}
        jumps = [event for event in finding.events if is_of_a_jump(event)][:1]
        kind = (finding.tells, finding.of, *finding.transports, bool(jumps))
        return self._stand_ins.setdefault(
            kind,
            Finding(
                scenario=finding.scenario, explanation="", events=list(jumps),
                tells=finding.tells, of=finding.of, transports=finding.transports,
            ),
        )  # fmt: skip
