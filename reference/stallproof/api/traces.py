"""Judging what happened before: trace files, and events that a program holds.

Spec: `spec/trace.md`.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from stallproof.api.asked import Words, names_of, selected_of
from stallproof.api.wanted import allowed_of, features_of
from stallproof.judge.offline import check_traces, report_on
from stallproof.judge.report import Report
from stallproof.judge.whole import weighed
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import Profile, load_registry
from stallproof.wire.events import AnyEvent


def check(
    *traces: str | Path,
    only: Words | None = None,
    without: Words | None = None,
    allow: Words | None = None,
    profile: Profile | None = None,
) -> Report:
    """Judge trace files again, together, to the same verdicts; `stallproof check` for programs.

    `only`: requirements or groups in the place of what the traces selected. `profile`: judge by
    another one than theirs. `without` and `allow` mean what the options of those names do. Raises
    `UnusableError` for arguments that cannot be, and `TraceError`, naming file and line, for what
    is no trace; both are `ValueError`s.
    """
    if not traces:
        raise UnusableError("name at least one trace file")
    for one in traces:
        if not isinstance(one, str | Path):
            raise UnusableError(f"{one!r}: give the path of a trace file")
    left_out = features_of("without", names_of(without))
    report = check_traces(
        [Path(one) for one in traces],
        profile=profile, selected=_selected(only, profile), without=left_out,
    )  # fmt: skip
    allowed = allowed_of("allow", names_of(allow))
    return weighed(msgspec.structs.replace(report, allowed=allowed))


def judge_events(
    events: Iterable[AnyEvent],
    *,
    only: Words | None = None,
    profile: Profile | None = None,
) -> Report:
    """Judge the events of one trace, whose first one is `trace_begun`.

    The arguments are those of `check`. Raises `UnusableError`, and `TraceError` for an order that
    makes no sense.
    """
    return report_on(events, profile=profile, selected=_selected(only, profile))


def _selected(only: Words | None, profile: Profile | None) -> frozenset[str] | None:
    if only is None:
        return None
    return selected_of(load_registry(), names_of(only), None, profile or "hardened")
