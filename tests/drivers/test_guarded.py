"""Closing, reading and heartbeats of a connection, on real sockets."""

import contextlib
import os
import socket
import threading
import time

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Outgoing, payload_view
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import (
    Closed,
    Closing,
    HeartbeatDropped,
    HeartbeatSent,
    Noted,
    Received,
    Written,
)
from tests.drivers.peers import (
    PAIRS,
    PATIENCE_S,
    STALLING,
    Ear,
    Sending,
    eventually,
    eventually_queued,
    frames_of,
    guarded,
    read_all,
    socket_of,
    unix_pair,
)
from tests.timing import in_time

LARGE = bytes(8 << 20)
PATIENT = Policy(send_timeout_us=30_000_000)


def wire(kind: FrameType, payload: bytes = b"") -> bytes:
    """Return a frame as a peer would send it."""
    return b"".join(Outgoing(kind, 1, payload_view(payload)).rest(0, 1 << 30))


@pytest.mark.requirement("SD-10", "SD-15", "CX-2", kind="socket")
@pytest.mark.timing
@pytest.mark.parametrize("transport", sorted(PAIRS))
def test_closing_frees_a_blocked_sender_and_raises_nothing(transport: str) -> None:
    """A close ends the blocked send and the waiting ones within grace."""
    with guarded(PAIRS[transport](), PATIENT) as (conn, _, ear):
        blocked = Sending(conn, LARGE, 1)
        assert eventually(lambda: ear.all(Written))
        waiting = Sending(conn, b"x", 2)
        began_us = now_us()
        conn.close()
        assert in_time(began_us, now_us())
        assert blocked.result() is Outcome.SUPPRESSED
        assert waiting.result() is Outcome.SUPPRESSED
        assert in_time(began_us, blocked.ended_us)
        assert ["local"] == [event.cause for event in ear.all(Closing)]


