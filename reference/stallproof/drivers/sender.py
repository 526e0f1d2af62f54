"""The sending half of a connection: one frame at a time under the fair lock, no blocking write.

The stall it guards against: a write that waits for the peer holds the send lock for as long as the
peer likes. Here every write returns at once, and all waiting is done in `Transport.wait`, for at
most the time that the machine says is left.

What the sender decides: nothing. It takes the lock, publishes who holds it since when, reads the
clock, reports what was written to the machine of `send_deadline`, and does what that says.

The complication: a small frame mostly leaves whole at its first write, and asking the machine about
it costs more than writing it. So that one write is made in `transmit` where the machine would say
"write" in any case, and a frame of which anything is left goes to the machine, which hears of the
write as if it had asked for it. Only the cost differs (`tests/drivers/test_first_write.py`).

Threads: everything below `transmit` belongs to the holder of the lock. Others only read
`lock_holder` and the closing latch.

Spec: `spec/sd.md`.
"""

import socket
from contextlib import nullcontext

from stallproof.drivers.clock import Clock
from stallproof.drivers.frame import FrameType, Outgoing
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Pieces, SocketTransport, Transport
from stallproof.drivers.joining import is_joining
from stallproof.drivers.recorder import Record
from stallproof.drivers.sent import LockHolder as LockHolder
from stallproof.drivers.sent import Refusal as Refusal
from stallproof.drivers.sent import Sent as Sent
from stallproof.drivers.sent import answer_of, taken
from stallproof.drivers.steps import BARE, Steps
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.machines.connection import SEQUENCES, Cause, sequence_after
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Outcome, Send
from stallproof.wire.implementation import LockTaken, Written

_new = tuple.__new__
"""Make a named tuple, which costs a third of what its own `__new__` does."""
FirstWrite = tuple[int, int | Refusal]
"""When the first write of a frame began, and what it came to."""


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
        self._joined_max_bytes = -1
        one = self._transport
        if is_joining(one) and self._is_plain(steps):
            self._joined_max_bytes, self._write_flags = one.joined_max_bytes, one.write_flags
            self._join, self._write_joined = one.joined, one.write_joined

    def _is_plain(self, steps: Steps) -> bool:
        """Tell whether a first write may be made without the machine, which would let it.

        Whoever has steps or writes of their own has them asked about every write.
        """
        one = type(self)
        return steps is BARE and one._attempt is Sender._attempt and one._write is Sender._write

    @property
    def is_closing(self) -> bool:
        """Tell whether closing has begun; it is never undone."""
        raise NotImplementedError

    def begin_closing(self, cause: Cause) -> bool:
        """Begin the closing unless it has begun; tell whether this call did."""
        raise NotImplementedError

    def transmit(
        self, payload: bytes | memoryview, kind: FrameType, send_id: int | None,
        header: bytes = b"", stream_id: int = 0, give_up: GiveUp | None = None,
    ) -> Sent | None:  # fmt: skip
        """Send one frame and say how that ended: `None` if it left whole at its first write.

        The caller holds the lock. A `send_id` of `None` is not reported; `give_up` is SD-18.
        """
        taken_us = self._clock()
        self._sends += 1
        self.lock_holder = _new(LockHolder, (self._sends, taken_us, send_id))
        first: FirstWrite | None = None
        try:
            if send_id is not None:
                self._record(LockTaken(at_us=taken_us, conn=self.name, send=send_id))
            if len(payload) <= self._joined_max_bytes:
                sequence = (self._sequence + 1) % SEQUENCES
                joined = self._join(kind, sequence, payload, header, stream_id)
                began_us = self._clock()
                is_due = began_us - taken_us >= self.policy.send_timeout_us
                if not (is_due or self.is_closing or (give_up is not None and give_up.is_set)):
                    try:
                        wrote = self._write_joined(joined, self._write_flags)
                        if wrote == len(joined):
                            self._sequence = sequence
                        else:
                            first = began_us, taken(wrote)
                    except BaseException as error:
                        first = began_us, self._answer(error)
                    if first is None:
                        if send_id is not None:
                            self._wrote(wrote, send_id, began_us, self._clock())
                        return None
            if first is None and self.is_closing:
                return Sent(Outcome.SUPPRESSED, 0, None, None)
            sequence = sequence_after(self._sequence)
            frame = self._transport.frame(kind, sequence, payload, header, stream_id)
            return self._finish(frame, taken_us, send_id, give_up, first)
        finally:
            self.lock_holder = None

    def _answer(self, error: BaseException) -> int | Refusal:
        """Return what a first write that raised `error` came to."""
        if isinstance(error, Exception):
            return answer_of(error)
        # As in `_finish`: nobody knows what that write took.
        self.begin_closing(Cause.TORN_FRAME)
        raise error

    def _finish(
        self, frame: Outgoing, taken_us: int, send_id: int | None, give_up: GiveUp | None,
        first: FirstWrite | None,
    ) -> Sent:  # fmt: skip
        """Step the machine to its end and carry out what the end demands."""
        send = self._steps.on_lock_taken(self.policy, frame.size_bytes, now_us=taken_us)
        waking = nullcontext() if give_up is None else give_up.waking(self._transport.waker())
        try:
            with waking:
                send, end, detail = self._run(send, frame, send_id, give_up, first)
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
        self, send: Send, frame: Outgoing, send_id: int | None, give_up: GiveUp | None,
        first: FirstWrite | None,
    ) -> tuple[Send, End, str | None]:  # fmt: skip
        """Write and wait in turn until the machine says that the send is over."""
        while True:
            asked_bytes = min(self._write_max_bytes, send.size_bytes - send.written_bytes)
            if first is not None:
                (began_us, wrote), first = first, None
            else:
                # The clock right before a write decides whether the write may begin.
                began_us = self._clock()
                send, decision = self._steps.on_step(
                    send, 0, closing=self.is_closing, now_us=began_us
                )
                if isinstance(decision, End):
                    return send, decision, None
                if give_up is not None and give_up.is_set:
                    end = self._steps.on_given_up(send, closing=self.is_closing, now_us=began_us)
                    return send, end, None
                wrote = self._attempt(frame.rest(send.written_bytes, asked_bytes), send.deadline_us)
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
            self._wrote(wrote_bytes, send_id, began_us, now_us)

    def _wrote(self, wrote_bytes: int, send_id: int, began_us: int, now_us: int) -> None:
        """Report one write."""
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
        except Exception as error:
            return answer_of(error)
        return taken(wrote)

    def _write(self, pieces: Pieces) -> int:
        """Write without blocking; raises `BlockingIOError` when there is no room."""
        return self._transport.write(pieces)
