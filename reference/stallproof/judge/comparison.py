"""What changed between two reports, and what of it got worse.

The intuition: who changes code asks whether what held still holds. So a regression is anything that
passed and does not pass any more, and anything that fails and did not.

The use: `compared(old, new)`; `is_worse` on the whole says what a CI has to know.

The complication: a run that judges less must not look better. What passed and is not judged any
more is a regression as well. Only what the new report allows to stay open (`--allow`) is none. And
whatever the implementation did, another law may be the cause: that is warned of. Where the clocks
differ, so do the situations, and verdicts alone are compared.

Spec: `docs/reading-reports.md`, "Comparing two reports".
"""

from collections.abc import Iterator, Mapping

import msgspec

from stallproof.judge.report import Judgement, Report

COMPARISON_SCHEMA = "stallproof.comparison/1"
NOT_JUDGED = "not-judged"
"""The standing of what a report does not hold, or did not select."""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A transport or a situation of a requirement that came out differently."""

    kind: str
    name: str
    before: str
    after: str
    is_worse: bool


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A requirement that came out differently, in the whole or in a part.

    `before` or `after` is `not-judged` for what is new or gone. `is_worse`: a regression, in the
    whole or in a part.
    """

    id: str
    title: str
    before: str
    after: str
    is_worse: bool
    parts: list[Part] = []


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed. `warnings`: why the two may not be comparable, in sentences.

    `before` and `after` are the verdicts on the whole. `unchanged` counts requirements.
    """

    schema: str
    before: str
    after: str
    is_worse: bool
    warnings: list[str]
    changes: list[Change]
    unchanged: int


def compared(old: Report, new: Report, *, only: frozenset[str] | None = None) -> Comparison:
    """Return what changed from `old` to `new`, in the order of the law as `new` tells it.

    `only`: the requirements that count, `None` for all of both. The verdict on the whole counts
    only then: a pass of everything that is none any more is a regression.
    """
    then, now = _selected(old, only), _selected(new, only)
    changes = []
    for name in dict.fromkeys([*now, *then]):
        change = _change(then.get(name), now.get(name), new, with_parts=old.clock == new.clock)
        if change is not None:
            changes.append(change)
    is_worse = any(change.is_worse for change in changes)
    if only is None:
        is_worse |= old.verdict == "pass" != new.verdict
        is_worse |= new.verdict == "fail" != old.verdict
    return Comparison(
        schema=COMPARISON_SCHEMA,
        before=old.verdict,
        after=new.verdict,
        is_worse=is_worse,
        warnings=list(_warnings(old, new)),
        changes=changes,
        unchanged=len({*then, *now}) - len(changes),
    )


def _selected(report: Report, only: frozenset[str] | None) -> dict[str, Judgement]:
    return {
        one.id: one
        for one in report.requirements
        if one.selected and (only is None or one.id in only)
    }


def _change(
    then: Judgement | None, now: Judgement | None, new: Report, *, with_parts: bool
) -> Change | None:
    """Return how one requirement changed, `None` if it did not."""
    told = now or then
    assert told is not None
    before, after, allowed = _standing(then), _standing(now), frozenset(map(str, new.allowed))
    parts = list(_parts(then, now, allowed)) if with_parts and then and now else []
    if before == after and not parts:
        return None
    return Change(
        id=told.id,
        title=told.title,
        before=before,
        after=after,
        is_worse=_is_worse(before, after, allowed) or any(part.is_worse for part in parts),
        parts=parts,
    )


def _standing(judgement: Judgement | None) -> str:
    if judgement is None:
        return NOT_JUDGED
    return "left-out" if judgement.is_left_out else judgement.verdict


def _parts(then: Judgement, now: Judgement, allowed: frozenset[str]) -> Iterator[Part]:
    """Yield the transports and situations that differ; what a report does not hold is not judged.

    Where one of the two tells nothing of them at all, as an old report may, nothing is compared.
    """
    both: tuple[tuple[str, Mapping[str, str], Mapping[str, str]], ...] = (
        ("transport", then.transports, now.transports),
        ("situation", then.standings, now.standings),
    )
    for kind, old, new in both:
        for name in dict.fromkeys([*new, *old]) if old and new else ():
            before, after = old.get(name, NOT_JUDGED), new.get(name, NOT_JUDGED)
            if before != after:
                is_worse = _is_worse(before, after, allowed)
                yield Part(kind=kind, name=name, before=before, after=after, is_worse=is_worse)


def _is_worse(before: str, after: str, allowed: frozenset[str]) -> bool:
    """Tell whether that is a regression; what is new regresses from nothing."""
    if before == after or after in allowed:
        return False
    return before == "pass" or (after == "fail" and before != NOT_JUDGED)


def _warnings(old: Report, new: Report) -> Iterator[str]:
    """Yield what the two do not have in common, apart from how they came out."""
    for what, before, after in (
        ("implementation", *(one.implementation.get("name", "") for one in (old, new))),
        ("version of it", *(one.implementation.get("version", "") for one in (old, new))),
        ("version of the law", old.law, new.law),
        ("version of stallproof", old.stallproof, new.stallproof),
        ("profile", old.profile, new.profile),
        ("clock", old.clock, new.clock),
        ("grace in us", str(old.grace_us), str(new.grace_us)),
        ("list of features left out", ", ".join(old.without), ", ".join(new.without)),
    ):
        if before != after:
            yield f"another {what}: {before or 'none is named'}, then {after or 'none is named'}"
    for which, report in (("old", old), ("new", new)):
        if report.interrupted is not None:
            yield f"the {which} run was interrupted: {report.interrupted}"
        if report.harness:
            yield f"the harness broke in the {which} run"
