"""A guarded connection for asyncio, and its harness: one deadline, a fair lock, one closing.

Clock, lock and transport come from outside, as a line: real sockets and virtual time alike.
"""

import asyncio
import errno
import platform
from collections.abc import Callable

from framed import LAYOUT, framed

from stallproof import AsyncHarness
from stallproof.harness import (
    SEND_TIMEOUT,
    AsyncLine,
    AsyncSocketLine,
    OpenRequest,
    Told,
    async_connected,
)

SECOND_US = 1_000_000


class Suppressed(Exception):
    """Nothing was wrong with the frame: the connection is closing."""


class Guarded:
    """One connection that many tasks send on; no peer stalls it for longer than allowed."""

    def __init__(
        self, line: AsyncLine, frame: Callable[[bytes | memoryview], bytes], timeout_us: int
    ) -> None:
        self._line = line
        self._frame = frame
        self._timeout_us = timeout_us
        self._closing = False
        self.on_closing: Callable[[Guarded], object] = _nothing
        """Called when closing begins, before the shutdown."""
        self.on_closed: Callable[[Guarded], object] = _nothing
        """Called after the shutdown: no write can succeed any more."""

    async def send(self, payload: bytes | memoryview) -> None:
        """Send one frame; raise `Suppressed` where the connection is closing, `OSError` if not.

        The deadline counts from the lock. A task that is cancelled gives its frame up.
        """
        rest = memoryview(self._frame(payload))
        whole = len(rest)
        async with self._line.lock():
            deadline_us = self._line.now_us() + self._timeout_us
            try:
                async with asyncio.timeout_at(deadline_us / SECOND_US):
                    while rest:
                        rest = rest[await self._write(rest, deadline_us) :]
            except BaseException as error:
                if self._closing and isinstance(error, OSError):
                    raise Suppressed from error
                if isinstance(error, TimeoutError) or len(rest) < whole:
                    self.close()
                raise

    async def _write(self, rest: memoryview, deadline_us: int) -> int:
        """Write what can be written now, or wait; a write of nothing: the transport is closed."""
        if self._closing:
            raise Suppressed
        if self._line.now_us() >= deadline_us:
            raise TimeoutError
        try:
            if wrote := self._line.write(rest):
                return wrote
        except BlockingIOError:
            await self._line.writable()
            return 0
        except InterruptedError:
            return 0
        raise BrokenPipeError(errno.EPIPE, "a write took nothing")

    def close(self) -> None:
        """Close; the send in flight and all that wait for it end at once."""
        if not self._closing:
            self._closing = True
            self.on_closing(self)
            self._line.shut()
            self.on_closed(self)


def _nothing(conn: Guarded) -> None:
    """Nobody wants to know."""


class AsyncioGuarded(AsyncHarness[Guarded]):
    """Guarded connections over Unix sockets, TCP, and lines in virtual time."""

    name = "asyncio guarded"
    version = platform.python_version()
    frames = LAYOUT
    features = ("unix", "tcp", "give_up")

    async def connect(self, request: OpenRequest) -> Guarded:
        conn = Guarded(AsyncSocketLine(await async_connected(request)), framed, self.timeout_us)
        conn.on_closing, conn.on_closed = self.closing, self.closed
        return conn

    async def over(self, line: AsyncLine) -> Guarded:
        # In virtual time a frame is as long as its payload.
        return Guarded(line, bytes, self.timeout_us)

    @property
    def timeout_us(self) -> int:
        return int(self.knobs[SEND_TIMEOUT] * SECOND_US + 0.5)

    async def send(self, conn: Guarded, payload: bytes | memoryview) -> Told:
        try:
            await conn.send(payload)
        except Suppressed:
            return Told("suppressed")
        return Told("ok")

    async def close(self, conn: Guarded) -> None:
        conn.close()


if __name__ == "__main__":
    AsyncioGuarded.main()
