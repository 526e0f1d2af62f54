"""TLS between a connection's socket and its frames: the server's side of it."""

import contextlib
import socket
import ssl
from typing import Literal

from stallproof.runner.peer.records import Clear, Record, Records, find_clear
from stallproof.runner.peer.wire import Piece, Wire

_READ_RECORD_BYTES = 64 * 1024
"""More than a record can bring."""
_ALERT = "ALERT"
"""What OpenSSL's name of a failure has in it when the other side is the one that failed."""
_AHEAD_BYTES = 4096
"""How far a read for a few bytes of content may go ahead on TLS: what it brings is kept back."""


class SecureWire(Wire):
    """The server's side of a TLS connection, over memory: OpenSSL never touches the socket."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        super().__init__(sock)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._records = Records()
        self._is_securing = True
        self._is_over = False
        self._is_blind = False

    @property
    def is_securing(self) -> bool:
        return self._is_securing

    @property
    def secured(self) -> tuple[str, str] | None:
        cipher = None if self._is_securing or self._is_blind else self._tls.cipher()
        return None if cipher is None else (self._tls.version() or "", cipher[0])

    @property
    def in_record_bytes(self) -> int:
        return self._records.in_record_bytes

    @property
    def keeps_back(self) -> bool:
        # A read may have given a part of a record: what is left of it lies in the TLS layer.
        if self._is_securing or self._is_over or self._is_blind:
            return False
        return bool(self._records.whole) or self._tls.pending() > 0

    def read(self, raw_most: int, content_most: int | None) -> Piece | None:
        """Read once; a read that finishes a record brings its content, any other brings none."""
        if self.keeps_back:
            data, clear = self._content(content_most)
            if data or clear:
                return Piece(0, data, clear=clear)
        raw = self._receive(self._most(raw_most, content_most))
        if raw is None or isinstance(raw, Piece):
            return raw
        lost = self._records.feed(raw)
        if self._is_securing:
            self._shake_hands(lost)
            return Piece(len(raw), clear=lost)
        # What came whole before bytes in clear is given all the same.
        data, clear = self._content(content_most)
        return Piece(len(raw), data, clear=clear or lost)

    def peek(self) -> bytes:
        # What lies in the socket is not content.
        return b""

    def seal(self, content: bytes) -> bytes:
        """Return the records that carry `content`."""
        self._tls.write(content)
        return self._outgoing.read()

    def farewell(self) -> bytes:
        """Return the record that announces the end of what the peer sends (close_notify)."""
        self._say_farewell()
        return self._outgoing.read()

    def take_outgoing(self) -> bytes:
        return self._outgoing.read()

    def _say_farewell(self) -> None:
        # Whether the other side has announced its own end too, nobody waits for here.
        with contextlib.suppress(ssl.SSLError):
            self._tls.unwrap()

    def _most(self, raw_most: int, content_most: int | None) -> int:
        """Return how much to take from the socket: of a handshake not a byte too many."""
        if self._is_securing:
            return self._records.needed_bytes
        if content_most is None:
            return raw_most
        return min(raw_most, max(content_most, _AHEAD_BYTES))

    def _shake_hands(self, lost: Clear | None) -> None:
        """Go on with the handshake by each record that is there; bytes in clear are its end."""
        while self._is_securing and self._records.whole:
            self._incoming.write(self._records.whole.popleft().raw)
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLError as error:
                self.garbage = f"the TLS handshake failed: {error.reason or error}"
                self._is_blind = True
            else:
                self._records.expect_encrypted()
            self._is_securing = False
        if lost is not None:
            self._is_securing, self._is_blind = False, True

    def _content(self, most: int | None) -> tuple[bytes, Clear | None]:
        """Decrypt what is there, record by record, up to `most` bytes."""
        found: list[bytes] = []
        size = 0
        while not (self._is_over or self._is_blind) and (most is None or size < most):
            wanted = _READ_RECORD_BYTES if most is None else most - size
            piece = self._decrypt(min(wanted, _READ_RECORD_BYTES))
            if isinstance(piece, Record):
                return b"".join(found), find_clear(piece)
            if piece is None:
                break
            found.append(piece)
            size += len(piece)
        if self._is_over or self._is_blind:
            # What follows is watched, and read by nobody.
            self._records.whole.clear()
            self._say_farewell()
        return found[0] if len(found) == 1 else b"".join(found), None

    def _decrypt(self, most: int) -> bytes | Record | None:
        """Return the next content, the record that has none to give, or `None`: nothing for now."""
        record: Record | None = None
        while True:
            try:
                piece = self._tls.read(most)
            except ssl.SSLWantReadError:
                if not self._records.whole:
                    return None
                record = self._records.whole.popleft()
                self._incoming.write(record.raw)
            except ssl.SSLZeroReturnError:
                self._is_over = True
                return None
            except ssl.SSLError as error:
                return self._on_unreadable(record, error.reason or str(error))
            else:
                self._is_over = not piece
                return piece or None

    def _on_unreadable(self, record: Record | None, why: str) -> Record | None:
        """Give up on the content: the other side says so, or a record is none of this session's."""
        self._is_blind = True
        if record is None or _ALERT in why:
            return None
        if find_clear(record) is None:
            self.garbage = (
                f"the TLS record at byte {record.at_byte} of the connection cannot be read: {why}"
            )
        return record

    def _ended(self, how: Literal["eof", "reset"]) -> Piece:
        """Tell an end that was announced from one that was not (RFC 8446, 6.1)."""
        clear = find_clear(self._records.rest())
        if self._is_over:
            return Piece(0, end="eof", clear=clear)
        return Piece(0, end="truncated" if how == "eof" else "reset", clear=clear)
