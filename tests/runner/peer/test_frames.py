"""The peer finds every frame in what it reads, and whatever is wrong with one."""

import struct
import threading
import time
from collections.abc import Callable

import pytest

from stallproof.wire.events import PeerFrame, PeerFrames, PeerListening, PeerRead, PeerSawEnd
from tests.runner.peer.peer_bench import Bench, both, frame, open_bench, payload, settle

bench = pytest.fixture(open_bench)


@both
def test_draining_finds_whole_frames_whatever_the_pieces(bench: Bench, transport: str) -> None:
    """Sizes around block and buffer boundaries, split anywhere, arrive intact and in order."""
    sock = bench.connect(transport)
    sizes = [0, 1, 3, 4, 7, 8, 9, 15, 16, 17, 1000, 65519, 65536, 300_001]
    stream = b"".join(
        frame(n, size, sequence=n, extra=b"h" * (n % 3)) for n, size in enumerate(sizes, 1)
    )
    cuts = [1, 15, 16, 17, 31, 33, 40, 1000, 1001, 70_000, len(stream)]
    at = 0
    for cut in cuts:
        sock.sendall(stream[at:cut])
        at = cut
        if cut < 1002:
            time.sleep(0.002)
    bench.wait(PeerFrame, lambda e: e.send == len(sizes))
    sock.close()
    end = bench.wait(PeerSawEnd)
    frames = bench.all(PeerFrame)
    assert [f.size_bytes for f in frames] == sizes
    assert [f.index for f in frames] == list(range(len(sizes)))
    assert [f.send for f in frames] == [None, None, None, *range(4, len(sizes) + 1)]
    assert all(f.intact and f.why is None and f.began_us <= f.at_us for f in frames)
    assert [f.sequence for f in frames] == list(range(1, len(sizes) + 1))
    assert (end.how, end.total_bytes, end.torn_bytes) == ("eof", len(stream), 0)
    assert bench.total_bytes() == len(stream)
    assert bench.wait(PeerListening).transport == transport


def test_kinds_are_told_by_the_layout(bench: Bench) -> None:
    """Heartbeat, ACK and unknown kinds are named and their content is not judged."""
    sock = bench.connect("unix")
    for kind in (3, 5, 9):
        sock.sendall(frame(1, 0, kind=kind))
    sock.sendall(struct.pack(">IHBBHHHH", 20, 0, 9, 0, 0, 0, 0, 2) + b"\xff\xff\xff\xff")
    bench.wait(PeerFrame, lambda e: e.size_bytes == 4)
    assert [f.kind for f in bench.all(PeerFrame)] == ["heartbeat", "ack", "other", "other"]
    assert all(f.intact and f.send is None for f in bench.all(PeerFrame))


@both
def test_interleaved_frames_are_found_with_their_owner(bench: Bench, transport: str) -> None:
    """Bytes of another send in the middle of a frame are named with its number and block."""
    sock = bench.connect(transport)
    one, two = frame(5, 8000), frame(6, 8000)
    cut = 16 + 4000
    sock.sendall(one[:cut] + two[:cut] + one[cut:] + two[cut:])
    got = bench.wait(PeerFrame)
    assert not got.intact
    assert got.send == 5
    assert got.why is not None
    # The other frame's prefix begins with two zero bytes, just as the block that they displace.
    assert "block 500 (byte 4002 of the payload of send 5) is wrong" in got.why
    assert "16 bytes on, send 6's block 0 begins there" in got.why


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda p: p[:800] + payload(9, 1000)[800:], "send 9's block 100 begins there"),
        (lambda p: p[:400] + p[408:] + p[:8], "its own block 51 begins there"),
        (lambda p: p[:999] + b"\xff", "byte 999 of the payload"),
        (lambda p: b"\0" * 4 + p[4:], "block 1 (byte 11 of the payload of send 0)"),
    ],
)
def test_wrong_content_is_explained(
    bench: Bench, damage: Callable[[bytes], bytes], words: str
) -> None:
    """Foreign, lost and changed bytes are told apart, and none of them passes for intact."""
    sock = bench.connect("unix")
    sock.sendall(frame(1, 1000)[:16] + damage(payload(1, 1000)) + frame(2, 20_000))
    got = bench.wait(PeerFrame)
    assert not got.intact
    assert got.why is not None
    assert words in got.why
    assert bench.wait(PeerFrame, lambda e: e.send == 2).intact


