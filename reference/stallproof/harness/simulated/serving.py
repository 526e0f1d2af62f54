"""The protocol's server in virtual time: one thread, many requests at once, one line after another.

The intuition: without a clock there is nothing to wait for, so requests are read and answers are
written in bulk, and thousands of cases take a second. An event is written before the answer to the
request that brought it about.

The complication: nothing is read while something is written. So whoever asks has to take in answers
while it still writes, or send no more at a time than the two pipes hold.

Spec: `spec/virtual.md`, rule 2; `spec/protocol.md`.
"""

from collections.abc import Callable, Iterator
from typing import IO, Protocol, cast

import msgspec

from stallproof.harness.adapter import Fields
from stallproof.harness.requests import answered, too_long, understood
from stallproof.wire.event import Event
from stallproof.wire.protocol import LINE_MAX_BYTES, AnyRequest, HelloRequest, StopRequest

BULK_BYTES = 256 * 1024
"""How much is read, and about how much is written, at a time."""


class Bulk:
    """Lines that are kept until they are flushed, or until they are many."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        """Hand whole lines to `write`."""
        self._write = write
        self._lines: list[bytes] = []
        self._kept_bytes = 0
        self._encode = msgspec.json.Encoder().encode

    def record(self, event: Event) -> None:
        """Keep one event."""
        self._keep(event)

    def say(self, message: Fields) -> None:
        """Keep one answer."""
        self._keep(message)

    def _keep(self, message: object) -> None:
        line = self._encode(message)
        self._lines.append(line)
        self._kept_bytes += len(line) + 1
        if self._kept_bytes >= BULK_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what is kept."""
        if self._lines:
            self._lines.append(b"")
            self._write(b"\n".join(self._lines))
            self._lines.clear()
            self._kept_bytes = 0


class _Readable(Protocol):
    """What is read from: `read1` returns what is there already, and waits only for the first."""

    def read1(self, size: int, /) -> bytes: ...


def serve(
    requests: IO[bytes],
    bulk: Bulk,
    carry_out: Callable[[AnyRequest], Fields],
    hello: Callable[[HelloRequest], Fields],
) -> None:
    """Answer requests one after the other until `stop`, or until there are no more."""

    def do(request: AnyRequest) -> Fields:
        if isinstance(request, HelloRequest):
            return hello(request)
        return {} if isinstance(request, StopRequest) else carry_out(request)

    for line in _lines(cast(_Readable, requests), bulk.flush):
        if len(line) > LINE_MAX_BYTES:
            bulk.say(too_long())
        elif line.strip():
            request = understood(line)
            if isinstance(request, dict):
                bulk.say(request)
                continue
            bulk.say(answered(cast(AnyRequest, request), do))
            if isinstance(request, StopRequest):
                break
    bulk.flush()


def _lines(requests: _Readable, before_waiting: Callable[[], None]) -> Iterator[bytes]:
    """Yield lines; what was read of one that is too long is cut, and counts as too long."""
    rest = b""
    while True:
        before_waiting()
        piece = requests.read1(BULK_BYTES)
        if not piece:
            break
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
        # Enough is kept to see that it is too long, and no more.
        rest = rest[: LINE_MAX_BYTES + 1]
    if rest:
        yield rest
