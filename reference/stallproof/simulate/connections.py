"""The connections of a process, each with the link to its far end and what is under way on it.

In virtual time a connection has room for frames or carries streams (`spec/virtual.md`), so that
each relay has one of both kinds. A link carries what they take.
"""

from collections.abc import Callable
from functools import partial

from stallproof.simulate.link import Link
from stallproof.simulate.process import Process
from stallproof.wire.implementation import ChunkBegun, Closing, SendEnded, StreamEnded


class FrameConnection:
    """A connection whose transport takes what the link carries, and nothing in advance."""

    def __init__(self, process: Process, name: str, link: Link) -> None:
        """Open it."""
        self.name = name
        self.is_closed = False
        self._process = process
        self._link = link
        process.ask("open", conn=name, transport="virtual", heartbeats=False, room_bytes=0)

    def send(self, number: int, size_bytes: int) -> None:
        """Send a frame; the process says how that ends."""
        said = self._process.ask("send", conn=self.name, send=number, size_bytes=size_bytes)
        if not any(isinstance(event, SendEnded) for event in said):
            self._link.carry(size_bytes, self._take)

    def receive(self) -> bool:
        """Have a frame of the far end come in; tell whether there is anything to come in by."""
        if not self.is_closed:
            self._process.ask("received", conn=self.name)
        return not self.is_closed

    def on_closing(self, _event: Closing) -> None:
        """Take nothing any more."""
        self.is_closed = True

    def _take(self, size_bytes: int) -> None:
        if not self.is_closed:
            self._process.ask("accept", conn=self.name, wrote_bytes=size_bytes)


class _Stream:
    """How far a stream has come: what the link has been given, what the far end has."""

    def __init__(self, size_bytes: int, arrived: Callable[[], object]) -> None:
        self.size_bytes = size_bytes
        self.arrived = arrived
        self.given_bytes = self.there_bytes = 0
        self.is_over = False


class StreamConnection:
    """A connection whose streams are acknowledged as the link carries them."""

    def __init__(self, process: Process, name: str, link: Link, ack_bytes: int) -> None:
        """Open it; the far end acknowledges each `ack_bytes`."""
        self.name = name
        self._process = process
        self._link = link
        self._ack_bytes = ack_bytes
        self._streams: dict[int, _Stream] = {}
        process.ask("open", conn=name, transport="virtual", heartbeats=False)

    def stream(self, number: int, size_bytes: int, arrived: Callable[[], object]) -> None:
        """Send a stream; `arrived` is called when the far end has all of it."""
        self._streams[number] = _Stream(size_bytes, arrived)
        self._process.ask("stream", conn=self.name, stream=number, total_bytes=size_bytes)

    def on_chunk(self, event: ChunkBegun) -> None:
        """Give the link what was sent, as much at a time as is acknowledged together."""
        stream = self._streams[event.stream]
        is_all = event.offset == stream.size_bytes
        while (left_bytes := event.offset - stream.given_bytes) >= self._ack_bytes or (
            is_all and left_bytes
        ):
            part_bytes = min(left_bytes, self._ack_bytes)
            stream.given_bytes += part_bytes
            self._link.carry(part_bytes, partial(self._take, event.stream))

    def on_end(self, event: StreamEnded) -> None:
        """Acknowledge nothing any more."""
        self._streams[event.stream].is_over = True

    def _take(self, number: int, size_bytes: int) -> None:
        stream = self._streams[number]
        stream.there_bytes += size_bytes
        if not stream.is_over:
            self._process.ask("ack", conn=self.name, stream=number, offset=stream.there_bytes)
        if stream.there_bytes == stream.size_bytes:
            stream.arrived()