@both
def test_a_torn_frame_at_the_end_is_measured(bench: Bench, transport: str) -> None:
    """The end of the stream says how much of which frame is missing."""
    sock = bench.connect(transport)
    sock.sendall(frame(1, 8) + frame(2, 5000)[:1234])
    sock.close()
    end = bench.wait(PeerSawEnd)
    assert (end.torn_bytes, end.torn_size_bytes, end.torn_send) == (1234, 5016, 2)
    assert end.total_bytes == 24 + 1234


def test_a_stream_torn_in_a_prefix_has_no_size(bench: Bench) -> None:
    """Part of a prefix is a torn frame of unknown size and owner."""
    sock = bench.connect("unix")
    sock.sendall(frame(1, 8)[:15])
    sock.close()
    end = bench.wait(PeerSawEnd)
    assert (end.torn_bytes, end.torn_size_bytes, end.torn_send) == (15, None, None)


@pytest.mark.parametrize("total", [0, 15, (1 << 30) + 1])
def test_a_prefix_that_makes_no_sense_is_garbage(bench: Bench, total: int) -> None:
    """From the impossible length on only bytes are counted, and the end says where it began."""
    sock = bench.connect("unix")
    sock.sendall(frame(1, 8) + total.to_bytes(4, "big") + bytes(96))
    sock.close()
    end = bench.wait(PeerSawEnd)
    assert end.garbage is not None
    where = "the prefix at byte 24 of the stream"
    assert end.garbage.startswith(f"{where} announces a frame of {total} bytes")
    assert end.total_bytes == 124
    assert end.torn_bytes == 0


def test_the_smallest_frame_is_its_prefix(bench: Bench) -> None:
    """A length equal to the prefix is a frame without payload, not garbage."""
    sock = bench.connect("unix")
    sock.sendall(frame(1, 0))
    assert bench.wait(PeerFrame).size_bytes == 0


def test_many_tiny_frames_become_few_events(bench: Bench) -> None:
    """66,000 frames with wrapping sequence numbers are all seen, in runs of one up each."""
    sock = bench.connect("unix")
    frames = 66_000
    for first in range(1, frames + 1, 1000):
        sock.sendall(b"".join(frame(n, 8, sequence=n) for n in range(first, first + 1000)))
    sock.close()
    end = bench.wait(PeerSawEnd)
    assert end.total_bytes == frames * 24
    expected = 1
    for event in bench.events:
        if isinstance(event, PeerFrames):
            assert event.frames >= 64
            assert event.first_send == expected
            assert event.first_sequence == expected % 65536
            assert event.index == expected - 1
            expected += event.frames
        elif isinstance(event, PeerFrame):
            assert event.intact
            assert (event.send, event.index) == (expected, expected - 1)
            expected += 1
    assert expected == frames + 1
    assert len(bench.events) < 5_000


@pytest.mark.parametrize(("frames", "runs"), [(63, []), (64, [64]), (65, [65])])
def test_a_run_has_at_least_64_frames(bench: Bench, frames: int, runs: list[int]) -> None:
    """63 frames alike are told one by one, 64 and 65 as one run."""
    sock = bench.connect("unix", mode="stop")
    sock.sendall(b"".join(frame(n, 8, sequence=n) for n in range(frames)))
    bench.peer.mode("a", "drain")
    bench.wait(PeerRead, lambda e: e.total_bytes == frames * 24)
    settle(bench)
    assert [r.frames for r in bench.all(PeerFrames)] == runs
    assert len(bench.all(PeerFrame)) == (0 if runs else frames)


