"""The TLS layer by itself: handshakes that fail in time, and bytes there and back."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable

import pytest
import trustme

from stallproof.drivers.clock import now_us
from stallproof.drivers.tls import (
    RECORD_MAX_BYTES,
    HandshakeFailed,
    client_context,
    handshake,
)
from tests.drivers.peers import PATIENCE_S, reset, tcp_pair
from tests.drivers.secure_peers import (
    HOST,
    SecurePeer,
    client,
    secure_pair,
    server,
    trusting,
    usual_server,
)
from tests.timing import in_time

TIMEOUT_S = 0.2


def serving(context: ssl.SSLContext, said: list[BaseException]) -> Callable[[socket.socket], None]:
    """Return a peer that shakes hands properly and keeps what stopped it."""

    def serve(sock: socket.socket) -> None:
        try:
            SecurePeer(sock, context).shake_hands()
            sock.recv(1)
        except OSError as error:
            said.append(error)

    return serve


def handshake_with(
    serve: Callable[[socket.socket], None], context: ssl.SSLContext, timeout_s: float = TIMEOUT_S
) -> str:
    """Shake hands with a peer that fails it; return the message and require an open socket."""
    ours, theirs = tcp_pair(1 << 16)
    thread = threading.Thread(target=serve, args=(theirs,), daemon=True)
    with ours, theirs:
        thread.start()
        with pytest.raises(HandshakeFailed) as caught:
            handshake(ours, context, HOST, timeout_s)
        assert ours.fileno() != -1
        with contextlib.suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
    return str(caught.value)


def test_a_handshake_leads_to_tls_1_3() -> None:
    """The session is one of TLS 1.3 and its peer the one whose name was asked for."""
    ours, session, peer = secure_pair()
    with ours, peer.sock:
        assert "TLSv1.3" == session._layer.version()
        assert (("IP Address", HOST),) == session._layer.getpeercert()["subjectAltName"]  # type: ignore[index]


def test_an_unknown_authority_is_refused_and_the_peer_is_told() -> None:
    """A certificate of somebody else fails the handshake, and an alert says so."""
    said: list[BaseException] = []
    message = handshake_with(serving(usual_server(), said), trusting(trustme.CA()), PATIENCE_S)
    assert "certificate verify failed" in message
    assert ["TLSV1_ALERT_UNKNOWN_CA"] == [getattr(error, "reason", error) for error in said]


def test_a_certificate_for_another_host_is_refused() -> None:
    """The name in the certificate must be the one that was connected to."""
    message = handshake_with(serving(server("127.0.0.2"), []), client(), PATIENCE_S)
    assert "IP address mismatch" in message


def test_tls_1_2_is_refused() -> None:
    """A peer that speaks TLS 1.2 at most gets no session."""
    context = server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    message = handshake_with(serving(context, []), client(), PATIENCE_S)
    assert "version" in message


def leaves(sock: socket.socket) -> None:
    """Read the first flight and end the connection."""
    sock.recv(1 << 16)
    sock.shutdown(socket.SHUT_RDWR)


def resets(sock: socket.socket) -> None:
    """Read the first flight and reset the connection."""
    sock.recv(1 << 16)
    reset(sock)


def speaks_http(sock: socket.socket) -> None:
    """Answer the first flight with something that is not TLS."""
    sock.recv(1 << 16)
    sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("serve", [leaves, resets, speaks_http])
def test_a_peer_that_has_no_session_to_offer_is_an_error(
    serve: Callable[[socket.socket], None],
) -> None:
    """A peer that leaves, resets or speaks another protocol fails the handshake at once."""
    assert "not over within" not in handshake_with(serve, client(), PATIENCE_S)


def silent(sock: socket.socket) -> None:
    """Say nothing to the end."""
    while sock.recv(1 << 16):
        pass


def trickling(sock: socket.socket) -> None:
    """Answer with the beginning of a record that never ends, a little at a time."""
    try:
        sock.sendall(b"\x16\x03\x03\x40\x00")
        while True:
            sock.sendall(b"\x02")
            time.sleep(TIMEOUT_S / 10)
    except OSError:
        return


@pytest.mark.timing
@pytest.mark.parametrize("serve", [silent, trickling])
def test_a_handshake_that_never_ends_is_given_up_in_time(
    serve: Callable[[socket.socket], None],
) -> None:
    """The time-out is one for the whole handshake, and progress does not extend it."""
    began_us = now_us()
    message = handshake_with(serve, client())
    ended_us = now_us()
    assert "not over within 0.2 s" in message
    assert int(TIMEOUT_S * 1e6) <= ended_us - began_us
    assert in_time(began_us, ended_us, int(TIMEOUT_S * 1e6))


class Hearing(socket.socket):
    """A socket that hands out what came only when its peer has left."""

    left = threading.Event()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Wait for the peer to leave."""
        got = super().recv(size, flags)
        assert self.left.wait(PATIENCE_S)
        return got


