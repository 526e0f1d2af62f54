"""The ways in which `conform` judges: played, generated, or replayed.

Each takes the same `Run`, and returns a report. What is needed by one way only is imported there.
"""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from stallproof.judge.report import Report
from stallproof.reports.output import UnusableError
from stallproof.requirements.vectors import Vector, VectorError, load_all
from stallproof.runner import conform as oracle
from stallproof.runner.conform import Clock, Progress
from stallproof.runner.doctor import suggested_jobs
from stallproof.runner.doctor.machine import available, load
from stallproof.runner.jobs import Jobs
from stallproof.runner.watching import Watch

JOBS = 4
"""How many generated scenarios run side by side: they mostly wait."""
JOBS_EACH_MOST = 12
"""So many of the others play on one processor at most, while nobody hears any noise."""
JOBS_MOST = 64
"""So many play at most, however many processors there are."""


def jobs_in_force(asked: int | None) -> Jobs:
    """Return how many scenarios play at once: as `asked`, or as the noise will have it (`None`)."""
    if asked is not None:
        return Jobs.fixed(asked)
    processors = available()
    most = min(JOBS_MOST, round(JOBS_EACH_MOST * processors))
    return Jobs.chosen(suggested_jobs(processors, load()), most)


@dataclass(frozen=True)
class Run:
    """What all four ways have in common.

    `jobs`: how many scenarios play at once; `None`: whoever plays chooses.
    """

    command: Sequence[str]
    clock: Clock
    profile: str
    selected: frozenset[str]
    grace_us: int | None
    trace: Path | None
    jobs: int | None = None
    watch: Watch | None = None


def generated(
    run: Run,
    count: int,
    seed: int,
    failures: Path,
    show: Callable[[Progress], None],
    *,
    dask: str | None = None,
) -> Report:
    """Judge by `count` generated scenarios; failures become vectors in the folder `failures`.

    `dask`: the address of the cluster on which they play, `None` for here. Raises `UnusableError`
    for a cluster that is unfit, `ClusterError` for one that cannot do it.
    """
    from stallproof.generate.run import run_generated

    if failures.exists() and not failures.is_dir():
        raise UnusableError(f"--failures {failures}: this is no folder")
    judge = partial(
        run_generated,
        run.command,
        count=count,
        seed=seed,
        clock=run.clock,
        profile=run.profile,
        selected=run.selected,
        grace_us=run.grace_us,
        trace_path=run.trace,
        failure_dir=failures,
        progress=show,
        jobs=run.jobs or JOBS,
    )
    return judge() if dask is None else _generated_on(dask, judge)


def _generated_on(address: str, judge: Callable[..., Report]) -> Report:
    """Judge with the scripts on a cluster; raises `UnusableError` for one that is unfit."""
    from stallproof.cluster.connection import connected
    from stallproof.cluster.errors import UnfitCluster
    from stallproof.cluster.generating import PartsOnCluster
    from stallproof.generate.run import RealClock

    try:
        with connected(address) as cluster:
            return judge(elsewhere=partial(PartsOnCluster, cluster))
    except (UnfitCluster, RealClock) as error:
        raise UnusableError(f"--dask: {error}") from error


def replayed(run: Run, files: Sequence[Path], show: Callable[[Progress], None]) -> Report:
    """Judge by the vector `files`; raises `UnusableError` for one that is none."""
    from stallproof.generate.run import run_replay

    try:
        return run_replay(
            run.command,
            files,
            clock=run.clock,
            profile=run.profile,
            selected=run.selected,
            grace_us=run.grace_us,
            trace_path=run.trace,
            progress=show,
            jobs=run.jobs or JOBS,
            watch=run.watch,
        )
    except VectorError as error:
        raise UnusableError(f"--replay: {error}") from error


def judged(run: Run, vectors: list[Vector] | None, show: Callable[[Progress], None]) -> Report:
    """Judge by the scenarios, by `vectors`, or by both, as the clock of `run` says."""
    return oracle.conform(
        run.command,
        profile=run.profile,
        selected=run.selected,
        grace_us=run.grace_us,
        jobs=jobs_in_force(run.jobs),
        trace_path=run.trace,
        progress=show,
        clock=run.clock,
        vectors=vectors,
        watch=run.watch,
    )


def installed(run: Run, names: list[str] | None) -> tuple[list[Vector] | None, Run]:
    """Return the vectors to play, and the run with what they say anything about in its scope.

    Raises `VectorError` for installed vectors that cannot be read, and `UnusableError` for a name
    that is none.
    """
    if run.clock == "real":
        return None, run
    every = load_all()
    if names is None:
        return every, run
    known = {vector.name: vector for vector in every}
    wanted = [name for words in names for name in words.replace(",", " ").split()]
    for name in wanted:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3)
            meant = f"; near to it: {', '.join(near)}" if near else ""
            raise UnusableError(f"--vectors: no vector is called {name!r}{meant}")
    chosen = [known[name] for name in dict.fromkeys(wanted)]
    spoken_of = {requirement for vector in chosen for requirement in vector.requirements}
    selected = run.selected & spoken_of
    if not selected:
        raise UnusableError("--vectors: they say nothing of what is selected")
    return chosen, replace(run, selected=selected)
