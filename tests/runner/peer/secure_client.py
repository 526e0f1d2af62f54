"""A TLS client with its hands on the bytes: for tests of the peer's TLS server."""

import contextlib
import socket
import ssl

from tests.runner.peer.peer_bench import Bench


class SecureClient:
    """A TLS client over memory on a real socket: what is sealed and what is sent are apart."""

    def __init__(self, bench: Bench, conn: str = "a", mode: str = "drain") -> None:
        """Connect; `shake_hands` comes next."""
        self.sock = bench.connect("tls", conn, mode)
        # A small record would wait for the acknowledgement of the handshake.
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.create_default_context(cafile=bench.address["certificate_authority"])
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="127.0.0.1")

    def shake_hands(self, *, and_send: bytes = b"") -> "SecureClient":
        """Go through the handshake; the last write of it carries `and_send` as well."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.sock.sendall(self._outgoing.read())
                self._incoming.write(self.sock.recv(65536))
            else:
                last = self._outgoing.read()
                self.sock.sendall(last + (self.sealed(and_send) if and_send else b""))
                return self

    def sealed(self, content: bytes) -> bytes:
        """Return the records that carry `content`."""
        view, out = memoryview(content), b""
        while view:
            view = view[self.tls.write(view) :]
            out += self._outgoing.read()
        return out

    def farewell(self) -> bytes:
        """Return a close_notify."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._outgoing.read()

    def send(self, content: bytes) -> None:
        self.sock.sendall(self.sealed(content))

    def close(self) -> None:
        """Announce the end, and close."""
        self.sock.sendall(self.farewell())
        self.sock.close()

    def read(self) -> bytes:
        """Return the next content; empty at an announced end, `EOFError` at any other."""
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLZeroReturnError:
                return b""
            except ssl.SSLWantReadError:
                raw = self.sock.recv(65536)
                if not raw:
                    raise EOFError from None
                self._incoming.write(raw)

    def read_to_the_cut(self) -> bytes:
        """Return all content up to an end that was not announced; fails the test at any other."""
        got = b""
        while True:
            try:
                piece = self.read()
            except EOFError:
                return got
            assert piece, "the end was announced"
            got += piece


def shut(sock: socket.socket) -> None:
    """End the transport without any announcement."""
    sock.shutdown(socket.SHUT_WR)
