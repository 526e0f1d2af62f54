"""Telling what was read without drowning in it: many reads, or many small frames, as one event."""

from collections.abc import Callable

from stallproof.runner.peer.frames import Frame
from stallproof.runner.peer.kernel import now_us
from stallproof.wire.event import PeerEvent
from stallproof.wire.peer import PeerFrame, PeerFrames, PeerRead

QUIET_US = 5_000
"""Reads less than this apart are one event (`spec/trace.md`)."""
_LONGEST_US = 100_000
"""However busy the connection, what was seen is told this often."""
RUN_MIN_FRAMES = 64
_SMALL_BYTES = 1024
_SEQUENCES = 65536


class Accumulator:
    """Collect the reads and frames of one connection and emit them as few events."""

    def __init__(self, conn: str, emit: Callable[[PeerEvent], None]) -> None:
        self._conn = conn
        self._emit = emit
        self.total_bytes = 0
        self._got_bytes = 0
        self._began_us = 0
        self._last_us = 0
        self._index = 0
        self._held: list[Frame] = []
        self._held_more = 0
        self._last: Frame | None = None
        self._held_since_us = 0

    def on_read(self, got_bytes: int, *, began_us: int, at_us: int) -> None:
        """Count a read that began at `began_us` and returned at `at_us`."""
        if self._got_bytes and began_us - self._last_us >= QUIET_US:
            self._flush_read()
        if not self._got_bytes:
            self._began_us = began_us
        self._got_bytes += got_bytes
        self.total_bytes += got_bytes
        self._last_us = at_us

    def on_frame(self, frame: Frame) -> None:
        """Tell of a whole frame, or hold it if it may be one of many alike."""
        if frame.wrong is not None or frame.send is None or frame.size_bytes > _SMALL_BYTES:
            self._flush_frames()
            self._emit_frame(frame)
            return
        if self._last is not None and not _follows(self._last, frame):
            self._flush_frames()
        if self._last is None:
            self._held_since_us = frame.at_us
        if len(self._held) < RUN_MIN_FRAMES:
            self._held.append(frame)
        else:
            self._held_more += 1
        self._last = frame

    def due_us(self) -> int | None:
        """Return when `flush` must be called next; `None` when nothing is held."""
        if self._got_bytes:
            due = min(self._last_us + QUIET_US, self._began_us + _LONGEST_US)
        elif self._last is not None:
            due = self._last.at_us + QUIET_US
        else:
            return None
        if self._last is not None:
            due = min(due, self._held_since_us + _LONGEST_US)
        return due

    def flush_if_due(self) -> None:
        """Tell what was held back for long enough."""
        due = self.due_us()
        if due is not None and now_us() >= due:
            self.flush()

    def flush(self) -> None:
        """Tell all that is held back."""
        self._flush_frames()
        self._flush_read()

    def _flush_read(self) -> None:
        if not self._got_bytes:
            return
        read = PeerRead(
            at_us=self._last_us, conn=self._conn, began_us=self._began_us,
            got_bytes=self._got_bytes, total_bytes=self.total_bytes,
        )  # fmt: skip
        self._got_bytes = 0
        self._emit(read)

    def _flush_frames(self) -> None:
        if self._last is None:
            return
        first, frames = self._held[0], len(self._held) + self._held_more
        if frames >= RUN_MIN_FRAMES:
            assert first.send is not None
            run = PeerFrames(
                at_us=self._last.at_us, conn=self._conn, index=self._index, frames=frames,
                size_bytes=first.size_bytes, first_sequence=first.sequence, first_send=first.send,
            )  # fmt: skip
            self._index += frames
            self._emit(run)
        else:
            for frame in self._held:
                self._emit_frame(frame)
        self._held = []
        self._held_more = 0
        self._last = None

    def _emit_frame(self, frame: Frame) -> None:
        index = self._index
        self._index += 1
        self._emit(
            PeerFrame(
                at_us=frame.at_us, conn=self._conn, index=index, kind=frame.kind,
                size_bytes=frame.size_bytes, began_us=frame.began_us, sequence=frame.sequence,
                send=frame.send, stream=frame.stream, stream_offset=frame.stream_offset,
                intact=frame.wrong is None, why=frame.wrong,
            )
        )  # fmt: skip


def _follows(last: Frame, frame: Frame) -> bool:
    """Tell whether `frame` is the next one of a run: one up in send and sequence, the same size."""
    if last.send is None or frame.send != last.send + 1 or frame.size_bytes != last.size_bytes:
        return False
    if last.sequence is None or frame.sequence is None:
        return last.sequence is None and frame.sequence is None
    return frame.sequence == (last.sequence + 1) % _SEQUENCES
