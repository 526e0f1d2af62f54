"""The sending end of a stream on the real clock: every bound, judged by the bound and the grace."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.steps import BARE_STREAM, StreamSteps
from stallproof.drivers.stream_frames import Chunk
from stallproof.drivers.stream_sender import StreamSender
from stallproof.machines.policy import CHECK_INTERVAL_MIN_US, Policy
from stallproof.machines.stream import Look, Stream, StreamOutcome
from stallproof.wire.implementation import (
    AckReceived,
    ChunkBegun,
    StreamEnded,
    WaitBegun,
    WaitEnded,
)
from tests.drivers.peers import PAIRS, PATIENCE_S, Ear, eventually, guarded, unix_pair
from tests.drivers.streams import (
    CHUNK,
    WINDOW,
    Listening,
    Running,
    ack_frame,
    bytes_of,
    cut,
    is_asleep,
)
from tests.timing import in_time

pytestmark = pytest.mark.timing

NUMBER = 3
LONG_US = 60_000_000


def policy(
    *,
    progress_us: int = LONG_US,
    wait_us: int = 5 * LONG_US,
    interval_us: int = LONG_US,
    window_bytes: int = WINDOW,
) -> Policy:
    """Return small windows with these limits."""
    return Policy(
        window_bytes=window_bytes, chunk_bytes=CHUNK, ack_progress_timeout_us=progress_us,
        ack_wait_us=wait_us, ack_check_interval_us=interval_us,
    )  # fmt: skip


@contextlib.contextmanager
def waiting(
    limits: Policy, steps: StreamSteps = BARE_STREAM, transport: str = "unix"
) -> Iterator[tuple[Running, StreamSender, socket.socket, Ear]]:
    """Yield a stream that waits for its first ACK, and its peer."""
    with guarded(PAIRS[transport](), limits) as (conn, peer, ear):
        sender = StreamSender(conn, NUMBER, 100 * CHUNK, ear, steps=steps)
        running = Running(sender, [bytes(CHUNK)] * 100)
        assert eventually(lambda: is_asleep(sender))
        yield running, sender, peer, ear
        sender.cancel()
        running.result()


def ended(ear: Ear) -> StreamEnded:
    """Return the one outcome, once it is told."""
    assert eventually(lambda: ear.all(StreamEnded))
    (event,) = ear.all(StreamEnded)
    return event


@pytest.mark.requirement("AP-3", "AP-4", "AP-6", "AP-14", kind="socket")
@pytest.mark.parametrize("transport", sorted(PAIRS))
@pytest.mark.parametrize("interval_us", [CHECK_INTERVAL_MIN_US, 130_000, LONG_US])
def test_no_progress_is_found_when_it_is_due(interval_us: int, transport: str) -> None:
    """Never early and within grace, whatever the check interval."""
    limits = policy(progress_us=200_000, interval_us=interval_us)
    with waiting(limits, transport=transport) as (running, _, _, ear):
        assert StreamOutcome.NO_PROGRESS is running.result()
        (begun,) = ear.all(WaitBegun)
        assert 200_000 <= ended(ear).at_us - begun.at_us
        assert in_time(begun.at_us, ended(ear).at_us, 200_000)


def test_the_ack_wait_is_found_when_it_is_due() -> None:
    """Progress all along, and a check interval longer than everything."""
    # One ACK between the first 10 ms and the end is progress enough, however the machine stumbles.
    with waiting(policy(progress_us=390_000, wait_us=400_000)) as (running, sender, peer, ear):
        for offset in range(1, 100):
            peer.sendall(ack_frame(NUMBER, min(offset, CHUNK - 1)))
            time.sleep(0.03 if offset < CHUNK else 0)
            if sender.stream.outcome is not None:
                break
        assert StreamOutcome.ACK_WAIT is running.result()
        (begun,) = ear.all(WaitBegun)
        assert 400_000 <= ended(ear).at_us - begun.at_us
        assert in_time(begun.at_us, ended(ear).at_us, 400_000)


def test_a_pause_of_the_source_is_no_stall() -> None:
    """The timeout runs from the wait that follows a pause longer than itself."""

    def pausing() -> Iterator[bytes]:
        yield from [bytes(CHUNK)] * 3
        time.sleep(0.3)
        yield from [bytes(CHUNK)] * 97

    with guarded(unix_pair(), policy(progress_us=150_000)) as (conn, peer, ear):
        Listening(peer)
        time.sleep(0.2)
        sender = StreamSender(conn, NUMBER, 100 * CHUNK, ear)
        assert StreamOutcome.NO_PROGRESS is sender.run(pausing())
        (begun,) = ear.all(WaitBegun)
        assert 150_000 <= ended(ear).at_us - begun.at_us
        assert in_time(begun.at_us, ended(ear).at_us, 150_000)


@pytest.mark.requirement("AP-9", "AP-12", kind="socket")
@pytest.mark.parametrize("how", ["cancel", "error", "close"])
def test_a_stop_wakes_a_waiting_sender(how: str) -> None:
    """The wait is over within grace, although the next check is a minute away."""
    with waiting(policy()) as (running, sender, peer, ear):
        asked_us = now_us()
        if how == "cancel":
            sender.cancel()
        elif how == "error":
            peer.sendall(ack_frame(NUMBER, 0, "no"))
        else:
            sender._conn.close()
        running.result()
        returned_us = now_us()
        assert in_time(asked_us, ended(ear).at_us)
        assert in_time(asked_us, returned_us)


@pytest.mark.requirement("AP-8", kind="socket")
def test_no_wake_up_is_lost_in_hundreds_of_windows() -> None:
    """Each ACK races with the wait that it ends; one lost wake-up would take a minute."""
    chunks = 400
    limits = policy(window_bytes=CHUNK)
    with guarded(unix_pair(), limits) as (conn, peer, ear):
        listening = Listening(
            peer, lambda c: peer.sendall(ack_frame(NUMBER, c.offset + len(c.payload)))
        )
        data = bytes_of(NUMBER, chunks * CHUNK)
        sender = StreamSender(conn, NUMBER, len(data), ear)
        assert StreamOutcome.DONE is sender.run(cut(data))
        begun, waited = ear.all(WaitBegun), ear.all(WaitEnded)
        assert all(in_time(b.at_us, e.at_us) for b, e in zip(begun, waited, strict=True))
        assert eventually(lambda: len(listening.offsets(NUMBER)) == chunks)
        chunks_came = [told for told in listening.told(NUMBER) if isinstance(told, Chunk)]
        assert data == b"".join(chunk.payload for chunk in chunks_came)


def test_an_ack_from_another_thread_opens_every_window() -> None:
    """ACKs that come right at, before and after the beginning of a wait all open it."""
    chunks = 500
    with guarded(unix_pair(), policy(window_bytes=CHUNK)) as (conn, peer, ear):
        Listening(peer)
        sender = StreamSender(conn, NUMBER, chunks * CHUNK, ear)
        stopped = threading.Event()

        def acknowledge() -> None:
            known = 0
            while not stopped.is_set():
                sent_bytes = sender.stream.sent_bytes
                if sent_bytes > known:
                    known = sent_bytes
                    sender.on_ack(sent_bytes)
                time.sleep(0)

        acking = threading.Thread(target=acknowledge, daemon=True)
        acking.start()
        try:
            assert StreamOutcome.DONE is Running(sender, [bytes(CHUNK)] * chunks).result()
        finally:
            stopped.set()
            acking.join(PATIENCE_S)
        # The last one may come after the end.
        assert all(event.accepted for event in ear.all(AckReceived)[:-1])


@pytest.mark.requirement("AP-7", kind="socket")
def test_a_waiting_sender_does_next_to_nothing() -> None:
    """At the shortest interval there is a bounded number of looks and hardly any work."""
    looks: list[int] = []

    def on_look(policy: Policy, stream: Stream, *, now_us: int) -> tuple[Stream, Look]:
        looks.append(now_us)
        return BARE_STREAM.on_look(policy, stream, now_us=now_us)

    steps = StreamSteps(
        BARE_STREAM.on_made, on_look, BARE_STREAM.on_chunk_begun, BARE_STREAM.on_ack,
        BARE_STREAM.on_stop,
    )  # fmt: skip
    limits = policy(progress_us=1_000_000, interval_us=CHECK_INTERVAL_MIN_US)
    with guarded(unix_pair(), limits) as (conn, peer, _):
        Listening(peer)
        sender = StreamSender(conn, NUMBER, 100 * CHUNK, steps=steps)
        before_s = time.thread_time()
        assert StreamOutcome.NO_PROGRESS is sender.run([bytes(CHUNK)] * 100)
        used_s = time.thread_time() - before_s
        # Three looks begin a chunk; the wait may look once for each interval, and twice more.
        assert len(looks) <= 3 + 1_000_000 // CHECK_INTERVAL_MIN_US + 2
        assert used_s <= 0.1


@pytest.mark.requirement("AP-11", kind="socket")
@pytest.mark.parametrize("seed", range(5))
def test_outstanding_bytes_are_bounded_whatever_the_source_and_the_receiver_do(seed: int) -> None:
    """By the receiver's own count there is never more than the window and a chunk."""
    chance = random.Random(seed)
    total = 3000
    sizes: list[int] = []
    while sum(sizes) < total:
        sizes.append(min(chance.randint(1, CHUNK), total - sum(sizes)))
    came: list[int] = [0]
    acked: list[int] = [0]
    worst: list[int] = [0]

    def source() -> Iterator[bytes]:
        for size in sizes:
            time.sleep(chance.choice([0, 0, 0.0005]))
            yield bytes(size)

    with guarded(unix_pair(), policy(window_bytes=100)) as (conn, peer, ear):

        def on_chunk(chunk: Chunk) -> None:
            came[0] += len(chunk.payload)
            worst[0] = max(worst[0], came[0] - acked[0])
            # It acknowledges as little and as late as it can without stopping the stream.
            if came[0] - acked[0] > 100 or came[0] == total:
                acked[0] = chance.randint(max(acked[0] + 1, came[0] - 100), came[0])
                peer.sendall(ack_frame(NUMBER, acked[0]))

        Listening(peer, on_chunk)
        sender = StreamSender(conn, NUMBER, total, ear)
        assert StreamOutcome.DONE is Running(sender, source()).result()
        assert eventually(lambda: came[0] == total)
        assert 100 < worst[0] <= 100 + CHUNK
        assert total == ear.all(ChunkBegun)[-1].offset


def test_two_streams_wait_for_themselves_alone() -> None:
    """One stream that gets no ACK fails; the other, on the same connection, goes on to its end."""
    limits = policy(progress_us=200_000)
    with guarded(unix_pair(), limits) as (conn, peer, ear):

        def acknowledge(chunk: Chunk) -> None:
            if chunk.stream == 2:
                peer.sendall(ack_frame(2, chunk.offset + len(chunk.payload)))

        Listening(peer, acknowledge)
        stuck, sound = (StreamSender(conn, n, 300 * CHUNK, ear) for n in (1, 2))
        runs = [Running(sender, [bytes(CHUNK)] * 300) for sender in (stuck, sound)]
        assert [StreamOutcome.NO_PROGRESS, StreamOutcome.DONE] == [run.result() for run in runs]


def test_the_connection_is_free_while_a_stream_waits() -> None:
    """A stream at its window holds no lock: other frames leave at once."""
    with waiting(policy()) as (_, sender, _, _):
        conn: GuardedConnection = sender._conn
        began_us = now_us()
        conn.send(b"coordination")
        assert in_time(began_us, now_us())
