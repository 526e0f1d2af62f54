"""A wrong implementation: the monitor closes in good order, after what is being sent has left.

The threshold is reached, closing is decided, and the shutdown waits for the very send whose stall
was the reason.
"""

import threading

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import FEATURES, Reference
from stallproof.harness.server import main
from stallproof.machines.connection import Cause


class OrderlyConnection(GuardedConnection):
    """Close when the send in flight is over, where it is the monitor that closes."""

    def begin_closing(self, cause: Cause) -> bool:
        if cause is not Cause.MONITOR or self.lock_holder is None:
            return super().begin_closing(cause)
        threading.Thread(target=self._close_in_order, daemon=True).start()
        return True

    def _close_in_order(self) -> None:
        self.lock.acquire()
        try:
            super().begin_closing(Cause.MONITOR)
        finally:
            self.lock.release()


class ClosesAfterTheSend(Reference):
    """The reference with a monitor that closes in order."""

    name = "closes-after-the-send"
    connection_class = OrderlyConnection
    features = tuple(one for one in FEATURES if one not in ("virtual_time", "tls"))


if __name__ == "__main__":
    main(ClosesAfterTheSend)
