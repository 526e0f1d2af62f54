"""Where traces come from: files, pipes and standard input, each of which is read once."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from stallproof.judge.chunks import Chunk, ChunkJudged, chunks_of
from stallproof.judge.evidence.arrange import Splitter
from stallproof.judge.one_by_one import OneByOne
from stallproof.wire.codec import TraceError, blocks_of, read_blocks
from stallproof.wire.events import AnyEvent, TraceBegun

STDIN = Path("-")

Elsewhere = Callable[[Iterator[Chunk]], Iterator[ChunkJudged]]
"""What judges chunks, wherever that is, and yields what was seen in their order."""


class Source:
    """One trace, whose first line is read before its turn comes.

    By what the runs of several traces are judged is said in the first lines of all of them. What is
    wrong with a first line is told in its turn, as everything is.
    """

    def __init__(self, path: Path, *, is_alone: bool) -> None:
        """Read the first line of `path`; `is_alone`: nothing has to be read before the rest."""
        self._path = path
        self._name = "standard input" if path == STDIN else str(path)
        self._error: TraceError | None = None
        self._split: Splitter | None = None
        self.header: TraceBegun | None = None
        try:
            self._split = Splitter(self._blocks())
            self.header = self._split.header
        except TraceError as error:
            self._error = error
        if path.is_file() and not is_alone:
            # It can be opened anew, and there may be more files than may be open at a time.
            self._split = None

    def take(self, judged: OneByOne | None, elsewhere: Elsewhere | None = None) -> TraceBegun:
        """Judge all runs and return the header as it is at the end; `None`: they are only read.

        `elsewhere` judges the chunks of a file; a pipe is read once, and is judged here.
        Raises `TraceError` naming file and, where there is one, the line.
        """
        try:
            if self._error is not None:
                raise self._error
            split = Splitter(self._blocks()) if self._split is None else self._split
            if judged is not None and elsewhere is not None and self._path.is_file():
                self._take_from(elsewhere, judged, split)
                return split.header
            for run in split:
                if judged is not None:
                    judged.add(run)
        except TraceError as error:
            named = str(error).startswith(self._name)
            raise error if named else TraceError(f"{self._name}: {error}") from error
        return split.header

    def _take_from(self, elsewhere: Elsewhere, judged: OneByOne, split: Splitter) -> None:
        """Add up what is seen elsewhere, in the order of the trace."""
        for chunk in elsewhere(chunks_of(self._path, split.header, judged.in_scope)):
            for run, seen in chunk.runs:
                judged.add_seen(run, seen)
            if chunk.counted is None:
                raise TraceError(chunk.error or "a chunk of it cannot be read")
            split.take(chunk.counted)
        split.end()

    def _blocks(self) -> Iterator[Sequence[AnyEvent]]:
        if self._path == STDIN:
            return blocks_of(sys.stdin.buffer, self._name)
        return read_blocks(self._path)
