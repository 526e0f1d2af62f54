"""A wrong implementation: deadlines are kept in whole milliseconds, rounded down.

The clock is read in microseconds and cut off, as by a division of integers: a send may end almost a
millisecond before its time.
"""

from dataclasses import replace
from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Send

MILLISECOND_US = 1000


class CoarseConnection(GuardedConnection):
    """Read the clock in whole milliseconds."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        fine = self._steps.on_lock_taken

        def coarse(policy: Policy, size_bytes: int, *, now_us: int) -> Send:
            return fine(policy, size_bytes, now_us=now_us - now_us % MILLISECOND_US)

        self._steps = replace(self._steps, on_lock_taken=coarse)


class RoundsItsDeadlineDown(Reference):
    """The reference with coarse deadlines."""

    name = "rounds-its-deadline-down"
    connection_class = CoarseConnection


if __name__ == "__main__":
    main(RoundsItsDeadlineDown)
