"""Reading and writing traces: one JSON object a line, every mistake named by file and line.

Spec: `spec/trace.md`. The schema is generated from these types, so that it cannot drift.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec

from stallproof.wire.events import AnyEvent, AnyImplementationEvent, AnyPeerEvent
from stallproof.wire.trace_error import TraceError as TraceError

TRACE_SCHEMA = "stallproof.trace/1"
LINE_MAX_BYTES = 1024 * 1024

_encoder = msgspec.json.Encoder()
_any: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_said: msgspec.json.Decoder[AnyImplementationEvent] = msgspec.json.Decoder(AnyImplementationEvent)
_peer: msgspec.json.Decoder[AnyPeerEvent] = msgspec.json.Decoder(AnyPeerEvent)


def encode(event: AnyEvent) -> bytes:
    """Return `event` as one line without its newline."""
    return _encoder.encode(event)


def decode(line: bytes) -> AnyEvent:
    """Read one line of a trace; raises `msgspec.MsgspecError` when it is none."""
    return _any.decode(line)


def decode_implementation(line: bytes) -> AnyImplementationEvent:
    """Read one event of a harness; raises `msgspec.MsgspecError` when it is none."""
    return _said.decode(line)


def decode_peer(line: bytes) -> AnyPeerEvent:
    """Read one event of the peer; raises `msgspec.MsgspecError` when it is none."""
    return _peer.decode(line)


def read_trace(path: Path) -> Iterator[AnyEvent]:
    """Yield the events of the trace file `path`, one a line; blank lines are passed over.

    Raises `TraceError` naming file and line for anything that is not an event.
    """
    try:
        with path.open("rb") as file:
            yield from _read_lines(file, str(path))
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from error


def _read_lines(file: IO[bytes], name: str) -> Iterator[AnyEvent]:
    number = 0
    while line := file.readline(LINE_MAX_BYTES + 1):
        number += 1
        if len(line) > LINE_MAX_BYTES:
            raise TraceError(f"{name}:{number}: the line is longer than {LINE_MAX_BYTES} bytes")
        if not line.strip():
            continue
        try:
            yield _any.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise TraceError(f"{name}:{number}: not an event of {TRACE_SCHEMA}: {error}") from error


def write_trace(path: Path, events: Iterable[AnyEvent]) -> None:
    """Write `events` to `path`, one a line."""
    with path.open("wb") as file:
        for event in events:
            file.write(_encoder.encode(event))
            file.write(b"\n")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of a trace."""
    return msgspec.json.schema(AnyEvent)
