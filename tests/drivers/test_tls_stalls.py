"""Stalls over TLS on real clocks: the lock is free in time whatever the peer does."""

import contextlib
import socket
import threading
import time

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import PREFIX_BYTES, FrameType, Outgoing, payload_view
from stallproof.drivers.guarded import SendFailed
from stallproof.drivers.monitor import Monitor
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import (
    Closing,
    HeartbeatSent,
    LockTaken,
    Noted,
    Received,
    Warned,
    Written,
)
from tests.drivers.peers import (
    PATIENCE_S,
    SEND_TIMEOUT_US,
    STALLING,
    Ear,
    Sending,
    eventually,
    frames_of,
)
from tests.drivers.secure_peers import SecurePeer, secure
from tests.timing import in_time

PATIENT = Policy(send_timeout_us=30_000_000)
LARGE = bytes(range(256)) * 32768


def wire(kind: FrameType, payload: bytes = b"") -> bytes:
    """Return a frame as a peer would send it."""
    return b"".join(Outgoing(kind, 1, payload_view(payload)).rest(0, 1 << 30))


def judge_timeout(stalled: Sending, ear: Ear) -> SendFailed:
    """Require a TIMEOUT that is neither early nor late and closed once."""
    failed = stalled.result()
    assert isinstance(failed, SendFailed)
    assert failed.outcome is Outcome.TIMEOUT
    taken_us = ear.all(LockTaken)[0].at_us
    assert SEND_TIMEOUT_US <= stalled.ended_us - taken_us
    assert in_time(taken_us, stalled.ended_us, SEND_TIMEOUT_US)
    assert ["send_timeout"] == [event.cause for event in ear.all(Closing)]
    return failed


@pytest.mark.timing
def test_a_peer_that_stops_in_mid_record_holds_nobody_past_the_bound() -> None:
    """The stalled send and the ones that wait return in time, and the peer sees a cut stream."""
    with secure(STALLING) as (conn, peer, ear):
        stalled = Sending(conn, LARGE, 1)
        assert eventually(lambda: ear.all(LockTaken))
        probes = [Sending(conn, b"probe", number) for number in (2, 3)]
        # A few bytes into the first record, the peer stops reading.
        peer.recv(1000)
        failed = judge_timeout(stalled, ear)
        for place, probe in enumerate(probes, 1):
            assert probe.result() is Outcome.SUPPRESSED
            assert in_time(stalled.ended_us, probe.ended_us, graces=place)
        assert eventually(conn.lock.try_acquire)
        conn.lock.release()
        assert [1] == sorted({written.send for written in ear.all(Written)})
        got = peer.read_all()
        assert "truncated" == peer.ended
        assert wire(FrameType.DATA, LARGE)[: len(got)] == got
        # What was sealed counts as written, and the peer can have no more than that.
        assert len(got) <= failed.sent.written_bytes < PREFIX_BYTES + len(LARGE)


@pytest.mark.alone
@pytest.mark.timing
def test_a_peer_that_trickles_does_not_move_the_deadline() -> None:
    """Progress all the way through does not extend the one deadline of the frame."""
    with secure(STALLING) as (conn, peer, ear):
        stalled = Sending(conn, LARGE)
        while stalled.is_alive():
            peer.recv(4096)
            time.sleep(0.005)
        judge_timeout(stalled, ear)
        assert len(ear.all(Written)) > 1


@pytest.mark.timing
def test_full_buffers_stop_a_small_frame_in_time() -> None:
    """Small frames fill the buffers of a peer that does not read; the one that waits times out."""
    with secure(STALLING) as (conn, peer, ear):
        failed: SendFailed | None = None
        while failed is None:
            began_us = now_us()
            try:
                conn.send(bytes(1000))
            except SendFailed as error:
                failed = error
        ended_us = now_us()
        assert failed.outcome is Outcome.TIMEOUT
        assert SEND_TIMEOUT_US <= ended_us - began_us
        assert in_time(began_us, ended_us, SEND_TIMEOUT_US)
        peer.read_all()
        assert "truncated" == peer.ended
        assert ["send_timeout"] == [event.cause for event in ear.all(Closing)]


