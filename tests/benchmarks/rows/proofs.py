"""How long a whole run of the evidence takes: proofs with witnesses and mutants, models, search."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.row import Figure, Goal, Pace, Row

ROOT = Path(__file__).resolve().parents[3]
FULL_SCALE = 1.0
LIMITS_S = {"prove": 30.0, "models": 10.0, "search": 5.0}
"""The goal of each command, in seconds on two processors."""
PARTS = {"prove": ("--only", "rt"), "models": ("--only", "lock"), "search": ("--quick",)}
"""What is run of each when quick."""


def seconds(command: str, *arguments: str) -> float:
    """Return how long a command of the evidence takes, start of its processes included."""
    began_s = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "proofs", command, *arguments],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return time.monotonic() - began_s


def measure(pace: Pace) -> list[Figure]:
    """Run each command once: its searches and proofs are many samples of themselves."""
    is_full = pace.scale >= FULL_SCALE
    figures = []
    for command, limit_s in LIMITS_S.items():
        if command == "models" and shutil.which("spin") is None:
            figures.append(Figure(command, [], note="SPIN is not there"))
            continue
        arguments = () if is_full else PARTS[command]
        case = " ".join((command, *arguments))
        goal = Goal(at_most=limit_s) if is_full else None
        figures.append(Figure(case, [seconds(command, *arguments)], goal=goal, is_wall_clock=True))
    return figures


ROW = Row(
    number=12,
    name="proofs with witnesses and mutants; models; search",
    unit="s",
    measure=measure,
    is_more_better=False,
)
