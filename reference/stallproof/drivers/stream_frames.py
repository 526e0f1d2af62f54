"""What frames say of streams: the headers of chunks, ACKs and notices.

| frame | header | payload |
|---|---|---|
| DATA of a stream | stream (4), offset of its first byte (8), flags (1): 1: the last | its bytes |
| ACK | stream (4), offset (8), flags (1): 1 on an error | the error in UTF-8, or nothing |
| NOTICE | stream (4), why the sender stopped (1): see `STOPS` | nothing |

All fields are unsigned and big-endian; the stream id of the prefix holds the lower 16 bits of the
stream. A DATA frame without a header belongs to no stream. What breaks these rules is no error of
the program, but of whoever sent it: `parsed` says in words what is wrong, and never raises.

Spec: `spec/ap.md`.
"""

import struct
from typing import NamedTuple

from stallproof.drivers.frame import FrameType, Incoming
from stallproof.machines.stream import StreamOutcome

STREAM_MAX = 2**32 - 1
STREAM_ID_BITS = 0xFFFF
ERROR_MAX_BYTES = 1024
"""How much of an error's text an ACK carries."""
STOPS = (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)
"""The reasons that a notice can give, by their number on the wire."""

_PLACE = struct.Struct(">IQB")
_NOTICE = struct.Struct(">IB")
_LAST = _ERROR = 1


class Chunk(NamedTuple):
    """A chunk of a stream; `offset` is where its first byte belongs."""

    stream: int
    offset: int
    is_last: bool
    payload: bytes


class Ack(NamedTuple):
    """What the receiver of `stream` has up to `offset`, or its `error`."""

    stream: int
    offset: int
    error: str | None


class Notice(NamedTuple):
    """The sender of `stream` stopped it."""

    stream: int
    outcome: StreamOutcome


def stream_id_of(stream: int) -> int:
    """Return what the prefix says of `stream`."""
    return stream & STREAM_ID_BITS


def chunk_header(stream: int, offset: int, *, is_last: bool) -> bytes:
    """Return the header of a chunk that begins at `offset`."""
    return _PLACE.pack(stream, offset, _LAST if is_last else 0)


def ack_header(stream: int, offset: int, *, is_error: bool) -> bytes:
    """Return the header of an ACK; the text of an error is its payload (see `error_payload`)."""
    return _PLACE.pack(stream, offset, _ERROR if is_error else 0)


def error_payload(error: str) -> bytes:
    """Return what of `error` an ACK carries, cut between characters."""
    return error.encode("utf-8", "replace")[:ERROR_MAX_BYTES].decode("utf-8", "ignore").encode()


def notice_header(stream: int, outcome: StreamOutcome) -> bytes:
    """Return the header of a notice; raises `ValueError` for an outcome nobody is told of."""
    return _NOTICE.pack(stream, STOPS.index(outcome))


def is_of_a_stream(frame: Incoming) -> bool:
    """Tell whether `frame` claims to be a chunk, an ACK or a notice."""
    return frame.kind in (FrameType.ACK, FrameType.NOTICE) or (
        frame.kind == FrameType.DATA and frame.header != b""
    )


def parsed(frame: Incoming) -> Chunk | Ack | Notice | str:
    """Return what `frame` says of a stream (see `is_of_a_stream`), or what is wrong with it."""
    shape = _NOTICE if frame.kind == FrameType.NOTICE else _PLACE
    if len(frame.header) != shape.size:
        return f"its header has {len(frame.header)} bytes instead of {shape.size}"
    stream = int.from_bytes(frame.header[:4], "big")
    if stream_id_of(stream) != frame.stream_id:
        return f"it names stream {stream}, and its prefix stream id {frame.stream_id}"
    if frame.kind == FrameType.NOTICE:
        return _notice(stream, frame)
    _, offset, flags = _PLACE.unpack(frame.header)
    if flags > 1:
        return f"it has unknown flags {flags}"
    if frame.kind == FrameType.DATA:
        if not frame.payload:
            return "it is a chunk without bytes"
        return Chunk(stream, offset, flags == _LAST, frame.payload)
    if flags != _ERROR:
        return "it is an ACK with a payload" if frame.payload else Ack(stream, offset, None)
    return Ack(stream, offset, frame.payload[:ERROR_MAX_BYTES].decode("utf-8", "replace"))


def _notice(stream: int, frame: Incoming) -> Notice | str:
    number = frame.header[4]
    if frame.payload or number >= len(STOPS):
        return f"it is a notice with reason {number} and {len(frame.payload)} bytes"
    return Notice(stream, STOPS[number])
