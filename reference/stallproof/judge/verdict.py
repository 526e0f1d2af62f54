"""From observations to verdicts: what is enough to pass, and what is too noisy to say.

The law of verdicts (`spec/README.md`): anything broken in any run fails; a bound is kept when it
was kept in at least one run on a machine quiet enough. A requirement passes only if every situation
that the registry names was witnessed and kept.

Where all runs were played in virtual time, one situation takes the place of the registry's: the
law alone told the implementation what to do (`spec/virtual.md`). Beside real runs the virtual ones
can only break a requirement: they never stand in for what a peer has to witness.
"""

from collections.abc import Iterable, Mapping, Sequence

from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.run import Run
from stallproof.judge.model.situation import VIRTUAL
from stallproof.judge.report import Finding, Judgement, Verdict
from stallproof.requirements.registry import Requirement

FINDINGS_MAX = 6
"""How many findings of one kind a requirement shows; the rest are counted."""

Gathered = dict[str, dict[str | None, Evaluated]]
"""What was seen of each requirement, by situation."""


def judge(
    requirements: Iterable[Requirement],
    runs: Sequence[Run],
    *,
    profile: str,
    selected: frozenset[str],
) -> list[Judgement]:
    """Return one judgement for each registered requirement, in the registry's order."""
    known = tuple(requirements)
    in_scope = scope_of(known, profile=profile, selected=selected)
    gathered: Gathered = {}
    for run in runs:
        gather(gathered, evaluate_run(run, in_scope))
    return judgements(known, gathered, runs, profile=profile, selected=selected)


def scope_of(
    requirements: Iterable[Requirement], *, profile: str, selected: frozenset[str]
) -> frozenset[str]:
    """Return which requirements are judged: those selected that apply in the profile."""
    return frozenset(
        one.id
        for one in requirements
        if one.id in selected and (profile == "hardened" or one.profile == "seed")
    )


def gather(gathered: Gathered, run: Mapping[tuple[str, str | None], Evaluated]) -> None:
    """Add what was seen in one run to what was seen before."""
    for (requirement, situation), one in run.items():
        gathered.setdefault(requirement, {}).setdefault(situation, Evaluated()).add(one)


def judgements(
    requirements: Iterable[Requirement],
    evaluated: Gathered,
    runs: Sequence[Run],
    *,
    profile: str,
    selected: frozenset[str],
) -> list[Judgement]:
    """Return one judgement for each registered requirement by what was seen of it in `runs`."""
    return [
        _judgement(one, evaluated.get(one.id, {}), runs, profile=profile, selected=selected)
        for one in requirements
    ]


def _judgement(
    requirement: Requirement,
    evaluated: dict[str | None, Evaluated],
    runs: Sequence[Run],
    *,
    profile: str,
    selected: frozenset[str],
) -> Judgement:
    """Judge one requirement by what was seen of each of its situations."""
    names = [s.name for s in requirement.situations]
    if is_virtual(runs):
        names = [VIRTUAL]
    counts = {name: evaluated[name].witnessed if name in evaluated else 0 for name in names}
    exercised = sum(counts.values())
    applies = profile == "hardened" or requirement.profile == "seed"
    findings: list[Finding]
    verdict: Verdict
    if requirement.id not in selected or not applies:
        verdict, findings = "not-exercised", [_left_out(requirement, profile, applies=applies)]
        counts, exercised = dict.fromkeys(names, 0), 0
    else:
        verdict, findings = _verdict(requirement, evaluated, names, runs)
    return Judgement(
        id=requirement.id,
        title=requirement.title,
        level=requirement.level,
        profile=requirement.profile,
        verdict=verdict,
        exercised=exercised,
        selected=requirement.id in selected and applies,
        findings=findings,
        situations=counts,
        follows=_followed(evaluated) if verdict == "fail" else [],
    )


def _followed(evaluated: dict[str | None, Evaluated]) -> list[str]:
    """Return from which requirements all that is broken follows; nothing if some is a root."""
    roots = {finding.of for one in evaluated.values() for finding in one.violations}
    return [] if None in roots else sorted(root for root in roots if root is not None)


def _left_out(requirement: Requirement, profile: str, *, applies: bool) -> Finding:
    why = (
        "Not selected for this run."
        if applies
        else f"Belongs to the profile {requirement.profile}, and this run judges {profile}."
    )
    return Finding(scenario="", explanation=why, tells="note")


def _verdict(
    requirement: Requirement,
    evaluated: dict[str | None, Evaluated],
    names: list[str],
    runs: Sequence[Run],
) -> tuple[Verdict, list[Finding]]:
    """Weigh in the order: broken, never witnessed, unclear, unsure, kept in every situation."""
    violations = [f for w in evaluated.values() for f in w.violations]
    if violations:
        # What is broken by itself is told before what follows from something else.
        return "fail", _most(sorted(violations, key=lambda finding: finding.of is not None))
    unclear = [f for w in evaluated.values() for f in w.unclear]
    missing = [n for n in names if n not in evaluated or not evaluated[n].witnessed]
    if missing:
        feature = _lacking(requirement, runs)
        gaps = [_gap(requirement, name) for name in missing]
        if feature is not None:
            return "unsupported", [feature, *gaps]
        return "not-exercised", gaps
    if unclear:
        # What a coarser clock hides must not pass for kept because something else was.
        return "inconclusive", _most(unclear)
    open_names = [n for n in names if not evaluated[n].kept]
    if open_names:
        return "inconclusive", _most([f for n in open_names for f in evaluated[n].doubts])
    return "pass", []


def _most(findings: list[Finding]) -> list[Finding]:
    """Return the first findings, and say how many there are besides."""
    if len(findings) <= FINDINGS_MAX:
        return findings
    more = f"{len(findings) - FINDINGS_MAX} more findings like these are left out."
    return [*findings[:FINDINGS_MAX], Finding(scenario="", explanation=more, tells="note")]


def is_virtual(runs: Sequence[Run]) -> bool:
    """Tell whether everything was played in virtual time."""
    return bool(runs) and all(run.begun.clock == "virtual" for run in runs)


def _gap(requirement: Requirement, name: str) -> Finding:
    text = requirement.provocation
    if name == VIRTUAL and text is None:
        why = f"Virtual time cannot decide {requirement.id}: it is judged on the real clock only."
        return Finding(scenario="", explanation=why, tells="gap")
    if name != VIRTUAL:
        text = next(s.text for s in requirement.situations if s.name == name)
    return Finding(
        scenario="",
        explanation=f"The situation '{name}' was not witnessed: {text}",
        tells="gap",
    )


def _lacking(requirement: Requirement, runs: Sequence[Run]) -> Finding | None:
    """Return why scenarios for `requirement` were left out, if a feature was declared missing."""
    features = sorted(
        {
            u.feature
            for run in runs
            if requirement.id in run.begun.requirements
            for u in run.unsupported
        }
    )
    if not features:
        return None
    why = f"The implementation declares that it lacks: {', '.join(features)}."
    return Finding(scenario="", explanation=why, tells="unsupported")
