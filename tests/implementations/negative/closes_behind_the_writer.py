"""A wrong implementation: to close it waits for its turn among the writers.

So a blocked send is not let go, and the close lasts until the peer reads or the deadline comes. It
has no monitor, so that nothing of that may depend on one.
"""

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main

MONITORED = ("checks", "monitor", "heartbeats", "wall_jump")


class WaitingConnection(GuardedConnection):
    """Take the send lock before closing."""

    def close(self) -> None:
        self.lock.acquire()
        try:
            super().close()
        finally:
            self.lock.release()


class ClosesBehindTheWriter(Reference):
    """The reference without a monitor, with a close that queues."""

    name = "closes-behind-the-writer"
    features = tuple(one for one in FEATURES if one not in MONITORED)
    connection_class = WaitingConnection


if __name__ == "__main__":
    main(ClosesBehindTheWriter)
