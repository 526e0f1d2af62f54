"""The peer sees how a connection ends, does what it is told to one, and ends well itself."""

import contextlib
import os
import signal
import socket
import struct
import time
from pathlib import Path

import pytest

from stallproof.runner.peer.client import PeerBroken, PeerClient, PeerRefused
from stallproof.wire.events import (
    PeerAccepted,
    PeerDid,
    PeerFrame,
    PeerProbed,
    PeerRead,
    PeerSawEnd,
    PeerSawHangup,
)
from tests.runner.peer.peer_bench import (
    Bench,
    both,
    fill,
    frame,
    open_bench,
    send_until_refused,
    settle,
)

bench = pytest.fixture(open_bench)


@pytest.mark.parametrize("transport", ["unix", "tcp"])
def test_a_peer_that_begins_anew_has_closed_all_and_forgotten_the_names(
    transport: str, bench: Bench
) -> None:
    """Whoever was connected sees the end, nobody listens any more, and the name is free."""
    sock = bench.connect(transport)
    bench.peer.listen("waits", transport)
    bench.peer.anew()
    assert b"" == sock.recv(1)
    with pytest.raises(PeerRefused, match="no connection"):
        bench.peer.probe("a")
    assert bench.peer.listen("a", transport)
    assert bench.peer.listen("waits", transport)


def test_a_hangup_is_seen_without_reading_on_unix(bench: Bench) -> None:
    """A stopped peer tells the closing once, although unread bytes lie before it."""
    sock = bench.connect("unix", mode="stop")
    sock.sendall(frame(1, 100))
    assert bench.peer.probe("a")
    before_us = time.monotonic_ns() // 1000
    sock.shutdown(socket.SHUT_RDWR)
    hangup = bench.wait(PeerSawHangup)
    assert hangup.at_us >= before_us
    assert not bench.peer.probe("a")
    assert not bench.all(PeerRead)
    assert bench.peer.unread("a") == 116
    bench.peer.mode("a", "drain")
    assert bench.wait(PeerSawEnd).how == "eof"
    assert bench.wait(PeerFrame).intact
    assert len(bench.all(PeerSawHangup)) == 1


def test_a_hangup_is_seen_without_reading_on_tcp_when_it_fits(bench: Bench) -> None:
    """On TCP the end of the stream is seen once all bytes before it fit the window."""
    sock = bench.connect("tcp", mode="stop")
    sock.sendall(frame(1, 100))
    assert bench.peer.probe("a")
    sock.close()
    bench.wait(PeerSawHangup)
    assert not bench.peer.probe("a")
    assert bench.peer.unread("a") == 116


def test_a_hangup_behind_a_full_window_hides_on_tcp(bench: Bench) -> None:
    """The end of the stream waits behind bytes that do not fit; reading brings it to light."""
    sock = bench.connect("tcp", mode="stop")
    assert fill(sock, bytes(8_000_000)) < 8_000_000
    sock.shutdown(socket.SHUT_WR)
    settle(bench)
    assert bench.peer.probe("a")
    bench.peer.mode("a", "drain")
    bench.wait(PeerSawEnd)
    assert not bench.peer.probe("a")


def test_after_shutting_its_reading_side_the_peer_still_sees_the_closing(bench: Bench) -> None:
    """The peer's writes fail with EPIPE, the connection counts as open, and its end is noticed."""
    sock = bench.connect("unix")
    bench.peer.shut_read("a")
    with pytest.raises(BrokenPipeError):
        sock.send(b"x")
    settle(bench)
    assert bench.peer.probe("a")
    assert not bench.all(PeerSawHangup)
    assert not bench.all(PeerSawEnd)
    assert bench.peer.send_frame("a", payload=b"hello")
    assert sock.recv(100)[-5:] == b"hello"
    sock.shutdown(socket.SHUT_RDWR)
    bench.wait(PeerSawHangup)
    bench.wait(PeerSawEnd)
    assert not bench.peer.probe("a")
    assert [p.open for p in bench.all(PeerProbed)] == [True, False]


def test_a_half_closed_peer_reads_on(bench: Bench) -> None:
    """Half-closing ends the peer's own stream and nothing else."""
    sock = bench.connect("tcp")
    bench.peer.half_close("a")
    assert sock.recv(1) == b""
    sock.sendall(frame(1, 100))
    assert bench.wait(PeerFrame).intact
    assert bench.peer.probe("a")
    sock.close()
    assert bench.wait(PeerSawEnd).how == "eof"


def test_a_peer_that_reads_no_more_cannot_tell_whether_the_other_side_closed(bench: Bench) -> None:
    """On TCP the end of the stream stays behind what lies unread; a reset is seen all the same."""
    sock = bench.connect("tcp", mode="stop")
    sock.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while sock.send(bytes(65536)):
            pass
    bench.peer.shut_read("a")
    sock.shutdown(socket.SHUT_RDWR)
    with pytest.raises(PeerRefused, match="reads no more"):
        bench.peer.probe("a")


