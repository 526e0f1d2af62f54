"""A wrong implementation: its monitor sends the heartbeats itself, through the lock it watches.

It waits for the send lock, also while a send is in flight; so one stalled connection stops the
pass, and nobody watches the others. Where a send is stalled beyond the limit it sends none.
"""

import contextlib

from stallproof.drivers.frame import FrameType
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.monitor import Monitor, Watched
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stall_count import CheckDecision, Snapshot, is_idle
from stallproof.wire.implementation import HeartbeatSent


class HastyConnection(GuardedConnection):
    """Send the heartbeat in the thread that asks for it, after everyone who sends."""

    def queue_heartbeat(self) -> None:
        with contextlib.suppress(SendFailed):
            if self.send(b"", kind=FrameType.PING) is Outcome.OK:
                self._record(HeartbeatSent(at_us=self._clock(), conn=self.name))


class WaitingMonitor(Monitor):
    """Want a heartbeat on an idle connection not stalled yet, though a send is in flight."""

    def _is_heartbeat_due(
        self, conn: Watched, snapshot: Snapshot, decision: CheckDecision, *, now_us: int
    ) -> bool:
        return (
            snapshot.heartbeats
            and not snapshot.closing
            and not decision.stalled
            and is_idle(conn.policy, snapshot.received_us, now_us=now_us)
        )


class HeartbeatsThroughTheLock(Reference):
    """The reference with a monitor that waits for the lock it watches."""

    name = "heartbeats-through-the-lock"
    connection_class = HastyConnection
    monitor_class = WaitingMonitor


if __name__ == "__main__":
    main(HeartbeatsThroughTheLock)
