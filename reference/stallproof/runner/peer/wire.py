"""What lies between a connection's socket and its frames: nothing here, TLS in `secure_wire`.

A wire reads pieces from the socket and gives the content that they bring; what it has to send of
its own accord (a handshake, an answer to a key update) it leaves in `take_outgoing`. Nothing here
blocks. On a plain wire the raw bytes are the content.
"""

import socket
from typing import Literal, NamedTuple

from stallproof.runner.peer.records import Clear

Ending = Literal["eof", "truncated", "reset"]

_PEEK_BYTES = 64 * 1024
"""So far the end of a line is looked for at once."""


class Piece(NamedTuple):
    """What one read brought: `raw_bytes` over the transport, and the content in them.

    `end`: the transport ended with this read. `clear`: not all of the bytes were encrypted.
    """

    raw_bytes: int
    data: bytes = b""
    end: Ending | None = None
    clear: Clear | None = None


class Wire:
    """A plain wire over the connected socket `sock`, which must not block."""

    garbage: str | None = None
    """Why no content can be made of the bytes any more, though they look like records."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock

    @property
    def is_securing(self) -> bool:
        """Whether a TLS handshake is under way, which is read whatever the reading rule."""
        return False

    @property
    def secured(self) -> tuple[str, str] | None:
        """The version of TLS and the cipher in use, once the handshake is done."""
        return None

    @property
    def in_record_bytes(self) -> int:
        """How much was read of a TLS record that is not whole yet."""
        return 0

    @property
    def keeps_back(self) -> bool:
        """Whether content may be there that was read and not given yet."""
        return False

    def read(self, raw_most: int, content_most: int | None) -> Piece | None:
        """Read once, at most `raw_most` bytes; `None` when there is nothing for now.

        No more than `content_most` of content is given (`None`: all); the rest is kept back for
        the next read, which takes nothing from the socket then.
        """
        raw = self._receive(raw_most if content_most is None else min(raw_most, content_most))
        if raw is None or isinstance(raw, Piece):
            return raw
        return Piece(len(raw), raw)

    def peek(self) -> bytes:
        """Return content that could be read next, without reading it; nothing where none can be."""
        try:
            return self.sock.recv(_PEEK_BYTES, socket.MSG_PEEK)
        except OSError:
            return b""

    def seal(self, content: bytes) -> bytes:
        """Return the bytes that carry `content` over the transport."""
        return content

    def farewell(self) -> bytes:
        """Return the bytes that announce the end of what the peer sends; none on a plain wire."""
        return b""

    def take_outgoing(self) -> bytes:
        """Return what has to be sent of the wire's own accord."""
        return b""

    def _receive(self, most: int) -> bytes | Piece | None:
        """Read from the socket: bytes, the end as a piece, or `None` when there is nothing."""
        try:
            raw = self.sock.recv(most)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return self._ended("reset")
        return raw or self._ended("eof")

    def _ended(self, how: Literal["eof", "reset"]) -> Piece:
        return Piece(0, end=how)
