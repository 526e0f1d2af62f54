"""Any asyncio connection as a harness: the sibling of `PlainHarness` whose hooks are coroutines.

The intuition: the server asks on threads, and asyncio lives on one loop. So each hook runs as a
task on that loop, and the thread that asked waits for its end. The loop has a thread of its own; in
virtual time it has the oracle's clock, and `asyncio.timeout` ends exactly when it is due.

The use: subclass `AsyncHarness`, say `name`, `version` and `frames`, write `connect`, `send` and
`close` as coroutines, and call `main`. The guide in `docs/tutorial-asyncio.md` does it step by
step.

The complication: giving a send up cancels its task. Who declares `give_up` says that its send can
be cancelled: part of a frame closes the connection, and nothing of it leaves the connection whole.

Spec: `spec/protocol.md`, `spec/virtual.md`.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.harness.adapter import Told, Unsupported
from stallproof.harness.async_line import SEND, AsyncLine
from stallproof.harness.base import OwnedHarness
from stallproof.harness.owned_link import Conn, LineCount
from stallproof.harness.tasks import Tasks
from stallproof.wire.protocol import MonitorClaim, OpenRequest

_Result = TypeVar("_Result")


class AsyncHarness(OwnedHarness[Conn]):
    """A harness around a connection class of asyncio; here is what a subclass writes."""

    async def connect(self, request: OpenRequest) -> Conn:
        """Return a connection to the address in `request`, which may send at once.

        `await stallproof.harness.async_connected(request)` gives a connected socket, for who
        wants one.
        """
        raise NotImplementedError

    async def send(self, conn: Conn, payload: bytes | memoryview) -> object:
        """Send one frame; returning means OK, unless it is a `Told`, and raising means a failure.

        An exception is told by `outcomes`, or else by the error table of SD-7. Each send is a task
        of its own; where `give_up` is declared it may be cancelled.
        """
        raise NotImplementedError

    async def close(self, conn: Conn) -> None:
        """Close from this side; return when the call that closes has returned."""
        raise NotImplementedError

    async def received(self, conn: Conn) -> int:
        """Return how many frames came in so far; `unsupported` unless a subclass can tell."""
        raise Unsupported("this harness does not count what comes in")

    async def over(self, line: AsyncLine) -> Conn:
        """Return a connection over `line`, for who takes clock, lock and transport from outside.

        A subclass that has this is judged in virtual time as well (`stallproof spec virtual`).
        """
        raise NotImplementedError

    async def run_pass(self) -> None:
        """Have the monitor check every connection once, and report `checked` and `warned`.

        For who declares `checks`; `unsupported` without it.
        """
        raise Unsupported("this implementation has no monitor")

    async def schedule(self, period_us: int | None) -> MonitorClaim:
        """Start the monitor's own schedule, or stop it for `None`; return its `punctuality`.

        For who declares `monitor`; `unsupported` without it.
        """
        raise Unsupported("this implementation has no monitor")

    # --- how these are called ---------------------------------------------------------------------

    def begin(self, io: Io, record: Record) -> None:
        """Forget every connection, and live on a loop of the clock of `io` from now on.

        A clock has one loop: whoever begins anew on the real clock finds it going on.
        """
        if getattr(self, "_io", None) is not io:
            self._tasks = Tasks(io, _loop_of)
        super().begin(io, record)

    def _do(self, work: Coroutine[Any, Any, _Result], give_up: GiveUp | None = None) -> _Result:
        return self._tasks.run(work, give_up)

    def _connect(self, request: OpenRequest) -> Conn:
        return self._do(self.connect(request))

    def _send(
        self,
        conn: Conn,
        payload: bytes | memoryview,
        send_id: int | None,
        give_up: GiveUp | None,
    ) -> object:
        async def named() -> object:
            SEND.set(send_id)
            return await self.send(conn, payload)

        try:
            return self._do(named(), give_up if "give_up" in self.features else None)
        except asyncio.CancelledError:
            if give_up is not None and give_up.is_set:
                return Told("given_up", raised=True)
            return Told("error", raised=True, detail="the send was cancelled, and nobody asked")

    def shut(self, conn: Conn) -> None:
        """Close from this side."""
        self._do(self.close(conn))

    def count(self, conn: Conn) -> int:
        """Return how many frames came in so far."""
        return self._do(self.received(conn))

    def _pass(self) -> None:
        self._do(self.run_pass())

    def _schedule(self, period_us: int | None) -> MonitorClaim:
        return self._do(self.schedule(period_us))

    @classmethod
    def _has_lines(cls) -> bool:
        return cls.over is not AsyncHarness.over

    def _on_line(self, name: str, transport: Transport) -> tuple[Conn, LineCount]:
        from stallproof.harness.async_simulated import AsyncSimulatedLine

        line = AsyncSimulatedLine(self._io, transport, name, self.record)
        return self._do(self.over(line)), line


def _loop_of(io: Io) -> asyncio.AbstractEventLoop:
    """Return a loop whose clock is that of `io`."""
    if io is REAL:
        return asyncio.new_event_loop()
    # Who never lives in virtual time needs nothing of what it is made of.
    from stallproof.harness.simulated.loop import VirtualLoop

    return VirtualLoop(io)
