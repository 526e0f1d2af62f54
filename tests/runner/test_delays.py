"""What the kernel counts of waits: of each thread, and of a control group that was held up."""

import os
import threading
import time
from collections import deque
from pathlib import Path

import pytest

from stallproof.runner.delays import (
    WINDOW_US,
    DelayMonitor,
    Look,
    Waits,
    chain_us,
    throttle_file,
    throttled_us,
)

NEEDS_SCHEDSTAT = pytest.mark.skipif(
    not Path("/proc/self/schedstat").exists(), reason="this kernel counts no waits"
)


def test_what_came_together_is_summed_up_and_no_longer_than_it_took() -> None:
    """Waits side by side cannot hold up one chain for longer than all of them lasted."""
    few = deque([Look(0, 10, 10), Look(20_000, 30, 20)])
    assert 40 == chain_us(few)
    many = deque([Look(0, 90_000, 9_000), Look(20_000, 90_000, 9_000)])
    assert WINDOW_US == chain_us(many)
    long = deque([Look(0, 250_000, 200_000)])
    assert 200_000 == chain_us(long)


@pytest.mark.parametrize(
    ("apart_us", "together_us"), [(WINDOW_US - 1, 30), (WINDOW_US, 30), (WINDOW_US + 1, 20)]
)
def test_waits_further_apart_are_not_one_chain(apart_us: int, together_us: int) -> None:
    """A tenth of a second belongs together; what is older is forgotten."""
    assert together_us == chain_us(deque([Look(0, 10, 10), Look(apart_us, 20, 20)]))


@NEEDS_SCHEDSTAT
def test_a_thread_that_waits_for_a_processor_is_counted() -> None:
    """Two threads that work on one processor wait for each other."""
    waits = Waits()
    allowed, over = os.sched_getaffinity(0), threading.Event()

    def work() -> None:
        os.sched_setaffinity(0, {min(allowed)})
        while not over.is_set():
            # Let go of the interpreter's lock, so that the wait is for the processor alone.
            sum(range(1000))

    assert (0, 0) == waits.look([os.getpid()])
    child = os.fork()
    if child == 0:
        os.sched_setaffinity(0, {min(allowed)})
        while True:
            pass
    thread = threading.Thread(target=work)
    try:
        thread.start()
        until, waited_us, longest_us = time.monotonic() + 20.0, 0, 0
        while waited_us < 1_000 and time.monotonic() < until:
            time.sleep(0.05)
            waited_us, longest_us = waits.look()
    finally:
        over.set()
        thread.join()
        os.kill(child, 9)
        os.waitpid(child, 0)
        waits.close()
    assert waited_us >= 1_000
    assert 0 < longest_us <= waited_us


def test_a_process_that_is_gone_counts_nothing() -> None:
    """Neither an error nor a guess."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    waits = Waits()
    assert (0, 0) == waits.look([child])
    assert (0, 0) == waits.look()


def test_a_monitor_that_saw_nothing_says_nothing() -> None:
    """Without a process to look at there is no wait, but for the group's."""
    monitor = DelayMonitor(lambda: ())
    monitor.start()
    assert 0 <= monitor.stop()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("usage_usec 5\nnr_throttled 2\nthrottled_usec 1234\n", 1234),
        ("nr_periods 9\nnr_throttled 2\nthrottled_time 1234999\n", 1234),
        ("usage_usec 5\n", 0),
        ("", 0),
    ],
    ids=["version 2", "version 1", "no quota", "empty"],
)
def test_both_versions_of_a_group_say_how_long_it_was_held_up(text: str, expected: int) -> None:
    """In microseconds, whichever unit the version has."""
    assert expected == throttled_us(text)


@pytest.mark.parametrize(
    ("membership", "where"),
    [
        ("2:cpuacct:/\n1:cpu:/a/b\n0::/\n", "cpu/a/b"),
        ("1:cpu,cpuacct:/a\n", "cpu,cpuacct/a"),
        ("0::/a\n", "a"),
        ("1:cpu:/gone\n", "cpu"),
        ("2:memory:/a\n", None),
        ("", None),
    ],
)
def test_our_own_group_is_found(membership: str, where: str | None, tmp_path: Path) -> None:
    """By the controller of version 1, or else in version 2; outside of its tree, at the top."""
    if where is not None:
        (tmp_path / where).mkdir(parents=True, exist_ok=True)
        (tmp_path / where / "cpu.stat").write_text("")
    (tmp_path / "membership").write_text(membership)
    found = throttle_file(tmp_path / "membership", tmp_path)
    assert found == (None if where is None else tmp_path / where / "cpu.stat")
