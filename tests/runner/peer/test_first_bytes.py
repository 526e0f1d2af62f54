"""A peer that does not read all there is sees the first bytes come, and says so once."""

import select
import socket

import pytest

from stallproof.runner.peer.first_bytes import FirstBytes
from stallproof.wire.event import PeerEvent
from stallproof.wire.events import PeerFrame, PeerMode, PeerRead, PeerUnread
from tests.runner.peer.peer_bench import Bench, both, frame, open_bench, settle

bench = pytest.fixture(open_bench)
ASKED = {200}
"""What `settle` is told when it asks: both frames."""


def seen(bench: Bench) -> list[int]:
    """Return how many bytes were found unread, each time that there were some."""
    return [e.unread_bytes for e in bench.all(PeerUnread) if e.unread_bytes]


@both
@pytest.mark.parametrize("mode", ["stop", "trickle"])
def test_first_bytes_are_told_once_without_being_read(
    bench: Bench, transport: str, mode: str
) -> None:
    """They are told when they come and stay unread; what comes later is told no more."""
    sock = bench.connect(transport)
    # The first piece of the trickle comes long after.
    limits = {} if mode == "stop" else {"piece_bytes": 10, "every_us": 10**9}
    bench.peer.mode("a", mode, **limits)  # type: ignore[arg-type]
    bench.wait(PeerMode, lambda e: e.mode == mode)
    assert [] == seen(bench)
    sock.sendall(frame(1, 84))
    assert 100 == bench.wait(PeerUnread).unread_bytes
    sock.sendall(frame(2, 84))
    settle(bench)
    assert [100] == seen(bench)[:1]
    assert set(seen(bench)[1:]) <= ASKED
    assert [] == bench.all(PeerRead)


def test_they_are_awaited_until_they_are_seen() -> None:
    """Poll is asked for them where they are expected, and for nothing once they were looked at."""
    told: list[PeerEvent] = []
    first = FirstBytes("a", told.append)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"12345")
        first.look(ours)
        assert (0, []) == (first.mask, told)
        first.expect(is_expected=True)
        assert select.POLLIN == first.mask
        first.look(ours)
        first.look(ours)
        assert 0 == first.mask
        assert [5] == [e.unread_bytes for e in told if isinstance(e, PeerUnread)]
        first.expect(is_expected=False)
        assert 0 == first.mask


@both
def test_who_reads_all_is_told_of_frames_alone(bench: Bench, transport: str) -> None:
    """A peer that drains reads them at once."""
    sock = bench.connect(transport)
    sock.sendall(frame(1, 84))
    bench.wait(PeerFrame)
    assert [] == bench.all(PeerUnread)


@both
def test_each_time_it_ceases_to_read_it_looks_anew(bench: Bench, transport: str) -> None:
    """After it has read all there was, the first bytes that follow are told again."""
    sock = bench.connect(transport, mode="stop")
    for number in (1, 2):
        sock.sendall(frame(number, 84))
        bench.wait(PeerUnread, lambda e, n=number: len(seen(bench)) == n)  # type: ignore[misc]
        bench.peer.mode("a", "drain")
        bench.wait(PeerFrame, lambda e, n=number: e.send == n)  # type: ignore[misc]
        bench.peer.mode("a", "stop")
    settle(bench)
    assert [100, 100] == seen(bench)


@both
def test_the_end_of_the_stream_is_no_byte(bench: Bench, transport: str) -> None:
    """Poll says of it that there is something to read; nothing has come."""
    bench.connect(transport, mode="stop").close()
    settle(bench)
    assert [] == seen(bench)
