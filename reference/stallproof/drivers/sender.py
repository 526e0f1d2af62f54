"""The sending half of a connection: one frame at a time under the fair lock, no blocking write.

The stall it guards against: a write that waits for the peer holds the send lock for as long as the
peer likes. Here every write returns at once, and all waiting is done in `Transport.wait`, for at
most the time that the machine says is left.

What the sender decides: nothing. It takes the lock, publishes who holds it since when, reads the
clock, reports what was written to the machine of `send_deadline`, and does what that says.

Threads: everything below `transmit` belongs to the holder of the lock. Others only read
`lock_holder` and the closing latch.

Spec: `spec/sd.md`.
"""

import socket
from contextlib import nullcontext
from typing import NamedTuple

from stallproof.drivers.clock import Clock
from stallproof.drivers.errors import failure_of
from stallproof.drivers.frame import FrameType, Outgoing
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Pieces, SocketTransport, Transport
from stallproof.drivers.recorder import Record
from stallproof.drivers.steps import Steps
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.machines.connection import Cause, sequence_after
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send
from stallproof.wire.implementation import LockTaken, Written


class LockHolder(NamedTuple):
    """Who holds the send lock since when: published as one object, so that no reader sees half.

    `number` tells the sends of one connection apart; `send_id` is the caller's own name for it.
    """

    number: int
    taken_us: int
    send_id: int | None


class Sent(NamedTuple):
    """How a send ended: `written_bytes` of the frame with its prefix, `detail` of a failure.

    Bytes are written when the transport took them: the kernel or, before it, a TLS layer. A send
    that is OK was handed to the kernel to the last byte, whatever lies in between.
    """

    outcome: Outcome
    written_bytes: int
    sequence: int | None
    detail: str | None


class Refusal(NamedTuple):
    """A write that failed, after it had taken `taken_bytes` (0 but for a TLS layer)."""

    failure: Failure
    detail: str
    taken_bytes: int = 0