def test_a_gap_ends_a_run(bench: Bench) -> None:
    """A skipped sequence number is never hidden inside a run."""
    sock = bench.connect("unix", mode="stop")
    numbers = [*range(100), *range(101, 201)]
    sock.sendall(b"".join(frame(n, 8, sequence=s) for n, s in enumerate(numbers)))
    bench.peer.mode("a", "drain")
    bench.wait(PeerRead, lambda e: e.total_bytes == len(numbers) * 24)
    settle(bench)
    assert [(r.first_send, r.first_sequence, r.frames) for r in bench.all(PeerFrames)] == [
        (0, 0, 100),
        (100, 101, 100),
    ]


def test_large_frames_do_not_keep_the_peer_from_answering(bench: Bench) -> None:
    """While frame after frame of 16 MiB is checked byte by byte, commands are answered."""
    sock = bench.connect("unix")
    data = frame(1, 16 << 20)
    answered = threading.Event()
    sent = []

    def send() -> None:
        while not answered.is_set():
            sock.sendall(data)
            sent.append(True)

    sender = threading.Thread(target=send)
    sender.start()
    bench.wait(PeerRead)
    # The peer has no pause in which it could answer: the frames end only after the answers.
    for _ in range(3):
        bench.peer.unread("a")
    answered.set()
    sender.join()
    sock.close()
    bench.wait(PeerSawEnd)
    assert [f.intact for f in bench.all(PeerFrame)] == sent


# --- chunks of streams ----------------------------------------------------------------------------


def chunk(stream: int, offset: int, size_bytes: int, *, sequence: int = 1) -> bytes:
    """Return a chunk as a good implementation would send it, `offset` bytes into its stream."""
    whole = payload(2**31 + stream, offset + size_bytes)
    return carried(whole[offset:], sequence=sequence)


def carried(content: bytes, *, sequence: int = 1, kind: int = 1) -> bytes:
    """Return a frame that carries `content`."""
    prefix = struct.pack(">IHBBHHHH", 16 + len(content), 0, kind, 0, 0, 0, 0, sequence)
    return prefix + content


@both
def test_a_chunk_says_whose_it_is_and_where_it_belongs(bench: Bench, transport: str) -> None:
    """Two streams and a send share the connection, in pieces; every frame finds its owner."""
    sock = bench.connect(transport)
    pieces = [
        chunk(7, 0, 4096),
        chunk(2**31 - 1, 0, 8),
        frame(7, 4096),
        chunk(7, 4096, 16),
        chunk(2**31 - 1, 8, 100_000),
        chunk(7, 4112, 13),
    ]
    stream = b"".join(pieces)
    for at in range(0, len(stream), 1021):
        sock.sendall(stream[at : at + 1021])
    bench.wait(PeerFrame, lambda e: e.size_bytes == 13)
    frames = bench.all(PeerFrame)
    assert [(f.stream, f.stream_offset, f.send) for f in frames] == [
        (7, 0, None),
        (2**31 - 1, 0, None),
        (None, None, 7),
        (7, 4096, None),
        (2**31 - 1, 8, None),
        (7, 4112, None),
    ]
    assert all(f.intact and f.why is None for f in frames)
    assert [f.size_bytes for f in frames] == [4096, 8, 4096, 16, 100_000, 13]


