"""The fair lock: order of arrival, mutual exclusion, no lost wake-up, no jumping the queue."""

import random
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from stallproof.drivers.ticket_lock import TicketLock
from tests.drivers.peers import PATIENCE_S, eventually, eventually_queued, queued


@pytest.fixture
def _restless() -> Iterator[None]:
    """Make the interpreter switch threads as often as it can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_waiters_are_served_in_order_of_arrival() -> None:
    """Ten threads that arrive one after the other get the lock in that order."""
    lock = TicketLock()
    lock.acquire()
    served: list[int] = []

    def wait_in_line(number: int) -> None:
        lock.acquire()
        served.append(number)
        lock.release()

    threads = []
    for number in range(10):
        threads.append(threading.Thread(target=wait_in_line, args=(number,), daemon=True))
        threads[-1].start()
        assert eventually_queued(lock, number + 1)
    lock.release()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert list(range(10)) == served


def test_a_try_takes_a_free_lock_and_leaves_a_busy_one() -> None:
    """Trying succeeds exactly when nobody holds the lock."""
    lock = TicketLock()
    assert lock.try_acquire()
    assert not lock.try_acquire()
    assert not lock.try_acquire()
    lock.release()
    assert lock.try_acquire()
    lock.release()


def test_a_try_never_jumps_the_queue_and_holds_nobody_up() -> None:
    """Between abandoned tries a waiter keeps its turn, and everyone after them theirs."""
    lock = TicketLock()
    lock.acquire()
    served: list[str] = []

    def wait_in_line(name: str) -> None:
        lock.acquire()
        served.append(name)
        assert not lock.try_acquire()
        lock.release()

    threads = []
    for turn, name in enumerate("ab"):
        assert not lock.try_acquire()
        threads.append(threading.Thread(target=wait_in_line, args=(name,), daemon=True))
        threads[-1].start()
        assert eventually_queued(lock, 2 * turn + 2)
    assert not lock.try_acquire()
    lock.release()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert ["a", "b"] == served
    assert lock.try_acquire()


@pytest.mark.usefixtures("_restless")
def test_many_threads_exclude_one_another_and_all_come_through() -> None:
    """Under constant switching no two threads hold the lock at once and no wake-up is lost."""
    lock = TicketLock()
    holders: list[int] = []
    crowd: list[int] = []
    done: list[int] = []

    def come_and_go(number: int) -> None:
        chance = random.Random(number)
        for _ in range(600):
            if chance.random() < 0.4:
                if not lock.try_acquire():
                    continue
            else:
                lock.acquire()
            holders.append(number)
            if holders != [number]:
                crowd.append(number)
            holders.remove(number)
            lock.release()
        done.append(number)

    threads = [
        threading.Thread(target=come_and_go, args=(number,), daemon=True) for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert sorted(done) == list(range(8))
    assert [] == crowd
    assert lock.try_acquire()
    assert queued(lock) == 0


class Meanwhile(dict[int, Any]):
    """The table of waiters, in which the holder releases right before the first one enters."""

    def __init__(self, lock: TicketLock) -> None:
        self._lock: TicketLock | None = lock

    def __setitem__(self, ticket: int, waiter: Any) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.release()
        super().__setitem__(ticket, waiter)


def test_a_release_between_ticket_and_parking_is_not_lost() -> None:
    """Whoever was served before it parked looks again and goes; the next one is served too."""
    lock = TicketLock()
    lock.acquire()
    lock.waiting = Meanwhile(lock)
    thread = threading.Thread(target=lock.acquire, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    assert queued(lock) == 0
    lock.release()
    assert lock.try_acquire()


class Unseen(dict[int, Any]):
    """Waiters of whom one parks right after somebody saw that there is none."""

    def __init__(self, lock: TicketLock) -> None:
        super().__init__()
        self._lock = lock
        self.thread: threading.Thread | None = None

    def __len__(self) -> int:
        seen = super().__len__()
        if self.thread is None:
            self.thread = threading.Thread(target=self._lock.acquire, daemon=True)
            self.thread.start()
            assert eventually(lambda: self.is_ended or super(Unseen, self).__len__())
        return seen

    @property
    def is_ended(self) -> bool:
        return self.thread is not None and not self.thread.is_alive()


def test_who_parks_while_a_release_looks_for_waiters_goes_on_by_itself() -> None:
    """The turn was served before the look, so whoever comes too late to be seen sees that."""
    lock = TicketLock()
    lock.acquire()
    waiting = Unseen(lock)
    lock.waiting = waiting
    lock.release()
    assert eventually(lambda: waiting.is_ended)


def test_a_release_between_ticket_and_giving_up_hands_the_lock_over() -> None:
    """A try that was served before it gave up takes the lock instead of losing it for everyone."""
    lock = TicketLock()
    lock.acquire()
    lock.waiting = Meanwhile(lock)
    assert lock.try_acquire()
    assert queued(lock) == 0
    lock.release()
    assert lock.try_acquire()
