"""A wrong implementation: it writes with a blocking send once the poll said writable.

A poll promises room for one byte, not for the rest of the frame. The write waits for the peer, and
the lock with it (SD-3, and with it CX-4 and the rest that waits for the lock).
"""

import select
import socket

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import Pieces, SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main


class BlockingConnection(GuardedConnection):
    """Wait for writability, then block in the write."""

    def _write(self, pieces: Pieces) -> int:
        assert isinstance(self._transport, SocketTransport)
        sock = self._transport.socket
        writable = select.poll()
        writable.register(sock.fileno(), select.POLLOUT)
        if not writable.poll(0):
            raise BlockingIOError
        return sock.sendmsg(pieces, [], socket.MSG_NOSIGNAL)


class BlocksInItsWrite(Reference):
    """The reference with blocking writes."""

    name = "blocks-in-its-write"
    connection_class = BlockingConnection
    # It waits in a system call, which only a real clock ends.
    features = tuple(feature for feature in FEATURES if feature != "virtual_time")


if __name__ == "__main__":
    main(BlocksInItsWrite)
