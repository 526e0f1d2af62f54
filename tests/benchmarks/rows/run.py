"""How long a whole run of the reference on the real clock takes, its start and its report included.

The number of scenarios that play at once is left to the run: the note says which it was, and why.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.row import Figure, Goal, Pace, Row

ROOT = Path(__file__).resolve().parents[3]
FULL_SCALE = 1.0
LIMIT_S = 15.0
RUNS = 3
PART = ("--only", "SD-3")
"""What is judged when quick."""


def run(*arguments: str) -> tuple[float, dict[str, object]]:
    """Return how many seconds a run takes, and its report."""
    began_s = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "stallproof", "conform", "--clock", "real", "--quiet",
         "--json", "-", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return time.monotonic() - began_s, json.loads(done.stdout)


def judged(case: str, arguments: tuple[str, ...], runs: int, goal: Goal | None) -> Figure:
    """Return the figure of so many runs; its note tells the jobs and the verdicts of the last."""
    seconds: list[float] = []
    report: dict[str, object] = {}
    for _ in range(runs):
        lasted_s, report = run(*arguments)
        seconds.append(lasted_s)
    volatile = report["volatile"]
    assert isinstance(volatile, dict)
    note = f"verdict {report['verdict']}, noise {report['noise_us']} us, {volatile['jobs_why']}"
    return Figure(case, seconds, is_ratio_of_pairs=False, goal=goal, note=note, is_wall_clock=True)


def measure(pace: Pace) -> list[Figure]:
    """Judge all of it three times, or a part of it once when quick."""
    if pace.scale < FULL_SCALE:
        return [judged(" ".join(PART), PART, 1, None)]
    return [judged("all", (), RUNS, Goal(at_most=LIMIT_S))]


ROW = Row(
    number=8,
    name="whole run of the reference on the real clock",
    unit="s",
    measure=measure,
    is_more_better=False,
)
