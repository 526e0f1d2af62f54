"""One connection in virtual time: the driver of the send machine, without a thread.

The intuition: the steps are those of `drivers.sender` in the same order (lock, stamp, look at the
clock, write, look again), but where that one waits in poll, this one leaves a timer behind and
returns. Whoever makes room, or closes, has the holder of the lock go on.

What it decides: nothing. The machines say when to write, how long to wait and how it ended, and the
error table of the drivers says what a failure was.

Spec: `spec/virtual.md`, `spec/sd.md`. Source: SD-1 to SD-10, SD-13 to SD-15, CX-1, CX-2, CX-4.
"""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from stallproof.drivers.errors import failure_of
from stallproof.drivers.recorder import Record
from stallproof.drivers.sender import LockHolder, Refusal, Sent
from stallproof.drivers.steps import BARE, Steps
from stallproof.drivers.stream_routes import Streams
from stallproof.harness.virtual.clock import Action, Timer, VirtualClock
from stallproof.harness.virtual.transport import VirtualTransport
from stallproof.machines.connection import Cause, sequence_after
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send
from stallproof.machines.stall_count import Snapshot
from stallproof.wire.implementation import (
    Closed,
    Closing,
    HeartbeatQueued,
    LockTaken,
    Received,
    Written,
)


class Frame(NamedTuple):
    """A frame that was asked for; `ended` is called once, after the lock was released.

    A `send_id` of `None` is not reported event by event.
    """

    size_bytes: int
    send_id: int | None
    ended: Callable[[Sent], object]


