"""The sending end of a stream over a real socket, each boundary by a clock that the test sets."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any, cast

import pytest

from stallproof.drivers.frame import Payload
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.stream_frames import Chunk, Notice
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Outcome
from stallproof.machines.stream import StreamOutcome
from stallproof.wire.implementation import (
    AckReceived,
    ChunkBegun,
    ChunkReady,
    Noted,
    NoticeSent,
    StreamEnded,
    StreamMade,
    WaitBegun,
    WaitEnded,
)
from tests.drivers.peers import (
    PATIENCE_S,
    Ear,
    eventually,
    eventually_queued,
    fill,
    guarded,
    socket_of,
    unix_pair,
)
from tests.drivers.streams import (
    CHUNK,
    PATIENT,
    WINDOW,
    Handed,
    Listening,
    Looks,
    Running,
    SetClock,
    ack_frame,
    bytes_of,
    cut,
    is_asleep,
    wake,
)

NUMBER = 7
PROGRESS_US = 1000
ACK_WAIT_US = 5000
TIMED = Policy(
    window_bytes=WINDOW, chunk_bytes=CHUNK, ack_progress_timeout_us=PROGRESS_US,
    ack_wait_us=ACK_WAIT_US,
)  # fmt: skip


class Context:
    """A stream that runs over a real connection, with everything around it in the test's hands."""

    def __init__(
        self, conn: GuardedConnection, peer: socket.socket, ear: Ear, chunks: int, *, seed: bool
    ) -> None:
        self.conn, self.peer, self.ear = conn, peer, ear
        self.listening = Listening(peer)
        self.clock, self.looks, self.source = SetClock(), Looks(), Handed()
        self.data = bytes_of(NUMBER, chunks * CHUNK)
        self.sender = StreamSender(
            conn, NUMBER, len(self.data), ear, seed=seed, clock=self.clock, steps=self.looks.steps
        )
        self._left = cut(self.data)
        self.running = Running(self.sender, self.source)
        self.running.settle()

    def hand(self, chunks: int = 1) -> None:
        """Hand over so many chunks; wait until the sender has done what it can after each."""
        for _ in range(chunks):
            self.source.hand(self._left.pop(0))
            self.running.settle()

    def at(self, now_us: int) -> None:
        """Set the clock, and have the sender look."""
        self.clock.now_us = now_us
        wake(self.sender)
        self.running.settle()

    def ack(self, offset: object, **more: str) -> bool:
        """Hand in an ACK as the reader of the connection does."""
        valid = self.sender.on_ack(offset, **more)
        self.running.settle()
        return valid

    @property
    def outcomes(self) -> list[str]:
        """The outcomes that were told."""
        return [event.outcome for event in self.ear.all(StreamEnded)]

    @property
    def begun(self) -> list[int]:
        """The sent offsets at the beginning of each chunk."""
        return [event.offset for event in self.ear.all(ChunkBegun)]


@contextlib.contextmanager
def context(policy: Policy = TIMED, chunks: int = 20, *, seed: bool = False) -> Iterator[Context]:
    """Yield a stream that runs and has nothing to send yet."""
    with guarded(unix_pair(), policy) as (conn, peer, ear):
        staged = Context(conn, peer, ear, chunks, seed=seed)
        yield staged
        staged.sender.cancel()
        staged.source.hand(None)
        staged.running.result()
        conn.close()
        staged.listening.join(PATIENCE_S)


def test_chunks_begin_until_the_window_is_exceeded() -> None:
    """At the window the next chunk begins, above it it waits; not a byte more is out."""
    with context() as staged:
        staged.hand(3)
        assert [CHUNK, 2 * CHUNK, 3 * CHUNK] == staged.begun
        assert [] == staged.ear.all(WaitBegun)
        staged.hand()
        assert [WINDOW + CHUNK] == [e.outstanding_bytes for e in staged.ear.all(WaitBegun)]
        assert is_asleep(staged.sender)
        assert 3 * CHUNK == staged.sender.stream.sent_bytes
        assert eventually(lambda: [0, CHUNK, 2 * CHUNK] == staged.listening.offsets(NUMBER))


