"""Which stream an incoming frame is for.

The stall it guards against: a frame that makes no sense, or names a stream that nobody knows, stops
the reader of the connection and every stream on it. Here it changes nothing, and is reported; above
all it creates no stream.

A stream that has ended stays known for a while: what was under way to it is no surprise.

Source: `spec/ap.md`; origin, companion change #4204.
"""

import threading
from collections import deque
from typing import Generic, Protocol, TypeVar

from stallproof.drivers.frame import Incoming
from stallproof.drivers.stream_frames import Ack, Chunk, Notice, parsed

ENDED_KEPT = 256
"""How many streams that have ended a connection remembers, in each direction."""


class Sending(Protocol):
    """The sending end of a stream, as its connection sees it. Nothing here may block."""

    def on_ack(
        self, raw_offset: object, *, origin: str | None = None, error: str | None = None
    ) -> object: ...

    def on_closed(self, why: str) -> None: ...


class Receiving(Protocol):
    """The receiving end of a stream, as its connection sees it. Nothing here may block."""

    def on_chunk(self, chunk: Chunk) -> None: ...

    def on_notice(self, notice: Notice) -> None: ...

    def on_closed(self, why: str) -> None: ...


End = TypeVar("End", Sending, Receiving)


class Ends(Generic[End]):
    """The ends of one direction by the number of their stream; safe for any thread."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._ends: dict[int, End] = {}
        self._ended: deque[int] = deque()
        self._closed: str | None = None

    def add(self, stream: int, end: End) -> str | None:
        """Route to `end` what names `stream`; raises `ValueError` while another one has it.

        Return why the connection is of no use any more, `None` while it is: who comes after
        `close` is not told otherwise.
        """
        with self._mutex:
            if stream in self._ends:
                raise ValueError(f"stream {stream} exists on this connection")
            self._ends[stream] = end
            return self._closed

    def retire(self, stream: int) -> None:
        """Forget `stream`, which has ended, when enough others have ended after it."""
        with self._mutex:
            self._ended.append(stream)
            if len(self._ended) > ENDED_KEPT:
                self._ends.pop(self._ended.popleft(), None)

    def find(self, stream: int) -> End | None:
        """Return the end of `stream`, also of one that ended not long ago."""
        with self._mutex:
            return self._ends.get(stream)

    def close(self, why: str) -> None:
        """Tell every end that the connection is of no use any more."""
        with self._mutex:
            self._closed = why
            ends = list(self._ends.values())
        # Outside the mutex: an end that hears of it retires.
        for end in ends:
            end.on_closed(why)


class Streams:
    """The streams of one connection."""

    def __init__(self) -> None:
        """Know no stream."""
        self.senders: Ends[Sending] = Ends()
        self.receivers: Ends[Receiving] = Ends()

    def take(self, frame: Incoming) -> str | None:
        """Hand `frame` to the stream that it is for; return why if it is for none. Never waits."""
        told = parsed(frame)
        if isinstance(told, str):
            return f"a frame of type {frame.kind} was passed over: {told}"
        if isinstance(told, Ack):
            sender = self.senders.find(told.stream)
            if sender is None:
                return f"an ACK for the unknown stream {told.stream} was passed over"
            sender.on_ack(told.offset, error=told.error)
            return None
        receiver = self.receivers.find(told.stream)
        if receiver is None:
            what = type(told).__name__.lower()
            return f"a {what} of the unknown stream {told.stream} was passed over"
        if isinstance(told, Chunk):
            receiver.on_chunk(told)
        else:
            receiver.on_notice(told)
        return None
