"""A wrong implementation: it writes with a blocking send once the poll said writable.

A poll promises room for one byte, not for the rest of the frame. The write waits for the peer, and
the lock with it (SD-3, and with it CX-4 and the rest that waits for the lock).
"""

import select
import socket

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main


class BlockingConnection(GuardedConnection):
    """Wait for writability, then block in the write."""

    def _write(self, pieces: list[bytes | memoryview]) -> int:
        writable = select.poll()
        writable.register(self._socket.fileno(), select.POLLOUT)
        if not writable.poll(0):
            raise BlockingIOError
        return self._socket.sendmsg(pieces, [], socket.MSG_NOSIGNAL)


class BlocksInItsWrite(Reference):
    """The reference with blocking writes."""

    name = "blocks-in-its-write"
    connection_class = BlockingConnection


if __name__ == "__main__":
    main(BlocksInItsWrite)
