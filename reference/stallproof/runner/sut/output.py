"""What a harness wrote: lines within limits on one pipe, its last words on the other.

The stall it guards against is the oracle's own: a harness that floods it, or never ends a line.
Spec: `spec/protocol.md`, which limits a line to 1 MiB.
"""

from collections.abc import Callable, Sequence

from stallproof.runner.sut.breakage import HarnessBroken, show
from stallproof.wire.protocol import LINE_MAX_BYTES

OUTPUT_MAX_BYTES = 64 * 1024 * 1024
_LAST_WORDS_BYTES = 4096
_FIRST_WORDS_BYTES = 1024
_LINES = 4
"""So many lines are shown of the end, and of the beginning if that is not shown anyway."""
_SHOWN_MAX = 600


class Output:
    """What one harness wrote so far; `on_lines` is called with lines and the time of reading."""

    def __init__(self, on_lines: Callable[[Sequence[bytes], int], None]) -> None:
        self._on_lines = on_lines
        self._words = b""
        self._first_words = b""
        self._line = b""
        self._heard_bytes = 0

    def begin_anew(self) -> None:
        """Count from here how much it may write: a case is over, and the next one begins."""
        self._heard_bytes = 0

    def on_output(self, data: bytes, heard_us: int) -> None:
        """Hand on the lines that `data` completes; raises `HarnessBroken` (garbage, flood)."""
        self._heard_bytes += len(data)
        *lines, self._line = (self._line + data).split(b"\n")
        for line in [*lines, self._line]:
            if len(line) > LINE_MAX_BYTES:
                size = f"longer than {LINE_MAX_BYTES} bytes"
                detail = f"The harness wrote a line {size}: {show(line)}"
                raise HarnessBroken("garbage", detail)
        self._on_lines(lines, heard_us)
        if self._heard_bytes > OUTPUT_MAX_BYTES:
            detail = f"The harness wrote more than {OUTPUT_MAX_BYTES >> 20} MiB."
            raise HarnessBroken("flood", detail)

    def on_errors(self, data: bytes) -> None:
        """Keep the beginning and the end of its standard error."""
        self._first_words = (self._first_words + data)[:_FIRST_WORDS_BYTES]
        self._words = (self._words + data)[-_LAST_WORDS_BYTES:]

    @property
    def unfinished_line(self) -> bytes:
        """What it wrote after its last whole line; empty if nothing."""
        return self._line

    def last_words(self) -> str:
        """Return the first and the last lines of its standard error for a reader.

        Some languages say what happened in the first line (a panic), others in the last one.
        """
        first, last = _lines(self._first_words), _lines(self._words)
        if not last:
            return "it wrote nothing to its standard error."
        told = "its last words were: " + " / ".join(last[-_LINES:])[-_SHOWN_MAX:]
        if len(last) <= _LINES:
            return told
        return f"its first words were: {' / '.join(first[:_LINES])[:_SHOWN_MAX]}; {told}"


def _lines(words: bytes) -> list[str]:
    lines = (line.strip() for line in words.decode(errors="replace").splitlines())
    return [line for line in lines if line]
