"""What parting costs: a part of generated scripts that is sent, fetched and added up.

Beside it stands what a case takes to play and judge, so that the figure holds for any number of
workers: nothing but the adding up is done in one place. Needs no cluster.
"""

import pickle
import sys
import time
from functools import cache
from pathlib import Path

from stallproof.cluster.generating import sizes_of, tasks_of
from stallproof.cluster.playing import Task
from stallproof.generate.failures import Settings
from stallproof.generate.parts import series_of
from stallproof.generate.series import Part
from stallproof.requirements.registry import load_registry
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_REFERENCE = (sys.executable, "-m", "stallproof.harness")
_SELECTED = frozenset(load_registry().select(["SD", "SC", "AP", "CX", "CF"]))
_CASES = 8_000
_TIMES = 20
_TASK_S = 0.0042
"""What a task without work took, scheduler and all, with one worker on a busy machine."""
_START_S = 3.0
"""Until a worker has started the process that plays, and that a harness: assumed, not measured."""


@cache
def _task() -> Task:
    """Return a part as large as they become."""
    with VirtualHarness(_REFERENCE) as harness:
        hello = harness.hello
    header = trace_header(hello, profile="hardened", selected=_SELECTED, seed=1)
    asked = Settings(
        _REFERENCE, _CASES, 1, "hardened", _SELECTED, Path("failures"), lambda _step: None
    )
    return tasks_of(asked, header, hello)[1]


def _took_to_play() -> tuple[float, Part]:
    """Return the processor time of playing and judging the part, in s, and what came of it."""
    task = _task()
    begun = time.process_time()
    with VirtualHarness(task.command) as harness:
        played = task.played_by(harness)
    return time.process_time() - begun, played


def _took_to_add(played: Part) -> float:
    """Return the processor time of taking the part from the wire and adding it up, in s."""
    task, data = _task(), pickle.dumps(played)
    with VirtualHarness(_REFERENCE) as harness:
        series = series_of(_REFERENCE, task.header, harness, None)
        begun = time.process_time()
        for _ in range(_TIMES):
            pickle.dumps(task)
            series.add_part(pickle.loads(data))
        return (time.process_time() - begun) / _TIMES


def measure(pace: Pace) -> list[Figure]:
    """Return what is done in one place for a part, beside what is done for it on workers."""
    ours: list[float] = []
    beside: list[float] = []
    for _ in range(pace.pairs):
        took_s, played = _took_to_play()
        ours.append(_took_to_add(played))
        beside.append(took_s)
    return [Figure(case="a part of 500 scripts, in one place", ours=ours, beside=beside)]


def times_as_fast(
    workers: int, *, cases: int, case_s: float, add_s: float, task_s: float, start_s: float
) -> float:
    """Return how much sooner `workers` are through than one process, by arithmetic alone.

    `case_s`: a case, played and judged; `add_s`: a part, added up in one place; `task_s`: a task,
    handed out in one place; `start_s`: until a worker plays. The workers work in rounds of parts.
    """
    parts = len(sizes_of(cases))
    rounds = -(-parts // workers)
    on_workers_s = start_s + rounds * (cases / parts) * case_s
    return cases * case_s / max(on_workers_s, parts * (add_s + task_s))


def growth(pace: Pace) -> list[Growth]:
    """Return how a million scripts would go on more workers, by what a part costs here."""
    took_s, played = _took_to_play()
    add_s, case_s = _took_to_add(played), took_s / _task().count
    cases = max(1, int(1_000_000 * pace.scale))
    points: list[tuple[float, float, float | None]] = [
        (workers, times_as_fast(
            workers, cases=cases, case_s=case_s, add_s=add_s, task_s=_TASK_S, start_s=_START_S
        ), None)
        for workers in (1, 2, 4, 10, 30, 100, 300, 1_000)
    ]  # fmt: skip
    return [Growth(over="workers, on paper", unit="times as fast as one process", points=points)]


ROW = Row(
    number=26,
    name="parts of generated scripts, added up against played",
    unit="ratio",
    goal=Goal(at_most=0.005),
    measure=measure,
    growth=growth,
)
