"""For the tests of clusters: what is judged here and elsewhere, and how the two are compared."""

import pickle
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from stallproof.cluster.connection import Cluster
from stallproof.cluster.generating import PartsOnCluster
from stallproof.cluster.playing import Task
from stallproof.generate.failures import Settings
from stallproof.generate.run import run_generated
from stallproof.generate.series import Part
from stallproof.judge.chunks import Chunk, ChunkJudged
from stallproof.reports.json_report import encode_report
from stallproof.runner.sut.virtual import VirtualHarness
from stallproof.wire.events import TraceBegun
from stallproof.wire.protocol import Hello
from tests.generate.generated_bench import EVERY

COUNT = 150
SEED = 1
DIES_OF_ONE_BYTE = (
    "stallproof.machines.send_deadline",
    "    torn = send.written_bytes > 0\n",
    "    torn = send.written_bytes > 0\n"
    "    if send.written_bytes == 1:\n"
    "        __import__('os')._exit(7)\n",
)
_T = TypeVar("_T")
Outcome = tuple[bytes, bytes, dict[str, bytes]]
"""The report without what differs between equal runs, the trace, and the files of failures."""


def sent(value: _T) -> _T:
    """Return what arrives of `value` in another process."""
    arrived: _T = pickle.loads(pickle.dumps(value))
    return arrived


class Apart:
    """Stands for a cluster: what is sent to it is played at once, with a harness for each part."""

    caller = "apart"

    def require_fit(self, program: str | None, cwd: str | None = None) -> None:
        """Take any program."""

    def in_order(self, function: object, tasks: Iterable[Task]) -> Iterator[Part]:
        """Play each part as a worker does, but for the processes."""
        for task in tasks:
            arrived = sent(task)
            with VirtualHarness(arrived.command) as harness:
                yield sent(arrived.played_by(harness))


def played_apart(asked: Settings, header: TraceBegun, hello: Hello) -> PartsOnCluster:
    """Return the parts of what is asked for, each played by itself."""
    return PartsOnCluster(cast("Cluster", Apart()), asked, header, hello)


def judged_apart(chunks: Iterable[Chunk]) -> Iterator[ChunkJudged]:
    """Judge each chunk as a worker does."""
    return (sent(sent(chunk).judged()) for chunk in chunks)


def outcome(command: tuple[str, ...], folder: Path, **more: Any) -> Outcome:
    """Judge by generated scripts; the current folder gets what they write."""
    trace = folder / "run.jsonl"
    options: dict[str, Any] = {
        "count": COUNT, "seed": SEED, "clock": "virtual", "profile": "hardened",
        "selected": EVERY, "grace_us": None, "progress": lambda step: None,
    }  # fmt: skip
    report = run_generated(
        command, trace_path=trace, failure_dir=Path("failures"), **options | more
    )
    files = {path.name: path.read_bytes() for path in sorted(Path("failures").glob("*.json"))}
    return encode_report(msgspec.structs.replace(report, volatile={})), trace.read_bytes(), files
