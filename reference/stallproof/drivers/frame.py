"""Frames on the wire: a 16-byte prefix, then the header and the payload that it announces.

| offset | bytes | field |
|---|---|---|
| 0 | 4 | length of the whole frame, these 16 bytes included |
| 4 | 2 | header length: how much of what follows the prefix is a header |
| 6 | 1 | type |
| 7 | 1 | reserved, 0 |
| 8 | 2 | flags, 0 |
| 10 | 2 | app id, 0 |
| 12 | 2 | stream id |
| 14 | 2 | sequence |

All fields are unsigned and big-endian. What stands in a header, and what the stream id is for, is
in `stream_frames`. An outgoing frame keeps prefix and header apart from the payload, so that the
payload is never copied; an incoming one is put together from whatever pieces the kernel returns.

Spec: `spec/sd.md`, "Frame prefix". Source: origin fact 7.
"""

import struct
from collections.abc import Iterator
from enum import IntEnum

from stallproof.machines.states import state

PREFIX = struct.Struct(">IHB5xHH")
"""Length, header length, type, stream id and sequence; what is always 0 is skipped."""
PREFIX_BYTES = PREFIX.size
FRAME_MAX_BYTES = 2**32 - 1
"""The longest frame: its length has four bytes."""
RECEIVED_MAX_BYTES = 2**30
"""The longest frame that a reader believes in; a longer one means that the stream is garbage."""

Payload = bytes | bytearray | memoryview


class FrameType(IntEnum):
    """What a frame is for. Numbers that a reader does not know are passed over, not refused."""

    DATA = 1
    ACK = 2
    HELLO = 4
    READY = 5
    PING = 6
    PONG = 7
    NOTICE = 8


class FrameError(ValueError):
    """The incoming stream is not made of frames."""


@state
class Incoming:
    """One whole frame from the peer; `payload` comes without the header."""

    kind: int
    stream_id: int
    sequence: int
    header: bytes
    payload: bytes


class Outgoing:
    """A frame on its way out: its prefix with the header and, uncopied, its payload."""

    __slots__ = ("_head", "_payload", "size_bytes")

    def __init__(
        self,
        kind: int,
        sequence: int,
        payload: bytes | memoryview,
        header: bytes = b"",
        stream_id: int = 0,
    ) -> None:
        """Take the payload: `bytes`, or a byte-wide view of it (see `payload_view`)."""
        self.size_bytes = size_bytes = PREFIX_BYTES + len(header) + len(payload)
        prefix = PREFIX.pack(size_bytes, len(header), kind, stream_id, sequence)
        self._head = prefix + header if header else prefix
        self._payload = payload

    def rest(self, written_bytes: int, limit_bytes: int) -> list[bytes | memoryview]:
        """Return at most `limit_bytes` of what follows the first `written_bytes`, uncopied.

        Prefix and header are returned whole, whatever the limit.
        """
        at = written_bytes - len(self._head)
        if at >= 0:
            return [self._payload[at : at + limit_bytes]]
        head = self._head[written_bytes:]
        return [head, self._payload[: max(0, limit_bytes - len(head))]]


def payload_view(payload: Payload, header_bytes: int = 0) -> memoryview:
    """Return `payload` as a byte-wide view.

    Raises `ValueError` when the frame would be longer than its length field can say, `TypeError`
    when it is not one contiguous piece of bytes.
    """
    view = memoryview(payload).cast("B")
    if PREFIX_BYTES + header_bytes + len(view) > FRAME_MAX_BYTES:
        raise ValueError(f"a payload of {len(view)} bytes does not fit into one frame")
    return view


class FrameReader:
    """Put incoming frames together from pieces of any size."""

    def __init__(self, most_bytes: int = RECEIVED_MAX_BYTES) -> None:
        """Start at the beginning of a stream; believe in no frame longer than `most_bytes`."""
        self._most_bytes = most_bytes
        self._buffer = bytearray()
        self._needed = PREFIX_BYTES

    @property
    def torn_bytes(self) -> int:
        """How many bytes of an unfinished frame have come in so far."""
        return len(self._buffer)

    def feed(self, piece: Payload) -> Iterator[Incoming]:
        """Add `piece` and yield the frames that it completes.

        Raises `FrameError` when a length makes no sense; the reader is of no use afterwards.
        """
        buffer = self._buffer
        buffer += piece
        while len(buffer) >= self._needed:
            length, header, kind, stream_id, sequence = PREFIX.unpack_from(buffer)
            if not PREFIX_BYTES + header <= length <= self._most_bytes:
                raise FrameError(f"a frame claims {length} bytes, {header} of them header")
            self._needed = length
            if len(buffer) < length:
                return
            body = PREFIX_BYTES + header
            frame = Incoming(
                kind,
                stream_id,
                sequence,
                bytes(buffer[PREFIX_BYTES:body]),
                bytes(buffer[body:length]),
            )
            del buffer[:length]
            self._needed = PREFIX_BYTES
            yield frame
