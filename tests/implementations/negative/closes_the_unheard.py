"""A wrong implementation: whoever was not heard of for two heartbeat intervals is closed.

A peer that is busy taking a large frame answers nothing meanwhile, and its answer would wait behind
that frame. So the keepalive closes the one connection that works, in the midst of a send that is
well within its deadline.
"""

from typing import Any

from stallproof.drivers.monitor import Monitor, Watched
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.connection import Cause
from stallproof.machines.stall_count import StallCount

INTERVALS = 2


class ImpatientMonitor(Monitor):
    """Close who has been silent for too long, whatever is under way."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._first_seen: dict[str, int] = {}

    def _check(self, conn: Watched, count: StallCount) -> StallCount:
        count = super()._check(conn, count)
        now_us = self._clock()
        heard_us = conn.snapshot()[0].received_us
        if heard_us is None:
            heard_us = self._first_seen.setdefault(conn.name, now_us)
        if now_us - heard_us > INTERVALS * conn.policy.heartbeat_interval_us:
            conn.begin_closing(Cause.MONITOR)
        return count


class ClosesTheUnheard(Reference):
    """The reference with a keepalive that does not look whether anything is on its way."""

    name = "closes-the-unheard"
    monitor_class = ImpatientMonitor


if __name__ == "__main__":
    main(ClosesTheUnheard)
