"""Tell a run with streams: four chunks fit into the window, and everything is heard at once.

By default a chunk is ready, begun and arrived at the same microsecond, so that every bound can be
hit exactly. Streams are on connection `a` unless a story says otherwise.
"""

from typing import Any, Literal, Self

from stallproof.wire import events as ev
from tests.judge.story import MS, T0_US, S, Story

CHUNK_BYTES = 1000
WINDOW_BYTES = 4 * CHUNK_BYTES
FULL_BYTES = WINDOW_BYTES + CHUNK_BYTES
"""What is sent when the sender stops at the window, with nothing acknowledged."""
FITS = 5
"""How many chunks begin before the first wait."""
CHUNKS = 12
TIMEOUT_US = 500 * MS
INTERVAL_US = 100 * MS
ACK_WAIT_US = 1 * S
ASKED_US = 100 * MS
AP_KNOBS = {
    "ack_progress_timeout_us": TIMEOUT_US,
    "ack_check_interval_us": INTERVAL_US,
    "ack_wait_us": ACK_WAIT_US,
    "window_bytes": WINDOW_BYTES,
    "chunk_bytes": CHUNK_BYTES,
}
End = Literal["done", "no_progress", "ack_wait", "ack_error", "send_failed", "cancelled"]


class StreamStory(Story):
    """One run with streams, told event by event."""

    def __init__(self, name: str, **knobs: int) -> None:
        super().__init__(name, requirements=(), **{**AP_KNOBS, **knobs})

    # --- what the oracle asks ---------------------------------------------------------------------

    def stream(
        self,
        stream: int = 1,
        at_us: int = ASKED_US,
        *,
        conn: str = "a",
        chunks: int = CHUNKS,
        pauses_us: tuple[int, ...] = (),
        start_after_us: int = 0,
    ) -> Self:
        """A stream is asked for and made at once."""
        self.ask(
            "stream",
            at_us,
            at_us,
            conn=conn,
            stream=stream,
            total_bytes=chunks * CHUNK_BYTES,
            chunk_ready_us=list(pauses_us),
            start_after_us=start_after_us,
        )
        return self.add(ev.StreamMade(conn=conn, stream=stream, **self._said(at_us)))

    def ack(
        self,
        offset: Any,
        at_us: int,
        *,
        stream: int = 1,
        conn: str = "a",
        origin: str | None = None,
        error: str | None = None,
        why: str | None = None,
        reported: bool = True,
    ) -> Self:
        """An ACK, taken at once; `why`: what the implementation says is wrong with it."""
        self.ask(
            "ack", at_us, at_us, conn=conn, stream=stream, offset=offset, origin=origin, error=error
        )
        if not reported:
            return self
        word = ev.AckReceived(
            conn=conn,
            stream=stream,
            offset=offset,
            accepted=why is None,
            why=why,
            origin=origin,
            **self._said(at_us),
        )
        return self.add(word)

    def cancel(self, at_us: int, *, stream: int = 1, conn: str = "a") -> Self:
        return self.ask("cancel", at_us, at_us, conn=conn, stream=stream)

    # --- what the implementation does -------------------------------------------------------------

    def ready(self, at_us: int, *, stream: int = 1, conn: str = "a") -> Self:
        """The source hands over the next chunk."""
        said = self._said(at_us)
        return self.add(ev.ChunkReady(conn=conn, stream=stream, chunk_bytes=CHUNK_BYTES, **said))

    def chunk(
        self,
        index: int,
        at_us: int,
        *,
        stream: int = 1,
        conn: str = "a",
        size_bytes: int = CHUNK_BYTES,
    ) -> Self:
        """Chunk `index` arrives."""
        self.frame(conn, None, at_us, size_bytes=size_bytes)
        frame = self.told.pop()
        assert isinstance(frame, ev.PeerFrame)
        offset = index * CHUNK_BYTES
        changes: dict[str, Any] = {"stream": stream, "stream_offset": offset}
        return self.add(ev.PeerFrame(**{**_fields(frame), **changes}))

    def chunks(
        self, first: int, last: int, at_us: int, *, stream: int = 1, conn: str = "a"
    ) -> Self:
        """Chunks `first` to `last` are ready, and arrive."""
        for index in range(first, last + 1):
            self.ready(at_us, stream=stream, conn=conn)
            self.chunk(index, at_us, stream=stream, conn=conn)
        return self

    def fill(self, at_us: int = ASKED_US, *, stream: int = 1, conn: str = "a") -> Self:
        """The sender fills the window, and waits with one chunk more."""
        self.chunks(0, FITS - 1, at_us, stream=stream, conn=conn)
        return self.ready(at_us, stream=stream, conn=conn)

    def over(
        self,
        at_us: int,
        outcome: End = "no_progress",
        *,
        stream: int = 1,
        conn: str = "a",
        acknowledged: int | None = None,
        notices: int | None = None,
    ) -> Self:
        """The stream ends; the watchdog sends one notice unless a story says otherwise."""
        said = self._said(at_us)
        end = ev.StreamEnded(
            conn=conn, stream=stream, outcome=outcome, acknowledged=acknowledged, **said
        )
        self.add(end)
        watchdog = outcome in ("no_progress", "ack_wait")
        for _ in range(int(watchdog) if notices is None else notices):
            self.frame(conn, None, at_us, size_bytes=24, kind="other")
        return self

    def begun(self, index: int, at_us: int, *, stream: int = 1, conn: str = "a") -> Self:
        """By its own word the send of chunk `index` begins."""
        offset = (index + 1) * CHUNK_BYTES
        return self.add(ev.ChunkBegun(conn=conn, stream=stream, offset=offset, **self._said(at_us)))

    def last_end_us(self) -> int:
        """Return when the stream that ended last did so."""
        return max(e.at_us - T0_US for e in self.told if isinstance(e, ev.StreamEnded))

    def used(self, began_us: int, at_us: int, used_us: int) -> Self:
        return self.add(
            ev.ProcessorUsed(at_us=T0_US + at_us, began_us=T0_US + began_us, used_us=used_us)
        )


def _fields(frame: ev.PeerFrame) -> dict[str, Any]:
    return {name: getattr(frame, name) for name in frame.__struct_fields__ if name != "seen_by"}
