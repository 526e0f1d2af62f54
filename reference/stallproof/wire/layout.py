"""The layout of frames that a harness declares: where a frame ends, what kind it is, whose it is.

The intuition: whoever reads a connection needs to know three things of a frame, and transports say
them in few ways. A prefix holds the length (fixed or varint, in either byte order), or a line does,
or a line is the frame.

The use: the `frames` of a hello. A field that is left out has the meaning that it had before it
existed, so that a layout of fixed prefixes alone stays as it is.

Spec: `spec/protocol.md`, "The layout of frames".
"""

from typing import Literal

import msgspec

ByteOrder = Literal["big", "little"]
TextForm = Literal["line", "sized", "array"]


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """What every message has in common."""


class LengthField(Message, frozen=True, kw_only=True):
    """Where the length is: in `bytes` bytes, or for a varint in at most so many."""

    at: int
    bytes: int
    counts_prefix: bool = True
    varint: bool = False


class NumberField(Message, frozen=True, kw_only=True):
    at: int
    bytes: int


class KindField(Message, frozen=True, kw_only=True):
    at: int
    bytes: int
    data: list[int]
    heartbeat: list[int] = []
    ack: list[int] = []


class TextLayout(Message, frozen=True, kw_only=True):
    """Frames of text lines: how each kind begins, and what ends a line.

    `peer`: how the peer's own frames begin, by kind; one left out begins like the first of `data`
    or `heartbeat`, and data in an array's form with `$`.
    """

    form: TextForm
    data: list[str]
    heartbeat: list[str] = []
    ack: list[str] = []
    end: Literal["\r\n", "\n"] = "\r\n"
    peer: dict[str, str] = {}


class Handshake(Message, frozen=True, kw_only=True):
    frames: int
    reply_hex: str


class AckForm(Message, frozen=True, kw_only=True):
    """How an ACK looks on the wire: a whole frame, with the places where its numbers go.

    A place that is too short for a number takes its lowest bytes. `error_hex`: the same for an
    error ACK, `None`: there is none on the wire.
    """

    frame_hex: str
    stream: list[NumberField]
    offset: list[NumberField]
    error_hex: str | None = None


class FrameLayout(Message, frozen=True, kw_only=True):
    """Where things are in a frame. `ack`: how an ACK looks as a whole.

    `text`: frames are lines, and nothing of a prefix counts. `byte_order`: of every number but a
    varint. `header_bytes`: between the prefix and the payload of each data frame. `greeting_hex`:
    what the peer sends at once when a connection is made. `answers_hex`: what it sends after each
    whole frame of a kind.
    """

    prefix_bytes: int = 0
    length: LengthField | None = None
    byte_order: ByteOrder = "big"
    header_bytes: int = 0
    extra: NumberField | None = None
    kind: KindField | None = None
    sequence: NumberField | None = None
    text: TextLayout | None = None
    handshake: Handshake | None = None
    greeting_hex: str = ""
    answers_hex: dict[str, str] = {}
    ack: AckForm | None = None

    @property
    def has_heartbeats(self) -> bool:
        """Whether a frame can be a heartbeat."""
        kinds = self.text if self.text is not None else self.kind
        return kinds is not None and bool(kinds.heartbeat)
