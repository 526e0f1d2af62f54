"""The receiving end of a stream over a real socket, and both ends together."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.frame import FrameType, Outgoing
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.steps import CHECKED_STREAM
from stallproof.drivers.stream_frames import (
    Ack,
    chunk_header,
    notice_header,
    stream_id_of,
)
from stallproof.drivers.stream_receiver import Reception, StreamReceiver
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.stream import StreamOutcome
from stallproof.wire.implementation import HeartbeatSent, Noted, Received, StreamEnded
from tests.drivers.peers import (
    PAIRS,
    PATIENCE_S,
    Ear,
    Sending,
    eventually,
    fill,
    guarded,
    socket_of,
    tcp_pair,
    unix_pair,
)
from tests.drivers.streams import CHUNK, Listening, Running, bytes_of, cut
from tests.timing import in_time

NUMBER = 65_540
EVERY = Policy(ack_interval_bytes=100, chunk_bytes=CHUNK)


def chunk_frame(
    offset: int, payload: bytes, *, is_last: bool = False, stream: int = NUMBER
) -> bytes:
    """Return a chunk as a sender sends it."""
    header = chunk_header(stream, offset, is_last=is_last)
    frame = Outgoing(FrameType.DATA, 0, memoryview(payload), header, stream_id_of(stream))
    return b"".join(frame.rest(0, 1 << 20))


def taken_bytes(receiver: StreamReceiver) -> int:
    """Return how much the consumer took, as far as all that follows from it is asked for."""
    with receiver._changed:
        return receiver._taken_bytes


class Consuming(threading.Thread):
    """A stream receiver at work on a thread of its own, with what it got and how it ended."""

    def __init__(
        self, receiver: StreamReceiver, consume: Callable[[bytes], object] | None = None
    ) -> None:
        super().__init__(daemon=True)
        self.receiver = receiver
        self.got = bytearray()
        self._consume = consume
        self.end: Reception | Exception | None = None
        self.start()

    def _take(self, piece: bytes) -> None:
        if self._consume is not None:
            self._consume(piece)
        self.got += piece

    def run(self) -> None:
        try:
            self.end = self.receiver.run(self._take)
        except Exception as error:
            self.end = error

    def result(self) -> Reception | Exception | None:
        """Wait for the end; return how it ended."""
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.end


@contextlib.contextmanager
def receiving(
    policy: Policy = EVERY, consume: Callable[[bytes], object] | None = None
) -> Iterator[tuple[Consuming, socket.socket, Listening, GuardedConnection, Ear]]:
    """Yield a receiver at work, the peer that is to send, and what the peer hears."""
    with guarded(unix_pair(), policy) as (conn, peer, ear):
        consuming = Consuming(StreamReceiver(conn, NUMBER), consume)
        listening = Listening(peer)
        yield consuming, peer, listening, conn, ear
        conn.close()
        consuming.result()
        listening.join(PATIENCE_S)


def acks(listening: Listening, stream: int = NUMBER) -> list[Ack]:
    """Return the ACKs that the peer got for `stream`."""
    return [told for told in listening.told(stream) if isinstance(told, Ack)]


@pytest.mark.parametrize(("size", "expected"), [(99, []), (100, [100]), (101, [101])])
def test_an_ack_goes_out_when_the_interval_is_full(size: int, expected: list[int]) -> None:
    """One byte less than the interval brings no ACK; the interval and more do, with all of it."""
    with receiving() as (consuming, peer, listening, conn, _):
        peer.sendall(chunk_frame(0, bytes(size)))
        assert eventually(lambda: taken_bytes(consuming.receiver) == size)
        # An ACK of it would be asked for by now: a PONG behind it comes after it.
        conn.do_later(lambda: conn.send(b"", kind=FrameType.PONG))
        assert eventually(lambda: [f for f in listening.frames if f.kind == FrameType.PONG])
        assert expected == [ack.offset for ack in acks(listening)]


def test_the_end_is_acknowledged_whatever_the_interval() -> None:
    """The last chunk brings an ACK of everything, and the receiver is done."""
    with receiving() as (consuming, peer, listening, _, _):
        peer.sendall(chunk_frame(0, b"abc") + chunk_frame(3, b"de", is_last=True))
        assert Reception.WHOLE is consuming.result()
        assert eventually(lambda: [Ack(NUMBER, 5, None)] == acks(listening))
        assert b"abcde" == bytes(consuming.got)


@pytest.mark.parametrize(
    ("second", "expected"),
    [(2, "offset 3"), (4, "offset 3"), (0, "offset 3")],
)
def test_a_chunk_that_does_not_continue_is_refused(second: int, expected: str) -> None:
    """A gap, an overlap and a repeat end the stream with an error ACK; later chunks are dropped."""
    with receiving() as (consuming, peer, listening, _, ear):
        peer.sendall(chunk_frame(0, b"abc") + chunk_frame(second, b"xyz"))
        assert Reception.REFUSED is consuming.result()
        assert eventually(lambda: acks(listening))
        why = f"a chunk at offset {second} came where {expected} was expected"
        assert [why] == [ack.error for ack in acks(listening)]
        assert why == consuming.receiver.why
        peer.sendall(chunk_frame(3, b"late"))
        assert eventually(lambda: len(ear.all(Received)) == 3)
        assert 1 == len(acks(listening))


def test_a_chunk_after_the_last_is_refused_unless_the_stream_is_over() -> None:
    """What follows the last chunk, while it is not taken yet, is an error."""
    taking = threading.Event()
    with receiving(consume=lambda piece: taking.wait(PATIENCE_S)) as (consuming, peer, told, _, _):
        peer.sendall(chunk_frame(0, b"abc", is_last=True) + chunk_frame(3, b"d"))
        assert eventually(lambda: acks(told))
        taking.set()
        assert Reception.REFUSED is consuming.result()
        assert "where nothing was expected" in str(acks(told)[0].error)


def test_a_notice_ends_the_stream_and_is_not_answered() -> None:
    """The sender stopped: its reason is kept, and neither ACK nor error goes back."""
    with receiving() as (consuming, peer, listening, conn, _):
        header = notice_header(NUMBER, StreamOutcome.NO_PROGRESS)
        notice = Outgoing(FrameType.NOTICE, 0, memoryview(b""), header, stream_id_of(NUMBER))
        peer.sendall(chunk_frame(0, b"abc") + b"".join(notice.rest(0, 100)))
        assert Reception.STOPPED is consuming.result()
        assert "no_progress" == consuming.receiver.why
        conn.close()
        listening.join(PATIENCE_S)
        assert [] == acks(listening)


@pytest.mark.parametrize("how", ["half_close", "close"])
def test_an_end_of_the_connection_cuts_the_stream_off(how: str) -> None:
    """Nothing more can come: the consumer is not left waiting."""
    with receiving() as (consuming, peer, _, conn, _):
        peer.sendall(chunk_frame(0, b"abc"))
        assert eventually(lambda: consuming.got)
        if how == "half_close":
            peer.shutdown(socket.SHUT_WR)
        else:
            conn.close()
        assert Reception.CUT_OFF is consuming.result()


def test_what_has_come_whole_is_handed_out_although_the_connection_ends() -> None:
    """A consumer that lags behind still gets every byte."""
    taking = threading.Event()
    with receiving(consume=lambda piece: taking.wait(PATIENCE_S)) as (
        consuming,
        peer,
        _,
        conn,
        ear,
    ):
        peer.sendall(chunk_frame(0, b"abc") + chunk_frame(3, b"def", is_last=True))
        assert eventually(lambda: len(ear.all(Received)) == 2)
        conn.close()
        assert conn.wait_finished(PATIENCE_S)
        taking.set()
        assert Reception.WHOLE is consuming.result()
        assert b"abcdef" == bytes(consuming.got)


def test_what_the_consumer_raises_is_an_error_ack_and_comes_through() -> None:
    """The stream ends, its sender is told why, and other streams know nothing of it."""

    def full(piece: bytes) -> None:
        raise OSError(28, "No space left on device")

    with receiving(consume=full) as (consuming, peer, listening, conn, _):
        other = Consuming(StreamReceiver(conn, 9))
        peer.sendall(chunk_frame(0, b"abc") + chunk_frame(0, b"xyz", is_last=True, stream=9))
        assert isinstance(consuming.result(), OSError)
        assert eventually(lambda: acks(listening))
        assert "No space left on device" in str(acks(listening)[0].error)
        assert Reception.WHOLE is other.result()


def test_acks_are_coalesced_while_the_lock_is_busy_and_none_is_lost() -> None:
    """However many became due behind a busy lock, the newest goes out when it is free."""
    with receiving(Policy(ack_interval_bytes=1)) as (consuming, peer, listening, conn, _):
        conn.lock.acquire()
        for offset in range(50):
            peer.sendall(chunk_frame(offset, b"x"))
        assert eventually(lambda: len(consuming.got) == 50)
        conn.lock.release()
        assert eventually(lambda: [a for a in acks(listening) if a.offset == 50])
        offsets = [ack.offset for ack in acks(listening)]
        assert sorted(set(offsets)) == offsets
        assert len(offsets) <= 3


@pytest.mark.timing
def test_the_reader_never_waits_for_the_lock() -> None:
    """While the lock is held and ACKs wait for it, the reader goes on reading."""
    with receiving(Policy(ack_interval_bytes=1)) as (consuming, peer, _, conn, ear):
        conn.lock.acquire()
        began_us = now_us()
        for offset in range(3):
            peer.sendall(chunk_frame(offset, b"x"))
        assert eventually(lambda: b"xxx" == bytes(consuming.got))
        assert in_time(began_us, now_us())
        assert 3 == len(ear.all(Received))
        conn.lock.release()


@pytest.mark.timing
def test_an_ack_that_waits_for_the_lock_does_not_delay_closing() -> None:
    """Behind a send to a peer that does not read, the worker leaves with everyone else."""
    policy = Policy(ack_interval_bytes=1)
    with guarded(unix_pair(), policy) as (conn, peer, _):
        consuming = Consuming(StreamReceiver(conn, NUMBER))
        blocked = Sending(conn, bytes(8 << 20))
        assert eventually(lambda: conn.lock_holder is not None)
        peer.sendall(chunk_frame(0, b"x"))
        assert eventually(lambda: consuming.got)
        time.sleep(0.02)
        began_us = now_us()
        conn.close()
        assert conn.wait_finished(PATIENCE_S)
        assert in_time(began_us, now_us())
        blocked.result()


def test_heartbeats_go_on_beside_acks() -> None:
    """A worker that sent ACKs still sends the heartbeat that was queued behind them."""
    with receiving(Policy(ack_interval_bytes=1)) as (_, peer, listening, conn, ear):
        peer.sendall(chunk_frame(0, b"x"))
        assert eventually(lambda: acks(listening))
        conn.queue_heartbeat()
        assert eventually(lambda: ear.all(HeartbeatSent))


def test_a_task_that_fails_is_noted_and_stops_nothing() -> None:
    """Whatever a task raises, the worker goes on, and releases the descriptor in the end."""
    with guarded(unix_pair()) as (conn, _, ear):
        conn.do_later(lambda: [].pop())
        conn.queue_heartbeat()
        assert eventually(lambda: ear.all(HeartbeatSent))
        assert "IndexError" in ear.all(Noted)[0].text


@contextlib.contextmanager
def both_ends(
    transport: str, sending: Policy, receiver: Policy
) -> Iterator[tuple[GuardedConnection, GuardedConnection, Ear]]:
    """Yield two guarded connections that are each other's peers."""
    ours, theirs = PAIRS[transport]()
    theirs.settimeout(None)
    ear = Ear()
    near = GuardedConnection(ours, sending, "near", ear)
    far = GuardedConnection(theirs, receiver, "far")
    try:
        yield near, far, ear
    finally:
        for conn in (near, far):
            conn.close()
            assert conn.wait_finished(PATIENCE_S)


