"""Weighing what the rules saw in a run: kept, broken, or not to be told on this machine.

The law (`spec/README.md`): too early fails whatever the noise. Later than bound, grace and noise
for certain fails, within grace at the latest is on time, all else is undecided; and while the noise
exceeds half the grace, nothing is said about lateness at all.
"""

from collections.abc import Set
from dataclasses import dataclass, field

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from stallproof.judge import model
from stallproof.judge.consequences import conns_of, marked
from stallproof.judge.evidence.jumps import jumps_of
from stallproof.judge.evidence.moment import Lateness
from stallproof.judge.evidence.observation import Observation, ms
from stallproof.judge.evidence.run import KnobMissing, Run
from stallproof.judge.report import Contradiction, Finding
from stallproof.judge.rules import find_rules
from stallproof.wire.event import ImplementationEvent
from stallproof.wire.events import AnyEvent

IN_THIS_RUN = " In this run "
"""Where an explanation goes on to say what else happened in its run."""


@dataclass(slots=True)
class Evaluated:
    """All that was seen of one situation of one requirement.

    `doubts`: too noisy to say, which another repetition may make up for; `unclear`: the clock or
    the evidence cannot tell, which nothing makes up for. `transports`: the same for each of them.
    """

    witnessed: int = 0
    kept: int = 0
    doubts: list[Finding] = field(default_factory=list)
    unclear: list[Finding] = field(default_factory=list)
    violations: list[Finding] = field(default_factory=list)
    transports: dict[str, "Evaluated"] = field(default_factory=dict)

    def add(self, run: "Evaluated") -> None:
        """Add one run: it was on time only if everything in it was."""
        self.witnessed += run.witnessed
        self.kept += 0 if run.doubts else run.kept
        self.doubts += run.doubts
        self.unclear += run.unclear
        self.violations += run.violations
        for transport, there in run.transports.items():
            self.transports.setdefault(transport, Evaluated()).add(there)


def observe(run: Run, in_scope: Set[str]) -> list[Observation]:
    """Return what the rules for requirements `in_scope` see in `run`.

    A rule whose knobs are not stated sees nothing. A run in virtual time is judged exactly and as
    a whole, by the model of the law (`spec/virtual.md`): what is not in scope is left out later.
    """
    if run.begun.clock == "virtual":
        return [*model.observe(run), *model.observe_configured(run)]
    seen: list[Observation] = []
    for rule in find_rules():
        if in_scope.isdisjoint(rule.requirements):
            continue
        try:
            seen.extend(rule.observe(run))
        except KnobMissing:
            # A log may state only some of the knobs; the law of the others cannot be judged by it.
            continue
    return seen


def evaluate_run(run: Run, in_scope: Set[str]) -> dict[tuple[str, str | None], Evaluated]:
    """Weigh what was seen in one run of requirements `in_scope`, by requirement and situation.

    Of others something may have been seen as well: who judges leaves it out.
    """
    evaluated: dict[tuple[str, str | None], Evaluated] = {}
    for seen in observe(run, in_scope):
        key = (seen.requirement, seen.situation)
        whole = evaluated.get(key)
        if whole is None:
            whole = evaluated[key] = Evaluated()
        _evaluate(whole, run, seen)
        for transport in _transports(run, seen) if seen.events else ():
            _evaluate(whole.transports.setdefault(transport, Evaluated()), run, seen)
    if run.begun.clock == "real":
        # In virtual time the model names the root alone.
        _name_roots(evaluated, in_scope)
    return evaluated


def _name_roots(evaluated: dict[tuple[str, str | None], Evaluated], in_scope: Set[str]) -> None:
    """Tell what is broken in this run as a consequence where it follows from something else."""
    found: dict[str, list[Finding]] = {}
    for (requirement, _situation), one in evaluated.items():
        if one.violations and requirement in in_scope:
            found.setdefault(requirement, []).extend(one.violations)
    broken = {requirement: conns_of(findings) for requirement, findings in found.items()}
    for (requirement, _situation), one in evaluated.items():
        one.violations = [marked(requirement, finding, broken) for finding in one.violations]


def _transports(run: Run, seen: Observation) -> set[str]:
    """Return the transports of the connections of which `seen` tells."""
    conns = {getattr(event, "conn", None) for event in seen.events}
    return {run.conns[conn].transport for conn in conns if conn in run.conns} - {""}


