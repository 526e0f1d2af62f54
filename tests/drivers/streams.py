"""Helpers of the stream tests: a source one hands chunks to, a set clock, a listening peer."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue

from stallproof.drivers.frame import FrameReader, FrameType, Incoming, Outgoing, payload_view
from stallproof.drivers.steps import CHECKED_STREAM, StreamSteps
from stallproof.drivers.stream_frames import (
    Ack,
    Chunk,
    Notice,
    ack_header,
    error_payload,
    parsed,
    stream_id_of,
)
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AwaitAck, Look, Stream, StreamOutcome
from tests.drivers.peers import PATIENCE_S, eventually

CHUNK = 64
WINDOW = 2 * CHUNK
HOUR_US = 3600 * 1_000_000
PATIENT = Policy(window_bytes=WINDOW, chunk_bytes=CHUNK, ack_interval_bytes=CHUNK)
"""Small windows, and the defaults of every timeout: nothing is due within a test."""


def bytes_of(stream: int, total_bytes: int) -> bytes:
    """Return bytes that tell streams and places apart."""
    return bytes((stream * 7 + at * 31 + (at >> 8)) % 256 for at in range(total_bytes))


def cut(data: bytes, chunk_bytes: int = CHUNK) -> list[bytes]:
    """Return `data` in chunks."""
    return [data[at : at + chunk_bytes] for at in range(0, len(data), chunk_bytes)]


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self, now_us: int = 0) -> None:
        self.now_us = now_us

    def __call__(self) -> int:
        return self.now_us


class Handed:
    """A source that has nothing until the test hands it a chunk."""

    def __init__(self) -> None:
        self._chunks: SimpleQueue[bytes | None] = SimpleQueue()
        self.is_waiting = False

    def hand(self, chunk: bytes | None) -> None:
        """Hand over the next chunk, `None` for the end."""
        self.is_waiting = False
        self._chunks.put(chunk)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.is_waiting = True
            chunk = self._chunks.get()
            if chunk is None:
                return
            yield chunk


class Looks:
    """The steps with their contracts, and what every look said.

    A sender sleeps until the test wakes it, however short the sleep that the look said: a clock
    that stands still is looked at once, not again and again.
    """

    def __init__(self) -> None:
        self.said: list[Look] = []
        self.steps = StreamSteps(
            CHECKED_STREAM.on_made, self._on_look, CHECKED_STREAM.on_chunk_begun,
            CHECKED_STREAM.on_ack, CHECKED_STREAM.on_stop,
        )  # fmt: skip

    def _on_look(self, policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
        after, look = CHECKED_STREAM.on_look(policy, stream, now_us=now_us)
        self.said.append(look)
        return after, AwaitAck(HOUR_US) if isinstance(look, AwaitAck) else look


class Running(threading.Thread):
    """A stream sender at work on a thread of its own, with its outcome or exception."""

    def __init__(self, sender: StreamSender, source: Iterable[bytes]) -> None:
        super().__init__(daemon=True)
        self._sender, self._source = sender, source
        self.outcome: StreamOutcome | Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.outcome = self._sender.run(self._source)
        except Exception as error:
            self.outcome = error

    def result(self) -> StreamOutcome | Exception | None:
        """Wait for the end; return the outcome or the exception."""
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.outcome

    def settle(self) -> None:
        """Wait until the sender has done all it can: it sleeps, waits for its source, or left."""
        assert eventually(self._has_settled)

    def _has_settled(self) -> bool:
        asks = isinstance(self._source, Handed) and self._source.is_waiting
        return asks or is_asleep(self._sender) or not self.is_alive()


def is_asleep(sender: StreamSender) -> bool:
    """Tell whether the thread that sends waits for an ACK."""
    waiters = sender._changed._waiters  # type: ignore[attr-defined]
    return len(waiters) == 1


def wake(sender: StreamSender) -> None:
    """Have a waiting sender look again, as it does when its sleep is over."""
    with sender._changed:
        sender._changed.notify_all()


class Listening(threading.Thread):
    """A peer that reads to the end and keeps the frames; it calls `on_chunk` for each chunk."""

    def __init__(self, sock: socket.socket, on_chunk: Callable[[Chunk], object] = id) -> None:
        super().__init__(daemon=True)
        self._sock, self._on_chunk = sock, on_chunk
        self.frames: list[Incoming] = []
        self.start()

    def run(self) -> None:
        reader = FrameReader()
        try:
            while piece := self._sock.recv(1 << 16):
                for frame in reader.feed(piece):
                    self.frames.append(frame)
                    told = parsed(frame)
                    if isinstance(told, Chunk):
                        self._on_chunk(told)
        except OSError:
            return

    def told(self, stream: int | None = None) -> list[Chunk | Ack | Notice]:
        """Return what the frames of streams, or of one stream, said so far."""
        said = [parsed(frame) for frame in list(self.frames)]
        return [t for t in said if not isinstance(t, str) and stream in (None, t.stream)]

    def offsets(self, stream: int) -> list[int]:
        """Return the offsets of the chunks of `stream` that came."""
        return [told.offset for told in self.told(stream) if isinstance(told, Chunk)]

    def notices(self, stream: int) -> list[StreamOutcome]:
        """Return what the notices for `stream` said."""
        return [told.outcome for told in self.told(stream) if isinstance(told, Notice)]


def ack_frame(stream: int, offset: int, error: str | None = None) -> bytes:
    """Return an ACK as the receiver of `stream` sends it."""
    header = ack_header(stream, offset, is_error=error is not None)
    payload = payload_view(b"" if error is None else error_payload(error))
    frame = Outgoing(FrameType.ACK, 0, payload, header, stream_id_of(stream))
    return b"".join(frame.rest(0, 1 << 20))
