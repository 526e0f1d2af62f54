"""Scripts that are drawn, played by the reference in virtual time, and judged."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from stallproof.generate.failures import Settings
from stallproof.generate.simulated import generated_in_virtual_time
from stallproof.requirements.registry import load_registry
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.wire import codec
from stallproof.wire.events import AnyEvent
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_REFERENCE = (sys.executable, "-m", "stallproof.harness")
_SCRIPTS = 1_000
_LENGTHS = (250, 500, 1_000, 2_000, 4_000)
_SELECTED = frozenset(load_registry().select(["SD", "SC", "AP", "CX", "CF"]))


class _Played:
    """One run: how long it took, and what its trace holds."""

    def __init__(self, count: int) -> None:
        """Generate, play and judge `count` scripts; the harness is started before."""
        self.count = count
        self.events: list[AnyEvent] = []
        with VirtualHarness(_REFERENCE) as harness:
            asked = Settings(
                _REFERENCE, count, 1, "hardened", _SELECTED, Path("failures"), lambda step: None
            )
            harness_us, wall_s, own_s = harness.cpu_us(), time.perf_counter(), time.process_time()
            report = generated_in_virtual_time(asked, harness, self.events.extend)
            self.wall_s = time.perf_counter() - wall_s
            self.own_s = time.process_time() - own_s
            self.harness_s = (harness.cpu_us() - harness_us) / 1e6
        assert not [one.id for one in report.requirements if one.verdict == "fail"]

    def decoding_s(self) -> float:
        """Return the processor time that reading the trace takes, as objects of no type."""
        decode = msgspec.json.Decoder().decode
        lines = [codec.encode(event) for event in self.events]
        begun = time.process_time()
        for line in lines:
            decode(line)
        return time.process_time() - begun


def _warm() -> None:
    """Have everything imported, and the law read, before anything is measured."""
    _Played(50)


def measure(pace: Pace) -> list[Figure]:
    """Take scripts a second by the clock and by both processors, and beside a bare decoder."""
    _warm()
    count = max(200, round(_SCRIPTS * pace.scale))
    runs = [_Played(count) for _ in range(pace.pairs)]

    def samples(value: Callable[[_Played], float]) -> list[float]:
        return [count / value(run) for run in runs]

    own = samples(lambda run: run.own_s)
    return [
        Figure("drawn, played and judged", samples(lambda run: run.wall_s), None, False,
               is_wall_clock=True),
        Figure("a second of the oracle's processor", own, None, False, Goal()),
        Figure(
            "a second of the harness's processor", samples(lambda run: run.harness_s), None, False,
            Goal(),
        ),
        Figure("oracle, beside a bare decoder of its trace", own, samples(_Played.decoding_s),
               True, Goal()),
    ]  # fmt: skip


def growth(pace: Pace) -> list[Growth]:
    """Take the processor time of a script, both processes, over how many there are."""
    _warm()
    points: list[tuple[float, float, float | None]] = []
    for length in _LENGTHS:
        count = max(100, round(length * pace.scale))
        run = _Played(count)
        points.append((count, (run.own_s + run.harness_s) / count * 1e6, None))
    return [Growth("scripts", "us of processor time a script", points)]


ROW = Row(
    number=6,
    name="generated scripts in virtual time, drawn, played and judged",
    unit="scripts/s",
    measure=measure,
    goal=Goal(at_least=3_000.0),
    is_quick=True,
    growth=growth,
    is_more_better=True,
)
