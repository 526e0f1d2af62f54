"""A connection with its guardrails: sender, reader, worker, and one way to close.

The stall it guards against: closing a descriptor does not wake the sender that is blocked in it,
and frees its number for reuse under that sender's feet. Here closing is a shutdown, which wakes
everyone at once; the descriptor itself is released later, by this connection's own worker, when the
reader has left and nobody holds the lock.

Threads: senders take the fair lock; the reader never waits for it; the worker only ever tries it,
until closing; the monitor reads `sighting` and calls `begin_closing` and `queue_heartbeat`, none of
which can block.

Spec: `spec/sd.md`, `spec/cx.md`. Source: SD-5, SD-10, SD-12, SD-13, SD-15, SC-8, SC-10, SC-11,
CX-2, CX-6; origin facts 5 and 6.
"""

import contextlib
import socket
import threading
from enum import Enum
from queue import SimpleQueue

from stallproof.connection import Cause
from stallproof.drivers.clock import Clock, now_us
from stallproof.drivers.frame import (
    FrameError,
    FrameReader,
    FrameType,
    Incoming,
    Payload,
    payload_view,
)
from stallproof.drivers.recorder import Record, ignore
from stallproof.drivers.sender import Sender, Sent
from stallproof.drivers.steps import BARE, Steps
from stallproof.policy import Policy
from stallproof.send_deadline import Outcome
from stallproof.stall_count import Sighting
from stallproof.trace.base import Kind
from stallproof.trace.said import (
    Closed,
    Closing,
    HeartbeatDropped,
    HeartbeatQueued,
    HeartbeatSent,
    Noted,
    Received,
)

READ_BYTES = 256 * 1024
_EMPTY = memoryview(b"")
_KINDS: dict[int, Kind] = {
    FrameType.DATA: "data",
    FrameType.ACK: "ack",
    FrameType.PING: "heartbeat",
}


class Task(Enum):
    """What a connection's worker can be asked to do."""

    PING = "ping"
    PONG = "pong"
    RELEASE = "release"


class SendFailed(Exception):
    """A send ended with TIMEOUT, CLOSED or ERROR; `sent` tells how far it had come."""

    def __init__(self, name: str, sent: Sent) -> None:
        """Describe the failure of a send on connection `name`."""
        why = f": {sent.detail}" if sent.detail else ""
        super().__init__(
            f"send on {name} ended with {sent.outcome.value} after {sent.written_bytes} bytes{why}"
        )
        self.outcome = sent.outcome
        self.sent = sent