@pytest.mark.parametrize(
    ("offset", "opens"), [(CHUNK - 1, False), (CHUNK, True), (CHUNK + 1, True)]
)
def test_an_ack_opens_the_window_when_no_more_than_it_is_outstanding(
    offset: int, opens: bool
) -> None:
    """One byte short leaves the sender waiting; exactly the window lets the chunk go."""
    with context() as staged:
        staged.hand(4)
        assert staged.ack(offset)
        assert opens == (len(staged.begun) == 4)
        assert opens == (not is_asleep(staged.sender))
        ended = [event.outstanding_bytes for event in staged.ear.all(WaitEnded)]
        assert ([3 * CHUNK - offset] if opens else []) == ended


@pytest.mark.parametrize("late_us", [-1, 0, 1])
@pytest.mark.parametrize("pause_us", [0, PROGRESS_US, 10 * PROGRESS_US])
def test_no_progress_is_due_a_timeout_after_the_start_of_the_wait(
    late_us: int, pause_us: int
) -> None:
    """A pause before the wait does not count; at the due moment the stream fails."""
    with context() as staged:
        staged.hand(3)
        staged.clock.now_us = pause_us
        staged.hand()
        staged.at(pause_us + PROGRESS_US + late_us)
        assert ([] if late_us < 0 else ["no_progress"]) == staged.outcomes
        assert is_asleep(staged.sender) == (late_us < 0)


def test_in_seed_the_clock_runs_on_through_a_pause() -> None:
    """With the seed profile's clock the first look after a long pause fails."""
    with context(seed=True) as staged:
        staged.hand(3)
        staged.clock.now_us = PROGRESS_US
        staged.hand()
        assert ["no_progress"] == staged.outcomes


@pytest.mark.parametrize("late_us", [-1, 0, 1])
def test_progress_moves_the_clock_and_repeats_do_not(late_us: int) -> None:
    """The timeout runs from the last greater offset, whatever else comes in."""
    with context() as staged:
        staged.hand(4)
        staged.clock.now_us = 600
        assert staged.ack(1)
        staged.clock.now_us = 900
        assert staged.ack(1)
        assert staged.ack(0)
        staged.at(600 + PROGRESS_US + late_us)
        assert ([] if late_us < 0 else ["no_progress"]) == staged.outcomes


@pytest.mark.parametrize("late_us", [-1, 0, 1])
def test_a_wait_is_bounded_although_there_is_progress(late_us: int) -> None:
    """A receiver that crawls is given up after the ACK wait."""
    with context() as staged:
        staged.hand(4)
        for step in range(1, 10):
            staged.clock.now_us = step * 500
            assert staged.ack(step)
        staged.at(ACK_WAIT_US + late_us)
        assert ([] if late_us < 0 else ["ack_wait"]) == staged.outcomes


def test_each_wait_is_bounded_for_itself() -> None:
    """A wait that was ended leaves nothing behind for the next one."""
    with context() as staged:
        staged.hand(4)
        staged.at(PROGRESS_US - 1)
        assert staged.ack(CHUNK)
        staged.clock.now_us = PROGRESS_US + ACK_WAIT_US
        staged.hand()
        assert is_asleep(staged.sender)
        assert [] == staged.outcomes
        assert 2 == len(staged.ear.all(WaitBegun))


@pytest.mark.parametrize(
    "offset", [-1, 3 * CHUNK + 1, True, False, "64", None, 64.5, [64], {"offset": 64}]
)
def test_an_ack_that_cannot_be_true_changes_nothing_and_is_reported(offset: object) -> None:
    """The state stays as it was, the sender sleeps on, and the report says why."""
    with context() as staged:
        staged.hand(4)
        before, looks = staged.sender.stream, len(staged.looks.said)
        staged.clock.now_us = 500
        assert not staged.ack(offset)
        assert before == staged.sender.stream
        assert looks == len(staged.looks.said)
        (told,) = staged.ear.all(AckReceived)
        assert (offset, False) == (told.offset, told.accepted)
        assert told.why is not None
        staged.at(PROGRESS_US)
        assert ["no_progress"] == staged.outcomes


