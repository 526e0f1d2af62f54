"""A connection with its guardrails: sender, reader, worker, and one way to close.

The stall it guards against: closing a descriptor does not wake the sender that is blocked in it,
and frees its number for reuse under that sender's feet. Here closing is a shutdown, which wakes
everyone at once; the descriptor itself is released later, by this connection's own worker, when the
reader has left and nobody holds the lock.

Threads: senders take the fair lock; the reader never waits for it; the worker only tries it for
heartbeats, and waits its turn for what streams leave with it (`do_later`); the monitor reads
`snapshot` and calls `begin_closing` and `queue_heartbeat`, none of which can block.

Spec: `spec/sd.md`, `spec/cx.md`. Source: origin facts 5 and 6.
"""

import contextlib
import socket

from stallproof.drivers.arguments import require_connection
from stallproof.drivers.clock import Clock
from stallproof.drivers.frame import FrameType
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.reader import Reader
from stallproof.drivers.recorder import Record, ignore
from stallproof.drivers.send_failed import SendFailed as SendFailed
from stallproof.drivers.sender import Sent
from stallproof.drivers.steps import BARE, Steps
from stallproof.drivers.watch import says_what_is_published
from stallproof.drivers.worker import Task, Worker
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stall_count import Snapshot
from stallproof.wire.implementation import (
    Closed,
    Closing,
    HeartbeatDropped,
    HeartbeatQueued,
    HeartbeatSent,
)

_EMPTY = memoryview(b"")


class GuardedConnection(Reader):
    """One connected stream socket, bounded in every direction."""

    def __init__(
        self, link: socket.socket | Transport, policy: Policy, name: str, record: Record = ignore,
        *, heartbeats: bool = True, clock: Clock | None = None, steps: Steps = BARE, io: Io = REAL,
    ) -> None:  # fmt: skip
        """Take over the connected `link` and start its reader and its worker.

        `heartbeats`: the transport allows them. `close` must be called in the end. Raises
        `TypeError` for what is no socket, policy or text, `ValueError` for a limit out of range.
        """
        require_connection(link, policy, name)
        super().__init__(link, policy, name, record, clock, steps, io)
        self.heartbeats = heartbeats
        self._worker = Worker(io, f"{name}-worker", self._release, self._note)
        self._reading.start()
        self._worker.start()

    # --- closing ----------------------------------------------------------------------------------

    @property
    def is_finished(self) -> bool:
        """Tell whether the descriptor has been released: nothing more will happen."""
        return self._worker.is_finished

    def close(self) -> None:
        """Close the connection. Blocked senders return at once; a second call does nothing."""
        self.begin_closing(Cause.LOCAL)

    def wait_finished(self, wait_s: float) -> bool:
        """Wait for at most `wait_s` seconds for the descriptor's release; tell whether it came."""
        self._worker.join(wait_s)
        return self.is_finished

    def begin_closing(self, cause: Cause) -> bool:
        """Shut the transport down unless that has begun; tell whether this call did.

        Never waits: neither for the lock nor for the peer.
        """
        if not self._closing_latch.acquire(blocking=False):
            return False
        self._record(Closing(at_us=self._clock(), conn=self.name, cause=cause.value))
        self.closing_begun = True
        try:
            self._say_goodbye(cause)
        finally:
            # The peer may have gone already; then there is nothing to shut down.
            with contextlib.suppress(OSError):
                self._transport.shut_down()
        self._record(Closed(at_us=self._clock(), conn=self.name))
        self._worker.finish()
        return True

    def _say_goodbye(self, cause: Cause) -> None:
        """Do what goes before the shutdown of the transport; waits for nobody."""

    # --- for the monitor --------------------------------------------------------------------------

    @says_what_is_published
    def snapshot(self) -> tuple[Snapshot, int | None]:
        """Return what a check sees, and the caller's name of the send in flight.

        The caller reads the clock first (see `monitor`).
        """
        number, taken_us, send_id = self.lock_holder or (None, None, None)
        seen = Snapshot(number, taken_us, self.received_us, self.heartbeats, self.is_closing)
        return seen, send_id

    def queue_heartbeat(self) -> None:
        """Ask the worker for a heartbeat; never waits."""
        self._record(HeartbeatQueued(at_us=self._clock(), conn=self.name))
        if self._transport.carries_heartbeats:
            self._worker.do(self._heartbeat)

    # --- the worker -------------------------------------------------------------------------------

    def do_later(self, task: Task) -> None:
        """Have the worker run `task`, which may send; never waits.

        Waiting for its turn there stalls no closing: once that has begun, whoever holds the lock
        leaves at once, and so does everyone who gets it afterwards, this task included. And while
        the lock is busy no heartbeat is due that could be late for it.
        """
        self._worker.do(task)

    def _release(self) -> None:
        """Release the descriptor, as the last thing that happens to this connection."""
        self.streams.senders.close("the connection was closed")
        # The reader leaves by itself, for the transport is shut down. Only when it has, and when
        # no sender holds the lock, may the number of the descriptor be used again.
        self._reading.join()
        self.lock.acquire()
        try:
            self._transport.release()
        finally:
            self.lock.release()

    def _on_heartbeat(self) -> None:
        self._worker.do(self._answer_heartbeat)

    def _answer_heartbeat(self) -> None:
        # A busy lock means that a frame is on its way, which tells the peer as much.
        if self.lock.try_acquire():
            self._transmit_and_release(FrameType.PONG)

    def _heartbeat(self) -> None:
        """Send a heartbeat if the lock is free, else drop it: a busy connection is not idle."""
        if not self.lock.try_acquire():
            self._dropped("busy")
            return
        sent = self._transmit_and_release(FrameType.PING)
        if sent.outcome is Outcome.OK:
            self._record(HeartbeatSent(at_us=self._clock(), conn=self.name))
        else:
            self._dropped(sent.outcome.value)

    def _dropped(self, why: str) -> None:
        self._record(HeartbeatDropped(at_us=self._clock(), conn=self.name, why=why))

    def _transmit_and_release(self, kind: FrameType) -> Sent:
        try:
            return self.transmit(_EMPTY, kind, None)
        finally:
            self.lock.release()
