"""Where a requirement stands: in each of its situations, and on each transport.

The intuition: a feature that is missing leaves out the situations that take it, and nothing else.
So each situation has a verdict of its own, and the requirement has the worst of them.

The complication: why a situation was not witnessed. Only where every run that was to bring it about
was left out for lack of a feature is it unsupported. Elsewhere it was tried, and what happened
instead is told.

Spec: `spec/README.md` (verdicts).
"""

from collections.abc import Iterable, Mapping

from stallproof.judge.evaluate import Evaluated
from stallproof.judge.model.situation import VIRTUAL
from stallproof.judge.remembered import Bringing, Remembered
from stallproof.judge.report import Finding, Standing
from stallproof.requirements.registry import Requirement
from stallproof.wire.protocol import TRANSPORTS

WORST_FIRST: tuple[Standing, ...] = (
    "fail", "not-exercised", "inconclusive", "unsupported", "pass", "left-out",
)  # fmt: skip
NOT_PLAYED = "Nothing was played that brings it about."
INSTEAD = "What happened instead:"
LACKS = "It lacks:"


def worst(standings: Iterable[Standing]) -> Standing:
    """Return the one that counts; nothing at all was left out."""
    return min(standings, key=WORST_FIRST.index, default="left-out")


def situation_standing(
    requirement: Requirement, situation: str, seen: Evaluated | None, runs: Remembered
) -> tuple[Standing, list[Finding]]:
    """Return how one situation of `requirement` came out, and what is worth reading about it."""
    if seen is not None and seen.witnessed:
        return _witnessed(seen)
    bringing = runs.bringing(requirement.id, situation)
    lacking, played = bringing.lacking, bringing.is_played
    # A trace that names no situations cannot tell which of them a run that was played was for.
    is_named = situation == VIRTUAL or bringing.is_named
    if any(lacking) and not (played and is_named):
        if all(missing & runs.without for missing in lacking):
            return "left-out", []
        features = ", ".join(sorted(frozenset().union(*lacking) - runs.without))
        why = f"'{situation}' takes what the implementation declares missing. {LACKS} {features}."
        return "unsupported", [Finding(scenario="", explanation=why, tells="unsupported")]
    return "not-exercised", [_gap(requirement, situation, bringing)]


def lacked_by(finding: Finding) -> set[str]:
    """Return the features that a finding of `situation_standing` names as missing."""
    if finding.tells != "unsupported":
        return set()
    return {*finding.explanation.rpartition(LACKS)[2].strip(" .").split(", ")}


def _witnessed(seen: Evaluated) -> tuple[Standing, list[Finding]]:
    if seen.violations:
        return "fail", seen.violations
    if seen.unclear:
        # What a coarser clock hides must not pass for kept because something else was.
        return "inconclusive", seen.unclear
    return ("pass", []) if seen.kept else ("inconclusive", seen.doubts)


def _gap(requirement: Requirement, situation: str, bringing: Bringing) -> Finding:
    """Say that a situation did not occur, and what happened where it was to."""
    text = requirement.provocation
    if situation == VIRTUAL and text is None:
        why = f"Virtual time cannot decide {requirement.id}: it is judged on the real clock only."
        return Finding(scenario="", explanation=why, tells="gap")
    if situation != VIRTUAL:
        text = next(s.text for s in requirement.situations if s.name == situation)
    why = f"The situation '{situation}' was not witnessed: {text}"
    # What a scenario of one run says is read more easily than what a thousand vectors do.
    if bringing.is_played and situation != VIRTUAL:
        why += f" {INSTEAD} {bringing.tales}."
    elif not bringing.is_played:
        why += f" {NOT_PLAYED}"
    return Finding(scenario="", explanation=why, tells="gap")


def transport_standings(
    requirement: Requirement,
    seen: Mapping[str | None, Evaluated],
    situations: dict[str, Standing],
    runs: Remembered,
) -> dict[str, Standing]:
    """Return how `requirement` came out on each transport that was played or declared missing.

    What was kept in passing passes nowhere, as it does not for the requirement as a whole.
    """
    found: dict[str, list[Standing]] = {}
    for situation, one in seen.items():
        for transport, there in one.transports.items():
            if there.witnessed and (situation in situations or _witnessed(there)[0] != "pass"):
                found.setdefault(transport, []).append(_witnessed(there)[0])
    witnessed = frozenset(found)
    for name, standing in situations.items():
        only = runs.bringing(requirement.id, name).transports
        for transport in only if standing == "not-exercised" else ():
            # Of several transports, any of which would do, those lack it that show nothing else.
            if len(only) == 1 or transport not in witnessed:
                found.setdefault(transport, []).append(standing)
    for feature in runs.lacked(requirement.id) & set(TRANSPORTS):
        if feature not in found:
            found[feature] = ["left-out" if feature in runs.without else "unsupported"]
    return {one: worst(found[one]) for one in TRANSPORTS if one in found}
