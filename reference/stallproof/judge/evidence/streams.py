"""What happened with one stream: what was asked, what arrived, and what was said of it.

The peer counts the bytes that arrived and the oracle knows the ACKs that it asked for. So what was
outstanding is known within brackets: an ACK was applied at its request at the earliest and when
the request was answered at the latest; a chunk whose first byte arrived had begun before.
Everything here only arranges; nothing judges. Spec: `spec/ap.md`.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any

from stallproof.judge.evidence.facts import FOREVER, heard_us
from stallproof.judge.evidence.request import Request
from stallproof.judge.evidence.timeline import Highest, Timeline
from stallproof.wire.events import (
    AckReceived,
    Answered,
    AnyEvent,
    ChunkBegun,
    ChunkReady,
    PeerDid,
    PeerFrame,
    Requested,
    StreamEnded,
    StreamMade,
)

WATCHDOG = ("no_progress", "ack_wait")
"""The outcomes of a stream that the watchdog failed."""


def said_us(event: AnyEvent) -> int:
    """Return the time that the implementation gives `event`; nothing is said before it happens."""
    return min(event.at_us, heard_us(event))


@dataclass
class StreamFacts:
    """One stream: the requests, the words of the implementation, the chunks that arrived.

    What is found by time is sorted at the first question, when everything is in its place.
    """

    conn: str
    stream: int
    asked: Request
    acks: list[Request] = field(default_factory=list)
    cancels: list[Request] = field(default_factory=list)
    made: StreamMade | None = None
    ready: list[ChunkReady] = field(default_factory=list)
    begun: list[ChunkBegun] = field(default_factory=list)
    received: list[AckReceived] = field(default_factory=list)
    ended: list[StreamEnded] = field(default_factory=list)
    chunks: list[PeerFrame] = field(default_factory=list)
    notices: list[PeerFrame] = field(default_factory=list)

    @property
    def total_bytes(self) -> int:
        return self.asked.requested.total_bytes or 0

    @property
    def end(self) -> StreamEnded | None:
        """The outcome that the implementation told first, if any."""
        return self.ended[0] if self.ended else None

    @property
    def outcome(self) -> str | None:
        return None if self.end is None else self.end.outcome

    @cached_property
    def ended_us(self) -> int:
        """When the stream ended by the implementation's own time; `FOREVER` if it never said so."""
        return FOREVER if self.end is None else said_us(self.end)

    @cached_property
    def ended_by_us(self) -> int:
        """The stream had ended by then at the latest; `FOREVER` if it never said so.

        Its end was heard of, or the peer held its notice in hand, whichever came first.
        """
        if self.end is None:
            return FOREVER
        noticed_us = (n.at_us for n in self.notices if n.at_us >= self.ended_us)
        return min(heard_us(self.end), *noticed_us, FOREVER)

    @property
    def made_us(self) -> int:
        """The stream was made then by its own word, and not before it was asked for."""
        asked_us = self.asked.asked_us
        return asked_us if self.made is None else max(said_us(self.made), asked_us)

    @property
    def made_by_us(self) -> int:
        return FOREVER if self.made is None else heard_us(self.made)

    @cached_property
    def _pauses_us(self) -> list[int]:
        begin_us = self.asked.asked_us + (self.asked.requested.start_after_us or 0)
        return list(accumulate(self.asked.requested.chunk_ready_us or [], initial=begin_us))

    def not_ready_before_us(self, index: int) -> int:
        """Return when the source hands over chunk `index` at the earliest, as it was asked to."""
        return self._pauses_us[min(index + 1, len(self._pauses_us) - 1)]

    def ready_us(self, index: int) -> int:
        """Return when chunk `index` was ready by its own word; `FOREVER` if it never was."""
        return self._ready_us[index] if index < len(self._ready_us) else FOREVER

    @cached_property
    def _ready_us(self) -> list[int]:
        told = map(said_us, self.ready)
        return list(map(max, told, map(self.not_ready_before_us, range(len(self.ready)))))

    def ready_by_us(self, index: int) -> int:
        """Return when the oracle knew that chunk `index` was ready; `FOREVER` if it never was."""
        return FOREVER if index >= len(self.ready) else heard_us(self.ready[index])

    @cached_property
    def _ready_times(self) -> Timeline[int]:
        return Timeline(self._ready_us, lambda at_us: at_us)

    def ready_at(self, at_us: int) -> int:
        """Return how many chunks were ready at `at_us` by its own word."""
        return bisect_right(self._ready_times.times, at_us)

    @cached_property
    def _by_offset(self) -> dict[int | None, PeerFrame]:
        return {c.stream_offset: c for c in reversed(self.chunks)}

    def chunk_at(self, offset: int) -> PeerFrame | None:
        """Return the chunk that arrived for `offset`, `None` if none did."""
        return self._by_offset.get(offset)

    @cached_property
    def _arrived(self) -> Highest:
        return Highest((c.began_us, end_of(c)) for c in self.chunks)

    def arrived_by(self, at_us: int) -> int:
        """Return how many bytes of the stream had begun for certain: their chunk had come."""
        return self._arrived.by(at_us)

    @cached_property
    def came(self) -> Timeline[PeerFrame]:
        """The chunks by the time at which they had come whole."""
        return Timeline(self.chunks, lambda c: c.at_us)

    @cached_property
    def came_whole(self) -> Highest:
        """The offset up to which chunks had come whole."""
        return Highest((c.at_us, end_of(c)) for c in self.chunks)

    def evidence(self, *more: AnyEvent | None) -> list[AnyEvent]:
        """Return the events that tell how the stream ended, with `more`, in order of time."""
        story: list[AnyEvent | None] = [self.asked.asked, *self.ready[-1:], *self.chunks[-1:]]
        story += [*self.ended[:2], *more]
        seen = {id(e): e for e in story if e is not None}
        return sorted(seen.values(), key=lambda e: e.at_us)

    @property
    def name(self) -> str:
        return f"stream {self.stream} on connection {self.conn}"