def limits(chunk_bytes: int, *, interval: int = 2, progress_us: int = 60_000_000) -> Policy:
    """Return a policy with a window of four chunks, and an ACK interval of so many."""
    return Policy(
        chunk_bytes=chunk_bytes, window_bytes=4 * chunk_bytes,
        ack_interval_bytes=interval * chunk_bytes, ack_progress_timeout_us=progress_us,
    )  # fmt: skip


@pytest.mark.parametrize("interval", [1, 3, 4])
@pytest.mark.parametrize("transport", sorted(PAIRS))
def test_streams_share_a_connection_and_arrive_exactly(transport: str, interval: int) -> None:
    """Two streams with a window of four chunks, chunk by chunk in between, byte for byte."""
    policy = limits(4096, interval=interval)
    with both_ends(transport, policy, policy) as (near, far, ear):
        data = {n: bytes_of(n, 100 * 4096 + n) for n in (1, 2)}
        consuming = {n: Consuming(StreamReceiver(far, n)) for n in data}
        runs = [
            Running(
                StreamSender(near, n, len(d), ear, steps=CHECKED_STREAM), cut(d, policy.chunk_bytes)
            )
            for n, d in data.items()
        ]
        assert [StreamOutcome.DONE] * 2 == [run.result() for run in runs]
        for n, expected in data.items():
            assert Reception.WHOLE is consuming[n].result()
            assert expected == bytes(consuming[n].got)


