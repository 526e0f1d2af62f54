"""The TLS layer of one connection, as a thing that turns plain bytes into records and back.

The stall it guards against: a TLS socket that writes by itself hides how much has left, takes no
flag against blocking, and can die when both directions work at once. Here the layer touches no
socket at all. Records come in and go out through two buffers in memory, and whoever calls does the
input and output, with the bounds that plain connections have.

The complication: the layer belongs to two threads. The sender seals and the reader unseals, and
either may make the layer write (the answer to a key update leaves through the sender's buffer). One
short mutex covers the layer and both buffers, for without it memory is corrupted. It is held while
at most one piece is encrypted or decrypted, and never over a system call.

Nothing renegotiates: TLS 1.3 is the least that is spoken.

Spec: `spec/sd.md`. Source: the Python documentation of `ssl`, "Memory BIO Support".
"""

import contextlib
import socket
import ssl
import threading
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from stallproof.drivers.frame import Payload

RECORD_MAX_BYTES = 16 * 1024
"""The plain bytes of the longest record."""
RECORDS_BYTES = 64 * 1024
"""How much is taken from the transport and decrypted at a time."""


class HandshakeFailed(ConnectionError):
    """The secure session did not come about; the message says why."""


class Unsealed(NamedTuple):
    """What a piece of the incoming stream brought.

    `over`: the peer has said close_notify, the orderly end. `failure`: the session is broken and
    cannot go on. `waiting_bytes`: how many bytes of replies now wait to leave.
    """

    pieces: list[bytes]
    over: bool
    failure: ssl.SSLError | None
    waiting_bytes: int


class Session:
    """One secure session, on the client's side. Safe for any thread; nothing here waits."""

    def __init__(self, context: ssl.SSLContext, server_hostname: str | None) -> None:
        """Prepare a session with `server_hostname`; `handshake` makes it ready for use."""
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._layer = context.wrap_bio(
            self._incoming, self._outgoing, server_hostname=server_hostname
        )
        self._mutex = threading.Lock()

    def shake_hands(self, records: bytes) -> bool:
        """Go on with the handshake, after `records` have come in; tell whether it is over.

        Raises `ssl.SSLError` when it failed. Either way, what is `waiting` must leave.
        """
        with self._mutex:
            self._incoming.write(records)
            try:
                self._layer.do_handshake()
            except ssl.SSLWantReadError:
                return False
            return True

    def seal(self, plain: Payload) -> bytes:
        """Encrypt `plain`; return its records behind the replies that were waiting.

        What is returned must leave before anything that is sealed later, and whole, or the
        connection must end. Raises `ssl.SSLError` when the session is broken.
        """
        left = memoryview(plain).cast("B")
        with self._mutex:
            # The layer may take less at a time than it is given; its buffer has room for all.
            while left:
                left = left[self._layer.write(left) :]
            return self._outgoing.read()

    def unseal(self, records: bytes) -> Unsealed:
        """Decrypt what `records`, at most `RECORDS_BYTES` from the transport, complete.

        Replies to the peer may wait afterwards. What was decrypted before a failure is returned
        with it. Records that came with the handshake are returned by the first call.
        """
        pieces: list[bytes] = []
        over, failure = False, None
        with self._mutex:
            self._incoming.write(records)
            try:
                while piece := self._layer.read(RECORD_MAX_BYTES):
                    pieces.append(piece)
                over = True
            except ssl.SSLWantReadError:
                pass
            except ssl.SSLZeroReturnError:
                over = True
            except ssl.SSLError as error:
                failure = error
            return Unsealed(pieces, over, failure, self._outgoing.pending)

    def say_goodbye(self) -> None:
        """Put close_notify behind what is waiting; nothing can be sealed any more."""
        # The layer then looks for the peer's own close_notify, which nobody waits for here.
        with self._mutex, contextlib.suppress(ssl.SSLError):
            self._layer.unwrap()

    def waiting(self) -> bytes:
        """Take away and return what waits to leave."""
        with self._mutex:
            return self._outgoing.read()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait to leave."""
        with self._mutex:
            return self._outgoing.pending


def client_context(certificate_authority: str | Path | None) -> ssl.SSLContext:
    """Return what a client needs: TLS 1.3 at least, the peer's certificate and its name checked.

    `certificate_authority` is a PEM file; `None`: the authorities that the system trusts. Raises
    `OSError` when the file cannot be read, `ssl.SSLError` when it holds no certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if certificate_authority is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.load_verify_locations(cafile=str(certificate_authority))
    return context


def handshake(
    sock: socket.socket, context: ssl.SSLContext, server_hostname: str | None, timeout_s: float
) -> Session:
    """Shake hands over the connected `sock`, within `timeout_s` seconds for the whole of it.

    Return the session. The socket stays the caller's, and open when this raises
    `HandshakeFailed`: for a certificate that is not good enough, an old version, a peer that is
    not heard of in time or leaves, or does not speak TLS.
    """
    session = Session(context, server_hostname)
    until_s = monotonic() + timeout_s
    records = b""
    try:
        while not session.shake_hands(records):
            _hand_over(sock, session, until_s)
            sock.settimeout(_left_s(until_s))
            records = sock.recv(RECORDS_BYTES)
            if not records:
                raise ConnectionError("the peer ended the connection")
        _hand_over(sock, session, until_s)
    except TimeoutError as error:
        raise HandshakeFailed(f"the TLS handshake was not over within {timeout_s} s") from error
    except ssl.SSLError as error:
        # The alert tells the peer why. It leaves if it can, and never at the cost of the reason.
        with contextlib.suppress(OSError):
            _hand_over(sock, session, until_s)
        raise HandshakeFailed(f"the TLS handshake failed: {error}") from error
    except OSError as error:
        raise HandshakeFailed(f"the TLS handshake failed: {error}") from error
    return session


def _hand_over(sock: socket.socket, session: Session, until_s: float) -> None:
    """Send all that waits, until `until_s` at the latest."""
    if waiting := session.waiting():
        sock.settimeout(_left_s(until_s))
        # Unlike the time-out of one write, that of `sendall` is one for the whole.
        sock.sendall(waiting)


def _left_s(until_s: float) -> float:
    """Return how much time is left; raises `TimeoutError` when there is none."""
    left_s = until_s - monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s