@both
def test_a_reset_reaches_the_peer(bench: Bench, transport: str) -> None:
    """With bytes unread the peer of either kind of socket sees a reset."""
    sock = bench.connect(transport, mode="stop")
    sock.sendall(frame(1, 1000))
    bench.peer.unread("a")
    bench.peer.reset("a")
    with pytest.raises(ConnectionResetError):
        sock.recv(1)
    end = bench.wait(PeerSawEnd)
    did = bench.wait(PeerDid)
    assert (did.action, end.how) == ("reset", "lab_closed")
    assert did.at_us <= end.at_us
    with pytest.raises(PeerRefused, match="was closed by the peer itself"):
        bench.peer.probe("a")
    bench.peer.close_conn("a")


def test_a_reset_by_the_peer_is_told_apart(bench: Bench) -> None:
    """A peer that closes TCP with a reset gives the end `reset`, also after a hang-up unread."""
    for conn, mode in (("a", "drain"), ("b", "stop")):
        sock = bench.connect("tcp", conn, mode)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()
    assert bench.wait(PeerSawEnd, lambda e: e.conn == "a").how == "reset"
    bench.wait(PeerSawHangup, lambda e: e.conn == "b")
    bench.peer.mode("b", "drain")
    assert bench.wait(PeerSawEnd, lambda e: e.conn == "b").how == "reset"


@both
def test_connecting_again_is_noticed_and_ended(bench: Bench, transport: str) -> None:
    """A second connection to the same address is reported, drained and closed."""
    first = bench.connect(transport)
    second = bench.connect_again()
    bench.wait(PeerAccepted, lambda e: e.again)
    with pytest.raises((BrokenPipeError, ConnectionResetError)):
        send_until_refused(second)
    assert [a.again for a in bench.all(PeerAccepted)] == [False, True]
    first.sendall(frame(1, 8))
    bench.wait(PeerFrame)
    bench.peer.close_conn("a")
    bench.connect_again()
    bench.wait(PeerAccepted, lambda e: e.again and e is not bench.all(PeerAccepted)[1])


def test_what_the_peer_sends_is_a_frame_of_the_layout(bench: Bench) -> None:
    """Kind, length and sequence are set, and it is told when it was sent and how much."""
    sock = bench.connect("unix")
    assert bench.peer.send_frame("a", "heartbeat")
    assert bench.peer.send_frame("a", payload=b"abc")
    got = b""
    while len(got) < 35:
        got += sock.recv(100)
    assert got[:8] == struct.pack(">IHBB", 16, 0, 3, 0)
    assert got[16:24] == struct.pack(">IHBB", 19, 0, 1, 0)
    assert got[-3:] == b"abc"
    assert [(d.kind, d.sent_bytes) for d in bench.all(PeerDid)] == [("heartbeat", 16), ("data", 19)]
    with pytest.raises(PeerRefused, match="no value for the kind 'other'"):
        bench.peer.send_frame("a", "other")
    sock.close()
    bench.wait(PeerSawEnd)
    assert not bench.peer.send_frame("a")


def test_commands_that_make_no_sense_are_refused(bench: Bench) -> None:
    """A refusal says why, and the peer lives on."""
    with pytest.raises(PeerRefused, match="no connection 'z'"):
        bench.peer.mode("z", "stop")
    bench.peer.listen("a", "unix")
    with pytest.raises(PeerRefused, match="'a' is not made yet"):
        bench.peer.send_frame("a")
    with pytest.raises(PeerRefused, match="there is a connection 'a' already"):
        bench.peer.listen("a", "unix")
    bench.peer.close_conn("a")
    bench.connect("unix", "b")
    bench.peer.shut_read("b")
    bench.peer.half_close("b")
    with pytest.raises(PeerRefused, match="reads no more"):
        bench.peer.probe("b")


def test_a_mode_set_right_after_connecting_is_in_force(bench: Bench) -> None:
    """A command that follows the connection at once finds it accepted."""
    for number in range(50):
        sock = bench.connect("unix", f"c{number}")
        assert bench.peer.send_frame(f"c{number}")
        sock.close()


def test_a_peer_that_dies_is_reported() -> None:
    """Every later call says how it died; nothing hangs."""
    with PeerClient(lambda event: None) as peer:
        os.kill(peer.pid, signal.SIGKILL)
        with pytest.raises(PeerBroken, match="ended with status -9"):
            peer.listen("a", "unix")
        with pytest.raises(PeerBroken, match="ended with status -9"):
            peer.probe("a")


def test_a_peer_leaves_nothing_behind() -> None:
    """Its process, its folder and the oracle's descriptors are gone after the end."""
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    peer = PeerClient(lambda event: None)
    peer.start()
    pid = peer.pid
    path = peer.listen("a", "unix")["path"]
    assert len(path.encode()) < 100
    peer.stop()
    peer.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not Path(path).parent.exists()
    if before:
        assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(PeerBroken, match="was stopped"):
        peer.listen("b", "unix")


def test_a_peer_that_was_launched_is_not_launched_again() -> None:
    """Its process is there at once; `start` waits for that same one, a second time too."""
    peer = PeerClient(lambda event: None)
    peer.launch()
    try:
        pid = peer.pid
        peer.start()
        peer.start()
        assert pid == peer.pid
    finally:
        peer.stop()
    with pytest.raises(PeerBroken):
        peer.probe("a")
