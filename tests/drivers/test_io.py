"""The units at the edge of the drivers: microseconds inside, seconds and milliseconds outside."""

import select
import socket
import threading
import time
from typing import Any

import pytest

from stallproof.drivers.brief_wait import SLACK_US, wait_briefly
from stallproof.drivers.io import REAL, SocketTransport
from tests.drivers.peers import fill


@pytest.mark.parametrize(("wait_us", "expected_s"), [(1, 1e-6), (1_500_000, 1.5), (0, None)])
def test_a_sleep_is_told_to_the_system_in_seconds(
    wait_us: int, expected_s: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no time at all is no sleep."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    REAL.sleep(wait_us)
    assert ([] if expected_s is None else [expected_s]) == slept


class Polls:
    """A poll that times out at once, and keeps for how many milliseconds it was to last."""

    def __init__(self) -> None:
        self.lasted_ms: list[int] = []

    def poll(self, timeout_ms: int) -> list[tuple[int, int]]:
        self.lasted_ms.append(timeout_ms)
        return []


class Descriptor(int):
    """A descriptor of this number."""

    def fileno(self) -> int:
        return int(self)


@pytest.mark.parametrize(
    ("wait_us", "expected_ms"), [(999, []), (1000, [1]), (1001, [1]), (1999, [1]), (5000, [5])]
)
def test_a_poll_lasts_the_whole_milliseconds(wait_us: int, expected_ms: list[int]) -> None:
    """Rounded up it would be late by the rest, which is waited for by itself."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        fill(ours)
        transport = SocketTransport(ours)
        polls = Polls()
        transport._poll = polls  # type: ignore[assignment]
        assert not transport.wait(wait_us)
        assert expected_ms == polls.lasted_ms


@pytest.mark.parametrize(
    ("wait_us", "expected_s"),
    [(0, 0.0), (SLACK_US, 0.0), (SLACK_US + 1, 1e-6), (999, (999 - SLACK_US) / 1e6)],
)
@pytest.mark.parametrize("bell", [None, 1023])
def test_the_last_moments_are_not_slept(
    wait_us: int, expected_s: float, bell: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sleep would be late, so the wait is shorter by as much as that may be."""
    waits: list[tuple[list[int], list[int], float]] = []

    def selects(reads: list[int], writes: list[int], _errors: object, wait_s: float) -> Any:
        waits.append((reads, writes, wait_s))
        return [], [], []

    monkeypatch.setattr(select, "select", selects)
    heard = None if bell is None else Descriptor(bell)
    assert not wait_briefly(Polls(), Descriptor(1023), heard, wait_us)
    assert [([] if bell is None else [bell], [1023], expected_s)] == waits


@pytest.mark.requirement("SD-11", kind="socket")
@pytest.mark.parametrize(("room", "bell"), [(1024, None), (1024, 5), (5, 1024)])
def test_a_brief_wait_on_a_high_descriptor_is_a_poll(room: int, bell: int | None) -> None:
    """Select would raise, or write outside its set."""
    polls = Polls()
    heard = None if bell is None else Descriptor(bell)
    assert not wait_briefly(polls, Descriptor(room), heard, 1)
    assert [1] == polls.lasted_ms


def test_a_brief_wait_ends_with_room_or_with_the_bell() -> None:
    """It says so, and the bell rings no more for the next."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        transport = SocketTransport(ours)
        assert transport.wait(900)
        fill(ours)
        transport.waker()()
        assert transport.wait(900)
        assert not transport.wait(900)
        transport.release()


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