@pytest.mark.timing
@pytest.mark.parametrize("cause", [Cause.LOCAL, Cause.MONITOR])
def test_closing_frees_a_blocked_sender_and_raises_nothing(cause: Cause) -> None:
    """A close ends the blocked send and the waiting one within grace, and waits for neither."""
    with secure(PATIENT) as (conn, peer, ear):
        blocked = Sending(conn, LARGE, 1)
        assert eventually(lambda: ear.all(Written))
        waiting = Sending(conn, b"x", 2)
        began_us = now_us()
        assert conn.begin_closing(cause)
        assert in_time(began_us, now_us())
        assert blocked.result() is Outcome.SUPPRESSED
        assert waiting.result() is Outcome.SUPPRESSED
        assert in_time(began_us, blocked.ended_us)
        peer.read_all()
        assert "truncated" == peer.ended


@pytest.mark.timing
def test_the_monitor_warns_of_a_stalled_secure_send_and_closes() -> None:
    """The monitor sees the lock holder stall and shuts down beneath TLS."""
    policy = Policy(
        send_timeout_us=30_000_000, stall_timeout_us=20_000, close_stalled=True, checks_max=2
    )
    with secure(policy) as (conn, peer, ear):
        monitor = Monitor(ear)
        monitor.add(conn)
        monitor.start(50_000)
        try:
            blocked = Sending(conn, LARGE)
            assert blocked.result() is Outcome.SUPPRESSED
        finally:
            monitor.stop()
        assert ["monitor"] == [event.cause for event in ear.all(Closing)]
        assert len(ear.all(Warned)) >= 1
        peer.read_all()
        assert "truncated" == peer.ended


def test_heartbeats_go_both_ways() -> None:
    """The monitor's PING arrives through TLS; the peer's own is answered with a PONG."""
    with secure(PATIENT) as (conn, peer, ear):
        monitor = Monitor(ear)
        monitor.add(conn)
        monitor.run_pass()
        (ping,), _ = frames_of(peer.read(PREFIX_BYTES))
        assert (FrameType.PING, b"") == (ping.kind, ping.payload)
        assert eventually(lambda: ear.all(HeartbeatSent))
        peer.sendall(wire(FrameType.PING))
        (pong,), _ = frames_of(peer.read(PREFIX_BYTES))
        assert (FrameType.PONG, 2) == (pong.kind, pong.sequence)
        assert ["heartbeat"] == [event.kind for event in ear.all(Received)]


class Flood(threading.Thread):
    """A peer that sends small frames to the end, each in a record of its own, and reads none."""

    def __init__(self, peer: SecurePeer) -> None:
        super().__init__(daemon=True)
        self._peer = peer
        self.start()

    def run(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._peer.sendall(wire(FrameType.DATA, b"flood"))


@pytest.mark.timing
def test_a_flood_of_the_peer_does_not_keep_the_sender_from_its_deadline() -> None:
    """While the reader decrypts without pause, a stalled send ends in time all the same."""
    with secure(STALLING, buffer_bytes=1 << 20) as (conn, peer, ear):
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        flood = Flood(peer)
        assert eventually(lambda: len(ear.all(Received)) > 100)
        before = len(ear.all(Received))
        stalled = Sending(conn, LARGE * 4)
        judge_timeout(stalled, ear)
        assert len(ear.all(Received)) > before
        flood.join(PATIENCE_S)
        assert not flood.is_alive()


def test_both_directions_at_once_are_exact() -> None:
    """Large frames cross each other through one session, and each arrives whole."""
    frames_each = 40
    payload = bytes(range(256)) * 1024
    with secure(PATIENT, buffer_bytes=1 << 16) as (conn, peer, ear):
        got = bytearray()
        whole_bytes = PREFIX_BYTES + len(payload)

        def exchange() -> None:
            # The layer of the peer is used by this thread alone; only raw writes have their own.
            for number in range(1, frames_each + 1):
                records = peer.sealed(wire(FrameType.DATA, payload))
                writer = threading.Thread(target=peer.sock.sendall, args=(records,), daemon=True)
                writer.start()
                got.extend(peer.read(number * whole_bytes - len(got)))
                writer.join()

        exchanging = threading.Thread(target=exchange, daemon=True)
        exchanging.start()
        for _ in range(frames_each):
            assert conn.send(payload) is Outcome.OK
        exchanging.join(PATIENCE_S)
        frames, torn_bytes = frames_of(bytes(got))
        assert ([payload] * frames_each, 0) == ([frame.payload for frame in frames], torn_bytes)
        assert eventually(lambda: conn.received_frames == frames_each)
        assert [] == ear.all(Noted)