def test_streams_go_both_ways_at_once_with_the_same_number() -> None:
    """Each direction of a connection has streams of its own, and neither blocks the other."""
    policy = limits(16384)
    with both_ends("tcp", policy, policy) as (near, far, _):
        data = bytes_of(5, 60 * 16384)
        ends = [Consuming(StreamReceiver(conn, 5)) for conn in (near, far)]
        runs = [Running(StreamSender(conn, 5, len(data)), cut(data, 16384)) for conn in (near, far)]
        assert [StreamOutcome.DONE] * 2 == [run.result() for run in runs]
        assert [Reception.WHOLE] * 2 == [end.result() for end in ends]
        assert all(data == bytes(end.got) for end in ends)


@pytest.mark.timing
@pytest.mark.parametrize(("interval", "lives"), [(4, True), (6, False)])
def test_an_ack_interval_beyond_the_window_stalls_the_stream(interval: int, lives: bool) -> None:
    """With the relation of CF-5 the stream lives; without it the watchdog ends it when due."""
    sending = limits(CHUNK, progress_us=300_000)
    with both_ends("unix", sending, limits(CHUNK, interval=interval)) as (near, far, ear):
        data = bytes_of(1, 40 * CHUNK)
        consuming = Consuming(StreamReceiver(far, 1))
        run = Running(StreamSender(near, 1, len(data), ear), cut(data))
        if lives:
            assert StreamOutcome.DONE is run.result()
            assert Reception.WHOLE is consuming.result()
            assert data == bytes(consuming.got)
        else:
            assert StreamOutcome.NO_PROGRESS is run.result()
            assert Reception.STOPPED is consuming.result()
            (ended,) = ear.all(StreamEnded)
            assert (5 * CHUNK, 0) == (ended.offset, ended.acknowledged)


