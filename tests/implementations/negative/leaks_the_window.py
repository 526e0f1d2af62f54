"""A wrong implementation: the streams of a connection share one budget, and a stopped one keeps it.

Bytes that no ACK will ever cover count as outstanding for as long as the connection lives. Each
stream that is cancelled or fails leaves less to the others, until they wait for nobody.
"""

import threading
from typing import Any

from stallproof.drivers.steps import StreamSteps
from stallproof.drivers.stream_sender import StreamSender
from stallproof.harness.reference import Reference
from stallproof.harness.server import main
from stallproof.machines.policy import Policy
from stallproof.machines.stream import AwaitAck, BeginChunk, Look, Stream, StreamOutcome

WINDOWS = 1.5
"""The budget of a connection, in windows of one stream."""
LOOKS_EVERY_US = 50_000
OWED: dict[str, dict[int, int]] = {}
"""By connection and stream: how many bytes of it are outstanding."""
MUTEX = threading.Lock()


class SharingSender(StreamSender):
    """Begin a chunk only where the budget of the connection has room as well."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        own = self._steps

        def on_look(policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
            looked, look = own.on_look(policy, stream, now_us=now_us)
            if isinstance(look, BeginChunk) and not self._has_room(policy, stream):
                return looked, AwaitAck(LOOKS_EVERY_US)
            return looked, look

        self._steps = StreamSteps(own.on_made, on_look, own.on_chunk_begun, own.on_ack, own.on_stop)

    def _has_room(self, policy: Policy, stream: Stream) -> bool:
        with MUTEX:
            owed = OWED.setdefault(self._conn.name, {})
            owed[self.number] = stream.sent_bytes - stream.acknowledged_bytes
            return sum(owed.values()) <= WINDOWS * policy.window_bytes

    def _end(self, outcome: StreamOutcome, detail: str | None) -> StreamOutcome:
        """Give back what a stream had that has come to its end, and no other."""
        if outcome is StreamOutcome.DONE:
            with MUTEX:
                OWED.get(self._conn.name, {}).pop(self.number, None)
        return super()._end(outcome, detail)


class LeaksTheWindow(Reference):
    """The reference with one budget for all streams of a connection."""

    name = "leaks-the-window"
    stream_class = SharingSender


if __name__ == "__main__":
    main(LeaksTheWindow)
