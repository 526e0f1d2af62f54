"""The ends of a secure connection: orderly, cut and broken, and never a byte in clear."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable

import pytest

from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Outgoing, payload_view
from stallproof.drivers.sender import Refusal
from stallproof.drivers.tls_connection import SecureConnection
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import Closed, Closing, Noted, PeerEnded, Received
from tests.drivers.peers import (
    PATIENCE_S,
    STALLING,
    Ear,
    Sending,
    eventually,
    frames_of,
    guarded,
    reset,
    socket_of,
)
from tests.drivers.secure_peers import (
    APPLICATION,
    Records,
    SecurePeer,
    records_of,
    secure,
    secure_pair,
)

PATIENT = Policy(send_timeout_us=30_000_000)
CLEAR = b"in clear"
LARGE = CLEAR * (1 << 20)
ROUNDS = 150


def wire(kind: FrameType, payload: bytes = b"") -> bytes:
    """Return a frame as a peer would send it."""
    return b"".join(Outgoing(kind, 1, payload_view(payload)).rest(0, 1 << 30))


def ended(ear: Ear) -> list[tuple[str, str]]:
    """Wait for the end of the peer's direction; return how it was reported, and the words."""
    assert eventually(lambda: ear.all(PeerEnded) and ear.all(Noted))
    return [
        (event.how, note.text)
        for event, note in zip(ear.all(PeerEnded), ear.all(Noted), strict=True)
    ]


def judge_records(peer: SecurePeer) -> Records:
    """Require that every raw byte belongs to a record and none is a byte of a payload."""
    assert CLEAR not in peer.raw
    records = records_of(bytes(peer.raw))
    # A client hello and a change of ciphers for old middle boxes; from there on all is sealed.
    assert [22, 20] == records.types[:2]
    assert {APPLICATION} == {*records.types[2:]}
    return records


# --- our end --------------------------------------------------------------------------------------


def test_a_close_of_an_idle_connection_is_orderly() -> None:
    """The peer gets the frame, then close_notify, then the end; a second close adds nothing."""
    with secure(PATIENT) as (conn, peer, ear):
        assert conn.send(CLEAR) is Outcome.OK
        conn.close()
        conn.close()
        (frame,), torn_bytes = frames_of(peer.read_all())
        assert (CLEAR, 0) == (frame.payload, torn_bytes)
        assert "close_notify" == peer.ended
        assert 0 == judge_records(peer).torn_bytes
        assert b"" == peer.sock.recv(1)
        assert ["local"] == [event.cause for event in ear.all(Closing)]
        assert 1 == len(ear.all(Closed))


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.LOCAL])
def test_only_a_local_close_is_orderly(cause: Cause) -> None:
    """The monitor, a TIMEOUT and a torn frame cut the stream, so that the peer can tell."""
    with secure(PATIENT) as (conn, peer, _):
        assert conn.send(CLEAR) is Outcome.OK
        conn.begin_closing(cause)
        assert PREFIX_BYTES + len(CLEAR) == len(peer.read_all())
        assert "truncated" == peer.ended


def test_a_close_while_the_lock_is_held_is_not_orderly_and_does_not_wait() -> None:
    """Whoever holds the lock may be in the midst of a frame: nothing is said behind it."""
    with secure(PATIENT) as (conn, peer, _):
        conn.lock.acquire()
        conn.close()
        assert b"" == peer.read_all()
        assert "truncated" == peer.ended
        conn.lock.release()


def test_nothing_is_sent_once_closed() -> None:
    """A send after closing is SUPPRESSED, and nothing follows close_notify."""
    with secure(PATIENT) as (conn, peer, _):
        conn.close()
        assert conn.send(CLEAR) is Outcome.SUPPRESSED
        assert b"" == peer.read_all()
        assert "close_notify" == peer.ended
        assert b"" == peer.sock.recv(1)
        judge_records(peer)


def test_a_close_with_full_buffers_does_not_wait_for_the_peer() -> None:
    """A goodbye that the kernel does not take is left unsaid."""
    with secure(STALLING) as (conn, peer, ear):
        # The buffers are filled behind the connection's back, so that its lock is free.
        with contextlib.suppress(BlockingIOError):
            while True:
                socket_of(conn).send(bytes(4096), socket.MSG_DONTWAIT)
        conn.close()
        assert conn.wait_finished(PATIENCE_S)
        assert 1 == len(ear.all(Closed))
        reset(peer.sock)


@pytest.mark.requirement("SD-12", kind="socket")
def test_a_close_at_any_moment_leaves_no_byte_in_clear() -> None:
    """Whenever the close falls into a send, all that the peer ever got is records."""
    chance = random.Random(3)
    cut = 0
    for _ in range(ROUNDS):
        with secure(PATIENT) as (conn, peer, _):
            reader = threading.Thread(target=peer.read_all, args=(1 << 14,), daemon=True)
            reader.start()
            sendings = [Sending(conn, LARGE, number) for number in (1, 2)]
            time.sleep(chance.random() * 0.004)
            conn.close()
            for sending in sendings:
                assert sending.result() in (Outcome.OK, Outcome.SUPPRESSED)
            reader.join(PATIENCE_S)
            assert not reader.is_alive()
            judge_records(peer)
            cut += peer.ended == "truncated"
    assert cut > ROUNDS // 10


class ClosedInMidWrite(SecureConnection):
    """Closing begins between the decision to write and the write, and waits there for it."""

    closed_before = 0
    attempts = 0

    def _attempt(self, pieces: list[bytes | memoryview], deadline_us: int) -> int | Refusal:
        self.attempts += 1
        if self.attempts == self.closed_before:
            self.begun, self.written = threading.Event(), threading.Event()
            threading.Thread(target=self.close, daemon=True).start()
            assert self.begun.wait(PATIENCE_S)
            try:
                return super()._attempt(pieces, deadline_us)
            finally:
                self.written.set()
        return super()._attempt(pieces, deadline_us)

    def _say_goodbye(self, cause: Cause) -> None:
        super()._say_goodbye(cause)
        if self.closed_before:
            self.begun.set()
            assert self.written.wait(PATIENCE_S)


