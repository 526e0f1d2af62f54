"""What owner, intermediary and consumer of a lazy reference tell each other, and over what.

The stall it guards against: a connection that takes in whatever its peer sends grows with it, until
its process is ended. Here a message is small, a longer frame ends the reading, and a peer whose
messages nobody takes is hung up on.

A message is one frame without a header, in JSON. The payload of an item goes beside the messages,
as a stream.

Spec: `spec/lr.md`.
"""

import itertools
import socket
from queue import Empty, SimpleQueue

import msgspec

from stallproof.drivers.frame import RECEIVED_MAX_BYTES, FrameType, Incoming
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.recorder import Record, ignore
from stallproof.machines import send_deadline
from stallproof.machines.lazy_reference import Outcome
from stallproof.machines.policy import Policy

MESSAGE_MAX_BYTES = 4096
"""The longest message, with its frame."""
WAITING_MAX = 4096
"""How many messages may wait to be taken."""


class LazyReference(msgspec.Struct, frozen=True, tag="reference"):
    """Who has it, the unguessable id that opens it, what it is, and how long."""

    owner: str
    reference: str
    item: str
    size_bytes: int


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A consumer asks for an item, to come as `stream`."""

    stream: int
    reference: str
    item: str


class Answer(msgspec.Struct, frozen=True, tag="answer"):
    """The owner delivers, or refuses and says why."""

    stream: int
    outcome: Outcome


class Digest(msgspec.Struct, frozen=True, tag="digest"):
    """What the owner sent has this SHA-256, in hexadecimal digits."""

    stream: int
    sha256: str


class Receipt(msgspec.Struct, frozen=True, tag="receipt"):
    """What the consumer got, and whether it was exact."""

    stream: int
    size_bytes: int
    exact: bool


Message = LazyReference | Ask | Answer | Digest | Receipt
_DECODER = msgspec.json.Decoder(Message)


class MessageConnection(GuardedConnection):
    """A guarded connection that carries messages beside its streams."""

    def __init__(
        self, link: socket.socket, policy: Policy, name: str, record: Record = ignore, *,
        received_max_bytes: int = RECEIVED_MAX_BYTES,
    ) -> None:  # fmt: skip
        """Take over the connected `link`; no frame longer than `received_max_bytes` comes in."""
        # Before anything comes in: the reader starts with the connection.
        self.received_max_bytes = received_max_bytes
        self._inbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._streams_asked = itertools.count(1)
        super().__init__(link, policy, name, record)

    def next_stream(self) -> int:
        """Return a number that no stream of this connection had."""
        return next(self._streams_asked)

    def tell(self, message: Message) -> bool:
        """Send a message, within one send timeout of its turn; tell whether it left."""
        try:
            return self.send(msgspec.json.encode(message)) is send_deadline.Outcome.OK
        except SendFailed as failed:
            self.note(str(failed))
            return False

    def hear(self, wait_s: float | None = None) -> Message | None:
        """Return the next message, `None` when no more can come.

        What is no message ends the connection. Raises `TimeoutError` after `wait_s`.
        """
        try:
            told = self._inbox.get(timeout=wait_s)
        except Empty:
            raise TimeoutError(f"{self.name} said nothing for {wait_s} s") from None
        if told is not None:
            try:
                message: Message = _DECODER.decode(told)
                return message
            except msgspec.DecodeError as error:
                self.note(f"{len(told)} bytes are no message: {error}")
                self.close()
        self._inbox.put(None)
        return None

    def note(self, text: str) -> None:
        """Put a remark into the trace."""
        self._note(text)

    def _received(self, frame: Incoming) -> None:
        super()._received(frame)
        if frame.kind == FrameType.DATA and not frame.header:
            self._inbox.put(frame.payload)
            if self._inbox.qsize() > WAITING_MAX:
                self.note(f"more than {WAITING_MAX} messages wait: nobody takes them")
                self.close()

    def _read(self) -> None:
        try:
            super()._read()
        finally:
            self._inbox.put(None)
