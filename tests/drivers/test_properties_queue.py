"""The queue for the lock: order of arrival, and what a wait behind k sends costs at most."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stallproof.drivers.ticket_lock import TicketLock
from stallproof.machines import connection
from stallproof.machines.connection import new_connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Outcome
from tests.drivers.peers import PATIENCE_S, eventually
from tests.no_deadline import NO_DEADLINE


class Queue:
    """A real lock with real threads, and beside it a list of who ought to have it when."""

    def __init__(self) -> None:
        self.lock = TicketLock()
        self.served: list[int] = []
        self.arrived: list[int] = []
        self.let_go: list[threading.Event] = []
        self.threads: list[threading.Thread] = []
        self.released = 0

    @property
    def is_held(self) -> bool:
        return len(self.arrived) > self.released

    def arrive(self) -> None:
        """One more thread asks for the lock, and everyone before it has asked already."""
        number, event = len(self.arrived), threading.Event()
        self.arrived.append(number)
        self.let_go.append(event)
        thread = threading.Thread(target=self._hold, args=(number, event), daemon=True)
        self.threads.append(thread)
        thread.start()
        waiting = max(0, len(self.arrived) - self.released - 1)
        assert eventually(lambda: self._parked() == waiting)
        self.agree()

    def _hold(self, number: int, event: threading.Event) -> None:
        self.lock.acquire()
        self.served.append(number)
        event.wait(PATIENCE_S)
        self.lock.release()

    def _parked(self) -> int:
        # Tries that found the lock busy leave a mark that is no thread.
        return sum(waiter is not None for waiter in list(self.lock.waiting.values()))

    def attempt(self) -> None:
        """Someone tries without waiting: it succeeds exactly when nobody has the lock."""
        took = self.lock.try_acquire()
        assert took != self.is_held
        if took:
            self.lock.release()

    def release(self) -> None:
        """Whoever has the lock lets it go."""
        if self.is_held:
            self.let_go[self.released].set()
            self.threads[self.released].join(PATIENCE_S)
            assert not self.threads[self.released].is_alive()
            self.released += 1
            self.agree()

    def agree(self) -> None:
        """Everyone who has had the lock, or has it, came first."""
        expected = self.arrived[: min(len(self.arrived), self.released + 1)]
        assert eventually(lambda: len(self.served) >= len(expected))
        assert expected == self.served


@pytest.mark.requirement("CX-1", "CX-4", kind="socket")
@given(st.lists(st.sampled_from(["arrive", "arrive", "attempt", "release"]), max_size=16))
@settings(NO_DEADLINE, max_examples=40)
def test_the_lock_is_served_in_order_of_arrival(actions: list[str]) -> None:
    """However arrivals, tries and releases follow one another, nobody is overtaken."""
    queue = Queue()
    try:
        for action in actions:
            getattr(queue, action)()
    finally:
        for event in queue.let_go:
            event.set()
        for thread in queue.threads:
            thread.join(PATIENCE_S)
    assert queue.arrived == queue.served


@pytest.mark.requirement("SD-1", "SD-2", "SD-3", "SD-13", "CX-4")
@given(
    timeout_us=st.integers(1, 400),
    grace_us=st.integers(0, 50),
    sizes=st.lists(st.integers(1, 8), min_size=1, max_size=5),
    wakes=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), max_size=20),
)
@NO_DEADLINE
def test_a_wait_behind_k_sends_is_k_shares_at_most(
    timeout_us: int, grace_us: int, sizes: list[int], wakes: list[tuple[int, int]]
) -> None:
    """However slowly those ahead get on, each costs at most S + G."""
    policy, to_come = Policy(send_timeout_us=timeout_us), iter(wakes)
    conn, now_us = new_connection(heartbeats=True), 0
    for ahead, size_bytes in enumerate(sizes):
        assert now_us <= ahead * (timeout_us + grace_us)
        is_closing, taken_us = conn.closed_by is not None, now_us
        conn, effects = connection.on_lock_taken(policy, conn, size_bytes, now_us=now_us)
        if is_closing:
            # Behind a TIMEOUT nobody waits: the lock is free in the same moment.
            assert effects.decision == End(Outcome.SUPPRESSED, closes=False)
            assert conn.send is None
        left_bytes = size_bytes
        while conn.send is not None:
            # A sleep ends at the deadline, and the last wake is late by the grace at most.
            latest_us = taken_us + timeout_us + grace_us
            pause_us, wrote_bytes = next(to_come, (timeout_us + grace_us, 0))
            now_us = min(latest_us, now_us + pause_us)
            wrote_bytes = min(wrote_bytes, left_bytes)
            left_bytes -= wrote_bytes
            conn, _ = connection.on_step(conn, wrote_bytes, now_us=now_us)
            assert conn.send is None or now_us < taken_us + timeout_us
    assert now_us <= len(sizes) * (timeout_us + grace_us)