@pytest.mark.parametrize("error", [None, "out of memory"])
def test_an_ack_from_another_origin_changes_nothing(error: str | None) -> None:
    """True numbers do not help who is not the receiver, and neither does an error."""
    with context() as staged:
        staged.hand(4)
        before = staged.sender.stream
        assert not staged.sender.on_ack(3 * CHUNK, origin="site-2", error=error)
        assert before == staged.sender.stream
        (told,) = staged.ear.all(AckReceived)
        assert ("site-2", False) == (told.origin, told.accepted)
        assert [] == staged.outcomes


def test_the_chunk_whose_send_has_begun_counts_as_sent() -> None:
    """Exactly the sent offset is progress, although the kernel may still have the bytes."""
    with context() as staged:
        staged.hand(4)
        assert staged.ack(3 * CHUNK)
        assert 3 * CHUNK == staged.sender.stream.acknowledged_bytes
        assert 4 == len(staged.begun)


@pytest.mark.parametrize("offset", [0, -1, "text", 10**9])
@pytest.mark.parametrize("chunks", [1, 4])
def test_an_error_ack_ends_the_stream_and_nobody_is_told(offset: object, chunks: int) -> None:
    """Whatever its offset, in a wait and outside one; the receiver knows it already."""
    with context() as staged:
        staged.hand(chunks)
        assert staged.ack(offset, error="the disk is full")
        assert ["ack_error"] == staged.outcomes
        assert "the disk is full" == staged.ear.all(StreamEnded)[0].detail
        staged.source.hand(None)
        assert StreamOutcome.ACK_ERROR is staged.running.result()
        staged.conn.close()
        staged.listening.join(PATIENCE_S)
        assert [] == staged.listening.notices(NUMBER)
        assert [] == staged.ear.all(NoticeSent)


@pytest.mark.parametrize("ending", ["no_progress", "ack_wait", "cancelled"])
def test_a_stop_from_this_side_is_notified_once(ending: str) -> None:
    """The receiver gets one notice with the reason, as the last frame of the stream."""
    with context() as staged:
        staged.hand(4)
        if ending == "no_progress":
            staged.at(PROGRESS_US)
        elif ending == "ack_wait":
            staged.clock.now_us = ACK_WAIT_US - 1
            assert staged.ack(1)
            staged.at(ACK_WAIT_US)
        staged.sender.cancel()
        assert [ending] == staged.outcomes
        assert eventually(lambda: staged.ear.all(NoticeSent))
        staged.sender.cancel()
        assert not staged.ack(3 * CHUNK)
        staged.conn.close()
        staged.listening.join(PATIENCE_S)
        assert [StreamOutcome(ending)] == staged.listening.notices(NUMBER)
        assert 4 == len(staged.listening.told(NUMBER))
        assert not isinstance(staged.listening.told(NUMBER)[-1], Chunk)


def test_a_cancel_ends_the_stream_at_once_although_the_source_blocks() -> None:
    """The outcome is told while the source still has the thread; its next chunk goes nowhere."""
    with context() as staged:
        staged.hand(2)
        staged.sender.cancel()
        assert ["cancelled"] == staged.outcomes
        assert staged.running.is_alive()
        staged.hand()
        assert StreamOutcome.CANCELLED is staged.running.result()
        assert 2 == len(staged.begun) == len(staged.ear.all(ChunkReady))
        staged.conn.close()
        staged.listening.join(PATIENCE_S)
        assert [0, CHUNK] == staged.listening.offsets(NUMBER)