class VirtualConnection:
    """A connection over a virtual transport; also what the monitor and streams need of one."""

    def __init__(
        self, name: str, policy: Policy, clock: VirtualClock, transport: VirtualTransport,
        record: Record, *, heartbeats: bool, steps: Steps = BARE,
    ) -> None:  # fmt: skip
        """Open the connection."""
        self.name = name
        self.policy = policy
        self.heartbeats = heartbeats
        self.lock_holder: LockHolder | None = None
        self.streams = Streams()
        self.is_closing = False
        self.received_us: int | None = None
        self.received_frames = 0
        self._clock = clock
        self._transport = transport
        self._record = record
        self._steps = steps
        self._sends = 0
        self._sequence = 0
        # Who waits for the lock, in the order of asking (CX-4), and who holds it.
        self._queue: deque[Frame] = deque()
        self._frame: Frame | None = None
        self._send: Send | None = None
        self._deadline: Timer | None = None

    # --- sending ----------------------------------------------------------------------------------

    def submit(self, frame: Frame) -> None:
        """Have `frame` wait for its turn with the lock."""
        self._queue.append(frame)
        if self._frame is None:
            self._clock.soon(self._go_on)

    def _go_on(self) -> None:
        """Let the holder of the lock go on, and after it whoever is next, until one waits."""
        while True:
            if self._frame is None:
                if not self._queue:
                    return
                self._take_lock(self._queue.popleft())
            if not self._step():
                return

    def _take_lock(self, frame: Frame) -> None:
        taken_us = self._clock.now_us
        self._sends += 1
        self.lock_holder = LockHolder(self._sends, taken_us, frame.send_id)
        self._frame = frame
        if frame.send_id is not None:
            self._record(LockTaken(at_us=taken_us, conn=self.name, send=frame.send_id))
        if not self.is_closing:
            self._send = self._steps.on_lock_taken(self.policy, frame.size_bytes, now_us=taken_us)

    def _step(self) -> bool:
        """Write until the send is over; return false where it has to wait instead."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        send = self._send
        if send is None:
            self._release(Sent(Outcome.SUPPRESSED, 0, None, None))
            return True
        while True:
            # The clock right before a write decides whether the write may begin (SD-2).
            began_us = self._clock.now_us
            send, decision = self._steps.on_step(send, 0, closing=self.is_closing, now_us=began_us)
            if isinstance(decision, End):
                return self._finish(send, decision, None)
            wrote = self._attempt(send.size_bytes - send.written_bytes)
            now_us = self._clock.now_us
            if isinstance(wrote, Refusal):
                end = self._steps.on_failed(
                    send, wrote.failure, closing=self.is_closing, now_us=now_us
                )
                return self._finish(send, end, wrote.detail)
            if wrote:
                self._took(send, wrote, began_us, now_us)
            send, decision = self._steps.on_step(
                send, wrote, closing=self.is_closing, now_us=now_us
            )
            if isinstance(decision, End):
                return self._finish(send, decision, None)
            if not self._transport.is_ready:
                self._send = send
                self._deadline = self._clock.at(now_us + decision.wait_us, self._go_on)
                return False

    def _attempt(self, left_bytes: int) -> int | Refusal:
        """Write once; return the bytes taken, 0 when it would block, or why it failed (SD-7)."""
        try:
            wrote = self._transport.write(left_bytes)
        except (BlockingIOError, InterruptedError):
            return 0
        except Exception as error:
            return Refusal(failure_of(error), f"{type(error).__name__}: {error}")
        if wrote <= 0:
            return Refusal(Failure.CLOSED, f"a write returned {wrote}")
        return wrote

    def _took(self, send: Send, wrote_bytes: int, began_us: int, now_us: int) -> None:
        """Note that the transport took bytes; the first of a frame use up its number (SD-14)."""
        if not send.written_bytes:
            self._sequence = sequence_after(self._sequence)
        assert self._frame is not None
        if self._frame.send_id is not None:
            self._record(
                Written(
                    at_us=now_us, conn=self.name, send=self._frame.send_id, began_us=began_us,
                    wrote_bytes=wrote_bytes,
                )
            )  # fmt: skip

    def _finish(self, send: Send, end: End, detail: str | None) -> bool:
        """Carry out what the end of a send demands."""
        outcome = end.outcome
        if end.closes:
            cause = Cause.SEND_TIMEOUT if outcome is Outcome.TIMEOUT else Cause.TORN_FRAME
            if not self.begin_closing(cause):
                # Someone else began it first, so this send failed while closing (SD-10).
                outcome = Outcome.SUPPRESSED
        sequence = self._sequence if send.written_bytes else None
        self._release(Sent(outcome, send.written_bytes, sequence, detail))
        return True

    def _release(self, sent: Sent) -> None:
        assert self._frame is not None
        frame = self._frame
        self.lock_holder = self._frame = self._send = None
        frame.ended(sent)

    # --- what the script does to it ---------------------------------------------------------------

    def accept(self, more_bytes: int, late_us: int) -> None:
        """Make room and wake who waits for it, and whose write then lasts `late_us`.

        Raises `ValueError` for less than a byte, and for a write that would end before it begins.
        """
        if more_bytes < 1 or late_us < 0:
            raise ValueError("room grows by at least a byte, and no write ends before it begins")
        self._transport.accept(more_bytes, 0 if self._deadline is None else late_us)
        self._wake()

    def fail(self, cause: str) -> None:
        """Let the next write fail; who waits for room makes it at once."""
        self._transport.fail(cause)
        self._wake()

    def receive(self) -> None:
        """Take in a frame of the peer, unless this side has closed."""
        if not self.is_closing:
            self.received_us = self._clock.now_us
            self.received_frames += 1
            self._record(Received(at_us=self.received_us, conn=self.name))

    def _wake(self) -> None:
        if self._deadline is not None:
            self._clock.soon(self._go_on)

    # --- closing ----------------------------------------------------------------------------------

    def begin_closing(self, cause: Cause) -> bool:
        """Shut the transport down unless that has begun; tell whether this call did (SD-5, SC-8).

        Who holds the lock or waits for it learns of it at this moment, after the caller's work.
        """
        if self.is_closing:
            return False
        self.is_closing = True
        self._record(Closing(at_us=self._clock.now_us, conn=self.name, cause=cause.value))
        self._transport.shut()
        self._record(Closed(at_us=self._clock.now_us, conn=self.name))
        self._wake()
        self.do_later(self._leave_streams)
        return True

    def _leave_streams(self) -> None:
        self.streams.senders.close("the connection was closed")

    def do_later(self, task: Action) -> None:
        """Run `task` after what is being done, as the worker of a real connection does."""
        self._clock.soon(task)

    # --- for the monitor --------------------------------------------------------------------------

    @property
    def is_finished(self) -> bool:
        """Tell whether nothing more will happen."""
        return self.is_closing and self._frame is None

    def snapshot(self) -> tuple[Snapshot, int | None]:
        """Return what a check sees, and the caller's name of the send in flight (SC-1)."""
        lock_holder = self.lock_holder
        number, taken_us, send_id = (None, None, None) if lock_holder is None else lock_holder
        seen = Snapshot(number, taken_us, self.received_us, self.heartbeats, self.is_closing)
        return seen, send_id

    def queue_heartbeat(self) -> None:
        """Say that a heartbeat is due; in virtual time nothing is written for it."""
        self._record(HeartbeatQueued(at_us=self._clock.now_us, conn=self.name))
