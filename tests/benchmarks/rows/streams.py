"""Streams with a window and acknowledgements, beside the same chunks sent without either.

It is the processor time of the sending end: how long a chunk takes is up to its receiver too, which
does more for ours.
"""

import contextlib
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

from stallproof import GuardedConnection, Policy, StreamSender
from tests.benchmarks.measure import child, connected, counted, drained, in_turn, pinned
from tests.benchmarks.results import value_of
from tests.benchmarks.row import Figure, Growth, Pace, Row

_CHUNKS = 1024
"""How many chunks all streams of a sample have together.

Not less when quick: what a stream costs at its beginning would weigh more than in a whole run.
"""
_STREAMS = (1, 2, 4, 8, 16, 32)
_SHOWN = (1, 8, 32)
_CHUNK = bytes(64 * 1024)
_HEAD = bytes(32)
_TIMEOUT_S = 30.0
_NOTE = "here, and below, ours takes in acknowledgements; the other gets none"


class Streams:
    """The sending end of a connection whose peer is `stream_end.py`."""

    def __init__(self, conn: GuardedConnection, peer: "subprocess.Popen[str]") -> None:
        self._conn = conn
        self._peer = peer
        self._numbers = itertools.count(1)

    def processor_us(self, streams: int, chunks: int) -> float:
        """Send `chunks` of each of `streams`, all acknowledged; return the us of a chunk."""
        numbers = [next(self._numbers) for _ in range(streams)]
        self._tell(f"{numbers[0]} {streams}")
        threads = [threading.Thread(target=self._run, args=(one, chunks)) for one in numbers]
        begun = time.process_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._hear("done")
        return (time.process_time() - begun) / (streams * chunks) * 1e6

    def _run(self, number: int, chunks: int) -> None:
        sender = StreamSender(self._conn, number, chunks * len(_CHUNK))
        sender.run(itertools.repeat(_CHUNK, chunks))

    def _tell(self, words: str) -> None:
        assert self._peer.stdin is not None
        self._peer.stdin.write(words + "\n")
        self._peer.stdin.flush()
        self._hear("ready")

    def _hear(self, word: str) -> None:
        assert self._peer.stdout is not None
        if self._peer.stdout.readline().strip() != word:
            raise RuntimeError("the receiver of the streams ended")


@contextlib.contextmanager
def _ours() -> Iterator[Streams]:
    near, far = connected("unix")
    words = [sys.executable, "-m", "tests.benchmarks.stream_end", str(far.fileno())]
    with child(words, far.fileno(), 1) as peer:
        far.close()
        with pinned(0):
            conn = GuardedConnection(near, Policy(), "sender")
            yield Streams(conn, peer)
            conn.close()
            conn.wait_finished(_TIMEOUT_S)


def _pairs(streams: int, pace: Pace) -> tuple[list[float], list[float]]:
    chunks = _CHUNKS // streams
    with drained() as other, _ours() as ours:
        other.settimeout(_TIMEOUT_S)
        lock = threading.Lock()

        def beside() -> float:
            begun = time.process_time()
            for _ in range(chunks * streams):
                with lock:
                    other.sendall(_HEAD + _CHUNK)
            return (time.process_time() - begun) / (chunks * streams) * 1e6

        return in_turn(lambda: ours.processor_us(streams, chunks), beside, pace.pairs)


def measure(pace: Pace) -> list[Figure]:
    """Take the processor time of a chunk, from the first byte to the last acknowledgement."""
    return [
        Figure(
            f"{counted(streams, 'stream')} at once, chunks of 64 KiB, Unix",
            *_pairs(streams, pace),
            note="" if number else _NOTE,
        )
        for number, streams in enumerate(_SHOWN)
    ]


def growth(pace: Pace) -> list[Growth]:
    """Say how the cost of a chunk grows with the streams that share a connection."""
    points: list[tuple[float, float, float | None]] = []
    for streams in _STREAMS:
        ours, beside = _pairs(streams, pace)
        points.append((streams, value_of(ours).median, value_of(beside).median))
    return [Growth("streams at once", "us of processor a chunk", points)]


ROW = Row(
    number=23,
    name="processor time of a chunk of a stream with its acknowledgement, beside settimeout",
    unit="us",
    measure=measure,
    is_quick=True,
    is_more_better=False,
    growth=growth,
)
