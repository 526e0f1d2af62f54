"""Lines in virtual time: the transport of a script, and what the line says of its use.

Spec: `spec/virtual.md`.
"""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

from stallproof.drivers.io import Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.harness.simulated.hub import current
from stallproof.wire.implementation import Closed, Closing, LockTaken, Received, Written


class SimulatedEnd:
    """What lines in virtual time have in common, whoever waits on them.

    A subclass says which send it is that takes the lock or writes.
    """

    def __init__(self, io: Io, transport: Transport, conn: str, record: Record) -> None:
        """Report to `record` what happens on the connection `conn`."""
        self.received_frames = 0
        self._io = io
        self._transport = transport
        self._conn = conn
        self._record = record
        io.thread(self._take_in, f"{conn}-reader").start()

    def _whose(self) -> int | None:
        """Return the number of the send that runs, `None` where it is none."""
        raise NotImplementedError

    def now_us(self) -> int:
        """Return the virtual time."""
        return self._io.now_us()

    def _taken(self) -> None:
        """Report that the send that runs has the lock."""
        if (send := self._whose()) is not None:
            self._record(LockTaken(at_us=self.now_us(), conn=self._conn, send=send))

    def write(self, data: memoryview) -> int:
        """Write what there is room for; raises as a socket that never blocks does."""
        began_us = self.now_us()
        wrote_bytes = self._transport.write([data])
        if wrote_bytes and (send := self._whose()) is not None:
            self._record(
                Written(
                    at_us=self.now_us(), conn=self._conn, send=send, began_us=began_us,
                    wrote_bytes=wrote_bytes,
                )
            )  # fmt: skip
        return wrote_bytes

    def shut(self) -> None:
        """Shut down, which takes no time, and wake who waits."""
        self._record(Closing(at_us=self.now_us(), conn=self._conn))
        self._transport.shut_down()
        self._record(Closed(at_us=self.now_us(), conn=self._conn))

    def _take_in(self) -> None:
        """Count the frames of the peer; nobody here is interested in what they hold."""
        while self._transport.read(1):
            self.received_frames += 1
            self._record(Received(at_us=self.now_us(), conn=self._conn))


class SimulatedLine(SimulatedEnd):
    """A line (`stallproof.harness.line`) on a transport with a stated amount of room."""

    def __init__(self, io: Io, transport: Transport, conn: str, record: Record) -> None:
        """Report to `record` what happens on the connection `conn`."""
        super().__init__(io, transport, conn, record)
        self._lock = TicketLock(io.parking)

    def _whose(self) -> int | None:
        return current().send

    def lock(self) -> AbstractContextManager[None]:
        """Return the send lock; it is handed over in order of arrival."""
        return self._held()

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        self._lock.acquire()
        try:
            self._taken()
            yield
        finally:
            self._lock.release()

    def wait(self, until_us: int) -> None:
        """Wait for room, for a failure, for the end, or until `until_us`."""
        self._transport.wait(until_us - self.now_us())
