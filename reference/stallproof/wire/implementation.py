"""The events that an implementation reports of itself: its own word, checked by the oracle.

Spec: `spec/trace.md`, schema `spec/schemas/trace.schema.json`.
"""

from typing import Any, Literal

from stallproof.wire.event import ImplementationEvent, Kind, Outcome

# --- said by the implementation: sending (groups SD and CX) ---------------------------------------


class Opened(ImplementationEvent, frozen=True, kw_only=True, tag="opened"):
    """The connection is connected and may send; `descriptor`: its number, `None` if unknown."""

    conn: str
    descriptor: int | None = None


class SendStarted(ImplementationEvent, frozen=True, kw_only=True, tag="send_started"):
    """The thread of send `send` is about to call; the lock is not taken yet."""

    conn: str
    send: int


class LockTaken(ImplementationEvent, frozen=True, kw_only=True, tag="lock_taken"):
    """Send `send` took the send lock: its deadline counts from `at_us`."""

    conn: str
    send: int
    decides = ("conn", "send")


class Written(ImplementationEvent, frozen=True, kw_only=True, tag="written"):
    """One write returned at `at_us` with `wrote_bytes`; it had begun at `began_us`."""

    conn: str
    send: int
    began_us: int
    wrote_bytes: int
    decides = ("conn", "send", "began_us", "wrote_bytes")


class SendEnded(ImplementationEvent, frozen=True, kw_only=True, tag="send_ended"):
    """Send `send` returned, and `raised` or not; of a repeated one `completed` frames were OK."""

    conn: str
    send: int
    outcome: Outcome
    raised: bool = False
    written_bytes: int | None = None
    sequence: int | None = None
    completed: int | None = None
    detail: str | None = None
    decides = ("conn", "send", "outcome", "raised")


class Closing(ImplementationEvent, frozen=True, kw_only=True, tag="closing"):
    """Closing began: the implementation is about to shut the transport down."""

    conn: str
    cause: str | None = None
    decides = ("conn",)


class Closed(ImplementationEvent, frozen=True, kw_only=True, tag="closed"):
    """The transport was shut down: no write can succeed from here on."""

    conn: str


class Received(ImplementationEvent, frozen=True, kw_only=True, tag="received"):
    """A whole frame came in from the peer."""

    conn: str
    kind: Kind = "data"

    decides = ("conn",)


class PeerEnded(ImplementationEvent, frozen=True, kw_only=True, tag="peer_ended"):
    """The peer's direction ended: `orderly` where it said so, `truncated` where TLS was cut."""

    conn: str
    how: Literal["orderly", "truncated", "error"]


# --- said by the implementation: the monitor (group SC) -------------------------------------------


class PassBegun(ImplementationEvent, frozen=True, kw_only=True, tag="pass_begun"):
    """A pass of the monitor over all connections began; `tick` counts the schedule."""

    tick: int


class PassEnded(ImplementationEvent, frozen=True, kw_only=True, tag="pass_ended"):
    """The pass of this `tick` is over: every connection was looked at."""

    tick: int


class TicksSkipped(ImplementationEvent, frozen=True, kw_only=True, tag="ticks_skipped"):
    """No check comes of `ticks` ticks from `tick` on; for the last it was `late_us` too late."""

    tick: int
    late_us: int
    ticks: int = 1


class Checked(ImplementationEvent, frozen=True, kw_only=True, tag="checked"):
    """One check: the stall time found, the count after it, and `send` in flight if it is known."""

    conn: str
    stall_us: int
    count: int
    send: int | None = None
    decides = ("conn", "stall_us", "count")


class Warned(ImplementationEvent, frozen=True, kw_only=True, tag="warned"):
    """The monitor warned of a stalled send: `count` of `threshold` stalled checks."""

    conn: str
    count: int
    threshold: int
    stall_us: int | None = None
    decides = ("conn", "count", "threshold")


class HeartbeatQueued(ImplementationEvent, frozen=True, kw_only=True, tag="heartbeat_queued"):
    """A check found the connection idle and a heartbeat due."""

    conn: str
    decides = ("conn",)


class HeartbeatSent(ImplementationEvent, frozen=True, kw_only=True, tag="heartbeat_sent"):
    """A heartbeat was handed to the transport."""

    conn: str


class HeartbeatDropped(ImplementationEvent, frozen=True, kw_only=True, tag="heartbeat_dropped"):
    """A queued heartbeat was not sent: the lock was busy, or the connection was closing."""

    conn: str
    why: str | None = None


# --- said by the implementation: streams (group AP) -----------------------------------------------


class StreamMade(ImplementationEvent, frozen=True, kw_only=True, tag="stream_made"):
    """A stream was made; the progress clock of the seed profile begins here."""

    conn: str
    stream: int


class ChunkReady(ImplementationEvent, frozen=True, kw_only=True, tag="chunk_ready"):
    """The source handed over the next chunk, `chunk_bytes` long."""

    conn: str
    stream: int
    chunk_bytes: int


class ChunkBegun(ImplementationEvent, frozen=True, kw_only=True, tag="chunk_begun"):
    """The send of a chunk began; `offset` is the number of bytes sent including it."""

    conn: str
    stream: int
    offset: int
    decides = ("conn", "stream", "offset")


class WaitBegun(ImplementationEvent, frozen=True, kw_only=True, tag="wait_begun"):
    """A chunk is ready while `outstanding_bytes` exceed the window: the watchdog runs."""

    conn: str
    stream: int
    outstanding_bytes: int


class WaitEnded(ImplementationEvent, frozen=True, kw_only=True, tag="wait_ended"):
    """The wait is over, by an ACK or by the end of the stream."""

    conn: str
    stream: int
    outstanding_bytes: int


class AckReceived(ImplementationEvent, frozen=True, kw_only=True, tag="ack_received"):
    """An ACK came in: `offset` as it came (any JSON); `accepted` false when it changed nothing."""

    conn: str
    stream: int
    offset: Any
    accepted: bool
    origin: str | None = None
    why: str | None = None
    decides = ("conn", "stream", "accepted")


class StreamEnded(ImplementationEvent, frozen=True, kw_only=True, tag="stream_ended"):
    """The one terminal outcome of a stream."""

    conn: str
    stream: int
    outcome: Literal["done", "no_progress", "ack_wait", "ack_error", "send_failed", "cancelled"]
    offset: int | None = None
    acknowledged: int | None = None
    detail: str | None = None
    decides = ("conn", "stream", "outcome")


class NoticeSent(ImplementationEvent, frozen=True, kw_only=True, tag="notice_sent"):
    """The receiver was told that the stream stopped."""

    conn: str
    stream: int
    decides = ("conn", "stream")


# --- said by the implementation: the rest ---------------------------------------------------------


class Decided(ImplementationEvent, frozen=True, kw_only=True, tag="decided"):
    """A pure machine decided: `input` as it was given, all that the decision rests on."""

    machine: str
    input: dict[str, Any]
    decision: dict[str, Any]
    decides = ("machine", "input", "decision")


class WallJumped(ImplementationEvent, frozen=True, kw_only=True, tag="wall_jumped"):
    """The wall clock as the implementation sees it was moved: its readings before and after."""

    before_us: int
    after_us: int


class Noted(ImplementationEvent, frozen=True, kw_only=True, tag="noted"):
    """Anything worth reading that no requirement depends on."""

    text: str
    conn: str | None = None
