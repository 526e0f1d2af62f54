"""The checker: judges a trace against the registry; live and offline runs go the same way.

`runs_of` splits a trace into runs, the rules say what they saw, `judge` weighs it, `report_on` puts
the report together. Each rule states its law anew and calls nothing of the implementation.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import UNSET

from stallproof import __version__
from stallproof.judge import model
from stallproof.judge.evidence.arrange import runs_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.report import REPORT_SCHEMA, HarnessTrouble, Judgement, Report
from stallproof.judge.verdict import judge
from stallproof.judge.whole import together, weighed
from stallproof.requirements.registry import load_registry
from stallproof.requirements.version import law_version
from stallproof.wire.codec import TraceError, read_trace
from stallproof.wire.events import Answered, AnyEvent, TraceBegun
from stallproof.wire.protocol import TRANSPORTS

__all__ = ["check_traces", "report_on", "whole_report"]


def report_on(
    events: Iterable[AnyEvent],
    *,
    profile: str | None = None,
    selected: frozenset[str] | None = None,
) -> Report:
    """Judge one trace and return the report.

    `profile` and `selected` narrow what the trace's first line says; raises `TraceError` for a
    trace whose order makes no sense.
    """
    header, runs = runs_of(events)
    return _report(header, runs, profile=profile, selected=selected)


def check_traces(
    paths: Sequence[Path],
    *,
    profile: str | None,
    selected: frozenset[str] | None,
    without: frozenset[str] = frozenset(),
    skipped: frozenset[str] = frozenset(),
) -> Report:
    """Judge the trace files `paths` together, as one run of one implementation.

    What takes a feature in `without`, and was not played, is left out; so are the requirements
    `skipped`.

    Raises `TraceError` naming file and line for input that is no trace, and when the files speak of
    different implementations.
    """
    headers: list[TraceBegun] = []
    runs: list[Run] = []
    for path in paths:
        try:
            header, some = runs_of(read_trace(path))
        except TraceError as error:
            named = str(error).startswith(str(path))
            raise error if named else TraceError(f"{path}: {error}") from error
        headers.append(header)
        runs.extend(some)
    if not headers:
        raise TraceError("no trace file was given")
    for path, header in zip(paths, headers, strict=True):
        if header.implementation != headers[0].implementation:
            raise TraceError(f"{path}: another implementation than in {paths[0]}")
    if profile is None and len({header.profile for header in headers}) > 1:
        raise TraceError("the files were made for different profiles: say which one to judge by")
    one = _one_header(headers, without)
    chosen = (frozenset(one.selected) if selected is None else selected) - skipped
    return _report(one, runs, profile=profile, selected=chosen)


def _one_header(headers: Sequence[TraceBegun], without: frozenset[str]) -> TraceBegun:
    """Return the header of several traces of one implementation that are judged together."""
    return msgspec.structs.replace(
        headers[0],
        selected=sorted({one for header in headers for one in header.selected}),
        clock_uncertainty_us=max(header.clock_uncertainty_us for header in headers),
        clock=headers[0].clock if len({header.clock for header in headers}) == 1 else "both",
        seed=headers[0].seed if len({header.seed for header in headers}) == 1 else None,
        without=sorted(without.union(*(header.without or () for header in headers))),
        interrupted=next((h.interrupted for h in headers if h.interrupted), UNSET),
    )


def _report(
    header: TraceBegun, runs: list[Run], *, profile: str | None, selected: frozenset[str] | None
) -> Report:
    """Put the report together from the judged runs."""
    registry = load_registry()
    chosen = frozenset(header.selected) if selected is None else selected
    level = header.profile if profile is None else profile
    judgements = judge(
        registry.requirements, runs, profile=level, selected=chosen, without=header.without or ()
    )
    names = {run.begun.name for run in runs}
    return whole_report(
        header, judgements, runs, profile=level, selected=chosen, scenarios=len(names),
        transports=transports_of(runs),
    )  # fmt: skip


def transports_of(runs: Iterable[Run]) -> set[str]:
    """Return the transports of all connections in `runs`."""
    return {conn.transport for run in runs for conn in run.conns.values()}


def whole_report(
    header: TraceBegun,
    judgements: list[Judgement],
    runs: Sequence[Run],
    *,
    profile: str,
    selected: frozenset[str],
    scenarios: int,
    transports: set[str],
) -> Report:
    """Return the report of `judgements`; `runs` holds at least those in which something broke.

    `transports`: those of all runs; what is no transport of the real clock is left out.
    """
    report = Report(
        schema=REPORT_SCHEMA,
        stallproof=__version__,
        law=law_version(),
        verdict="incomplete",
        interrupted=header.interrupted or None,
        without=header.without or [],
        profile=profile,
        implementation=header.implementation,
        selected=sorted(selected),
        clock=header.clock,
        seed=header.seed,
        transports=[one for one in TRANSPORTS if one in transports],
        grace_us=max((run.grace_us for run in runs), default=0),
        noise_us=max((run.ended.noise_us for run in runs if run.ended), default=0),
        clock_uncertainty_us=header.clock_uncertainty_us,
        scenarios=scenarios,
        harness=_trouble(judgements, runs),
        requirements=judgements,
    )
    return weighed(report)


def _trouble(judgements: Sequence[Judgement], runs: Iterable[Run]) -> list[HarnessTrouble]:
    """Return the trouble with the harness, each once; what follows from a broken law is none."""
    failed = frozenset(j.id for j in judgements if j.verdict == "fail")
    return together(
        [
            HarnessTrouble(scenario=run.begun.name, what=b.what, detail=b.detail)
            for run in runs
            for b in run.broken
            if not _is_consequence(run, failed)
        ]
    )


def _is_consequence(run: Run, failed: frozenset[str]) -> bool:
    """Tell whether a request was refused after the law had been broken in the same virtual case.

    Who leaves a connection open cannot open one of that name again: the law tells what is wrong,
    and the harness did right to refuse. `failed`: the requirements that failed.
    """
    if run.begun.clock != "virtual":
        return False
    refused = any(isinstance(event, Answered) and event.error for event in run.events)
    return refused and any(
        seen.tells == "broken" and seen.requirement in failed for seen in model.observe(run)
    )
