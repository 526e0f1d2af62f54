"""From observations to verdicts: what is enough to pass, and what is too noisy to say.

The law of verdicts (`spec/README.md`): anything broken in any run fails; a bound is kept when it
was kept in at least one run on a machine quiet enough. A requirement passes only if every situation
that the registry names was witnessed and kept.

Where all runs were played in virtual time, one situation takes the place of the registry's: the
law alone told the implementation what to do (`spec/virtual.md`). Beside real runs the virtual ones
can only break a requirement: they never stand in for what a peer has to witness.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set

from stallproof.judge.consequences import moved_by_the_clock
from stallproof.judge.evaluate import Evaluated
from stallproof.judge.model.situation import VIRTUAL
from stallproof.judge.places import places_of
from stallproof.judge.remembered import Remembered
from stallproof.judge.report import Finding, Judgement, Standing
from stallproof.judge.standing import situation_standing, transport_standings, worst
from stallproof.requirements.registry import Requirement

FINDINGS_MAX = 6
"""How many findings of one kind a requirement shows on a transport; the rest are counted."""

Gathered = dict[str, dict[str | None, Evaluated]]
"""What was seen of each requirement, by situation."""


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
        situations = gathered.setdefault(requirement, {})
        if situation not in situations:
            situations[situation] = Evaluated()
        situations[situation].add(one)


def judgements(
    requirements: Iterable[Requirement],
    evaluated: Gathered,
    runs: Remembered,
    *,
    profile: str,
    selected: frozenset[str],
) -> list[Judgement]:
    """Return one judgement for each registered requirement by what was seen of it in `runs`."""
    broken = {name for name, seen in evaluated.items() if any(s.violations for s in seen.values())}
    broken &= selected
    return [
        _judged(one, evaluated.get(one.id, {}), runs, broken)
        if one.id in selected and _applies(one, profile)
        else _out_of_scope(one, runs, profile)
        for one in requirements
    ]


def _applies(requirement: Requirement, profile: str) -> bool:
    return profile == "hardened" or requirement.profile == "seed"


def _names(requirement: Requirement, runs: Remembered) -> tuple[str, ...]:
    return (VIRTUAL,) if runs.are_virtual else requirement.situation_names


def _judged(
    requirement: Requirement,
    evaluated: Mapping[str | None, Evaluated],
    runs: Remembered,
    broken: Set[str],
) -> Judgement:
    """Judge one requirement by what was seen of each of its situations: the worst counts."""
    names = _names(requirement, runs)
    situations: dict[str, Standing] = {}
    findings: list[Finding] = []
    for name in names:
        situations[name], found = situation_standing(requirement, name, evaluated.get(name), runs)
        findings += found
    verdict = worst(situations.values())
    violations = [f for one in evaluated.values() for f in one.violations]
    violations = moved_by_the_clock(requirement.id, violations, broken)
    aside = [f for name, one in evaluated.items() if name not in names for f in one.unclear]
    if violations:
        # What is broken by itself is told before what follows from something else.
        verdict, findings = "fail", sorted(violations, key=lambda finding: finding.of is not None)
    elif aside:
        findings += aside
        verdict = worst([verdict, "inconclusive"])
    counts = {name: evaluated[name].witnessed if name in evaluated else 0 for name in names}
    return Judgement(
        id=requirement.id,
        title=requirement.title,
        level=requirement.level,
        profile=requirement.profile,
        verdict="unsupported" if verdict == "left-out" else verdict,
        exercised=sum(counts.values()),
        selected=True,
        findings=_most(findings),
        situations=counts,
        standings=situations,
        transports=transport_standings(requirement, evaluated, situations, runs),
        follows=_followed(violations),
    )


def _followed(violations: list[Finding]) -> list[str]:
    """Return from which requirements all that is broken follows; nothing if some is a root."""
    roots = {finding.of for finding in violations}
    return [] if None in roots else sorted(root for root in roots if root is not None)


def _out_of_scope(requirement: Requirement, runs: Remembered, profile: str) -> Judgement:
    why = (
        "Not selected for this run."
        if _applies(requirement, profile)
        else f"Belongs to the profile {requirement.profile}, and this run judges {profile}."
    )
    return Judgement(
        id=requirement.id,
        title=requirement.title,
        level=requirement.level,
        profile=requirement.profile,
        verdict="not-exercised",
        exercised=0,
        selected=False,
        findings=[Finding(scenario="", explanation=why, tells="note")],
        situations=dict.fromkeys(_names(requirement, runs), 0),
    )


def _most(findings: list[Finding]) -> list[Finding]:
    """Return the first findings of each kind on each transport, and say what there is besides."""
    kept: list[Finding] = []
    for tells in dict.fromkeys(one.tells for one in findings):
        alike = [one for one in findings if one.tells == tells]
        # Each situation has but one gap, and none of them stands for another.
        shown = alike if tells in ("gap", "unsupported") else [*_first_on_each_transport(alike)]
        kept += shown
        if left := [one for one in alike if not any(one is other for other in shown)]:
            kept.append(Finding(scenario="", explanation=_left_out(tells, left), tells="note"))
    return kept


def _first_on_each_transport(findings: list[Finding]) -> Iterator[Finding]:
    """Yield a few findings of each transport: what broke on one says nothing of another."""
    times: Counter[tuple[str, ...]] = Counter()
    for one in findings:
        times[*one.transports] += 1
        # Of very many runs most findings are counted, and have no words.
        if one.explanation and times[*one.transports] <= FINDINGS_MAX:
            yield one


def _left_out(tells: str, left: list[Finding]) -> str:
    """Say how many findings of one kind are left out, and where they are."""
    places = places_of(one.scenario for one in left if one.scenario)
    where = f", in {places}; the trace has them all" if places else ""
    number = f"{len(left)} more findings" if len(left) > 1 else "1 more finding"
    return f"Left out: {number} of kind {tells}{where}."
