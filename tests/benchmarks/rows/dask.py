"""What parting costs: a part of generated scripts that is sent, fetched and added up.

Beside it stands what a case takes to play and judge, so that the figure holds for any number of
workers: nothing but the adding up is done in one place. Needs no cluster.
"""

import pickle
import sys
import time
from functools import cache
from pathlib import Path

from stallproof.generate.failures import Settings
from stallproof.generate.parts import Part, PartPlayed, Playing, parts_of
from stallproof.judge.accumulator import Accumulator
from stallproof.requirements.registry import load_registry
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from tests.benchmarks.row import Figure, Goal, Pace, Row

_REFERENCE = (sys.executable, "-m", "stallproof.harness")
_SELECTED = frozenset(load_registry().select(["SD", "SC", "AP", "CX", "CF"]))
_CASES = 8_000
_TIMES = 20


@cache
def _part() -> Part:
    """Return a part as large as they become."""
    with VirtualHarness(_REFERENCE) as harness:
        hello = harness.hello
    header = trace_header(hello, profile="hardened", selected=_SELECTED, seed=1)
    asked = Settings(
        _REFERENCE, _CASES, 1, "hardened", _SELECTED, Path("failures"), lambda _step: None
    )
    return parts_of(asked, hello, header)[1]


def _took_to_play() -> tuple[float, PartPlayed]:
    """Return the processor time of playing and judging the part, in s, and what came of it."""
    part = _part()
    begun = time.process_time()
    played = part.played()
    return time.process_time() - begun, played


def _took_to_add(played: PartPlayed) -> float:
    """Return the processor time of taking the part from the wire and adding it up, in s."""
    part, data = _part(), pickle.dumps(played)
    with VirtualHarness(_REFERENCE) as harness:
        playing = Playing(_REFERENCE, harness, Accumulator(part.header), lambda _events: None)
        begun = time.process_time()
        for _ in range(_TIMES):
            pickle.dumps(part)
            playing.take(pickle.loads(data))
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


ROW = Row(
    number=26,
    name="parts of generated scripts, added up against played",
    unit="ratio",
    goal=Goal(at_most=0.005),
    measure=measure,
)
