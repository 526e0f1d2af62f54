"""A wrong implementation: a timer for each send closes the descriptor's number when it fires.

Nobody cancels it when the send has ended well. Whatever has that number by then is shut down: the
same connection, idle, or one that was opened later.
"""

import contextlib
import os
import socket
import threading
from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


def shut(descriptor: int) -> None:
    """Shut down whatever socket has this number now."""
    with contextlib.suppress(OSError):
        sock = socket.socket(fileno=os.dup(descriptor))
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
        sock.close()


class TimedConnection(GuardedConnection):
    """Set a timer when a send begins, and leave it alone."""

    def send(self, payload: Any, **named: Any) -> Outcome:
        assert isinstance(self._transport, SocketTransport)
        after_s = 1.5 * self.policy.send_timeout_us / 1e6
        timer = threading.Timer(after_s, shut, (self._transport.socket.fileno(),))
        timer.daemon = True
        timer.start()
        return super().send(payload, **named)


class ForgetsItsTimer(Reference):
    """The reference with timers that outlive their sends."""

    name = "forgets-its-timer"
    connection_class = TimedConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(ForgetsItsTimer)
