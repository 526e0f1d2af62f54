"""The peer reads exactly as it was told: all, nothing, a little at a time, and not a byte more."""

import pytest

from stallproof.wire.events import PeerFrame, PeerMode, PeerRead, PeerUnread
from stallproof.wire.protocol import FrameLayout, Handshake
from tests.runner.peer.peer_bench import (
    LAYOUT,
    PATIENCE_S,
    Bench,
    both,
    fill,
    frame,
    open_bench,
    settle,
)
from tests.timing import in_time

bench = pytest.fixture(open_bench)


@both
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_limit_in_bytes_is_exact(bench: Bench, transport: str, off: int) -> None:
    """With a limit of n the peer reads n bytes of n - 1 (all), n and n + 1, and then stops."""
    limit = 100_000
    sock = bench.connect(transport)
    bench.peer.mode("a", "drain", limit_bytes=limit)
    sock.sendall(frame(1, limit + off - 16))
    bench.wait(PeerRead, lambda e: e.total_bytes == min(limit, limit + off))
    assert bench.unread(max(0, off)) == max(0, off)
    settle(bench)
    assert bench.total_bytes() == min(limit, limit + off)
    assert bench.peer.unread("a") == max(0, off)
    assert bench.all(PeerUnread)[-1].unread_bytes == max(0, off)
    stops = [m for m in bench.all(PeerMode) if m.mode == "stop"]
    assert len(stops) == (1 if off >= 0 else 0)
    bench.peer.mode("a", "drain")
    bench.wait(PeerRead, lambda e: e.total_bytes == limit + off)
    assert bench.wait(PeerFrame).intact


@both
def test_a_limit_in_frames_takes_not_a_byte_more(bench: Bench, transport: str) -> None:
    """After exactly two more frames the third lies unread, with every byte of it."""
    sock = bench.connect(transport)
    sock.sendall(frame(1, 100)[:50])
    bench.wait(PeerRead)
    bench.peer.stop_after_frames("a", 2)
    sock.sendall(frame(1, 100)[50:] + frame(2, 40_000) + frame(3, 500))
    bench.wait(PeerMode, lambda e: e.mode == "stop")
    assert bench.unread(516) == 516
    settle(bench)
    assert [f.send for f in bench.all(PeerFrame)] == [1, 2]
    assert bench.peer.unread("a") == 516
    bench.peer.stop_after_frames("a", 0)
    settle(bench)
    assert bench.peer.unread("a") == 516


@both
def test_a_stopped_peer_reads_nothing(bench: Bench, transport: str) -> None:
    """In mode stop the sender fills the buffers and stays blocked; draining lets it all through."""
    sock = bench.connect(transport, mode="stop")
    data = frame(1, 6_000_000)
    sent = fill(sock, data)
    assert sent < len(data)
    assert not bench.all(PeerRead)
    assert bench.peer.unread("a") > 0
    assert bench.peer.probe("a")
    bench.peer.mode("a", "drain")
    sock.sendall(data[sent:])
    assert bench.wait(PeerFrame).intact
    # A read is told when the connection is quiet again: later than the frame that it completed.
    drain = bench.wait(PeerMode, lambda m: m.mode == "drain")
    assert drain.at_us <= bench.wait(PeerRead).began_us


def test_a_cold_tcp_connection_takes_little(bench: Bench) -> None:
    """With the peer's segment size and window a cold connection blocks well before 3 MB."""
    sock = bench.connect("tcp", mode="stop")
    assert fill(sock, bytes(8_000_000)) < 3_000_000


@pytest.mark.timing
@both
def test_a_trickle_keeps_its_schedule(bench: Bench, transport: str) -> None:
    """Pieces of 1000 bytes come at multiples of 30 ms after the mode was set, never before."""
    sock = bench.connect(transport, mode="stop")
    sock.sendall(frame(1, 5_000))
    bench.peer.mode("a", "trickle", piece_bytes=1000, every_us=30_000)
    begun = [m for m in bench.all(PeerMode) if m.mode == "trickle"][-1].at_us
    got = bench.wait(PeerFrame)
    settle(bench)
    reads = bench.all(PeerRead)
    # A late tick and the next one may be told as one read, so what counts is how much by when.
    assert sum(r.got_bytes for r in reads) == 5_016
    for read in reads:
        ticks = (read.at_us - begun) // 30_000
        assert read.total_bytes <= ticks * 1000
    # On an absolute schedule lateness does not add up: 6 pieces, and grace once.
    assert in_time(begun, got.at_us, 6 * 30_000)
    assert got.intact


@pytest.mark.parametrize("mode", ["drain", "stop"])
def test_the_handshake_is_read_first_and_answered_once(bench: Bench, mode: str) -> None:
    """Also a stopped peer reads the declared frames, not a byte more, and answers once."""
    reply = b"READY" * 3
    layout = FrameLayout(
        prefix_bytes=LAYOUT.prefix_bytes,
        length=LAYOUT.length,
        extra=LAYOUT.extra,
        kind=LAYOUT.kind,
        sequence=LAYOUT.sequence,
        handshake=Handshake(frames=2, reply_hex=reply.hex()),
    )
    bench.peer.layout(layout)
    sock = bench.connect("unix", mode=mode)
    sock.sendall(frame(1, 30, kind=7))
    sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        sock.recv(1)
    sock.settimeout(PATIENCE_S)
    sock.sendall(frame(2, 9, kind=7) + frame(3, 100))
    assert sock.recv(100) == reply
    frames, unread = (2, 116) if mode == "stop" else (3, 0)
    bench.wait(PeerFrame, lambda e: e.index == frames - 1)
    settle(bench)
    assert bench.peer.unread("a") == unread
    assert len(bench.all(PeerFrame)) == frames
    sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        sock.recv(1)
