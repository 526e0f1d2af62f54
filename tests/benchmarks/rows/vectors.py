"""All installed vectors: read, played by the reference in virtual time, and judged."""

import sys
import time

from stallproof.judge.offline import report_on
from stallproof.requirements.registry import load_registry
from stallproof.requirements.vectors import Vector, load_all
from stallproof.runner.sut.virtual import AHEAD, VirtualHarness
from stallproof.runner.virtual_runs import trace_header
from stallproof.wire.ending import last_event, scenarios_in
from stallproof.wire.events import AnyEvent
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_REFERENCE = (sys.executable, "-m", "stallproof.harness")
_EVERY = frozenset(one.id for one in load_registry().requirements)
_PARTS = (8, 4, 2, 1)


def _played(harness: VirtualHarness, vectors: list[Vector]) -> list[AnyEvent]:
    """Play `vectors` as `conform --clock virtual` does: some of them are under way at once."""
    events: list[AnyEvent] = []
    plays = [harness.begin(one) for one in vectors[:AHEAD]]
    for place, _vector in enumerate(vectors):
        plays += [harness.begin(one) for one in vectors[place + AHEAD : place + AHEAD + 1]]
        events += harness.run_of(plays[place])
    return events


def _judged(harness: VirtualHarness, events: list[AnyEvent]) -> None:
    header = trace_header(harness.hello, profile="hardened", selected=_EVERY)
    report = report_on([header, *events, last_event(scenarios_in(events), None)])
    assert not [one.id for one in report.requirements if one.verdict == "fail"]


def _sample(harness: VirtualHarness, vectors: list[Vector]) -> tuple[float, float, float, float]:
    """Return how long playing and judging took, by the clock and of this process."""
    begun, begun_cpu = time.perf_counter(), time.process_time()
    events = _played(harness, vectors)
    played, played_cpu = time.perf_counter(), time.process_time()
    _judged(harness, events)
    judged, judged_cpu = time.perf_counter(), time.process_time()
    return played - begun, judged - played, played_cpu - begun_cpu, judged_cpu - played_cpu


def measure(pace: Pace) -> list[Figure]:
    """Take the seconds for all vectors; the harness is started before, and is not measured."""
    vectors = load_all()
    with VirtualHarness(_REFERENCE) as harness:
        _sample(harness, vectors[:60])
        taken = [_sample(harness, vectors) for _ in range(pace.pairs)]
    reading = []
    for _ in range(pace.pairs):
        begun = time.process_time()
        load_all()
        reading.append(time.process_time() - begun)
    return [
        Figure(
            "played and judged",
            [one[0] + one[1] for one in taken],
            None,
            False,
            is_wall_clock=True,
        ),
        Figure("judged, processor time", [one[3] for one in taken], None, False),
        Figure("played, the oracle's processor time", [one[2] for one in taken], None, False),
        Figure("read and checked, processor time", reading, None, False, Goal()),
    ]


def growth(pace: Pace) -> list[Growth]:
    """Take the processor time of a vector, played and judged, over how many there are."""
    vectors = load_all()
    points: list[tuple[float, float, float | None]] = []
    with VirtualHarness(_REFERENCE) as harness:
        _sample(harness, vectors[:60])
        for part in _PARTS:
            some = vectors[::part]
            _, _, playing_s, judging_s = _sample(harness, some)
            points.append((len(some), (playing_s + judging_s) / len(some) * 1e6, None))
    return [Growth("vectors", "us of the oracle's processor time a vector", points)]


ROW = Row(
    number=7,
    name="all vectors in virtual time, played and judged",
    unit="s",
    measure=measure,
    goal=Goal(at_most=0.25),
    is_quick=True,
    growth=growth,
    is_more_better=False,
)