def test_many_closers_close_once() -> None:
    """Whoever comes first is the cause; the others change nothing."""
    with guarded(unix_pair()) as (conn, _, ear):
        start = threading.Barrier(8)
        first: list[bool] = []

        def race() -> None:
            start.wait(PATIENCE_S)
            first.append(conn.begin_closing(Cause.MONITOR))

        threads = [threading.Thread(target=race, daemon=True) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        conn.close()
        assert [False] * 7 + [True] == sorted(first)
        assert ["monitor"] == [event.cause for event in ear.all(Closing)]
        assert len(ear.all(Closed)) == 1


def test_the_descriptor_outlives_the_holder_of_the_lock() -> None:
    """While a sender holds the lock the number of the descriptor is not free for reuse."""
    with guarded(unix_pair()) as (conn, peer, _):
        descriptor = socket_of(conn).fileno()
        conn.lock.acquire()
        conn.close()
        assert not conn.wait_finished(0.05)
        os.fstat(descriptor)
        # The peer sees the end although the descriptor is still there: it was shut down.
        assert read_all(peer) == b""
        conn.lock.release()
        assert conn.wait_finished(PATIENCE_S)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


@pytest.mark.requirement("SD-10", "SD-12", "CX-6", kind="socket")
def test_nothing_is_sent_once_closed() -> None:
    """A send after closing is SUPPRESSED and writes nothing."""
    with guarded(unix_pair()) as (conn, peer, _):
        conn.close()
        assert conn.send(b"x") is Outcome.SUPPRESSED
        assert conn.wait_finished(PATIENCE_S)
        assert conn.send(b"x") is Outcome.SUPPRESSED
        assert read_all(peer) == b""


class LateLatch(GuardedConnection):
    """Another closer wins the latch between the machine's decision and the sender's closing."""

    def begin_closing(self, cause: Cause) -> bool:
        if cause is Cause.SEND_TIMEOUT:
            super().begin_closing(Cause.MONITOR)
        return super().begin_closing(cause)


def test_a_timeout_that_did_not_begin_the_closing_is_suppressed() -> None:
    """SUPPRESSED beats TIMEOUT when someone else closed first."""
    with guarded(unix_pair(), STALLING, kind=LateLatch) as (conn, _, ear):
        assert conn.send(LARGE) is Outcome.SUPPRESSED
        assert ["monitor"] == [event.cause for event in ear.all(Closing)]


def test_the_reader_publishes_what_it_received() -> None:
    """Each whole frame counts once, with its kind; the time of the last one is published."""
    with guarded(unix_pair()) as (conn, peer, ear):
        assert conn.snapshot()[0].received_us is None
        stream = wire(FrameType.DATA, b"abc") + wire(FrameType.ACK) + wire(FrameType.HELLO)
        for byte in stream:
            peer.sendall(bytes([byte]))
        assert eventually(lambda: len(ear.all(Received)) == 3)
        assert ["data", "ack", "other"] == [event.kind for event in ear.all(Received)]
        assert conn.received_frames == 3
        assert ear.all(Received)[-1].at_us == conn.snapshot()[0].received_us


def test_a_heartbeat_of_the_peer_is_answered() -> None:
    """A PING brings a PONG with the next sequence number."""
    with guarded(unix_pair()) as (conn, peer, _):
        conn.send(b"x")
        peer.sendall(wire(FrameType.PING))
        stream = b""
        while len(stream) < 2 * PREFIX_BYTES + 1:
            stream += peer.recv(4096)
        frames, _ = frames_of(stream)
        assert [(FrameType.DATA, 1), (FrameType.PONG, 2)] == [(f.kind, f.sequence) for f in frames]


def test_a_queued_heartbeat_is_sent_when_the_lock_is_free() -> None:
    """The worker sends a PING without a payload."""
    with guarded(unix_pair()) as (conn, peer, ear):
        conn.queue_heartbeat()
        (frame,), _ = frames_of(peer.recv(4096))
        assert (FrameType.PING, b"") == (frame.kind, frame.payload)
        assert eventually(lambda: ear.all(HeartbeatSent))


def test_a_queued_heartbeat_is_dropped_when_the_lock_is_busy() -> None:
    """The worker never waits for the lock, and a busy connection is not idle."""
    with guarded(unix_pair()) as (conn, peer, ear):
        conn.lock.acquire()
        conn.queue_heartbeat()
        assert eventually(lambda: ear.all(HeartbeatDropped))
        conn.lock.release()
        assert ["busy"] == [event.why for event in ear.all(HeartbeatDropped)]
        conn.close()
        assert read_all(peer) == b""


def test_the_end_of_the_peers_direction_does_not_close_ours() -> None:
    """After a half-close the reader stops, says so, and sending still works."""
    with guarded(unix_pair()) as (conn, peer, ear):
        peer.shutdown(socket.SHUT_WR)
        assert eventually(lambda: ear.all(Noted))
        assert conn.send(b"still") is Outcome.OK
        assert not conn.is_closing


def test_garbage_stops_the_reader_and_nothing_else() -> None:
    """A stream without frames is noted once; the connection goes on sending."""
    with guarded(unix_pair()) as (conn, peer, ear):
        peer.sendall(b"HTTP/1.1 400 Bad Request\r\n")
        assert eventually(lambda: ear.all(Noted))
        assert "FrameError" in ear.all(Noted)[0].text
        assert conn.send(b"x") is Outcome.OK


@pytest.mark.timing
def test_the_lock_is_served_in_order_between_large_and_small() -> None:
    """Frames that wait behind a large one leave in the order of arrival, whole."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        senders = [Sending(conn, bytes(1 << 20), 1)]
        assert eventually(lambda: ear.all(Written))
        for number in range(2, 10):
            senders.append(Sending(conn, bytes([number]) * number, number))
            assert eventually_queued(conn.lock, number - 1)
        stream = b""
        while len(stream) < (1 << 20) + sum(range(2, 10)) + 9 * PREFIX_BYTES:
            stream += peer.recv(1 << 16)
        assert all(sender.result() is Outcome.OK for sender in senders)
        frames, left = frames_of(stream)
        assert ([1 << 20, *range(2, 10)], 0) == ([len(frame.payload) for frame in frames], left)
        assert list(range(1, 10)) == [frame.sequence for frame in frames]


def test_no_thread_and_no_descriptor_is_left_behind() -> None:
    """Connections that come and go leave nothing."""
    before = threading.active_count()
    ear = Ear()
    for number in range(20):
        ours, theirs = unix_pair()
        conn = GuardedConnection(ours, Policy(), f"c{number}", ear)
        with contextlib.suppress(SendFailed):
            conn.send(b"x")
        conn.close()
        theirs.close()
        assert conn.wait_finished(PATIENCE_S)
        assert ours.fileno() == -1
    time.sleep(0)
    assert eventually(lambda: threading.active_count() <= before)


def test_neither_answer_nor_heartbeat_goes_into_a_frame() -> None:
    """While somebody holds the lock nothing else is written, by whatever thread."""
    with guarded(unix_pair()) as (conn, peer, _):
        conn.lock.acquire()
        # When the second frame has been received, the worker knows of the first one.
        peer.sendall(wire(FrameType.PING) + wire(FrameType.HELLO))
        assert eventually(lambda: conn.received_frames == 2)
        conn.queue_heartbeat()
        worked = threading.Event()
        conn.do_later(worked.set)
        assert worked.wait(PATIENCE_S)
        conn.lock.release()
        conn.send(b"x")
        conn.close()
        assert [FrameType.DATA] == [frame.kind for frame in frames_of(read_all(peer))[0]]
