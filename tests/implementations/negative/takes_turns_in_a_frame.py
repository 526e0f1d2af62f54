"""A wrong implementation: it gives the lock away in the midst of a frame that does not fit.

One that would block lets others go first, for the good of their latency, and goes on when its turn
comes again. What it had written by then stands in front of their frames.
"""

import select

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main

LOOKS_EVERY_MS = 20


class PoliteTransport:
    """Wait without the lock."""

    def __init__(self, conn: GuardedConnection) -> None:
        self._conn, self._under = conn, conn._transport

    def wait(self, wait_us: int) -> object:
        self._conn.lock.release()
        try:
            return self._poll().poll(min(-(-wait_us // 1000), LOOKS_EVERY_MS))
        finally:
            self._conn.lock.acquire()

    def _poll(self) -> select.poll:
        """Return a poll for this waiter alone, since several wait at once."""
        assert isinstance(self._under, SocketTransport)
        poll = select.poll()
        poll.register(self._under.socket.fileno(), select.POLLOUT)
        return poll

    def __getattr__(self, name: str) -> object:
        return getattr(self._under, name)


class PoliteConnection(GuardedConnection):
    """The connection over such a transport."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._transport = PoliteTransport(self)  # type: ignore[assignment]


class TakesTurnsInAFrame(Reference):
    """The reference with frames that let others in."""

    name = "takes-turns-in-a-frame"
    connection_class = PoliteConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(TakesTurnsInAFrame)
