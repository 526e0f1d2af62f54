"""A stream in virtual time, with a source that is played.

The intuition: everything but the waiting is the drivers' own (`drivers.stream_progress`): what an
ACK changes, how a stream ends, who is told. Where the driver's sender sleeps until an ACK or for as
long as the machine says, this one leaves a timer behind and looks again.

Spec: `spec/virtual.md`, "Streams"; `spec/ap.md`. Source: AP-1 to AP-6, AP-8 to AP-14.
"""

from typing import cast

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.recorder import Record
from stallproof.drivers.sender import Sent
from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_progress import StreamProgress
from stallproof.harness.virtual.clock import Action, Timer, VirtualClock
from stallproof.harness.virtual.connection import Frame, VirtualConnection
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stream import AwaitAck, BeginChunk, Stream, StreamOutcome
from stallproof.wire.implementation import ChunkBegun, ChunkReady, NoticeSent
from stallproof.wire.protocol import STREAM_MARK, StreamRequest

NOTICE_BYTES = 1
"""A frame is at least one byte long, and a notice holds nothing else."""


class VirtualStream(StreamProgress):
    """One stream that is sent over a virtual connection."""

    def __init__(
        self, conn: VirtualConnection, clock: VirtualClock, request: StreamRequest,
        record: Record, *, seed: bool = False, steps: StreamSteps = BARE_STREAM,
    ) -> None:  # fmt: skip
        """Make the stream that `request` asks for; its source begins when that says.

        Raises `ValueError` for a stream that cannot be, or that the connection knows.
        """
        if not 0 <= request.stream < STREAM_MARK or request.total_bytes < 1:
            raise ValueError("a stream has a number below 2^31 and at least one byte")
        if min([request.start_after_us, *request.chunk_ready_us]) < 0:
            raise ValueError("a pause is never negative")
        self._link = conn
        self._time = clock
        self._asked = request
        self._chunks = 0
        self._sleep: Timer | None = None
        # Of a connection the driver uses the name, the policy, the routes and `do_later`, no more.
        driven = cast(GuardedConnection, conn)
        super().__init__(driven, request.stream, record, clock, steps, seed=seed)
        self._pause(request.start_after_us, self._play)

    def _pause(self, pause_us: int, action: Action) -> None:
        if pause_us:
            self._time.at(self._time.now_us + pause_us, action)
        else:
            self._time.soon(action)

    # --- the source -------------------------------------------------------------------------------

    def _play(self) -> None:
        """Have the source make its pause before the next chunk."""
        if self._stream.outcome is None:
            pauses_us = self._asked.chunk_ready_us
            pause_us = pauses_us[self._chunks] if self._chunks < len(pauses_us) else 0
            self._chunks += 1
            self._pause(pause_us, self._hand_over)

    def _hand_over(self) -> None:
        """Have the next chunk ready, unless the stream has ended meanwhile."""
        if self._stream.outcome is None:
            self._record(
                ChunkReady(
                    at_us=self._time.now_us, conn=self._link.name, stream=self.number,
                    chunk_bytes=self._chunk_bytes,
                )
            )  # fmt: skip
            self._look()

    @property
    def _left_bytes(self) -> int:
        return self._asked.total_bytes - self._stream.sent_bytes

    @property
    def _chunk_bytes(self) -> int:
        """How long the chunk is that is ready: the last one is the rest."""
        return min(self._link.policy.chunk_bytes, self._left_bytes)

    # --- the sender -------------------------------------------------------------------------------

    def _look(self) -> None:
        """Begin the chunk that is ready, or sleep for as long as the machine says."""
        self._awake()
        chunk_bytes = self._chunk_bytes
        with self._changed:
            at_us = self._time.now_us
            stream, look = self._steps.on_look(self._link.policy, self._stream, now_us=at_us)
            self._put(stream, at_us)
            if isinstance(look, AwaitAck):
                self._sleep = self._time.at(at_us + look.wait_us, self._look)
            if not isinstance(look, BeginChunk):
                return
            self._stream = self._steps.on_chunk_begun(self._link.policy, stream, chunk_bytes)
            self._carrying = True
            self._record(
                ChunkBegun(
                    at_us=at_us, conn=self._link.name, stream=self.number,
                    offset=self._stream.sent_bytes,
                )
            )  # fmt: skip
        self._link.submit(Frame(chunk_bytes, None, self._sent))

    def _sent(self, sent: Sent) -> None:
        """Go on with the stream after a chunk, or end it."""
        outcome: StreamOutcome | None = None
        why: str | None = None
        if sent.outcome is not Outcome.OK:
            outcome = StreamOutcome.SEND_FAILED
            why = sent.detail or "the connection was closing"
        elif not self._left_bytes:
            outcome = StreamOutcome.DONE
        self._carried(outcome, why)
        self._time.soon(self._play)

    def _wake(self) -> None:
        """Have a sender that sleeps look again after an ACK, at this moment (AP-8)."""
        if self._sleep is not None:
            self._time.soon(self._look)

    def _put(self, stream: Stream, at_us: int, detail: str | None = None) -> None:
        super()._put(stream, at_us, detail)
        if stream.outcome is not None:
            self._awake()

    def _awake(self) -> None:
        if self._sleep is not None:
            self._sleep.cancel()
            self._sleep = None

    # --- the notice -------------------------------------------------------------------------------

    def _send_notice(self) -> None:
        self._link.submit(Frame(NOTICE_BYTES, None, self._told))

    def _told(self, _sent: Sent) -> None:
        # A notice that the connection does not take counts as sent: there is no other way.
        self._record(NoticeSent(at_us=self._time.now_us, conn=self._link.name, stream=self.number))
