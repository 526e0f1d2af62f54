"""Helpers of the TLS tests: a peer that keeps every raw byte, and certificates made at run time."""

import contextlib
import functools
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import trustme

from stallproof.drivers.tls import Session, client_context, handshake
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.machines.policy import Policy
from tests.drivers.peers import PATIENCE_S, Ear, guarded, tcp_pair

HOST = "127.0.0.1"
_HEADER = struct.Struct(">BHH")
HANDSHAKE, CHANGE_CIPHER, ALERT, APPLICATION = 22, 20, 21, 23
RECORD_SEALED_MAX_BYTES = 16 * 1024 + 256


@functools.cache
def authority() -> trustme.CA:
    """Return the certificate authority of these tests."""
    return trustme.CA()


@functools.cache
def client() -> ssl.SSLContext:
    """Return the context of a client that trusts `authority`."""
    return trusting(authority())


def trusting(ca: trustme.CA) -> ssl.SSLContext:
    """Return the context of a client that trusts `ca`."""
    with ca.cert_pem.tempfile() as path:
        return client_context(path)


def server(identity: str = HOST) -> ssl.SSLContext:
    """Return the context of a server with a certificate for `identity`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # A client that only sends and then closes would be reset over tickets that it never read.
    context.num_tickets = 0
    authority().issue_cert(identity).configure_cert(context)
    return context


@functools.cache
def usual_server() -> ssl.SSLContext:
    """Return the context of the server that most tests use."""
    return server()


@dataclass(frozen=True)
class Records:
    """What a raw stream consists of: the types of its whole records, and what is left over."""

    types: list[int]
    torn_bytes: int


def records_of(raw: bytes) -> Records:
    """Go from header to header through `raw`; anything that is no TLS record is an error."""
    types, at = [], 0
    while len(raw) - at >= _HEADER.size:
        kind, version, length = _HEADER.unpack_from(raw, at)
        assert kind in (HANDSHAKE, CHANGE_CIPHER, ALERT, APPLICATION), f"type {kind} at {at}"
        assert version in (0x0301, 0x0303), f"version {version:#x} at {at}"
        assert 0 < length <= RECORD_SEALED_MAX_BYTES, f"{length} bytes at {at}"
        if at + _HEADER.size + length > len(raw):
            break
        types.append(kind)
        at += _HEADER.size + length
    return Records(types, len(raw) - at)


class SecurePeer:
    """The server's end of a secure connection, which keeps every raw byte that came in."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext) -> None:
        self.sock = sock
        self.raw = bytearray()
        self.ended = ""
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._layer = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake_hands(self) -> None:
        """Do the server's part of the handshake."""
        done = False
        while not done:
            try:
                self._layer.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                self.flush()
                if not self._take_in(1 << 16):
                    raise ConnectionError("the client left during the handshake") from None
            finally:
                self.flush()

    def flush(self) -> None:
        """Write what the layer wants to say."""
        self.sock.sendall(self._outgoing.read())

    def _take_in(self, size: int) -> bool:
        """Read once from the socket; tell whether there was anything."""
        try:
            piece = self.sock.recv(size)
        except ConnectionResetError:
            self.ended = "reset"
            return False
        self.raw += piece
        self._incoming.write(piece)
        return bool(piece)

    def recv(self, size: int = 1 << 16) -> bytes:
        """Read at most `size` raw bytes; return the plain ones that they complete, maybe none.

        At the end `ended` tells how: close_notify, truncated or reset.
        """
        if not self._take_in(size):
            self.ended = self.ended or "truncated"
        return self._decrypted()

    def opened(self, raw: bytes) -> bytes:
        """Return what `raw`, read from the socket by somebody else, says in plain bytes."""
        self._incoming.write(raw)
        return self._decrypted()

    def _decrypted(self) -> bytes:
        """Return the plain bytes of the whole records that have come in; note close_notify."""
        plain = b""
        with contextlib.suppress(ssl.SSLWantReadError):
            while piece := self._layer.read(1 << 14):
                plain += piece
            self.ended = "close_notify"
        return plain

    def read_all(self, size: int = 1 << 16) -> bytes:
        """Read to the end of the stream, `size` raw bytes at a time; return the plain bytes."""
        plain = bytearray()
        while not self.ended:
            plain += self.recv(size)
        return bytes(plain)

    def read(self, plain_bytes: int, size: int = 1 << 16) -> bytes:
        """Read until so many plain bytes have come, or to the end of the stream."""
        plain = bytearray()
        while len(plain) < plain_bytes and not self.ended:
            plain += self.recv(size)
        return bytes(plain)

    def sendall(self, plain: bytes) -> None:
        """Send plain bytes through the layer."""
        self._layer.write(plain)
        self.flush()

    def sealed(self, plain: bytes) -> bytes:
        """Return the records of `plain` without sending them."""
        self._layer.write(plain)
        return self._outgoing.read()

    def say_goodbye(self) -> None:
        """Send close_notify and keep the connection."""
        with contextlib.suppress(ssl.SSLError):
            self._layer.unwrap()
        self.flush()


def secure_pair(
    buffer_bytes: int = 8192, context: ssl.SSLContext | None = None
) -> tuple[socket.socket, Session, SecurePeer]:
    """Return a socket with its session, and the peer, over TCP with small buffers."""
    ours, theirs = tcp_pair(buffer_bytes)
    peer = SecurePeer(theirs, context or usual_server())
    thread = threading.Thread(target=peer.shake_hands, daemon=True)
    thread.start()
    session = handshake(ours, client(), HOST, PATIENCE_S)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    return ours, session, peer


@contextlib.contextmanager
def secure(
    policy: Policy | None = None, kind: type[SecureConnection] = SecureConnection, *,
    buffer_bytes: int = 8192, **options: object,
) -> Iterator[tuple[SecureConnection, SecurePeer, Ear]]:  # fmt: skip
    """Yield a secure connection, its peer and its ear; close all and require a clean end."""
    ours, session, peer = secure_pair(buffer_bytes)
    with guarded((ours, peer.sock), policy, kind, session=session, **options) as (conn, _, ear):
        assert isinstance(conn, SecureConnection)
        yield conn, peer, ear
