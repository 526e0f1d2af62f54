"""Reading and writing traces: one JSON object a line, every mistake named by file and line.

Spec: `spec/trace.md`. The schema is generated from these types, so that it cannot drift.
"""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, Any

import msgspec

from stallproof.wire.events import AnyEvent, AnyImplementationEvent, AnyPeerEvent
from stallproof.wire.trace_error import TraceError as TraceError

TRACE_SCHEMA = "stallproof.trace/1"
LINE_MAX_BYTES = 1024 * 1024
BLOCK_BYTES = 64 * 1024
"""How much is read at once; less than the longest line, so that a block holds none too long."""

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
    return chain.from_iterable(read_blocks(path))


def read_blocks(path: Path) -> Iterator[Sequence[AnyEvent]]:
    """Yield the same, some events at a time."""
    try:
        with path.open("rb") as file:
            yield from blocks_of(file, str(path))
    except OSError as error:
        raise TraceError(f"{path}: {error.strerror or error}") from error


def blocks_of(file: IO[bytes], name: str, number: int = 0) -> Iterator[Sequence[AnyEvent]]:
    """Yield the events of `file`, which messages call `name`, as `read_blocks` does.

    `number`: how many lines stand before it in what is called so.
    """
    rest = b""
    while block := file.read(BLOCK_BYTES):
        end = block.rfind(b"\n") + 1
        if not end:
            rest += block
        else:
            lines, rest = rest + block[:end], block[end:]
            count = lines.count(b"\n")
            events = _at_once(lines, count)
            if events is None:
                yield from _one_by_one(lines, name, number)
            else:
                yield events
            number += count
        if len(rest) > LINE_MAX_BYTES:
            break
    yield from _one_by_one(rest, name, number)


def _at_once(lines: bytes, count: int) -> Sequence[AnyEvent] | None:
    """Return the events of `count` whole lines; `None` where they have to be taken one by one.

    The decoder would also take a value on two lines, and two values on one. A line break between
    two braces is never inside of a value, and with as many values as lines no line has two.
    """
    if len(lines) > LINE_MAX_BYTES or lines[:1] != b"{" or lines.count(b"}\n{") != count - 1:
        return None
    try:
        events: list[AnyEvent] = _any.decode_lines(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        # Only the lines taken one by one tell which of them is wrong.
        return None
    return events if len(events) == count else None


def _one_by_one(lines: bytes, name: str, number: int) -> Iterator[Sequence[AnyEvent]]:
    """Yield each event of `lines` alone; raises `TraceError` at the first line that is none."""
    for line in BytesIO(lines):
        number += 1
        if len(line) > LINE_MAX_BYTES:
            raise TraceError(f"{name}:{number}: the line is longer than {LINE_MAX_BYTES} bytes")
        if not line.strip():
            continue
        try:
            event = _any.decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise TraceError(f"{name}:{number}: not an event of {TRACE_SCHEMA}: {error}") from error
        yield (event,)


def write_trace(path: Path, events: Iterable[AnyEvent]) -> None:
    """Write `events` to `path`, one a line."""
    with path.open("wb") as file:
        for event in events:
            file.write(_encoder.encode(event))
            file.write(b"\n")


def schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of a trace."""
    return msgspec.json.schema(AnyEvent)
