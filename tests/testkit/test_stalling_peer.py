"""The peer that stalls: on real sockets, it does what it is told, and leaves nothing behind."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from stallproof.drivers.clock import now_us
from stallproof.testkit import StallingPeer
from stallproof.testkit.stalling_peer import Transport

LARGE = bytes(range(256)) * 4096
WITHIN_S = 20.0
"""Longer than anything here takes, on any machine."""


@pytest.fixture(params=["unix", "tcp"])
def peer(request: pytest.FixtureRequest) -> Iterator[StallingPeer]:
    """A peer on each transport."""
    transport: Transport = request.param
    with StallingPeer(transport) as made:
        yield made


def filled(sock: socket.socket) -> int:
    """Write to `sock` until it takes no more; return how much it took."""
    took = 0
    sock.setblocking(False)
    try:
        while True:
            took += sock.send(LARGE[:4096])
    except BlockingIOError:
        return took
    finally:
        sock.setblocking(True)


def test_a_stopped_peer_stalls_soon_and_a_draining_one_takes_all(peer: StallingPeer) -> None:
    """The buffers between hold little; what lies in them arrives when the peer goes on."""
    peer.stop()
    took = filled(peer.sock)
    assert took < 200_000
    assert b"" == peer.received
    peer.drain()
    assert took == len(peer.wait_for_bytes(took, WITHIN_S))


def test_who_is_blocked_in_a_send_is_freed_by_a_peer_that_drains(peer: StallingPeer) -> None:
    """All bytes arrive in order while another thread sends them."""
    peer.stop()
    sending = threading.Thread(target=peer.sock.sendall, args=(LARGE,))
    sending.start()
    peer.drain()
    assert peer.wait_for_bytes(len(LARGE), WITHIN_S) == LARGE
    sending.join()


@pytest.mark.parametrize("limit", [1, 10])
def test_a_limit_is_kept_to_the_byte(peer: StallingPeer, limit: int) -> None:
    """The peer reads so many bytes and stops by itself."""
    peer.drain(limit_bytes=limit)
    peer.sock.sendall(LARGE[:1000])
    assert peer.wait_for_bytes(limit, WITHIN_S) == LARGE[:limit]
    with pytest.raises(TimeoutError, match=f"read {limit} of {limit + 1} bytes after"):
        peer.wait_for_bytes(limit + 1, 0.01)
    peer.drain()
    assert peer.wait_for_bytes(1000, WITHIN_S) == LARGE[:1000]


@pytest.mark.parametrize("bytes_per_s", [7, 100, 150, 100_000])
def test_a_trickle_is_no_faster_than_it_was_told(bytes_per_s: int) -> None:
    """A busy machine may make it slower, and nothing makes it faster: piece by piece, in time."""
    piece_bytes = -(-bytes_per_s // 100)
    every_us = piece_bytes * 1_000_000 // bytes_per_s
    with StallingPeer() as peer:
        peer.stop()
        peer.sock.sendall(bytes(3 * piece_bytes))
        began_us = now_us()
        peer.trickle(bytes_per_s)
        arrived = len(peer.wait_for_bytes(2 * piece_bytes, WITHIN_S))
        took_us = now_us() - began_us
    assert arrived // piece_bytes * every_us <= took_us


def test_what_the_peer_says_is_read(peer: StallingPeer) -> None:
    """It sends without waiting, and ends its own direction only."""
    peer.send(LARGE)
    peer.half_close()
    came = b"".join(iter(lambda: peer.sock.recv(65536), b""))
    assert came == LARGE
    peer.sock.sendall(b"still")
    assert b"still" == peer.wait_for_bytes(5, WITHIN_S)


def test_a_reset_is_seen_by_the_other_side(peer: StallingPeer) -> None:
    """With bytes unread it is a reset on both transports."""
    peer.stop()
    peer.sock.sendall(b"x")
    peer.reset()
    with pytest.raises(ConnectionResetError):
        peer.sock.recv(1)


def test_the_end_of_the_other_side_is_told(peer: StallingPeer) -> None:
    """No end is told before it, and waiting for more bytes ends with it."""
    peer.sock.sendall(b"abc")
    assert b"abc" == peer.wait_for_bytes(3, WITHIN_S)
    assert peer.ended is None
    peer.sock.close()
    assert "end" == peer.wait_for_end(WITHIN_S)
    with pytest.raises(TimeoutError, match="read 3 of 4 bytes and then its end"):
        peer.wait_for_bytes(4, WITHIN_S)


def test_the_code_under_test_may_connect_by_itself() -> None:
    """The address is that of a listener, and a second connection is none of this peer's."""
    with StallingPeer("tcp") as peer:
        assert isinstance(peer.address, tuple)
        with socket.create_connection(peer.address) as mine:
            peer.send(b"hello")
            assert b"hello" == mine.recv(5)
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(peer.address)


def test_closing_leaves_nothing_behind() -> None:
    """Thread, descriptors and the folder of the Unix socket are gone; twice is once."""
    descriptors = set(os.listdir("/proc/self/fd"))
    peer = StallingPeer("unix")
    peer.stop()
    filled(peer.sock)
    peer.close()
    peer.close()
    assert descriptors == set(os.listdir("/proc/self/fd"))
    assert isinstance(peer.address, str)
    assert not Path(peer.address).parent.exists()
    assert "stalling-peer" not in [one.name for one in threading.enumerate()]
    with pytest.raises(RuntimeError, match="the peer is closed"):
        peer.drain()


def test_nonsense_is_refused(peer: StallingPeer) -> None:
    """Rates and limits begin at one, and there are two transports."""
    with pytest.raises(ValueError, match="at least one byte a second"):
        peer.trickle(0)
    with pytest.raises(ValueError, match="from 1 on"):
        peer.drain(0)
    with pytest.raises(ValueError, match="give unix or tcp"):
        StallingPeer("tls")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one byte"):
        StallingPeer(buffer_bytes=0)
