"""Exploration of the real step functions: what `python -m proofs search` does, by one process."""

from __future__ import annotations

import time

from proofs.search.running import search_one
from proofs.search.searches import SEARCHES
from tests.benchmarks.row import Figure, Goal, Pace, Row

FULL_SCALE = 1.0


def rate(name: str, number: int) -> float:
    """Return the transitions of one setting in a second of processor time."""
    began_s = time.process_time()
    found = search_one(name, number)
    return found.transitions / (time.process_time() - began_s)


def measure(pace: Pace) -> list[Figure]:
    """Search one setting of each search: its largest one in full, and its first when quick."""
    figures = []
    for name, search in SEARCHES.items():
        last = len(search.settings) - 1
        number = last if pace.scale >= FULL_SCALE else 0
        case = f"{name}: {search.settings[number].name}"
        figures.append(Figure(case, [rate(name, number) for _ in range(pace.pairs)]))
    return figures


ROW = Row(
    number=11,
    name="exploration of the step functions, every law judged, one process",
    unit="transitions/s",
    measure=measure,
    goal=Goal(at_least=500_000.0),  # Two processes search, and a million is to be explored.
    is_more_better=True,
)