def _evaluate(evaluated: Evaluated, run: Run, seen: Observation) -> None:
    """Add one observation; a late one is weighed against grace and noise."""
    evaluated.witnessed += 1
    if seen.tells == "held":
        evaluated.kept += 1
        return
    name = f"{run.begun.name} #{run.begun.repetition}"
    allowed_us = run.grace_us + (run.measured_noise_us if seen.late.is_awake else run.noise_us)
    if seen.tells == "broken" and run.is_misread and any(map(_is_said, seen.events)):
        why = (
            f"{seen.explanation} But the implementation's clock is known only to "
            f"{ms(run.uncertainty_us)}, which is too coarse to accuse it by what it says."
        )
        evaluated.unclear.append(_finding(name, run, seen, why, "inconclusive"))
    elif seen.tells == "broken":
        evaluated.violations.append(_accused(name, run, seen, seen.explanation))
    elif seen.tells == "unsure":
        evaluated.unclear.append(_finding(name, run, seen, seen.explanation, "inconclusive"))
    elif run.ended is None:
        why = f"{seen.explanation} The run has no end, so nobody knows how noisy the machine was."
        evaluated.doubts.append(_finding(name, run, seen, why, "inconclusive"))
    elif run.is_too_noisy:
        why = (
            f"The machine was too noisy to say: its worst delay during this run was "
            f"{ms(run.ended.noise_us)}, more than half the grace of {ms(run.grace_us)}."
        )
        evaluated.doubts.append(_finding(name, run, seen, why, "inconclusive"))
    elif seen.late.least_us > allowed_us:
        why = f"{seen.explanation} Allowed: {_allowance(run)}."
        evaluated.violations.append(_accused(name, run, seen, why))
    elif seen.late.most_us <= run.grace_us:
        evaluated.kept += 1
    elif seen.late.least_us + 2 * run.uncertainty_us > allowed_us:
        why = f"{seen.explanation} The clock cannot tell whether that is late."
        evaluated.unclear.append(_finding(name, run, seen, why, "inconclusive"))
    else:
        why = f"{seen.explanation} {_undecided(run, seen.late)}"
        evaluated.doubts.append(_finding(name, run, seen, why, "inconclusive"))


def _is_said(event: AnyEvent) -> bool:
    return isinstance(event, ImplementationEvent)


def _undecided(run: Run, late: Lateness) -> str:
    """Say why a lateness is neither kept nor broken."""
    if late.least_us > run.grace_us:
        return f"That is beyond the grace, but within the noise: {_allowance(run)}."
    most = "any time" if late.most_us > run.end_us else ms(late.most_us)
    return (
        f"That is as late as it was heard, which the channel may have delayed: by what is certain "
        f"it came at most {ms(max(0, late.least_us))} late, by what was heard up to {most}."
    )


def _allowance(run: Run) -> str:
    suspended_us = run.suspensions.total_us
    held_up = f", and {ms(suspended_us)} in which it was suspended" if suspended_us else ""
    return f"grace {ms(run.grace_us)}, measured noise {ms(run.measured_noise_us)}{held_up}"


def _accused(scenario: str, run: Run, seen: Observation, why: str) -> Finding:
    """Return a violation; where the wall clock jumped in its run, it says so."""
    finding = _finding(scenario, run, seen, why, "violation")
    jumps = jumps_of(run).events[:1]
    if not jumps or jumps[0].asked in seen.events:
        return finding
    return replace(
        finding,
        explanation=f"{why}{IN_THIS_RUN}{jumps[0].told}.",
        events=[*finding.events, *jumps[0].evidence],
    )


def _finding(scenario: str, run: Run, seen: Observation, why: str, tells: str) -> Finding:
    return Finding(
        scenario=scenario,
        explanation=why,
        events=list(seen.events),
        tells=tells,  # type: ignore[arg-type]
        transports=sorted(_transports(run, seen)),
        contradiction=_contradiction(seen),
    )


def _contradiction(seen: Observation) -> Contradiction | UnsetType:
    if seen.parts_us is None:
        return UNSET
    place = None if seen.wrong is None else seen.events.index(seen.wrong)
    return Contradiction(at_us=seen.parts_us, event=place)