def is_notice(frame: PeerFrame) -> bool:
    """Tell whether `frame` carries neither bytes of a stream nor a send."""
    return frame.kind in ("data", "other") and frame.stream is None and frame.send is None


def end_of(chunk: PeerFrame) -> int:
    """Return the offset at which `chunk` ends."""
    return (chunk.stream_offset or 0) + chunk.size_bytes


class Streams:
    """The streams of one run, filled event by event.

    `sorted_out` keeps what `flow` makes of them, once they are all there: every rule needs it.
    """

    def __init__(self) -> None:
        self.sorted_out: list[Any] | None = None
        self._by_name: dict[tuple[str, int], StreamFacts] = {}
        self._on_conn: dict[str, list[StreamFacts]] = {}

    def __iter__(self) -> Iterator[StreamFacts]:
        return iter(self._by_name.values())

    def on(self, conn: str) -> list[StreamFacts]:
        """Return the streams of connection `conn`."""
        if not self._on_conn:
            for one in self:
                self._on_conn.setdefault(one.conn, []).append(one)
        return self._on_conn.get(conn, [])

    def take_request(self, asked: Requested, answered: Answered | None) -> None:
        """Put a request about a stream in its place; the stream itself is asked for first."""
        if asked.conn is None or asked.stream is None:
            return
        request = Request(asked, answered)
        if asked.op == "stream":
            self._by_name[asked.conn, asked.stream] = StreamFacts(asked.conn, asked.stream, request)
            self._on_conn.clear()
            return
        facts = self._by_name.get((asked.conn, asked.stream))
        if facts is not None and request.error != "unsupported":
            if asked.op == "ack":
                facts.acks.append(request)
            elif asked.op == "cancel" and request.error is None:
                facts.cancels.append(request)

    def take(self, event: AnyEvent) -> None:
        """Put what was said or seen of a stream in its place; a stream nobody asked for has none.

        The payload of the chunks, the pauses and the ACKs are the oracle's requests: without them
        nothing of a stream can be judged.
        """
        stream = getattr(event, "stream", None)
        conn = str(getattr(event, "conn", ""))
        facts = self._by_name.get((conn, stream)) if isinstance(stream, int) else None
        if facts is None:
            return
        if isinstance(event, PeerFrame):
            facts.chunks.append(event)
        elif isinstance(event, PeerDid):
            facts.acks.append(Request(event, None))
        elif isinstance(event, StreamMade):
            facts.made = facts.made or event
        elif isinstance(event, ChunkReady):
            facts.ready.append(event)
        elif isinstance(event, ChunkBegun):
            facts.begun.append(event)
        elif isinstance(event, AckReceived):
            facts.received.append(event)
        elif isinstance(event, StreamEnded):
            facts.ended.append(event)

    def take_notice(self, frame: PeerFrame) -> None:
        """Put a frame that may be a notice in its place, where only one stream can be meant."""
        on_conn = self.on(frame.conn)
        if len(on_conn) == 1 and is_notice(frame) and frame.began_us >= on_conn[0].asked.asked_us:
            on_conn[0].notices.append(frame)