def test_a_cancel_before_the_start_keeps_the_stream_from_beginning() -> None:
    """Nothing is sent but the notice, and the source is never asked."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        listening = Listening(peer)
        sender = StreamSender(conn, NUMBER, 1000, ear)
        sender.cancel()
        source = Handed()
        assert StreamOutcome.CANCELLED is Running(sender, source).result()
        assert not source.is_waiting
        assert eventually(lambda: listening.notices(NUMBER) and ear.all(NoticeSent))
        assert [] == listening.offsets(NUMBER)
        assert ["StreamMade", "StreamEnded", "NoticeSent"] == ear.names()


def test_a_whole_stream_is_done_when_its_last_chunk_is_sent() -> None:
    """No ACK of the last chunk is awaited; what comes after the end is refused and reported."""
    with context(chunks=3) as staged:
        staged.hand(3)
        assert StreamOutcome.DONE is staged.running.result()
        assert ["done"] == staged.outcomes
        staged.peer.sendall(ack_frame(NUMBER, 3 * CHUNK))
        assert eventually(lambda: staged.ear.all(AckReceived))
        assert [(False, "the stream has ended")] == [
            (event.accepted, event.why) for event in staged.ear.all(AckReceived)
        ]
        staged.conn.close()
        staged.listening.join(PATIENCE_S)
        chunks = [told for told in staged.listening.told(NUMBER) if isinstance(told, Chunk)]
        assert staged.data == b"".join(chunk.payload for chunk in chunks)
        assert [False, False, True] == [chunk.is_last for chunk in chunks]
        assert [] == staged.listening.notices(NUMBER)


def test_acks_and_errors_come_over_the_wire() -> None:
    """What the receiver sends reaches the stream it names, and no other."""
    with context() as staged:
        staged.hand(4)
        staged.peer.sendall(ack_frame(NUMBER, CHUNK) + ack_frame(NUMBER + 65536, 2 * CHUNK))
        assert eventually(lambda: len(staged.begun) == 4)
        assert CHUNK == staged.sender.stream.acknowledged_bytes
        assert eventually(lambda: staged.ear.all(Noted))
        assert "unknown stream 65543" in staged.ear.all(Noted)[0].text
        staged.peer.sendall(ack_frame(NUMBER, 0, "no such job"))
        assert eventually(lambda: staged.outcomes)
        assert "no such job" == staged.ear.all(StreamEnded)[0].detail


def test_the_order_of_what_is_said() -> None:
    """Made, handed, waited, begun, ended: each event once, at its place."""
    with context(chunks=5) as staged:
        staged.hand(4)
        staged.ack(CHUNK)
        staged.sender.cancel()
        assert eventually(lambda: staged.ear.all(NoticeSent))
        expected = [
            *("StreamMade", *("ChunkReady", "ChunkBegun") * 3),
            *("ChunkReady", "WaitBegun", "AckReceived", "WaitEnded", "ChunkBegun"),
            *("StreamEnded", "NoticeSent"),
        ]
        assert expected == [name for name in staged.ear.names() if name != "Received"]
        (ended,) = staged.ear.all(StreamEnded)
        assert (4 * CHUNK, CHUNK) == (ended.offset, ended.acknowledged)
        assert [NUMBER] == [event.stream for event in staged.ear.all(StreamMade)]


def test_a_wait_is_over_with_the_stream() -> None:
    """A stop during a wait says that the wait has ended, before the end of the stream."""
    with context() as staged:
        staged.hand(4)
        staged.sender.cancel()
        assert StreamOutcome.CANCELLED is staged.running.result()
        names = staged.ear.names()
        assert names.index("WaitEnded") == names.index("StreamEnded") - 1


@pytest.mark.parametrize(
    ("chunk", "says"),
    [
        (b"", "a chunk of 0 bytes, where 1 to 64 fit"),
        (bytes(CHUNK + 1), "a chunk of 65 bytes, where 1 to 64 fit"),
    ],
)
def test_a_chunk_of_the_wrong_size_is_refused(chunk: bytes, says: str) -> None:
    """Nothing of it is sent; the stream is cancelled, and its caller gets to know why."""
    with context() as staged:
        staged.hand()
        staged.source.hand(chunk)
        error = staged.running.result()
        assert isinstance(error, ValueError)
        assert says == str(error)
        assert ["cancelled"] == staged.outcomes
        assert says in str(staged.ear.all(StreamEnded)[0].detail)
        assert 1 == len(staged.begun)


@pytest.mark.parametrize("over", [-1, 0, 1])
def test_the_last_chunk_has_to_fit_the_rest(over: int) -> None:
    """One byte less leaves the stream open, one more is refused, the exact rest completes it."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        Listening(peer)
        sender = StreamSender(conn, NUMBER, CHUNK + 10, ear)
        outcome = Running(sender, [bytes(CHUNK), bytes(10 + over)]).result()
        if over > 0:
            assert "a chunk of 11 bytes, where 1 to 10 fit" == str(outcome)
        else:
            assert (StreamOutcome.DONE if over == 0 else StreamOutcome.CANCELLED) is outcome
        assert ["done" if over == 0 else "cancelled"] == [e.outcome for e in ear.all(StreamEnded)]
        if over < 0:
            why = "the source ended after 73 of 74 bytes"
            assert why == ear.all(StreamEnded)[0].detail