@pytest.mark.parametrize("attempt", [1, 2, 5])
def test_a_write_that_meets_the_close_is_sealed_all_the_same(attempt: int) -> None:
    """Until the shutdown a write may still succeed, and what it writes is records."""
    with secure(PATIENT, ClosedInMidWrite) as (conn, peer, ear):
        conn.closed_before = attempt  # type: ignore[attr-defined]
        sending = Sending(conn, LARGE)
        got = peer.read_all()
        assert sending.result() is Outcome.SUPPRESSED
        assert wire(FrameType.DATA, LARGE)[: len(got)] == got
        assert "truncated" == peer.ended
        judge_records(peer)
        assert ["local"] == [event.cause for event in ear.all(Closing)]


def test_a_reset_of_the_peer_leaves_the_lock_free() -> None:
    """A blocked send ends when the peer resets, and the torn frame closes."""
    with secure(PATIENT) as (conn, peer, ear):
        sending = Sending(conn, LARGE)
        peer.recv(1000)
        reset(peer.sock)
        assert getattr(sending.result(), "outcome", None) is Outcome.CLOSED
        assert ["torn_frame"] == [event.cause for event in ear.all(Closing)]


# --- the peer's end -------------------------------------------------------------------------------


def test_close_notify_ends_the_peers_direction_and_not_ours() -> None:
    """After the peer's orderly end the reader stops, says so, and sending still works."""
    with secure(PATIENT) as (conn, peer, ear):
        peer.sendall(wire(FrameType.DATA, b"last"))
        peer.say_goodbye()
        peer.sock.shutdown(socket.SHUT_WR)
        assert [("orderly", "the peer ended its sending direction")] == ended(ear)
        assert 1 == conn.received_frames
        assert conn.send(CLEAR) is Outcome.OK
        assert not conn.is_closing


def test_a_frame_that_was_torn_by_an_orderly_end_is_said() -> None:
    """TLS can end in order in the midst of a frame; the report says so."""
    with secure(PATIENT) as (conn, peer, ear):
        peer.sendall(wire(FrameType.DATA, b"torn")[:-1])
        peer.say_goodbye()
        expected = f"the peer ended its sending direction, {PREFIX_BYTES + 3} bytes into a frame"
        assert [("orderly", expected)] == ended(ear)
        assert 0 == conn.received_frames


@pytest.mark.parametrize("torn_bytes", [0, 1, 20])
def test_an_end_without_close_notify_is_not_taken_for_an_orderly_one(torn_bytes: int) -> None:
    """The cut is reported, in a record or between two; the frames before it were received."""
    with secure(PATIENT) as (conn, peer, ear):
        peer.sendall(wire(FrameType.DATA, b"whole") + wire(FrameType.HELLO))
        peer.sock.sendall(peer.sealed(wire(FrameType.DATA, b"torn"))[:torn_bytes])
        peer.sock.shutdown(socket.SHUT_WR)
        ((how, why),) = ended(ear)
        assert "truncated" == how
        assert "close_notify" in why
        assert ["data", "other"] == [event.kind for event in ear.all(Received)]
        assert not conn.is_closing


def test_records_right_behind_the_handshake_are_not_lost() -> None:
    """Frames that came in one read with the end of the handshake are received."""
    ours, session, peer = secure_pair()
    # As a server may send them that does not wait for the client's last flight.
    session._incoming.write(peer.sealed(wire(FrameType.DATA, b"early")))
    pair = (ours, peer.sock)
    with guarded(pair, PATIENT, SecureConnection, session=session) as (conn, _, _ear):
        assert eventually(lambda: conn.received_frames == 1)


def tampered(peer: SecurePeer) -> bytes:
    """Return a record with one bit changed."""
    record = bytearray(peer.sealed(wire(FrameType.DATA, b"x")))
    record[-1] ^= 1
    return bytes(record)


def garbage(peer: SecurePeer) -> bytes:
    """Return something that is no record."""
    return b"HTTP/1.1 400 Bad Request\r\n"


@pytest.mark.parametrize("broken", [tampered, garbage])
def test_a_broken_session_is_closed(broken: Callable[[SecurePeer], bytes]) -> None:
    """A record that is not genuine ends the session both ways; the frames before it count."""
    with secure(PATIENT) as (conn, peer, ear):
        peer.sendall(wire(FrameType.DATA, b"genuine"))
        peer.sock.sendall(broken(peer))
        ((how, why),) = ended(ear)
        assert "error" == how
        assert "SSLError" in why
        assert 1 == conn.received_frames
        assert eventually(lambda: ear.all(Closed))
        assert ["tls"] == [event.cause for event in ear.all(Closing)]
        assert conn.send(CLEAR) is Outcome.SUPPRESSED
        # The peer is told by an alert, which is a sealed record like any other.
        with pytest.raises(Exception, match="alert"):
            peer.read_all()
        judge_records(peer)


def test_a_broken_session_frees_a_blocked_sender() -> None:
    """Nothing that is sent can be read any more, so a send that waits ends."""
    with secure(PATIENT) as (conn, peer, ear):
        sending = Sending(conn, LARGE)
        peer.recv(1000)
        peer.sock.sendall(tampered(peer))
        assert sending.result() is Outcome.SUPPRESSED
        assert ["tls"] == [event.cause for event in ear.all(Closing)]
