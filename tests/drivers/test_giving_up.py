"""Sends that are given up: in the queue, in flight, over TLS, and from coroutines."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers import asyncio_front, ticket_lock
from stallproof.drivers.bell import Bell
from stallproof.drivers.frame import Payload
from stallproof.drivers.give_up import GiveUp
from stallproof.drivers.guarded import GuardedConnection, SendFailed
from stallproof.drivers.io import SocketTransport
from stallproof.drivers.ticket_lock import TicketLock
from stallproof.machines.send_deadline import Outcome
from stallproof.wire.implementation import Closing
from tests.drivers.interleaving import interleavings
from tests.drivers.peers import (
    PAIRS,
    PATIENCE_S,
    eventually,
    eventually_queued,
    frames_of,
    guarded,
    queued,
    read_all,
    unix_pair,
)
from tests.no_deadline import NO_DEADLINE

BIG = bytes(4_000_000)


class Caller:
    """A send on a thread of its own, and what became of it."""

    def __init__(self, conn: GuardedConnection, payload: bytes) -> None:
        self.give_up = GiveUp()
        self.told: Outcome | SendFailed | None = None
        self._conn, self._payload = conn, payload
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.told = self._conn.send(self._payload, give_up=self.give_up)
        except SendFailed as failed:
            self.told = failed

    def end(self) -> Outcome | SendFailed | None:
        self._thread.join(PATIENCE_S)
        return self.told


def in_flight(conn: GuardedConnection) -> Callable[[], bool]:
    """Return what tells whether a send holds the lock; it may have written nothing yet."""
    return lambda: conn.lock_holder is not None


def has_begun_to_leave(peer: socket.socket) -> bool:
    """Wait until the first byte of a frame has come to the peer, and leave it there."""
    return b"" != peer.recv(1, socket.MSG_PEEK)


class Waited(SocketTransport):
    """A transport that counts how often somebody waited for room."""

    waits = 0

    def wait(self, wait_us: int) -> object:
        """Count, and wait."""
        self.waits += 1
        return super().wait(wait_us)


class Rung(SocketTransport):
    """A transport that counts how often its bell was rung."""

    rings = 0

    def waker(self) -> Callable[[], None]:
        """Return what counts."""
        return self._ring

    def _ring(self) -> None:
        self.rings += 1


def closing_after(conn: GuardedConnection, *callers: Caller) -> None:
    """Close the connection when all these sends have ended."""

    def close() -> None:
        for caller in callers:
            caller.end()
        conn.close()

    threading.Thread(target=close, daemon=True).start()


def test_who_is_given_up_in_the_queue_leaves_it_and_the_next_one_goes() -> None:
    """Nothing of it is written, and its number goes to the next frame."""
    with guarded(unix_pair()) as (conn, peer, _ear):
        first = Caller(conn, BIG)
        assert eventually(in_flight(conn))
        second = Caller(conn, b"second")
        assert eventually_queued(conn.lock, 1)
        third = Caller(conn, b"third")
        assert eventually_queued(conn.lock, 2)
        second.give_up.set()
        assert Outcome.GIVEN_UP is second.end()
        closing_after(conn, first, third)
        frames, torn_bytes = frames_of(read_all(peer))
        assert [(len(BIG), 1), (5, 2)] == [(len(f.payload), f.sequence) for f in frames]
        assert (0, Outcome.OK, Outcome.OK) == (torn_bytes, first.told, third.told)


@pytest.mark.parametrize("pair", PAIRS)
def test_who_is_given_up_midway_closes_the_connection_once(pair: str) -> None:
    """Part of the frame has left: no other one follows it."""
    with guarded(PAIRS[pair]()) as (conn, peer, ear):
        first = Caller(conn, BIG)
        assert has_begun_to_leave(peer)
        second = Caller(conn, b"second")
        assert eventually_queued(conn.lock, 1)
        first.give_up.set()
        assert Outcome.GIVEN_UP is first.end()
        assert Outcome.SUPPRESSED is second.end()
        assert ["torn_frame"] == [event.cause for event in ear.all(Closing)]
        frames, torn_bytes = frames_of(read_all(peer))
        assert ([], True) == (frames, torn_bytes > 0)


def ended_or_waits(caller: Caller, transport: Waited) -> bool:
    """Tell whether a send has ended, or has met full buffers."""
    return caller.told is not None or transport.waits > 0


def test_who_is_given_up_with_nothing_written_leaves_the_connection_open() -> None:
    """The buffers were full; the lock is free at once, and the number unused."""
    ours, theirs = unix_pair()
    transport = Waited(ours)
    with guarded((transport, theirs)) as (conn, peer, _ear):
        written = 0
        while not transport.waits:
            caller = Caller(conn, bytes(2048))
            assert eventually(partial(ended_or_waits, caller, transport))
            written += caller.told is not None
        caller.give_up.set()
        assert Outcome.GIVEN_UP is caller.end()
        assert conn.lock.try_acquire()
        conn.lock.release()
        assert not conn.is_closing
        last = Caller(conn, b"last")
        closing_after(conn, last)
        frames, torn_bytes = frames_of(read_all(peer))
        assert (written + 1, 0) == (len(frames), torn_bytes)
        assert list(range(1, written + 2)) == [frame.sequence for frame in frames]


def test_what_is_given_up_before_it_is_sent_writes_nothing() -> None:
    """A caller may have given up by the time that its send begins."""
    give_up = GiveUp()
    give_up.set()
    give_up.set()
    with guarded(unix_pair()) as (conn, peer, _ear):
        assert Outcome.GIVEN_UP is conn.send(b"no", give_up=give_up)
        assert Outcome.OK is conn.send(b"yes", give_up=GiveUp())
        conn.close()
        assert [b"yes"] == [frame.payload for frame in frames_of(read_all(peer))[0]]


def test_who_gave_up_before_it_queued_does_not_queue() -> None:
    """The word that came before the wait holds for it."""
    give_up, lock = GiveUp(), TicketLock()
    give_up.set()
    lock.acquire()
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(lock.acquire(give_up)), daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert [False] == told
    lock.release()
    assert lock.try_acquire()


def test_who_is_given_up_after_its_end_changes_nothing() -> None:
    """Neither its connection nor a later send notices."""
    give_up = GiveUp()
    with guarded(unix_pair()) as (conn, _peer, _ear):
        assert Outcome.OK is conn.send(b"one", give_up=give_up)
        give_up.set()
        assert Outcome.OK is conn.send(b"two")
        assert not conn.is_closing


def test_who_is_given_up_after_its_end_wakes_nobody() -> None:
    """Its bell may belong to somebody else by then, or to nobody."""
    ours, theirs = unix_pair()
    transport = Rung(ours)
    with guarded((transport, theirs)) as (conn, peer, _ear):
        caller = Caller(conn, BIG)
        assert has_begun_to_leave(peer)
        closing_after(conn, caller)
        frames, torn_bytes = frames_of(read_all(peer))
        assert (1, 0) == (len(frames), torn_bytes)
        assert Outcome.OK is caller.end()
        caller.give_up.set()
        assert 0 == transport.rings


def test_a_ring_that_came_too_late_leaves_the_next_wait_in_peace() -> None:
    """Whoever waits after a send that was given up is woken by its bell once at most."""
    with guarded(unix_pair()) as (conn, _peer, _ear):
        with_bell = GiveUp()
        assert Outcome.OK is conn.send(b"one", give_up=with_bell)
        conn._transport.waker()()
        waits: list[int] = []
        wait = conn._transport.wait

        def counted(wait_us: int) -> object:
            waits.append(wait_us)
            return wait(wait_us)

        conn._transport.wait = counted  # type: ignore[method-assign]
        caller = Caller(conn, BIG)
        assert eventually(lambda: waits)
        time.sleep(0.2)
        assert len(waits) <= 3
        caller.give_up.set()
        assert Outcome.GIVEN_UP is caller.end()


def test_a_bell_rings_until_it_is_hushed_and_never_waits() -> None:
    """Ringing more often than a pipe holds is one ring all the same."""
    bell = Bell()
    bell.hush()
    for _ in range(100_000):
        bell.ring()
    for _ in range(100):
        bell.hush()
    bell.close()


# --- the lock ------------------------------------------------------------------------------------


@pytest.mark.parametrize("waits_for", ["release", "give_up"])
def test_a_waiter_that_leaves_as_its_turn_comes_loses_it_for_nobody(waits_for: str) -> None:
    """Whichever comes between any two instructions of the other, the lock is free afterwards."""
    made: list[tuple[TicketLock, list[bool], threading.Thread]] = []

    def make() -> tuple[Callable[[], object], Callable[[], object]]:
        lock, give_up, took = TicketLock(), GiveUp(), list[bool]()
        lock.acquire()

        def wait() -> None:
            took.append(lock.acquire(give_up))
            if took[0]:
                lock.release()

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        assert eventually_queued(lock, 1)
        made.append((lock, took, thread))
        pair = (lock.release, give_up.set)
        return pair if waits_for == "give_up" else (pair[1], pair[0])

    for _ in interleavings(make, ticket_lock):
        lock, took, thread = made[-1]
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        assert 1 == len(took)
        assert lock.try_acquire()
        assert 0 == queued(lock)


@pytest.mark.requirement("SD-18", "CX-4")
@settings(NO_DEADLINE, max_examples=40)
@given(st.lists(st.booleans(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_of_any_queue_those_who_stay_are_served_in_their_order(
    stays: list[bool], chance: object
) -> None:
    """However many leave, and in whichever order, everybody else has the lock one by one."""
    lock, served, left = TicketLock(), list[int](), list[int]()
    lock.acquire()
    give_ups = [GiveUp() for _ in stays]

    def wait(number: int) -> None:
        if lock.acquire(give_ups[number]):
            served.append(number)
            lock.release()
        else:
            left.append(number)

    threads = []
    for number in range(len(stays)):
        threads.append(threading.Thread(target=wait, args=(number,), daemon=True))
        threads[-1].start()
        assert eventually_queued(lock, number + 1)
    leaving = [number for number, stay in enumerate(stays) if not stay]
    chance.shuffle(leaving)  # type: ignore[attr-defined]
    for number in leaving:
        give_ups[number].set()
    assert eventually(lambda: len(left) == len(leaving))
    lock.release()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert [number for number, stay in enumerate(stays) if stay] == served
    assert lock.try_acquire()
    assert 0 == queued(lock)


# --- coroutines ----------------------------------------------------------------------------------


def test_a_cancelled_task_gives_its_send_up_and_waits_for_its_end() -> None:
    """When CancelledError comes, the send is over; being cancelled twice changes nothing."""
    with guarded(unix_pair()) as (conn, peer, _ear):

        async def play() -> None:
            first = asyncio.create_task(asyncio_front.send(conn, BIG))
            assert await asyncio.to_thread(has_begun_to_leave, peer)
            second = asyncio.create_task(asyncio_front.send(conn, b"second"))
            while queued(conn.lock) < 1:
                await asyncio.sleep(0.001)
            second.cancel()
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert not conn.is_closing
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert conn.is_closing
            assert conn.lock_holder is None

        asyncio.run(play())
        frames, torn_bytes = frames_of(read_all(peer))
        assert ([], True) == (frames, torn_bytes > 0)


def test_a_cancelled_task_ends_no_sooner_than_its_send_returns() -> None:
    """However long that takes: the loop turns a hundred times before the send may return."""
    may_return = threading.Event()

    class Held(GuardedConnection):
        def send(self, payload: Payload, **options: Any) -> Outcome:
            try:
                return super().send(payload, **options)
            finally:
                may_return.wait(PATIENCE_S)

    async def let_return() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        may_return.set()

    with guarded(unix_pair(), kind=Held) as (conn, peer, _ear):

        async def play() -> None:
            task = asyncio.create_task(asyncio_front.send(conn, BIG))
            assert await asyncio.to_thread(has_begun_to_leave, peer)
            task.cancel()
            letting = asyncio.create_task(let_return())
            with pytest.raises(asyncio.CancelledError):
                await task
            assert may_return.is_set()
            await letting

        asyncio.run(play())


def test_a_task_that_is_left_alone_is_told_what_its_send_came_to() -> None:
    """OK is returned, a failure is raised, and closing is quiet."""
    with guarded(unix_pair()) as (conn, peer, _ear):

        async def play() -> None:
            assert Outcome.OK is await asyncio_front.send(conn, b"one")
            peer.close()
            with pytest.raises(SendFailed):
                await asyncio_front.send(conn, b"two")
            conn.close()
            assert Outcome.SUPPRESSED is await asyncio_front.send(conn, b"three")

        asyncio.run(play())
