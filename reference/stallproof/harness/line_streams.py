"""Streams of asyncio over a line, for code that takes a reader and a writer.

The intuition: `StreamWriter` and its `drain` are those of the standard library; only the transport
beneath is a line. So code that is written for streams is judged in virtual time too, with all that
streams do: a buffer of their own, and the end of the connection at any error.

The complication: bytes leave later than they were written, on nobody's task. Each piece remembers
the context in which it was written, so that the trace says whose bytes they are.

Spec: `spec/virtual.md`. Source: the documentation of `asyncio`, "Streams".
"""

import asyncio
from collections import deque
from contextvars import Context, copy_context

from stallproof.harness.async_line import AsyncLine

HIGH_BYTES = 64 * 1024
"""How many bytes may be left before `drain` waits, if nobody says otherwise: as in asyncio."""


async def streams(line: AsyncLine) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a reader and a writer over `line`; `drain` waits by the limits of its buffer.

    The reader sees the end of the connection and nothing else: what the peer sends is not read.
    """
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport = LineTransport(line, protocol, loop)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


class LineTransport(asyncio.Transport):
    """A transport of asyncio that writes to a line."""

    def __init__(
        self, line: AsyncLine, protocol: asyncio.Protocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Tell `protocol` what becomes of the connection."""
        super().__init__()
        self._line = line
        self._protocol = protocol
        self._loop = loop
        self._left: deque[tuple[Context, memoryview]] = deque()
        self._flushing: asyncio.Task[None] | None = None
        self._is_closing = self._is_paused = self._has_ended = False
        self.set_write_buffer_limits()
        protocol.connection_made(self)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Have `drain` wait while more than `high` bytes are left, until at most `low` are.

        `None`: as asyncio does, 64 KiB and a quarter of `high`.
        """
        self._high = HIGH_BYTES if high is None else high
        self._low = self._high // 4 if low is None else low

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are left."""
        return sum(len(piece) for _, piece in self._left)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write what there is room for now, and the rest when there is; nothing once closing."""
        if self._is_closing or not data:
            return
        self._left.append((copy_context(), memoryview(bytes(data))))
        if self._flushing is None:
            try:
                self._flush()
            except BlockingIOError:
                self._flushing = self._loop.create_task(self._flush_later())
            except OSError as error:
                self._end(error)
        self._steer()

    def is_closing(self) -> bool:
        """Tell whether `close` or `abort` was called, or an error ended the connection."""
        return self._is_closing

    def close(self) -> None:
        """Close once what is left has been written."""
        self._is_closing = True
        if self._flushing is None:
            self._end(None)

    def abort(self) -> None:
        """Close now; what is left is lost."""
        self._end(None)

    def _flush(self) -> None:
        """Write until nothing is left; raises as a line does."""
        while self._left:
            context, piece = self._left[0]
            try:
                wrote = context.run(self._line.write, piece)
            except InterruptedError:
                continue
            if not wrote:
                raise BrokenPipeError("a write took nothing")
            if wrote < len(piece):
                self._left[0] = context, piece[wrote:]
            else:
                self._left.popleft()

    async def _flush_later(self) -> None:
        try:
            while self._left:
                await self._line.writable()
                try:
                    self._flush()
                except BlockingIOError:
                    self._steer()
        except OSError as error:
            self._end(error)
            return
        finally:
            self._flushing = None
        self._steer()
        if self._is_closing:
            self._end(None)

    def _steer(self) -> None:
        """Tell the protocol to pause or to go on, by what is left."""
        left_bytes = self.get_write_buffer_size()
        if not self._is_paused and left_bytes > self._high:
            self._is_paused = True
            self._protocol.pause_writing()
        elif self._is_paused and left_bytes <= self._low:
            self._is_paused = False
            self._protocol.resume_writing()

    def _end(self, error: OSError | None) -> None:
        """Shut the line down, and say so; only the first time counts."""
        if self._has_ended:
            return
        self._is_closing = self._has_ended = True
        self._left.clear()
        if self._flushing is not None:
            self._flushing.cancel()
        self._line.shut()
        self._loop.call_soon(self._protocol.connection_lost, error)