class GuardedConnection(Sender):
    """One connected stream socket, bounded in every direction."""

    def __init__(
        self, sock: socket.socket, policy: Policy, name: str, record: Record = ignore, *,
        heartbeats: bool = True, clock: Clock = now_us, steps: Steps = BARE,
    ) -> None:  # fmt: skip
        """Take over the connected `sock` and start its reader and its worker.

        `heartbeats`: the transport allows them. `close` must be called in the end.
        """
        super().__init__(sock, policy, name, record, clock, steps)
        self.heartbeats = heartbeats
        self.received_us: int | None = None
        self.received_frames = 0
        # Taken by the first who closes and never given back: a latch that needs no other lock.
        self._closing_latch = threading.Lock()
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, name=f"{name}-reader", daemon=True)
        self._worker = threading.Thread(target=self._work, name=f"{name}-worker", daemon=True)
        self._reader.start()
        self._worker.start()

    # --- sending ----------------------------------------------------------------------------------

    def send(
        self, payload: Payload, *, send_id: int | None = None, kind: FrameType = FrameType.DATA
    ) -> Outcome:
        """Send one frame, after everyone who asked before, within one send timeout of its turn.

        Return OK, or SUPPRESSED when it failed because the connection is closing (SD-15). Raise
        `SendFailed` for TIMEOUT, CLOSED and ERROR, `ValueError` or `TypeError` for a payload that
        is none. `send_id` names the send in the trace; `None`: it is not recorded.
        """
        view = payload_view(payload)
        self.lock.acquire()
        try:
            sent = self.transmit(view, kind, send_id)
        finally:
            self.lock.release()
        if sent.outcome in (Outcome.OK, Outcome.SUPPRESSED):
            return sent.outcome
        raise SendFailed(self.name, sent)

    # --- closing ----------------------------------------------------------------------------------

    @property
    def is_closing(self) -> bool:
        """Tell whether closing has begun; it is never undone (CX-6)."""
        return self._closing_latch.locked()

    @property
    def is_finished(self) -> bool:
        """Tell whether the descriptor has been released: nothing more will happen."""
        return not self._worker.is_alive()

    def close(self) -> None:
        """Close the connection. Blocked senders return at once; a second call does nothing."""
        self.begin_closing(Cause.LOCAL)

    def wait_finished(self, wait_s: float) -> bool:
        """Wait for at most `wait_s` seconds for the descriptor's release; tell whether it came."""
        self._worker.join(wait_s)
        return self.is_finished

    def begin_closing(self, cause: Cause) -> bool:
        """Shut the transport down unless that has begun; tell whether this call did (SD-5, SC-8).

        Never waits: neither for the lock nor for the peer.
        """
        if not self._closing_latch.acquire(blocking=False):
            return False
        self._record(Closing(at_us=self._clock(), conn=self.name, cause=cause.value))
        # The peer may have gone already; then there is nothing to shut down.
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._record(Closed(at_us=self._clock(), conn=self.name))
        self._tasks.put(Task.RELEASE)
        return True

    # --- for the monitor --------------------------------------------------------------------------

    def sighting(self) -> tuple[Sighting, int | None]:
        """Return what a check sees, and the caller's name of the send in flight (SC-1).

        The caller reads the clock first (see `monitor`).
        """
        stamp = self.stamp
        if stamp is None:
            return Sighting(None, None, self.received_us, self.heartbeats, self.is_closing), None
        seen = Sighting(
            stamp.number, stamp.taken_us, self.received_us, self.heartbeats, self.is_closing
        )
        return seen, stamp.send_id

    def queue_heartbeat(self) -> None:
        """Ask the worker for a heartbeat; never waits (SC-11)."""
        self._record(HeartbeatQueued(at_us=self._clock(), conn=self.name))
        self._tasks.put(Task.PING)

    # --- the worker -------------------------------------------------------------------------------

    def _work(self) -> None:
        """Send heartbeats and answers to them while open; release the descriptor in the end."""
        while (task := self._tasks.get()) is not Task.RELEASE:
            if task is Task.PING:
                self._heartbeat()
            elif self.lock.try_acquire():
                # A busy lock means that a frame is on its way, which tells the peer as much.
                self._transmit_and_release(FrameType.PONG)
        # The reader leaves by itself, for the transport is shut down. Only when it has, and when
        # no sender holds the lock, may the number of the descriptor be used again.
        self._reader.join()
        self.lock.acquire()
        try:
            self._socket.close()
        finally:
            self.lock.release()

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

    # --- the reader -------------------------------------------------------------------------------

    def _read(self) -> None:
        """Take in frames until the peer ends its direction, or the transport is shut down.

        The end of the peer's direction does not close the connection: ours may still work, and a
        send that fails tells.
        """
        try:
            self._take_in(FrameReader())
            why = "the peer ended its sending direction"
        except (OSError, FrameError) as error:
            why = f"reading stopped: {type(error).__name__}: {error}"
        if not self.is_closing:
            self._record(Noted(at_us=self._clock(), conn=self.name, text=why))

    def _take_in(self, frames: FrameReader) -> None:
        while piece := self._socket.recv(READ_BYTES):
            for frame in frames.feed(piece):
                self._received(frame)

    def _received(self, frame: Incoming) -> None:
        """Publish that the peer was heard of, and answer its heartbeat through the worker."""
        at_us = self._clock()
        self.received_us = at_us
        self.received_frames += 1
        kind = _KINDS.get(frame.kind, "other")
        self._record(Received(at_us=at_us, conn=self.name, kind=kind))
        if frame.kind == FrameType.PING:
            self._tasks.put(Task.PONG)