def test_an_alert_that_cannot_leave_hides_no_reason() -> None:
    """The peer speaks no TLS and leaves: what it said is the reason, not that it left."""
    ours, theirs = socket.socketpair()
    hearing = Hearing(fileno=ours.detach())

    def mumble() -> None:
        theirs.recv(1 << 16)
        theirs.sendall(b"220 this is another protocol\r\n")
        theirs.close()
        hearing.left.set()

    thread = threading.Thread(target=mumble, daemon=True)
    with hearing:
        thread.start()
        with pytest.raises(HandshakeFailed, match="SSL") as caught:
            handshake(hearing, client(), HOST, PATIENCE_S)
        assert isinstance(caught.value.__cause__, ssl.SSLError)


def test_an_authority_that_is_no_certificate_is_refused() -> None:
    """A file that is missing or empty is an error when the context is made."""
    with pytest.raises(FileNotFoundError):
        client_context("no-such-file.pem")
    with pytest.raises(ssl.SSLError):
        client_context(__file__)


@pytest.mark.parametrize("step_bytes", [1, 7, 1000, 1 << 20])
def test_records_in_pieces_of_any_size_come_out_whole(step_bytes: int) -> None:
    """However the transport cuts the records, the plain bytes come out once and in order."""
    ours, session, peer = secure_pair()
    with ours, peer.sock:
        plain = bytes(range(256)) * 100
        records = peer.sealed(plain)
        got = b""
        for at in range(0, len(records), step_bytes):
            unsealed = session.unseal(records[at : at + step_bytes])
            assert (False, None) == (unsealed.over, unsealed.failure)
            got += b"".join(unsealed.pieces)
        assert plain == got


def test_what_came_before_a_broken_record_is_not_lost() -> None:
    """A record that was tampered with breaks the session; the ones before it were good."""
    ours, session, peer = secure_pair()
    with ours, peer.sock:
        good, bad = peer.sealed(b"good"), bytearray(peer.sealed(b"bad"))
        bad[-1] ^= 1
        unsealed = session.unseal(good + bad)
        assert [b"good"] == unsealed.pieces
        assert unsealed.failure is not None
        assert "BAD_RECORD_MAC" in unsealed.failure.reason
        # The alert for the peer waits to leave, and nothing can be sealed any more.
        assert unsealed.waiting_bytes > 0
        with pytest.raises(ssl.SSLError):
            session.seal(b"x")


def test_close_notify_is_the_end_and_not_before() -> None:
    """The end is reported with what came before it, and only when close_notify came."""
    ours, session, peer = secure_pair()
    with ours, peer.sock:
        last = peer.sealed(b"last")
        peer.say_goodbye()
        goodbye = ours.recv(1 << 16)
        assert ([b"last"], False) == session.unseal(last)[:2]
        assert ([], False) == session.unseal(goodbye[:-1])[:2]
        assert ([], True) == session.unseal(goodbye[-1:])[:2]


def test_what_is_sealed_leaves_in_order_behind_what_waits() -> None:
    """A peer reads the pieces as they were sealed; a long piece becomes several records."""
    ours, session, peer = secure_pair(1 << 20)
    with ours, peer.sock:
        plain = bytes(range(256)) * 300
        assert len(plain) > 4 * RECORD_MAX_BYTES
        for piece in (b"first", plain, b"last"):
            ours.sendall(session.seal(piece))
        session.say_goodbye()
        ours.sendall(session.waiting())
        assert b"first" + plain + b"last" == peer.read_all()
        assert "close_notify" == peer.ended
        assert 0 == session.waiting_bytes
