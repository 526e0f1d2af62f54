"""Sends in their turn: the fair lock around each, and the short cut of a frame that is small.

The stall it guards against: none that `sender` does not. This is what makes its guard cheap enough
to be used for every frame.

The intuition: a small frame mostly leaves whole at its first write, and asking the machine about it
costs more than writing it. So where the machine would say "write" in any case, that one write is
made at once. A frame of which anything is left goes to the machine, which hears of the write as if
it had asked for it.

The complication: even calls cost, so the short cut is one function. Taking the lock, making the
frame and giving the lock back stand in it as they stand in `TicketLock` and `Outgoing`. That only
the cost differs is shown by playing both ways (`tests/drivers/test_first_write.py`).

Spec: `spec/sd.md`.
"""

import socket

from stallproof.drivers.clock import Clock
from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Payload, payload_view
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.joining import is_joining
from stallproof.drivers.recorder import Record
from stallproof.drivers.send_failed import SendFailed
from stallproof.drivers.sender import FirstWrite, Sender
from stallproof.drivers.sent import Refusal, answer_of, taken
from stallproof.drivers.steps import BARE, Steps
from stallproof.machines.connection import SEQUENCES, Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import LockTaken

_OK = Outcome.OK
_QUIET = (Outcome.OK, Outcome.SUPPRESSED, Outcome.GIVEN_UP)


class Sending(Sender):
    """A sender that any thread may ask, each being served in its turn.

    `send` takes, beside the payload, the caller's name for the send in the trace (`None`: it is not
    recorded), the header and stream id of a stream's frame (see `stream_frames`), and what the
    caller gives it up by.
    """

    def __init__(
        self, link: socket.socket | Transport, policy: Policy, name: str, record: Record,
        clock: Clock | None, steps: Steps, io: Io = REAL,
    ) -> None:  # fmt: skip
        """Take over the connected `link`."""
        super().__init__(link, policy, name, record, clock, steps, io)
        self._joined_max_bytes = -1
        one = self._transport
        if is_joining(one) and self._is_plain(steps):
            self._joined_max_bytes, self._write_flags = one.joined_max_bytes, one.write_flags
            self._prefix, self._write_joined = one.prefix_of, one.write_joined

    def _is_plain(self, steps: Steps) -> bool:
        """Tell whether a first write may be made without the machine, which would let it.

        Whoever has steps or writes of their own has them asked about every write.
        """
        one = type(self)
        return steps is BARE and one._attempt is Sender._attempt and one._write is Sender._write

    def send(
        self, payload: Payload, *, send_id: int | None = None, kind: FrameType = FrameType.DATA,
        header: bytes = b"", stream_id: int = 0, give_up: GiveUp | None = None,
    ) -> Outcome:  # fmt: skip
        """Send one frame, after everyone who asked before, within one send timeout of its turn.

        Return OK, SUPPRESSED if it failed since the connection is closing, or GIVEN_UP (SD-18).
        Raise `SendFailed` for other outcomes, `ValueError` or `TypeError` for what is no payload.
        """
        if type(payload) is not bytes or len(payload) > self._joined_max_bytes:
            payload = payload_view(payload, len(header))
        lock = self.lock
        if (ticket := next(lock.tickets)) != lock.serving and not lock.wait_for(ticket, give_up):
            return Outcome.SUPPRESSED if self.is_closing else Outcome.GIVEN_UP
        try:
            self.lock_holder = ticket, (taken_us := self._clock()), send_id
            if send_id is not None:
                self._record(LockTaken(at_us=taken_us, conn=self.name, send=send_id))
            first: FirstWrite | None = None
            if len(payload) <= self._joined_max_bytes:
                size = PREFIX_BYTES + len(header) + len(payload)
                number = (self._sequence + 1) % SEQUENCES
                frame = self._prefix(size, len(header), kind, stream_id, number) + header + payload
                is_due = (began_us := self._clock()) - taken_us >= self.policy.send_timeout_us
                if not (is_due or self._closing_latch.locked() or (give_up and give_up.is_set)):
                    try:
                        wrote = self._write_joined(frame, self._write_flags)
                    except BaseException as error:
                        first = began_us, self._answer(error)
                    else:
                        if wrote == len(frame):
                            self._sequence = number
                            return _OK if send_id is None else self._whole(wrote, send_id, began_us)
                        first = began_us, taken(wrote)
            return self._end(taken_us, payload, kind, send_id, header, stream_id, give_up, first)
        finally:
            self.lock_holder = None
            lock.serving = serving = lock.serving + 1
            if lock.waiting:
                lock.pass_on(serving)

    def _end(
        self, taken_us: int, payload: bytes | memoryview, kind: FrameType, send_id: int | None,
        header: bytes, stream_id: int, give_up: GiveUp | None, first: FirstWrite | None,
    ) -> Outcome:  # fmt: skip
        """Have the machine end what did not leave at once; return or raise what came of it."""
        sent = self._finish(taken_us, payload, kind, send_id, header, stream_id, give_up, first)
        if sent.outcome in _QUIET:
            return sent.outcome
        raise SendFailed(self.name, sent)

    def _whole(self, wrote_bytes: int, send_id: int, began_us: int) -> Outcome:
        """Report a frame that left whole at its first write."""
        self._wrote(wrote_bytes, send_id, began_us, self._clock())
        return _OK

    def _answer(self, error: BaseException) -> int | Refusal:
        """Return what a first write that raised `error` came to."""
        if isinstance(error, Exception):
            return answer_of(error)
        # As in `_finish`: nobody knows what that write took.
        self.begin_closing(Cause.TORN_FRAME)
        raise error
