"""Real sockets in drawn situations: stalls, closings, ends of secure streams, descriptors."""

import fcntl
import resource
import socket
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import FrameType
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.monitor import Monitor
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import (
    Checked,
    HeartbeatQueued,
    HeartbeatSent,
    PeerEnded,
    Written,
)
from tests.drivers.peers import (
    PAIRS,
    PATIENCE_S,
    Ear,
    Sending,
    eventually,
    frames_of,
    guarded,
    unix_pair,
)
from tests.drivers.secure_peers import secure
from tests.no_deadline import NO_DEADLINE
from tests.timing import in_time

LARGE = bytes(8 << 20)
PATIENT = Policy(send_timeout_us=30_000_000, stall_timeout_us=30_000_000, heartbeat_interval_us=1)
SHORT = replace(PATIENT, send_timeout_us=5_000_000)
"""Whoever waits for a send of this one is found out soon, and not only after half a minute."""
PREFIX_BYTES = 16


def frame_of(payload: bytes, number: int) -> bytes:
    """Return a frame of data as a peer would send it, by the layout of `spec/sd.md`."""
    size = (PREFIX_BYTES + len(payload)).to_bytes(4, "big")
    return size + b"\0\0" + b"\1" + bytes(7) + number.to_bytes(2, "big") + payload


def take(peer: socket.socket, size_bytes: int) -> None:
    """Read exactly so many bytes; a stream that ends before them fails."""
    while size_bytes:
        piece = peer.recv(size_bytes)
        assert piece, f"the stream ended {size_bytes} bytes too early"
        size_bytes -= len(piece)


def is_blocked(conn: GuardedConnection, ear: Ear) -> bool:
    """Tell whether a send has the lock and has not written for a while."""
    before = len(ear.all(Written))
    # Longer than TCP puts off an acknowledgement, which would still free a little room.
    time.sleep(0.06)
    return conn.lock_holder is not None and 0 < before == len(ear.all(Written))


@pytest.mark.requirement("SC-10", "SC-11", "CX-3", kind="socket")
@pytest.mark.timing
@pytest.mark.parametrize("transport", sorted(PAIRS))
@given(queued=st.integers(0, 3), sizes=st.lists(st.integers(0, 2_000), min_size=1, max_size=4))
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_stalled_connection_delays_no_other(
    transport: str, queued: int, sizes: list[int]
) -> None:
    """Sends, receipts, checks and heartbeats elsewhere go on within grace."""
    with (
        guarded(PAIRS[transport](), SHORT) as (stalled, _, stalled_ear),
        guarded(PAIRS[transport](65_536), PATIENT) as (sound, peer, ear),
    ):
        monitor = Monitor(ear)
        monitor.add(stalled)
        monitor.add(sound)
        blocked = [Sending(stalled, LARGE, number) for number in range(1 + queued)]
        assert eventually(lambda: is_blocked(stalled, stalled_ear))
        for size_bytes in sizes:
            began_us = now_us()
            assert sound.send(bytes(size_bytes)) is Outcome.OK
            take(peer, PREFIX_BYTES + size_bytes)
            assert in_time(began_us, now_us())
        began_us = now_us()
        peer.sendall(b"\0\0\0\x10\0\0\1" + bytes(9))
        assert eventually(lambda: sound.received_frames == 1)
        assert in_time(began_us, now_us())
        began_us = now_us()
        monitor.run_pass()
        assert eventually(lambda: ear.all(HeartbeatSent))
        assert in_time(began_us, now_us())
        assert ["c", "c"] == [event.conn for event in ear.all(Checked)]
        assert len(ear.all(HeartbeatQueued)) == 1
        (ping,) = frames_of(peer.recv(PREFIX_BYTES))[0]
        assert FrameType.PING == ping.kind
        assert all(send.is_alive() for send in blocked)


@pytest.mark.requirement("SD-15", "CX-2", kind="socket")
@pytest.mark.timing
@pytest.mark.parametrize("transport", sorted(PAIRS))
@given(queued=st.integers(0, 4), pause_ms=st.integers(0, 5), again=st.booleans())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_close_frees_everyone_who_sends(
    transport: str, queued: int, pause_ms: int, again: bool
) -> None:
    """The blocked send and those behind it return within grace, and quietly."""
    with guarded(PAIRS[transport](), PATIENT) as (conn, _, ear):
        sends = [Sending(conn, LARGE, number) for number in range(1 + queued)]
        assert eventually(lambda: is_blocked(conn, ear))
        time.sleep(pause_ms / 1e3)
        asked_us = now_us()
        conn.close()
        if again:
            conn.close()
        assert [Outcome.SUPPRESSED] * len(sends) == [send.result() for send in sends]
        # One of them was blocked; each of the others has to wait for those before it.
        assert all(in_time(asked_us, send.ended_us, graces=len(sends)) for send in sends)
        first_us = min(send.ended_us for send in sends)
        assert in_time(asked_us, first_us)


@pytest.mark.requirement("SD-11", kind="socket")
@given(number=st.sampled_from([1_022, 1_023, 1_024, 1_025]) | st.integers(1_024, 1_180))
@settings(NO_DEADLINE, max_examples=15)
def test_any_descriptor_number_can_wait(number: int) -> None:
    """A send that has to wait for its peer works below, at and above 1024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1_200:
        pytest.skip("the system allows too few descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1_200), hard))
    ours, theirs = unix_pair()
    with ours:
        high = socket.socket(fileno=fcntl.fcntl(ours.fileno(), fcntl.F_DUPFD_CLOEXEC, number))
    with guarded((high, theirs), PATIENT) as (conn, peer, _):
        sending = Sending(conn, LARGE[: 1 << 18])
        assert eventually(lambda: conn.lock_holder is not None)
        take(peer, PREFIX_BYTES + (1 << 18))
        assert sending.result() is Outcome.OK


@pytest.mark.requirement("SD-16", kind="socket")
@given(
    sizes=st.lists(st.integers(0, 300), max_size=3),
    torn=st.none() | st.integers(0, 300),
    cut_bytes=st.integers(0, 400),
    announced=st.booleans(),
)
@settings(NO_DEADLINE, max_examples=40)
def test_the_end_of_a_secure_stream_is_told_for_what_it_is(
    sizes: list[int], torn: int | None, cut_bytes: int, announced: bool
) -> None:
    """Only an announced end is orderly; a frame that was cut off is not received."""
    with secure(PATIENT) as (conn, peer, ear):
        frames = b"".join(frame_of(bytes(size), number) for number, size in enumerate(sizes))
        if frames:
            peer.sendall(frames)
        received = len(sizes)
        if torn is not None:
            frame = frame_of(bytes(torn), received)
            if announced:
                # Whole records, and an orderly end behind them, but not a whole frame.
                part = frame[: min(cut_bytes, len(frame) - 1)]
                if part:
                    peer.sendall(part)
            else:
                record = peer.sealed(frame)
                sent = record[:cut_bytes]
                peer.sock.sendall(sent)
                received += len(sent) == len(record)
        if announced:
            peer.say_goodbye()
        peer.sock.shutdown(socket.SHUT_WR)
        assert eventually(lambda: ear.all(PeerEnded))
        assert ["orderly" if announced else "truncated"] == [e.how for e in ear.all(PeerEnded)]
        assert received == conn.received_frames
        conn.close()
        assert conn.wait_finished(PATIENCE_S)
