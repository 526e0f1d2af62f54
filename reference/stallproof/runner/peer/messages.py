"""What passes between the oracle and its peer: commands in, replies out, one JSON object a line."""

from typing import Literal

import msgspec

from stallproof.wire.event import Kind, Transport
from stallproof.wire.protocol import FrameLayout

Mode = Literal["drain", "stop", "trickle"]


class Command(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One command; which fields count depends on `op`. Times in microseconds, sizes in bytes."""

    id: int
    op: str
    conn: str = ""
    transport: Transport = "unix"
    receive_buffer_bytes: int = 65536
    mode: Mode = "drain"
    limit_bytes: int | None = None
    piece_bytes: int = 4096
    every_us: int = 20_000
    frames: int = 0
    kind: Kind = "data"
    payload: bytes = b""
    whole_bytes: int = 0
    tears_record: bool = False
    awaited: bool = True
    stream: int = 0
    offset: int = 0
    error: str | None = None
    layout: FrameLayout | None = None


class PeerReply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The reply to command `id`; `message` says why it was not carried out."""

    id: int
    ok: bool
    message: str = ""
    path: str | None = None
    host: str | None = None
    port: int | None = None
    certificate_authority: str | None = None
    open: bool | None = None
    unread_bytes: int | None = None
    sent: bool | None = None


class Refusal(Exception):
    """A command that cannot be carried out; the message says why."""


REPLY_START = b'{"id":'
"""How every reply begins; an event begins with its tag."""
