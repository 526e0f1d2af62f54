"""A wrong implementation: it closes by closing the descriptor, without a shutdown.

That wakes nobody: whoever polls the number polls on, until its deadline or until somebody else has
the number.
"""

import contextlib

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import SocketTransport
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main


class ClosingTransport(SocketTransport):
    """Give the number back at once."""

    def shut_down(self) -> None:
        self.socket.close()

    def release(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()


class ClosedConnection(GuardedConnection):
    """The connection over such a transport."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._transport.__class__ = ClosingTransport


class ClosesTheDescriptor(Reference):
    """The reference with a close that shuts nothing down."""

    name = "closes-the-descriptor"
    connection_class = ClosedConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(ClosesTheDescriptor)
