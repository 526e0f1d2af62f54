"""A wrong implementation: it holds the lock for 300 ms beyond its deadline, and says nothing of it.

It tells neither when it takes the lock nor what it writes. The peer sees the first byte of its
frame, and from there the bound counts. With `--late` it says that it took the lock 250 ms after it
did, so that by its own word every hold is in time; the first byte came before that moment.
"""

import sys
import threading
import time
from dataclasses import replace
from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.recorder import Record
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.policy import Policy
from stallproof.wire.event import Event
from stallproof.wire.implementation import LockTaken, Written
from stallproof.wire.request import ANEW

BEYOND_US, LATE_US = 300_000, 250_000


class Holding(GuardedConnection):
    """Hold the lock for longer than is configured."""

    def __init__(self, link: Any, policy: Policy, *given: Any, **named: Any) -> None:
        longer = replace(policy, send_timeout_us=policy.send_timeout_us + BEYOND_US)
        super().__init__(link, longer, *given, **named)


class HoldsLonger(Reference):
    """The reference with a hold that is too long, and without a word of its lock."""

    name = "holds-longer"
    connection_class = Holding

    def __init__(self, record: Record) -> None:
        self._tell = record
        super().__init__(self.told)

    def told(self, event: Event) -> None:
        """Report `event`, unless it is of the lock or of a write."""
        if not isinstance(event, LockTaken | Written):
            self._tell(event)


class SaysItLate(HoldsLonger):
    """The same, with a lock that was taken later by its own word."""

    name = "says-its-lock-late"
    # What it says late may be of a connection from before its last configuration.
    features = tuple(one for one in HoldsLonger.features if one != ANEW)

    def told(self, event: Event) -> None:
        """Report the lock when the time has come that it names."""
        if isinstance(event, LockTaken):
            timer = threading.Timer(LATE_US / 1e6, self._tell_lock, (event.conn, event.send))
            timer.daemon = True
            timer.start()
        super().told(event)

    def _tell_lock(self, conn: str, send: int) -> None:
        self._tell(LockTaken(at_us=time.monotonic_ns() // 1000, conn=conn, send=send))


if __name__ == "__main__":
    main(SaysItLate if "--late" in sys.argv else HoldsLonger)
