"""A wrong implementation: heartbeats are written under the deadline of the last send.

A deadline that was set on the connection stays there. Once it is past, every heartbeat fails at
once, though the peer reads; only the next send, which sets another one, gets through.
"""

from typing import Any

from stallproof.drivers.guarded import GuardedConnection
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.send_deadline import Outcome


class StickyConnection(GuardedConnection):
    """Remember the deadline of the last send, and hold heartbeats to it."""

    deadline_us: int | None = None

    def send(self, payload: Any, **named: Any) -> Outcome:
        self.deadline_us = self._clock() + self.policy.send_timeout_us
        return super().send(payload, **named)

    def _heartbeat(self) -> None:
        if self.deadline_us is not None and self._clock() >= self.deadline_us:
            self._dropped("i/o timeout")
            return
        super()._heartbeat()


class KeepsAnOldDeadline(Reference):
    """The reference with a deadline that stays on its connection."""

    name = "keeps-an-old-deadline"
    connection_class = StickyConnection


if __name__ == "__main__":
    main(KeepsAnOldDeadline)