def test_a_slow_consumer_holds_up_its_own_stream_alone() -> None:
    """While one consumer blocks, a second stream on the same connection comes through whole."""
    policy = limits(CHUNK)
    taking = threading.Event()
    with both_ends("unix", policy, policy) as (near, far, _):
        data = bytes_of(1, 50 * CHUNK)
        slow = Consuming(StreamReceiver(far, 1), lambda piece: taking.wait(PATIENCE_S))
        quick = Consuming(StreamReceiver(far, 2))
        runs = [Running(StreamSender(near, n, len(data)), cut(data)) for n in (1, 2)]
        assert StreamOutcome.DONE is runs[1].result()
        assert Reception.WHOLE is quick.result()
        assert runs[0].is_alive()
        taking.set()
        assert StreamOutcome.DONE is runs[0].result()
        assert Reception.WHOLE is slow.result()


def test_a_refusal_stops_the_sender() -> None:
    """The receiver's error ACK ends the sending side with the reason, and without a notice."""
    policy = limits(CHUNK)
    with both_ends("unix", policy, policy) as (near, far, ear):
        receiver = StreamReceiver(far, 1)
        run = Running(StreamSender(near, 1, 50 * CHUNK, ear), [bytes(CHUNK)] * 50)
        receiver.refuse("not wanted")
        assert StreamOutcome.ACK_ERROR is run.result()
        assert "not wanted" == ear.all(StreamEnded)[0].detail
        assert "NoticeSent" not in ear.names()


@pytest.mark.parametrize("number", [-1, 2**32])
def test_a_number_that_no_stream_has_is_refused(number: int) -> None:
    """A number has four bytes."""
    with guarded(tcp_pair()) as (conn, _, _), pytest.raises(ValueError, match="no stream"):
        StreamReceiver(conn, number)


def test_a_receiver_that_comes_after_the_end_is_not_left_waiting() -> None:
    """Nothing can come in any more: `run` says so at once."""
    with guarded(unix_pair()) as (conn, peer, ear):
        peer.shutdown(socket.SHUT_WR)
        assert eventually(lambda: ear.all(Noted))
        assert Reception.CUT_OFF is Consuming(StreamReceiver(conn, NUMBER)).result()


@pytest.mark.parametrize(
    ("number", "sound"), [(-1, False), (0, True), (2**32 - 1, True), (2**32, False)]
)
def test_a_stream_that_cannot_be_is_not_received(number: int, sound: bool) -> None:
    """A number has four bytes, and zero is one."""
    with guarded(unix_pair(), EVERY) as (conn, _, _), contextlib.ExitStack() as expected:
        if not sound:
            expected.enter_context(pytest.raises(ValueError, match=f"have the number {number}"))
        assert number == StreamReceiver(conn, number).number


def test_an_ack_that_the_connection_does_not_take_is_nobodys_fault() -> None:
    """Nothing goes wrong in the worker; the timeout of its send closes the connection."""
    with guarded(unix_pair(), Policy(send_timeout_us=50_000)) as (conn, _, ear):
        receiver = StreamReceiver(conn, NUMBER)
        fill(socket_of(conn))
        receiver.refuse("it is full")
        assert conn.wait_finished(PATIENCE_S)
        assert [] == ear.all(Noted)
