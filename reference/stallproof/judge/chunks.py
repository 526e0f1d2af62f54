"""A trace cut into chunks, each of which is judged by itself, by somebody else if need be.

The intuition: what the rules see in one run says nothing of another, and seeing it is what takes
the time. So whoever gets some runs as they stand in the file decodes them and says what is seen in
each. Adding that up costs little, and is done in one place and in the order of the trace: the
report is the same to the letter.

The use: `chunks_of(path, header, in_scope)` cuts, `Chunk.judged()` judges anywhere.

The complication: a trace is cut without reading it, in front of a line `scenario` as the oracle
writes it. A trace with other words in that place is judged all the same, in one chunk.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import UNSET

from stallproof.judge.evaluate import Evaluated, evaluate_run
from stallproof.judge.evidence.arrange import Counted, Splitter
from stallproof.judge.evidence.happened import tale_of
from stallproof.judge.evidence.run import Run
from stallproof.judge.remembered import transports_of
from stallproof.judge.trouble import accused_in
from stallproof.wire.codec import TraceError, blocks_of
from stallproof.wire.events import TraceBegun

CHUNK_BYTES = 1024 * 1024
"""A chunk has so many bytes, and the rest of its last run."""
_CUT = b'\n{"event":"scenario",'

Seen = dict[tuple[str, str | None], Evaluated]


@dataclass(frozen=True, slots=True)
class ChunkJudged:
    """What was seen in each run of a chunk, and what is wrong with it after these, if anything."""

    runs: list[tuple[Run, Seen]]
    counted: Counted | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some runs of the trace `name` as lines, with the number of lines before them.

    `header` is that of the trace, `None` for the chunk that begins with it.
    """

    name: str
    before: int
    lines: bytes
    header: TraceBegun | None
    in_scope: frozenset[str]

    def judged(self) -> ChunkJudged:
        """Return what is seen in the runs; never raises for what a trace holds."""
        runs: list[tuple[Run, Seen]] = []
        try:
            blocks = blocks_of(BytesIO(self.lines), self.name, self.before)
            split = Splitter(blocks if self.header is None else chain([[self.header]], blocks))
            for run in split.runs_only():
                seen = evaluate_run(run, self.in_scope)
                runs.append((outlined(run), seen))
        except TraceError as error:
            return ChunkJudged(runs, error=str(error))
        return ChunkJudged(runs, split.counted())


def chunks_of(path: Path, header: TraceBegun, in_scope: frozenset[str]) -> Iterator[Chunk]:
    """Yield the chunks of the trace file `path`; raises `TraceError` where it cannot be read."""
    later = msgspec.structs.replace(header, interrupted=UNSET)
    before, first = 0, True
    for lines in _cut(path):
        yield Chunk(str(path), before, lines, None if first else later, in_scope)
        before += lines.count(b"\n")
        first = False


def _cut(path: Path) -> Iterator[bytes]:
    """Yield the bytes of `path`, cut in front of scenarios."""
    held = b""
    try:
        with path.open("rb") as file:
            while block := file.read(CHUNK_BYTES):
                held += block
                # What was held before has no place to cut, but one may have begun at its end.
                place = held.rfind(_CUT, max(0, len(held) - len(block) - len(_CUT) + 1))
                if place > 0:
                    yield held[: place + 1]
                    held = held[place + 1 :]
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from error
    if held:
        yield held


def outlined(run: Run) -> Run:
    """Return `run` without its events, for whoever adds up what was seen in many."""
    return Run(
        begun=run.begun,
        events=[],
        clock_uncertainty_us=run.clock_uncertainty_us,
        monitor_form=run.monitor_form,
        monitor_slack_us=run.monitor_slack_us,
        monitor_period_us=run.monitor_period_us,
        ended=run.ended,
        broken=run.broken,
        unsupported=run.unsupported,
        memo={
            **{"of": 0, "kinds": {}, "times": {}},
            **{"tale": tale_of(run), "transports": transports_of(run), "accused": accused_in(run)},
        },
    )
