"""The command `check`: traces are judged again, without the implementation."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter, Token, UnknownOptionError

from stallproof.cli import settings
from stallproof.cli.arguments import Only, Profile, Skip, selected_of, skipped_of
from stallproof.cli.delivery import Outputs, deliver
from stallproof.cli.settings import Sources, announce
from stallproof.cli.telling import Telling
from stallproof.cli.wishes import Wishes
from stallproof.judge.offline import check_traces
from stallproof.judge.report import Report
from stallproof.reports.output import UnusableError
from stallproof.requirements.registry import load_registry

app = App(
    name="check",
    config=(settings.for_check,),
    help_epilogue=(
        "Examples:\n\n"
        "stallproof check run.jsonl\n\n"
        "stallproof check run.jsonl --only SD --json again.json\n\n"
        "stallproof check run.jsonl --skip CF --quiet\n\n"
        "stallproof check run.jsonl --dask tcp://host:8786\n\n"
        "zcat run.jsonl.gz | stallproof check -"
    ),
)


@app.default
def check(
    *files: Annotated[Path, Parameter(allow_leading_hyphen=True)],
    outputs: Outputs | None = None,
    profile: Profile | None = None,
    only: Only = None,
    skip: Skip = None,
    telling: Telling | None = None,
    wishes: Wishes | None = None,
    dask: str | None = None,
    sources: Sources | None = None,
) -> int:
    """Judge traces again, offline, to the same verdicts.

    Parameters
    ----------
    files
        Traces, as `stallproof conform --trace` writes them; - for standard input.
    profile
        Judge by this profile instead of the one in the trace.
    dask
        Judge on the Dask cluster at this address; each worker needs this version of stallproof.
    """
    _require_traces(files)
    registry = load_registry()
    # Without --only the trace itself says what was selected.
    selected = None if only is None else selected_of(registry, only, profile or "hardened", skip)
    announce(telling, sources)
    with settings.blamed():
        granted = (wishes or Wishes()).read()
    outputs = outputs or Outputs()
    outputs.require(inputs=files)
    judge = partial(
        check_traces,
        files, profile=profile, selected=selected, without=granted.without,
        skipped=skipped_of(registry, skip),
    )  # fmt: skip
    report = judge() if dask is None else _checked_on(dask, judge)
    return deliver(granted.weighed(report), outputs, telling, traces=files)


def _checked_on(address: str, judge: Callable[..., Report]) -> Report:
    """Judge on a cluster; raises `UnusableError` for one that is unfit, and `ClusterError`."""
    from stallproof.cluster.checking import judged_on
    from stallproof.cluster.connection import connected
    from stallproof.cluster.errors import UnfitCluster

    try:
        with connected(address) as cluster:
            return judge(elsewhere=partial(judged_on, cluster))
    except UnfitCluster as error:
        raise UnusableError(f"--dask: {error}") from error


def _require_traces(files: Sequence[Path]) -> None:
    """Raise the command line's own error for an option among `files`, and when there is none."""
    for file in files:
        # Only `-` alone is no option.
        if str(file).startswith("-") and str(file) != "-":
            token = Token(keyword=str(file), source="cli")
            known = app.assemble_argument_collection(parse_docstring=False)
            raise UnknownOptionError(token=token, argument_collection=known, verbose=False)
    if not files:
        raise UnusableError("name at least one trace file")
