"""`stallproof check` beside the bare decoding of the same lines, as objects of no type."""

import time
from pathlib import Path

import msgspec

from stallproof.judge.offline import check_traces
from tests.benchmarks import traces
from tests.benchmarks.row import Figure, Goal, Growth, Pace, Row

_SCRIPTS = 1_000
_LENGTHS = (125, 250, 500, 1_000, 2_000)


def _judged_us(path: Path, events: int) -> float:
    """Return the processor time of an event when the trace is judged, in us."""
    begun = time.process_time()
    check_traces([path], profile=None, selected=None)
    return (time.process_time() - begun) / events * 1e6


def _decoded_us(lines: list[bytes]) -> float:
    """Return the processor time of a line when it is only decoded, in us."""
    decode = msgspec.json.Decoder().decode
    begun = time.process_time()
    for line in lines:
        decode(line)
    return (time.process_time() - begun) / len(lines) * 1e6


def _pairs(path: Path, pairs: int) -> tuple[list[float], list[float]]:
    """Return events a microsecond, of judging and of decoding, taken in turn after one of each."""
    lines = path.read_bytes().splitlines()
    _judged_us(path, len(lines))
    judged: list[float] = []
    decoded: list[float] = []
    for _ in range(pairs):
        decoded.append(1 / _decoded_us(lines))
        judged.append(1 / _judged_us(path, len(lines)))
    return judged, decoded


def measure(pace: Pace) -> list[Figure]:
    """Take the share of a bare decoder's pace that judging reaches, for traces of the oracle."""
    made = {
        "generated scripts": traces.generated(max(100, round(_SCRIPTS * pace.scale))),
        "all vectors": traces.vectors(),
    }
    if pace.scale >= 1:
        made["on sockets"] = traces.on_sockets()
    return [Figure(case, *_pairs(path, pace.pairs)) for case, path in made.items()]


def growth(pace: Pace) -> list[Growth]:
    """Take the processor time of an event over the length of the trace."""
    points: list[tuple[float, float, float | None]] = []
    for scripts in _LENGTHS:
        path = traces.generated(max(10, round(scripts * pace.scale)))
        lines = path.read_bytes().splitlines()
        _judged_us(path, len(lines))
        points.append((len(lines), _judged_us(path, len(lines)), _decoded_us(lines)))
    return [Growth("events in the trace", "us an event", points)]


ROW = Row(
    number=9,
    name="check of a trace, beside decoding its lines",
    unit="of the decoder's events a second",
    goal=Goal(at_least=0.25),
    is_quick=True,
    measure=measure,
    growth=growth,
)
