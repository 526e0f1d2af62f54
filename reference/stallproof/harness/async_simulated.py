"""Lines for asyncio in virtual time.

Spec: `spec/virtual.md`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

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
        self._lock = asyncio.Lock()

    def _whose(self) -> int | None:
        return SEND.get()

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Return the send lock; it is handed over in order of arrival."""
        return self._held()

    @contextlib.asynccontextmanager
    async def _held(self) -> AsyncIterator[None]:
        async with self._lock:
            self._taken()
            yield

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
