"""The checker: judges a trace against the registry; live and offline runs go the same way.

`Splitter` hands over one run of a trace after the other, the rules say what they saw in it,
`OneByOne` weighs that and lets the run go, and puts the report together in the end. Each rule
states its law anew and calls nothing of the implementation.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import UNSET

from stallproof.judge.evidence.arrange import Splitter
from stallproof.judge.one_by_one import OneByOne
from stallproof.judge.report import Report
from stallproof.judge.sources import Elsewhere, Source
from stallproof.wire.codec import TraceError
from stallproof.wire.events import AnyEvent, TraceBegun

__all__ = ["check_traces", "report_on"]


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
    runs = Splitter.of(events)
    header = runs.header
    judged = OneByOne(
        profile=header.profile if profile is None else profile,
        selected=frozenset(header.selected) if selected is None else selected,
        without=frozenset(header.without or ()),
    )
    for run in runs:
        judged.add(run)
    return judged.report(runs.header)


def check_traces(
    paths: Sequence[Path],
    *,
    profile: str | None,
    selected: frozenset[str] | None,
    without: frozenset[str] = frozenset(),
    skipped: frozenset[str] = frozenset(),
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Judge the trace files `paths` together, as one run of one implementation.

    `-` is standard input. What takes a feature in `without`, and was not played, is left out; so
    are the requirements `skipped`. `elsewhere` judges the chunks of files; `None`: that is done
    here.

    Raises `TraceError` naming file and line for input that is no trace, and when the files speak of
    different implementations.
    """
    sources = [Source(path, is_alone=len(paths) == 1) for path in paths]
    if not sources:
        raise TraceError("no trace file was given")
    begun = [source.header for source in sources if source.header is not None]
    unlike = None if len(begun) < len(sources) else _unlike(paths, begun, profile)
    judged = None
    if len(begun) == len(sources) and unlike is None:
        one = _one_header(begun, without)
        judged = OneByOne(
            profile=one.profile if profile is None else profile,
            selected=(frozenset(one.selected) if selected is None else selected) - skipped,
            without=frozenset(one.without or ()),
        )
    # What cannot be judged is read all the same: what is wrong with a line is told first.
    ended = [source.take(judged, elsewhere) for source in sources]
    if judged is None:
        raise unlike or TraceError("a trace changed while it was read")
    return judged.report(_one_header(ended, without))


def _unlike(
    paths: Sequence[Path], headers: Sequence[TraceBegun], profile: str | None
) -> TraceError | None:
    """Return why the traces `paths` cannot be judged together, `None` if they can."""
    for path, header in zip(paths, headers, strict=True):
        if header.implementation != headers[0].implementation:
            return TraceError(f"{path}: another implementation than in {paths[0]}")
    if profile is None and len({header.profile for header in headers}) > 1:
        return TraceError("the files were made for different profiles: say which one to judge by")
    return None


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