def test_a_chunk_far_into_its_stream_is_checked_there(bench: Bench) -> None:
    """Around the block where the upper half of the index begins to count, every byte is right."""
    sock = bench.connect("unix")
    for offset in (8 * 65535, 8 * 65536, 8 * 65537):
        sock.sendall(chunk(3, offset, 4096))
    bench.wait(PeerFrame, lambda e: e.stream_offset == 8 * 65537)
    assert [(f.stream_offset, f.intact) for f in bench.all(PeerFrame)] == [
        (8 * 65535, True),
        (8 * 65536, True),
        (8 * 65537, True),
    ]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda p: p[:800] + payload(2**31 + 9, 1000)[800:], "stream 9's block 100 begins there"),
        (lambda p: p[:800] + payload(5, 1000)[800:], "send 5's block 100 begins there"),
        (lambda p: p[:400] + p[408:] + p[:8], "its own block 179 begins there"),
        (lambda p: p[:999] + b"\xff", "byte 2023 of stream 1"),
        (lambda p: p[:8] + b"\0" * 8 + p[16:], "block 129 (byte 1032 of stream 1)"),
    ],
)
def test_a_damaged_chunk_is_explained(
    bench: Bench, damage: Callable[[bytes], bytes], words: str
) -> None:
    """Foreign, lost and changed bytes of a chunk are told with their place in the stream."""
    sock = bench.connect("unix")
    whole = chunk(1, 1024, 1000)
    sock.sendall(whole[:16] + damage(whole[16:]))
    got = bench.wait(PeerFrame)
    assert (got.stream, got.stream_offset, got.intact) == (1, 1024, False)
    assert got.why is not None
    assert words in got.why


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\0\0",
        b"\x80\0\0\x01\0\0\0",
        b"the stream made no progress for 0.5 seconds",
        b"\x83\xa6reason\xaeACK made no progress\xa6stream\xcd\x01\x02\x03\x04\x05",
        b"\x80\0\0\x01\0\0\0\0" + b"x" * 56,
    ],
)
@pytest.mark.parametrize("kind", [1, 9])
def test_what_is_nobodys_is_a_notice_and_intact(bench: Bench, content: bytes, kind: int) -> None:
    """A payload whose first blocks are those of no stream and no send is not judged."""
    sock = bench.connect("unix")
    sock.sendall(carried(content, kind=kind) + frame(2, 64))
    bench.wait(PeerFrame, lambda e: e.send == 2)
    got = bench.all(PeerFrame)[0]
    assert (got.send, got.stream, got.stream_offset) == (None, None, None)
    assert (got.intact, got.size_bytes) == (True, len(content))


def test_small_chunks_are_told_one_by_one(bench: Bench) -> None:
    """However many chunks come at once, none of them vanishes in a run of frames."""
    sock = bench.connect("unix", mode="stop")
    sock.sendall(b"".join(chunk(1, 8 * n, 8, sequence=n) for n in range(200)))
    bench.peer.mode("a", "drain")
    bench.wait(PeerRead, lambda e: e.total_bytes == 200 * 24)
    settle(bench)
    assert bench.all(PeerFrames) == []
    assert [f.stream_offset for f in bench.all(PeerFrame)] == list(range(0, 1600, 8))


@pytest.mark.parametrize("taken", [1, 31, 32, 33, 4000])
def test_a_torn_chunk_is_no_sends(bench: Bench, taken: int) -> None:
    """The end of the connection within a chunk tells its size and names no send."""
    sock = bench.connect("unix")
    sock.sendall(chunk(1, 0, 5000)[: 16 + taken])
    sock.close()
    end = bench.wait(PeerSawEnd)
    assert (end.torn_bytes, end.torn_size_bytes, end.torn_send) == (16 + taken, 5016, None)


@pytest.mark.parametrize(("taken", "send"), [(3, None), (4, 2), (31, 2), (32, 2), (33, 2)])
def test_a_send_torn_in_its_first_blocks_is_named(
    bench: Bench, taken: int, send: int | None
) -> None:
    """Four bytes of its payload are enough to say whose a torn frame is."""
    sock = bench.connect("unix")
    sock.sendall(frame(2, 5000)[: 16 + taken])
    sock.close()
    assert bench.wait(PeerSawEnd).torn_send == send
