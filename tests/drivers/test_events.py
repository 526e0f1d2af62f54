"""What drivers tell, whole events: each number stands in its own field."""

import threading

import pytest

from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.io import Pieces, SocketTransport
from stallproof.drivers.monitor import Monitor
from stallproof.drivers.steps import CHECKED
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import (
    AckReceived,
    Checked,
    ChunkBegun,
    ChunkReady,
    Closed,
    Closing,
    LockTaken,
    NoticeSent,
    PassBegun,
    PassEnded,
    StreamEnded,
    StreamMade,
    WaitBegun,
    WaitEnded,
    Warned,
    Written,
)
from tests.drivers.peers import PATIENCE_S, Ear, eventually, guarded, read_all, unix_pair
from tests.drivers.streams import CHUNK, Handed, Listening, Looks, Running, SetClock, bytes_of, cut
from tests.drivers.test_monitor import Scripted

NUMBER = 7


class Times:
    """A clock that shows one time after the other, and the last one from then on."""

    def __init__(self, *times_us: int) -> None:
        self._left = list(times_us)

    def __call__(self) -> int:
        return self._left.pop(0) if len(self._left) > 1 else self._left[0]


def test_what_is_told_of_a_send() -> None:
    """The lock is taken at 100, the write begins at 200 and returns at 300."""
    with guarded(unix_pair(1 << 16), Policy(), clock=Times(100, 200, 300)) as (conn, _, ear):
        conn.send(b"x" * 40, send_id=9)
        assert ear.events == [
            LockTaken(at_us=100, conn="c", send=9),
            Written(at_us=300, conn="c", send=9, began_us=200, wrote_bytes=56),
        ]
        conn.close()
        assert ear.events[2:4] == [
            Closing(at_us=300, conn="c", cause="local"), Closed(at_us=300, conn="c"),
        ]  # fmt: skip


def test_what_is_told_of_a_pass() -> None:
    """Send 4 has held the lock since 100; the limit is 1000, and the second pass is stalled."""
    ear, now = Ear(), SetClock(1100)
    monitor = Monitor(ear, clock=now, steps=CHECKED)
    conn = Scripted(Policy(stall_timeout_us=1000, checks_max=3))
    conn.number, conn.taken_us = 4, 100
    monitor.add(conn)
    assert (1100, 1100) == monitor.run_pass()
    now.now_us = 1200
    assert (1200, 1200) == monitor.run_pass()
    assert ear.events == [
        PassBegun(at_us=1100, tick=1),
        Checked(at_us=1100, conn="s", stall_us=1000, count=0, send=4),
        PassEnded(at_us=1100, tick=1),
        PassBegun(at_us=1200, tick=2),
        Checked(at_us=1200, conn="s", stall_us=1100, count=1, send=4),
        Warned(at_us=1200, conn="s", count=1, threshold=3, stall_us=1100),
        PassEnded(at_us=1200, tick=2),
    ]


def test_a_pass_tells_when_it_began_and_when_it_ended() -> None:
    """The clock goes on between the two."""
    ear = Ear()
    assert (5, 9) == Monitor(ear, clock=Times(5, 9)).run_pass()
    assert ear.events == [PassBegun(at_us=5, tick=1), PassEnded(at_us=9, tick=1)]


@pytest.mark.parametrize("origin", [None, "other"])
def test_what_is_told_of_a_stream(origin: str | None) -> None:
    """Four chunks against a window of two; an ACK of one byte more than a chunk, then a cancel."""
    policy = Policy(window_bytes=2 * CHUNK, chunk_bytes=CHUNK)
    with guarded(unix_pair(1 << 16), policy) as (conn, peer, _):
        Listening(peer)
        ear, clock, looks, source = Ear(), SetClock(1000), Looks(), Handed()
        sender = StreamSender(conn, NUMBER, 6 * CHUNK, ear, clock=clock, steps=looks.steps)
        running = Running(sender, source)
        for chunk in cut(bytes_of(NUMBER, 4 * CHUNK)):
            running.settle()
            clock.now_us += 10
            source.hand(chunk)
            running.settle()
        clock.now_us = 2000
        sender.on_ack(CHUNK + 1, origin=origin)
        running.settle()
        clock.now_us = 3000
        sender.cancel()
        source.hand(None)
        running.result()
        assert eventually(lambda: ear.all(NoticeSent))
    told: list[object] = [StreamMade(at_us=1000, conn="c", stream=NUMBER)]
    for number, at_us in enumerate((1010, 1020, 1030), 1):
        told += [
            ChunkReady(at_us=at_us, conn="c", stream=NUMBER, chunk_bytes=CHUNK),
            ChunkBegun(at_us=at_us, conn="c", stream=NUMBER, offset=number * CHUNK),
        ]
    waiting = 3 * CHUNK
    told += [
        ChunkReady(at_us=1040, conn="c", stream=NUMBER, chunk_bytes=CHUNK),
        WaitBegun(at_us=1040, conn="c", stream=NUMBER, outstanding_bytes=waiting),
        AckReceived(
            at_us=2000, conn="c", stream=NUMBER, offset=CHUNK + 1, accepted=origin is None,
            origin=origin, why=None if origin is None else "it comes from another origin",
        ),
    ]  # fmt: skip
    if origin is None:
        waiting -= CHUNK + 1
        told += [
            WaitEnded(at_us=2000, conn="c", stream=NUMBER, outstanding_bytes=waiting),
            ChunkBegun(at_us=2000, conn="c", stream=NUMBER, offset=4 * CHUNK),
        ]
    else:
        told += [WaitEnded(at_us=3000, conn="c", stream=NUMBER, outstanding_bytes=waiting)]
    told += [
        StreamEnded(
            at_us=3000, conn="c", stream=NUMBER, outcome="cancelled",
            offset=4 * CHUNK if origin is None else 3 * CHUNK,
            acknowledged=CHUNK + 1 if origin is None else 0,
        ),
        NoticeSent(at_us=3000, conn="c", stream=NUMBER),
    ]  # fmt: skip
    assert told == ear.events


class Counting(SocketTransport):
    """A socket that counts the writes that took less than asked, and the waits."""

    short = waits = 0

    def write(self, pieces: Pieces) -> int:
        """Write, and count what stays behind."""
        asked_bytes = sum(len(one) for one in pieces)
        try:
            wrote = super().write(pieces)
        except BlockingIOError:
            self.short += 1
            raise
        self.short += wrote < asked_bytes
        return wrote

    def wait(self, wait_us: int) -> object:
        """Wait, and count it."""
        self.waits += 1
        return super().wait(wait_us)


def test_a_sender_waits_after_each_write_that_took_less_than_asked() -> None:
    """And after no other: who writes again at once burns the processor until there is room."""
    ours, theirs = unix_pair()
    transport, ear = Counting(ours), Ear()
    conn = GuardedConnection(transport, Policy(), "c", ear)
    listening = threading.Thread(target=read_all, args=(theirs,), daemon=True)
    listening.start()
    assert Outcome.OK is conn.send(bytes(1 << 20))
    assert 0 < transport.short == transport.waits
    conn.close()
    listening.join(PATIENCE_S)
    assert conn.wait_finished(PATIENCE_S)
    theirs.close()
