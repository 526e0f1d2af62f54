"""One stream as a play sees it: ask for it, acknowledge it, watch where it stands and how it ends.

The oracle is the receiver of the stream: the peer reads its chunks, and what it acknowledges goes
to the implementation by way of `ack`. Plays use connections without heartbeats, so that a notice is
the only frame that may follow the last chunk.

Spec: `spec/protocol.md`, "Streams", and `spec/ap.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from stallproof.runner.peer import building
from stallproof.runner.scenarios.context import Context, now_us, sleep_s
from stallproof.runner.scenarios.jumping import jump_midway
from stallproof.runner.sut.answers import Unsupported
from stallproof.runner.sut.aside import begun
from stallproof.runner.sut.breakage import HarnessBroken
from stallproof.wire import events as ev
from stallproof.wire.events import (
    AckReceived,
    AnyEvent,
    ChunkReady,
    PeerFrame,
    StreamEnded,
    StreamMade,
)

MADE_WITHIN_S = 5.0
"""A harness that declares streams has to say that it made one (`spec/protocol.md`)."""
COMES_WITHIN_S = 4.0
"""How long the next step of a healthy stream may take, pauses of its source included."""
ANSWERED_WITHIN_S = 1.0
LOOKS_AGAIN_S = 1.0
"""A failure that is due is not awaited for longer than this, however long the check interval."""
MARGIN_S = 0.05
CHUNKS = 12
"""More than a window holds, so that chunks are left to send."""
ACK_EVERY_S = 0.1
STEP_BYTES = 8
"""Progress that is far from opening the window."""


@dataclass(frozen=True)
class Flow:
    """Stream number `stream` of `total_bytes` on connection `conn`."""

    context: Context
    conn: str
    stream: int
    total_bytes: int

    # --- what the receiver and the caller do ------------------------------------------------------

    def ack(
        self, offset: Any, *, origin: str | None = None, error: str | None = None,
        by_wire: bool | None = None,
    ) -> None:  # fmt: skip
        """Acknowledge up to `offset`, any JSON; wait until it was taken, or long enough.

        `origin`: `None` for the receiver of this stream. `error`: the text of an error ACK.
        `by_wire`: over the connection, `None`: as in the other ACKs of this repetition. What the
        declared form of an ACK cannot carry is handed over by the operation.
        """
        harness, layout = self.context.harness, self.context.harness.hello.frames
        goes = self.context.acks_by_wire if by_wire is None else by_wire
        if goes and origin is None and building.carries_ack(layout, self.stream, offset, error):
            self._ack_by_wire(offset, error)
            return
        pending = harness.post(
            "ack", conn=self.conn, stream=self.stream, offset=offset, origin=origin, error=error
        )
        harness.wait(pending, ANSWERED_WITHIN_S)

    def _ack_by_wire(self, offset: int, error: str | None) -> None:
        sent_us = now_us()
        self.context.peer.send_ack(self.conn, self.stream, offset, error)

        def wanted(event: AnyEvent) -> bool:
            if not isinstance(event, AckReceived) or event.stream != self.stream:
                return False
            return event.offset == offset and (event.heard_us or event.at_us) >= sent_us

        self.context.record.wait_for(wanted, ANSWERED_WITHIN_S)

    def cancel(self) -> None:
        """Cancel the stream; an implementation that has no means to is recorded as such."""
        harness = self.context.harness
        try:
            harness.wait(
                harness.post("cancel", conn=self.conn, stream=self.stream), ANSWERED_WITHIN_S
            )
        except Unsupported:
            self.context.record.add(ev.Unsupported(at_us=now_us(), feature="cancel"))

    def acknowledge(self, interval_bytes: int, acknowledged: int = 0) -> None:
        """Receive to the end: acknowledge whenever `interval_bytes` more have arrived."""
        while acknowledged < self.total_bytes:
            frame = self.arrived(min(acknowledged + interval_bytes, self.total_bytes))
            if frame is None:
                return
            acknowledged = _end(frame)
            self.ack(acknowledged)

    # --- what it waits for ------------------------------------------------------------------------

    def arrived(self, end: int, timeout_s: float = COMES_WITHIN_S) -> PeerFrame | None:
        """Wait until the peer has the chunk that reaches byte `end`; `None` if that never comes."""

        def wanted(event: AnyEvent) -> bool:
            if isinstance(event, PeerFrame):
                return event.stream == self.stream and _end(event) >= end
            # What was done may be heard of before the peer has told of the last chunk.
            return self._is_end(event) and getattr(event, "outcome", None) != "done"

        event = self.context.record.wait_for(wanted, timeout_s)
        return event if isinstance(event, PeerFrame) else None

    def ready(self, chunks: int, timeout_s: float = COMES_WITHIN_S) -> int | None:
        """Wait until the source has handed over so many chunks; return when that was heard."""
        heard = 0

        def wanted(event: AnyEvent) -> bool:
            nonlocal heard
            heard += isinstance(event, ChunkReady) and event.stream == self.stream
            return heard >= chunks or self._is_end(event)

        event = self.context.record.wait_for(wanted, timeout_s)
        return event.heard_us if isinstance(event, ChunkReady) else None

    def waits(self, acknowledged: int = 0, *, jumps: bool = True) -> int | None:
        """Wait until the sender has stopped at the window with a chunk ready; return when.

        `None` if it never does: because it failed before, say. With `jumps` the wall clock jumps
        then, in some repetitions.
        """
        chunk_bytes = self.context.policy["chunk_bytes"]
        begun = (acknowledged + self.context.policy["window_bytes"]) // chunk_bytes + 1
        at_us = self.ready(begun + 1)
        if at_us is None:
            return None
        self.arrived(begun * chunk_bytes, ANSWERED_WITHIN_S)
        if jumps:
            jump_midway(self.context)
        return at_us

    def over(self, timeout_s: float) -> StreamEnded | None:
        """Wait for the outcome; `None` if there is none in time."""
        event = self.context.record.wait_for(self._is_end, timeout_s)
        return event if isinstance(event, StreamEnded) else None

    def fails(self) -> None:
        """Wait until the stream has failed for want of progress; cancel it if it does not."""
        context = self.context
        looks_s = min(context.knob_s("ack_check_interval_us"), LOOKS_AGAIN_S)
        longest_s = context.knob_s("ack_progress_timeout_us") + looks_s + context.patience_s
        if self.over(longest_s) is None:
            self.cancel()
            self.over(ANSWERED_WITHIN_S)

    def _is_end(self, event: AnyEvent) -> bool:
        return isinstance(event, StreamEnded) and event.stream == self.stream


def _end(chunk: PeerFrame) -> int:
    return (chunk.stream_offset or 0) + chunk.size_bytes


def begin(
    context: Context,
    conn: str,
    chunks: int,
    *,
    chunk_ready_us: Sequence[int] = (),
    start_after_us: int = 0,
) -> Flow:
    """Ask for a stream of so many chunks and wait until it is made; raises `HarnessBroken` if not.

    `chunk_ready_us`: the pauses of its source before chunk 0, 1, ...; none where it is too short.
    """
    flow = Flow(context, conn, next(context.stream_numbers), chunks * context.policy["chunk_bytes"])
    context.harness.request(
        "stream",
        conn=conn,
        stream=flow.stream,
        total_bytes=flow.total_bytes,
        chunk_ready_us=list(chunk_ready_us),
        start_after_us=start_after_us,
    )
    made = context.record.wait_for(
        lambda e: isinstance(e, StreamMade) and e.stream == flow.stream, MADE_WITHIN_S
    )
    if made is None:
        detail = "The harness answered 'stream' as carried out, and never said 'stream_made'."
        raise HarnessBroken("protocol", detail)
    return flow


def side_by_side(*acts: Callable[[], None]) -> None:
    """Play several acts at once, each on a thread of its own; raises what the first one raised.

    All of them are over by then, unless the run ends before its time.
    """
    over = [begun(act) for act in acts]
    for came in [one.get() for one in over]:
        came()


def watch_for_notices(context: Context) -> None:
    """Watch for as long as a notice must not come: two check intervals and grace."""
    sleep_s(2 * context.knob_s("ack_check_interval_us") + context.grace_us / 1e6 + MARGIN_S)
