"""The receiving half of a connection: frames put together, and handed to whom they are for.

The stall it guards against: a reader that waits, for the send lock or for whoever wants what it
read, leaves the ACKs of every stream on the connection unread. This one waits for the peer alone.

Spec: `spec/sd.md`, `spec/ap.md`. Source: origin fact 7.
"""

import socket
from collections.abc import Iterator
from typing import Literal

from stallproof.drivers.clock import Clock
from stallproof.drivers.errors import CutShort
from stallproof.drivers.frame import (
    RECEIVED_MAX_BYTES,
    FrameError,
    FrameReader,
    FrameType,
    Incoming,
)
from stallproof.drivers.io import REAL, Io, Transport
from stallproof.drivers.recorder import Record
from stallproof.drivers.sending import Sending
from stallproof.drivers.steps import Steps
from stallproof.drivers.stream_frames import is_of_a_stream
from stallproof.drivers.stream_routes import Streams
from stallproof.machines.policy import Policy
from stallproof.wire.event import Kind
from stallproof.wire.implementation import Noted, PeerEnded, Received

READ_BYTES = 256 * 1024
_KINDS: dict[int, Kind] = {
    FrameType.DATA: "data",
    FrameType.ACK: "ack",
    FrameType.PING: "heartbeat",
}


class Reader(Sending):
    """A sender that also takes in what the peer sends, on a thread of its own.

    Subclasses start that thread, `_reading`, and say how a heartbeat is answered.
    """

    received_max_bytes = RECEIVED_MAX_BYTES
    """No longer frame is taken in; one that claims to be ends the reading."""

    def __init__(
        self, link: socket.socket | Transport, policy: Policy, name: str, record: Record,
        clock: Clock | None, steps: Steps, io: Io = REAL,
    ) -> None:  # fmt: skip
        """Take over the connected `link`."""
        super().__init__(link, policy, name, record, clock, steps, io)
        self.streams = Streams()
        self.received_us: int | None = None
        self.received_frames = 0
        self._reading = io.thread(self._read, f"{name}-reader")

    def _on_heartbeat(self) -> None:
        """Have a heartbeat of the peer answered; must not wait."""
        raise NotImplementedError

    def _read(self) -> None:
        """Take in frames until the peer ends its direction, or the transport is shut down.

        The end of the peer's direction does not close the connection: ours may still work, and a
        send that fails tells.
        """
        frames = FrameReader(self.received_max_bytes)
        how: Literal["orderly", "truncated", "error"] = "orderly"
        try:
            for piece in self._pieces():
                for frame in frames.feed(piece):
                    self._received(frame)
            why = "the peer ended its sending direction"
        except CutShort as error:
            how, why = "truncated", f"the peer's direction was cut short: {error}"
        except (OSError, FrameError) as error:
            how, why = "error", f"reading stopped: {type(error).__name__}: {error}"
        if how != "error" and frames.torn_bytes:
            why += f", {frames.torn_bytes} bytes into a frame"
        self.streams.receivers.close(why)
        if not self.is_closing:
            self._record(PeerEnded(at_us=self._clock(), conn=self.name, how=how))
            self._note(why)

    def _pieces(self) -> Iterator[bytes]:
        """Yield what the peer sends, in pieces of any size, to the end of its direction.

        Raises `CutShort` when it ends unannounced over TLS, and `OSError` when it fails.
        """
        while piece := self._transport.read(READ_BYTES):
            yield piece

    def _received(self, frame: Incoming) -> None:
        """Publish that the peer was heard of, and pass on what the frame is for; never waits."""
        at_us = self._clock()
        self.received_us = at_us
        self.received_frames += 1
        kind = _KINDS.get(frame.kind, "other")
        self._record(Received(at_us=at_us, conn=self.name, kind=kind))
        if frame.kind == FrameType.PING:
            self._on_heartbeat()
        elif is_of_a_stream(frame) and (why := self.streams.take(frame)) is not None:
            self._note(why)

    def _note(self, text: str) -> None:
        self._record(Noted(at_us=self._clock(), conn=self.name, text=text))