def test_what_the_source_raises_cancels_the_stream_and_comes_through() -> None:
    """The receiver is told; the caller gets the source's own exception."""

    def broken() -> Iterator[bytes]:
        yield bytes(CHUNK)
        raise LookupError("the file is gone")

    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        listening = Listening(peer)
        sender = StreamSender(conn, NUMBER, 1000, ear)
        with pytest.raises(LookupError, match="the file is gone"):
            sender.run(broken())
        assert StreamOutcome.CANCELLED is sender.stream.outcome
        assert eventually(lambda: [StreamOutcome.CANCELLED] == listening.notices(NUMBER))


def test_a_connection_that_closes_ends_a_waiting_stream() -> None:
    """Nobody waits for ACKs on a connection that is gone; there is nothing to be notified."""
    with context() as staged:
        staged.hand(4)
        staged.conn.close()
        assert StreamOutcome.SEND_FAILED is staged.running.result()
        assert ["send_failed"] == staged.outcomes
        assert [] == staged.ear.all(NoticeSent)


def test_a_chunk_that_the_connection_does_not_take_ends_the_stream() -> None:
    """A send timeout ends the stream, and the connection with it."""
    policy = Policy(send_timeout_us=50_000, window_bytes=1 << 22, chunk_bytes=1 << 22)
    with guarded(unix_pair(), policy) as (conn, _, ear):
        sender = StreamSender(conn, NUMBER, 1 << 22, ear)
        assert StreamOutcome.SEND_FAILED is sender.run([bytes(1 << 22)])
        (ended,) = ear.all(StreamEnded)
        assert "timeout" in str(ended.detail)
        assert conn.is_closing


def test_a_stream_on_a_closed_connection_fails() -> None:
    """It is over as soon as it is made, and begins nothing."""
    with guarded(unix_pair(), PATIENT) as (conn, _, ear):
        conn.close()
        assert conn.wait_finished(PATIENCE_S)
        assert StreamOutcome.SEND_FAILED is StreamSender(conn, NUMBER, 1, ear).run([b"x"])
        assert ["StreamMade", "StreamEnded"] == ear.names()[-2:]
        assert ["send_failed"] == [event.outcome for event in ear.all(StreamEnded)]


def test_a_suppressed_send_is_no_success() -> None:
    """A chunk that fails because the connection is closing ends the stream."""
    with guarded(unix_pair(), PATIENT) as (conn, _, ear):
        sender = StreamSender(conn, NUMBER, 1, ear)
        # The worker tells streams of a closing as well; it is held up until the send has told.
        told = threading.Event()
        conn.do_later(told.wait)
        conn.lock.acquire()
        running = Running(sender, [b"x"])
        assert eventually_queued(conn.lock, 1)
        conn.close()
        conn.lock.release()
        outcome = running.result()
        told.set()
        assert StreamOutcome.SEND_FAILED is outcome
        assert ["send_failed"] == [event.outcome for event in ear.all(StreamEnded)]


def test_the_notice_follows_the_chunk_that_is_under_way() -> None:
    """A cancel during a send tells at once, and notifies after the chunk, whole."""
    policy = Policy(window_bytes=1 << 22, chunk_bytes=1 << 22)
    with guarded(unix_pair(), policy) as (conn, peer, ear):
        sender = StreamSender(conn, NUMBER, 1 << 23, ear)
        running = Running(sender, [bytes(1 << 22)] * 2)
        assert eventually(lambda: ear.all(ChunkBegun))
        assert eventually(lambda: conn.lock_holder is not None)
        sender.cancel()
        assert ["cancelled"] == [event.outcome for event in ear.all(StreamEnded)]
        listening = Listening(peer)
        assert StreamOutcome.CANCELLED is running.result()
        assert eventually(lambda: listening.notices(NUMBER))
        assert [Chunk, type(listening.told()[-1])] == [type(told) for told in listening.told()]
        assert [0] == listening.offsets(NUMBER)


