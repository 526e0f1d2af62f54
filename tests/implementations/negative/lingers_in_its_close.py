"""A wrong implementation: its close returns when the kernel has got rid of every byte.

The blocked send is let go, and nothing is written any more. But who closes waits until the peer has
read what was written before, and a peer that has stopped reading keeps it for ever.
"""

import array
import fcntl
import termios
import time

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main

LOOKS_EVERY_S = 0.01
GIVES_UP_AFTER_S = 20.0


def unsent_bytes(descriptor: int) -> int:
    """Return how many bytes the kernel holds that the peer has not taken."""
    held = array.array("i", [0])
    fcntl.ioctl(descriptor, termios.TIOCOUTQ, held)
    return held[0]


class LingeringConnection(GuardedConnection):
    """Let the sends go, shut down, and wait for the peer."""

    def close(self) -> None:
        assert isinstance(self._transport, SocketTransport)
        super().close()
        until = time.monotonic() + GIVES_UP_AFTER_S
        while self._transport.socket.fileno() >= 0 and time.monotonic() < until:
            try:
                if unsent_bytes(self._transport.socket.fileno()) == 0:
                    return
            except OSError:
                return
            time.sleep(LOOKS_EVERY_S)

    def _release(self) -> None:
        """Keep the descriptor, whose queue is looked at; the process ends soon enough."""


class LingersInItsClose(Reference):
    """The reference with a close that waits for the peer."""

    name = "lingers-in-its-close"
    connection_class = LingeringConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(LingersInItsClose)
