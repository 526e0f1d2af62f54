"""The events that the peer saw with its own eyes, as the peer.

Spec: `spec/trace.md`, schema `spec/schemas/trace.schema.json`.
"""

from typing import Literal

from msgspec import UNSET, UnsetType

from stallproof.wire.event import Kind, PeerEvent, Transport


class PeerListening(PeerEvent, frozen=True, kw_only=True, tag="lab_listening"):
    """The peer listens for connection `conn`; `receive_buffer_bytes`: SO_RCVBUF as set."""

    transport: Transport
    receive_buffer_bytes: int


class PeerAccepted(PeerEvent, frozen=True, kw_only=True, tag="lab_accepted"):
    """The implementation connected; `again` when the address had been used already."""

    again: bool = False


class PeerMode(PeerEvent, frozen=True, kw_only=True, tag="lab_mode"):
    """How the peer treats the connection from now on: `drain`, `stop` or `trickle`.

    `limit_bytes`: it stops by itself after so many bytes more, `None`: no limit. `in_record_bytes`:
    how much of an unfinished TLS record it has read by now.
    """

    mode: Literal["drain", "stop", "trickle"]
    limit_bytes: int | None = None
    in_record_bytes: int = 0


class PeerRead(PeerEvent, frozen=True, kw_only=True, tag="lab_read"):
    """Bytes read since the last such event (reads less than 5 ms apart are one event).

    Over TLS these are the bytes of the transport beneath, the handshake included.

    `began_us` is the first of these reads, `at_us` the last; `total_bytes` counts from the start.
    """

    began_us: int
    got_bytes: int
    total_bytes: int


class PeerFrame(PeerEvent, frozen=True, kw_only=True, tag="lab_frame"):
    """A whole frame arrived: its first byte at `began_us`, its last at `at_us`.

    `index` counts the frames of the connection. `size_bytes` is the payload only, without prefix
    and header. `send` is read from the payload; `intact`: every byte is as it was asked for, else
    `why` names the first that is not. Of a chunk, `stream` and `stream_offset` are read from
    it: whose it is, and where in the stream its first byte belongs.
    """

    index: int
    kind: Kind
    size_bytes: int
    began_us: int
    sequence: int | None = None
    send: int | None = None
    stream: int | None = None
    stream_offset: int | None = None
    intact: bool = True
    why: str | None = None


class PeerFrames(PeerEvent, frozen=True, kw_only=True, tag="lab_frames"):
    """Many small frames at once, all intact, from send `first_send` on, one up each.

    `size_bytes` is the payload only, of each. `first_sequence` and one up each modulo 65536. Only
    used for repeated sends.
    """

    index: int
    frames: int
    size_bytes: int
    first_sequence: int | None
    first_send: int


class PeerUnread(PeerEvent, frozen=True, kw_only=True, tag="lab_unread"):
    """How many bytes lay unread in the peer's own kernel buffer.

    Told on request, and once when the first bytes come after the peer ceased to read all.
    """

    unread_bytes: int


class PeerSecured(PeerEvent, frozen=True, kw_only=True, tag="lab_secured"):
    """The TLS handshake of the connection is over; everything after it must be TLS records."""

    version: str
    cipher: str


class PeerSawClear(PeerEvent, frozen=True, kw_only=True, tag="lab_clear"):
    """Bytes came over a TLS connection that are no TLS record; `what` describes them.

    `at_byte` counts the raw bytes of the connection from its beginning.
    """

    at_byte: int
    what: str


class PeerSawHangup(PeerEvent, frozen=True, kw_only=True, tag="lab_hangup"):
    """The other side closed, seen without reading."""


class PeerSawEnd(PeerEvent, frozen=True, kw_only=True, tag="lab_end"):
    """The end of the stream after `total_bytes`; over TLS these are the bytes after decryption.

    `how`: `eof` in peace; `truncated`: the transport ended without TLS having said so; `reset`;
    `lab_closed`: the peer itself closed.

    `torn_*` describe an unfinished frame at the end, if there is one: `torn_bytes` of it came, of
    `torn_size_bytes` (`None`: not known), both counting the whole frame on the wire, prefix and
    header included. `garbage`: why the bytes could not be told apart as frames from some point on.
    """

    how: Literal["eof", "truncated", "reset", "lab_closed"]
    total_bytes: int
    torn_bytes: int = 0
    torn_size_bytes: int | None = None
    torn_send: int | None = None
    garbage: str | None = None


class PeerDid(PeerEvent, frozen=True, kw_only=True, tag="lab_did"):
    """What the peer did to the connection.

    `cut`: it ended the transport under TLS without announcing the end of the stream. `sent`:
    `frames` alike, which its kernel had taken as a whole by `done_us`. An ACK names its `stream`
    and `offset`, and an error ACK its `error`.
    """

    action: Literal["shut_read", "half_close", "cut", "reset", "close", "sent"]
    sent_bytes: int | None = None
    kind: Kind | None = None
    frames: int | UnsetType = UNSET
    done_us: int | UnsetType = UNSET
    stream: int | UnsetType = UNSET
    offset: int | UnsetType = UNSET
    error: str | UnsetType = UNSET


class PeerProbed(PeerEvent, frozen=True, kw_only=True, tag="lab_probed"):
    """Whether the connection was still open, found out without reading."""

    open: bool