class CancelledOnTheWay(GuardedConnection):
    """A connection whose stream is cancelled after a chunk was allowed, and before it is sent."""

    def send(self, payload: Payload, **options: Any) -> Outcome:
        """Cancel what has begun, and let the worker do all that it was asked for meanwhile."""
        if "kind" not in options:
            cast("StreamSender", self.streams.senders.find(NUMBER)).cancel()
            idle = threading.Event()
            self.do_later(idle.set)
            assert idle.wait(PATIENCE_S)
        return super().send(payload, **options)


def test_the_notice_follows_a_chunk_that_has_not_taken_the_lock_yet() -> None:
    """It counts as under way from the look that allowed it."""
    with guarded(unix_pair(), PATIENT, CancelledOnTheWay) as (conn, peer, ear):
        listening = Listening(peer)
        sender = StreamSender(conn, NUMBER, 2 * CHUNK, ear)
        assert StreamOutcome.CANCELLED is Running(sender, [bytes(CHUNK)] * 2).result()
        assert eventually(lambda: listening.notices(NUMBER))
        assert [Chunk, Notice] == [type(told) for told in listening.told()]


def test_a_notice_that_the_connection_does_not_take_counts_as_sent() -> None:
    """Nothing goes wrong in the worker; the timeout of its send closes the connection."""
    with guarded(unix_pair(), Policy(send_timeout_us=50_000)) as (conn, _, ear):
        sender = StreamSender(conn, NUMBER, CHUNK, ear)
        fill(socket_of(conn))
        sender.cancel()
        assert conn.wait_finished(PATIENCE_S)
        assert [NUMBER] == [event.stream for event in ear.all(NoticeSent)]
        assert [] == ear.all(Noted)


def test_a_stream_runs_once_and_a_number_is_used_once() -> None:
    """A second run and a second stream of the same number are refused."""
    with guarded(unix_pair(), PATIENT) as (conn, peer, ear):
        Listening(peer)
        sender = StreamSender(conn, NUMBER, 1, ear)
        with pytest.raises(ValueError, match="stream 7 exists"):
            StreamSender(conn, NUMBER, 1)
        assert StreamOutcome.DONE is sender.run([b"x"])
        with pytest.raises(RuntimeError, match="runs already"):
            sender.run([b"x"])
        assert 1 == len(ear.all(StreamEnded))


@pytest.mark.parametrize(
    ("number", "total_bytes", "sound"),
    [(-1, 1, False), (0, 1, True), (2**32 - 1, 1, True), (2**32, 1, False), (1, 0, False)],
)
def test_a_stream_that_cannot_be_is_refused(number: int, total_bytes: int, sound: bool) -> None:
    """A number has four bytes, and a stream at least one."""
    with guarded(unix_pair(), PATIENT) as (conn, _, _), contextlib.ExitStack() as expected:
        if not sound:
            expected.enter_context(pytest.raises(ValueError, match="cannot be"))
        StreamSender(conn, number, total_bytes)


@pytest.mark.parametrize("repetition", range(30))
def test_whoever_ends_a_stream_first_is_its_one_outcome(repetition: int) -> None:
    """A cancel, an error ACK, the watchdog and a close at once: one outcome, one notice at most."""
    with context() as staged:
        staged.hand(4)
        start = threading.Barrier(4)
        enders = [
            staged.sender.cancel,
            lambda: staged.sender.on_ack(0, error="no"),
            lambda: wake(staged.sender),
            staged.conn.close if repetition % 3 == 0 else staged.sender.cancel,
        ]
        staged.clock.now_us = PROGRESS_US

        def end(how: int) -> None:
            start.wait(PATIENCE_S)
            enders[how]()

        threads = [threading.Thread(target=end, args=(how,), daemon=True) for how in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        outcome = staged.running.result()
        assert isinstance(outcome, StreamOutcome)
        assert [outcome.value] == staged.outcomes
        is_told = outcome.value in ("no_progress", "cancelled")
        if is_told:
            assert eventually(lambda: staged.ear.all(NoticeSent) or staged.conn.is_finished)
        assert len(staged.ear.all(NoticeSent)) <= is_told
        assert 3 == len(staged.begun)