class Sender:
    """Send frames over one connected socket, each within one deadline.

    Subclasses say what closing is: `is_closing` and `begin_closing`.
    """

    # What a monitor of many connections reads lies in the object itself, not in its dictionary.
    __slots__ = ("__dict__", "__weakref__", "closing_begun", "lock_holder")

    def __init__(
        self, link: socket.socket | Transport, policy: Policy, name: str, record: Record,
        clock: Clock | None, steps: Steps, io: Io = REAL,
    ) -> None:  # fmt: skip
        """Take over `link`, which must be connected; `clock`: another one than that of `io`."""
        self.name = name
        self.policy = policy
        self.lock_holder: LockHolder | None = None
        self.closing_begun = False
        self.lock = TicketLock(io.parking)
        self.io = io
        self._transport = SocketTransport(link) if isinstance(link, socket.socket) else link
        self._write_max_bytes = self._transport.write_max_bytes
        self._record = record
        self._clock = io.now_us if clock is None else clock
        self._steps = steps
        self._sends = 0
        self._sequence = 0

    @property
    def is_closing(self) -> bool:
        """Tell whether closing has begun; it is never undone."""
        raise NotImplementedError

    def begin_closing(self, cause: Cause) -> bool:
        """Begin the closing unless it has begun; tell whether this call did."""
        raise NotImplementedError

    def transmit(
        self, payload: memoryview, kind: FrameType, send_id: int | None, header: bytes = b"",
        stream_id: int = 0, give_up: GiveUp | None = None,
    ) -> Sent:  # fmt: skip
        """Send one frame and say how that ended. The caller holds the lock and releases it.

        A `send_id` of `None` is not reported event by event. `give_up` ends it early (SD-18).
        """
        taken_us = self._clock()
        self._sends += 1
        self.lock_holder = LockHolder(self._sends, taken_us, send_id)
        try:
            if send_id is not None:
                self._record(LockTaken(at_us=taken_us, conn=self.name, send=send_id))
            if self.is_closing:
                return Sent(Outcome.SUPPRESSED, 0, None, None)
            sequence = sequence_after(self._sequence)
            frame = self._transport.frame(kind, sequence, payload, header, stream_id)
            return self._finish(frame, taken_us, send_id, give_up)
        finally:
            self.lock_holder = None

    def _finish(
        self, frame: Outgoing, taken_us: int, send_id: int | None, give_up: GiveUp | None
    ) -> Sent:
        """Step the machine to its end and carry out what the end demands."""
        send = self._steps.on_lock_taken(self.policy, frame.size_bytes, now_us=taken_us)
        waking = nullcontext() if give_up is None else give_up.waking(self._transport.waker())
        try:
            with waking:
                send, end, detail = self._run(send, frame, send_id, give_up)
        except BaseException:
            # Nothing should come here. If it does (an interrupt in the main thread), nobody knows
            # what the last write took: the frame counts as torn, and none may follow it.
            self.begin_closing(Cause.TORN_FRAME)
            raise
        outcome = end.outcome
        if end.closes:
            cause = Cause.SEND_TIMEOUT if outcome is Outcome.TIMEOUT else Cause.TORN_FRAME
            if not self.begin_closing(cause):
                # Someone else began it first, so this send failed while closing.
                outcome = Outcome.SUPPRESSED
        sequence = self._sequence if send.written_bytes else None
        return Sent(outcome, send.written_bytes, sequence, detail)

    def _run(
        self, send: Send, frame: Outgoing, send_id: int | None, give_up: GiveUp | None
    ) -> tuple[Send, End, str | None]:
        """Write and wait in turn until the machine says that the send is over."""
        while True:
            # The clock right before a write decides whether the write may begin.
            began_us = self._clock()
            send, decision = self._steps.on_step(send, 0, closing=self.is_closing, now_us=began_us)
            if isinstance(decision, End):
                return send, decision, None
            if give_up is not None and give_up.is_set:
                end = self._steps.on_given_up(send, closing=self.is_closing, now_us=began_us)
                return send, end, None
            asked_bytes = min(self._write_max_bytes, send.size_bytes - send.written_bytes)
            pieces = frame.rest(send.written_bytes, asked_bytes)
            wrote = self._attempt(pieces, send.deadline_us)
            now_us = self._clock()
            if isinstance(wrote, Refusal):
                return self._refused(send, wrote, send_id, began_us, now_us)
            if wrote:
                self._took(send, wrote, send_id, began_us, now_us)
            send, decision = self._steps.on_step(
                send, wrote, closing=self.is_closing, now_us=now_us
            )
            if isinstance(decision, End):
                return send, decision, None
            if wrote < asked_bytes:
                self._transport.wait(decision.wait_us)

    def _refused(
        self, send: Send, refusal: Refusal, send_id: int | None, began_us: int, now_us: int
    ) -> tuple[Send, End, str | None]:
        """Let the machine judge a failed write; what it took before it failed comes first."""
        if refusal.taken_bytes:
            self._took(send, refusal.taken_bytes, send_id, began_us, now_us)
            send, decision = self._steps.on_step(
                send, refusal.taken_bytes, closing=self.is_closing, now_us=now_us
            )
            if isinstance(decision, End):
                return send, decision, refusal.detail
        end = self._steps.on_failed(send, refusal.failure, closing=self.is_closing, now_us=now_us)
        return send, end, refusal.detail

    def _took(
        self, send: Send, wrote_bytes: int, send_id: int | None, began_us: int, now_us: int
    ) -> None:
        """Note that the transport took bytes; the first of a frame use up its number."""
        if not send.written_bytes:
            self._sequence = sequence_after(self._sequence)
        if send_id is not None:
            self._record(
                Written(
                    at_us=now_us, conn=self.name, send=send_id, began_us=began_us,
                    wrote_bytes=wrote_bytes,
                )
            )  # fmt: skip

    def _attempt(self, pieces: Pieces, deadline_us: int) -> int | Refusal:
        """Write once; return the bytes taken, 0 when it would block, or why it failed.

        The caller has just seen that the deadline has not come. Whoever needs time before the write
        looks again.
        """
        try:
            wrote = self._write(pieces)
        except (BlockingIOError, InterruptedError):
            return 0
        except Exception as error:
            return Refusal(failure_of(error), f"{type(error).__name__}: {error}")
        if wrote <= 0:
            return Refusal(Failure.CLOSED, f"a write returned {wrote}")
        return wrote

    def _write(self, pieces: Pieces) -> int:
        """Write without blocking; raises `BlockingIOError` when there is no room."""
        return self._transport.write(pieces)
