"""Lines for asyncio in virtual time.

Spec: `spec/virtual.md`.
"""

import asyncio
from collections.abc import Callable
from typing import Literal

from stallproof.drivers.io import Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.harness.async_line import SEND, tell
from stallproof.harness.plain_simulated import SimulatedEnd
from stallproof.harness.simulated.transport import SimulatedTransport


class AsyncSimulatedLine(SimulatedEnd):
    """A line (`stallproof.harness.async_line`) on a transport with a stated amount of room."""

    def __init__(self, io: Io, transport: Transport, conn: str, record: Record) -> None:
        """Report to `record` what happens on the connection `conn`."""
        super().__init__(io, transport, conn, record)
        assert isinstance(transport, SimulatedTransport)
        self._room = transport
        self._lock = _ReportedLock(self._taken)

    def _whose(self) -> int | None:
        return SEND.get()

    def lock(self) -> asyncio.Lock:
        """Return the send lock; it is handed over in order of arrival."""
        return self._lock

    async def writable(self) -> None:
        """Wait for room, for a failure, or for the end."""
        if self._room.is_ready:
            return
        loop = asyncio.get_running_loop()
        found: asyncio.Future[None] = loop.create_future()

        def woken() -> None:
            loop.call_soon_threadsafe(tell, found)

        self._room.watch(woken)
        try:
            await found
        finally:
            self._room.unwatch(woken)


class _ReportedLock(asyncio.Lock):
    """A lock of asyncio that says when it was taken."""

    def __init__(self, taken: Callable[[], None]) -> None:
        super().__init__()
        self._taken = taken

    async def acquire(self) -> Literal[True]:
        """Wait for the turn, and take it."""
        await super().acquire()
        self._taken()
        return True
