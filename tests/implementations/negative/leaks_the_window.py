"""A wrong implementation: the streams of a connection share one budget, and a stopped one keeps it.

Bytes that no ACK will ever cover count as outstanding for as long as the connection lives. Each
stream that is cancelled or fails leaves less to the others, until they wait for nobody.
"""

import threading
from collections.abc import Iterable
from typing import Any

from stallproof.drivers.frame import Payload
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.stream import StreamOutcome

CHANGED = threading.Condition()
OUTSTANDING: dict[str, dict[int, int]] = {}
WINDOWS = 2


class SharingSender(StreamSender):
    """Wait for room in the budget of the connection before the window of the stream is asked."""

    def _carry(self, chunk: Payload) -> None:
        size = len(memoryview(chunk))
        with CHANGED:
            owed = OUTSTANDING.setdefault(self._conn.name, {})
            budget = WINDOWS * self._conn.policy.window_bytes
            while sum(owed.values()) + size > budget and self.stream.outcome is None:
                CHANGED.wait(0.05)
            owed[self.number] = owed.get(self.number, 0) + size
        super()._carry(chunk)

    def run(self, source: Iterable[Payload]) -> StreamOutcome:
        outcome = super().run(source)
        if outcome is StreamOutcome.DONE:
            with CHANGED:
                OUTSTANDING.get(self._conn.name, {}).pop(self.number, None)
                CHANGED.notify_all()
        return outcome

    def on_ack(self, raw_offset: object, **named: Any) -> bool:
        is_valid = super().on_ack(raw_offset, **named)
        with CHANGED:
            owed = OUTSTANDING.get(self._conn.name, {})
            if is_valid and self.number in owed and self.stream.outcome is None:
                owed[self.number] = self.stream.sent_bytes - self.stream.acknowledged_bytes
                CHANGED.notify_all()
        return is_valid


class LeaksTheWindow(Reference):
    """The reference with one budget for all streams of a connection."""

    name = "leaks-the-window"
    stream_class = SharingSender


if __name__ == "__main__":
    main(LeaksTheWindow)
