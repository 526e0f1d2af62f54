"""The units at the edge of the drivers: microseconds inside, seconds and milliseconds outside."""

import socket
import threading
import time

import pytest

from stallproof.drivers.io import REAL, SocketTransport


@pytest.mark.parametrize(("wait_us", "expected_s"), [(1, 1e-6), (1_500_000, 1.5), (0, None)])
def test_a_sleep_is_told_to_the_system_in_seconds(
    wait_us: int, expected_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no time at all is no sleep."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    REAL.sleep(wait_us)
    assert ([] if expected_s is None else [expected_s]) == slept


@pytest.mark.parametrize(
    ("wait_us", "expected_ms"), [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (5000, 5)]
)
def test_a_poll_is_rounded_up_to_its_milliseconds(wait_us: int, expected_ms: int) -> None:
    """Rounded down it would wake before the deadline, and poll again and again."""
    polled: list[int] = []

    class Polls:
        def poll(self, timeout_ms: int) -> list[tuple[int, int]]:
            polled.append(timeout_ms)
            return []

    ours, theirs = socket.socketpair()
    with ours, theirs:
        transport = SocketTransport(ours)
        transport._poll = Polls()  # type: ignore[assignment]
        assert not transport.wait(wait_us)
        assert [expected_ms] == polled


def test_a_transport_waits_for_room_and_says_whether_there_is_any() -> None:
    """An empty socket has room at once; its descriptor is gone with it."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    transport = SocketTransport(ours)
    assert ours.getblocking()
    assert transport.wait(1_000_000)
    assert 5 == transport.write([b"ab", memoryview(b"cde")])
    assert b"abcde" == theirs.recv(9)
    theirs.sendall(b"xyz")
    assert b"xy" == transport.read(2)
    transport.shut_down()
    transport.release()
    assert -1 == ours.fileno()
    theirs.close()


def test_what_runs_beside_the_others_is_a_daemon_with_a_name() -> None:
    """A program can end while a connection waits for its peer."""
    ran = threading.Event()
    thread = REAL.thread(ran.set, "c-worker")
    assert isinstance(thread, threading.Thread)
    assert (True, "c-worker") == (thread.daemon, thread.name)
    thread.start()
    thread.join(10)
    assert ran.is_set()


def test_the_clock_is_monotonic_and_in_microseconds() -> None:
    """Between two readings of the system's own clock, in its thousands of nanoseconds."""
    before_ns = time.monotonic_ns()
    now_us = REAL.now_us()
    after_ns = time.monotonic_ns()
    assert before_ns // 1000 <= now_us <= after_ns // 1000


def test_a_condition_is_of_a_lock_that_is_not_reentrant() -> None:
    """A driver that took it twice would hang in a test, and not go on in half a state."""
    condition = REAL.condition()
    with condition:
        assert isinstance(condition, threading.Condition)
        assert not condition.acquire(blocking=False)
