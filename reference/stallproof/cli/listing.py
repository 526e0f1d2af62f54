"""`stallproof conform --list`: what would be judged and played, and nothing is played."""

import sys

from stallproof.api.judging import Run, installed
from stallproof.cli.telling import Telling
from stallproof.reports.output import emit, width_of
from stallproof.reports.planned import render_ids, render_planned
from stallproof.requirements.registry import load_registry
from stallproof.runner.conform import decidable, scenarios_for
from stallproof.runner.planned import planned


def listed(run: Run, names: list[str] | None, without: frozenset[str], telling: Telling) -> int:
    """Show what `run` would judge, by the vectors `names` where some are named; return 0.

    Raises `VectorError` for installed vectors that cannot be read, and `UnusableError` for a name
    that is none.
    """
    vectors, run = installed(run, names)
    selected = decidable(run.selected) if run.clock == "virtual" else run.selected
    scenarios = [] if run.clock == "virtual" else scenarios_for(selected)
    rows = planned(load_registry(), selected, scenarios, vectors or [], without)
    if telling.quiet:
        emit(sys.stdout, render_ids(rows))
    else:
        width = width_of(sys.stdout)
        emit(sys.stdout, render_planned(rows, run.clock, width=width, verbose=telling.verbose))
    return 0
