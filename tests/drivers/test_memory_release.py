"""Memory is given back where this platform can: seen from outside, in processes of their own."""

import ctypes.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import pytest

from stallproof.drivers.memory_release import MemoryRelease, allocator_in_force
from stallproof.machines.memory_release import Allocator, Step

MIB = 1 << 20
GARBAGE_BYTES = 48 * MIB
JEMALLOC = ctypes.util.find_library("jemalloc")

CHILD = """
from proofs.mutants.plant import plant_inherited
plant_inherited()
import gc, json, sys
from stallproof.drivers.memory_release import MemoryRelease, allocator_in_force

def resident_bytes():
    with open("/proc/self/statm") as numbers:
        return int(numbers.read().split()[1]) * 4096

every, total_bytes = int(sys.argv[1]), int(sys.argv[2])
memory = MemoryRelease(every)
gc.disable()
# Blocks that Python leaves to the allocator. The last one pins the end of the heap.
cycle = [bytes(1024) for _ in range(total_bytes // 1024)]
cycle.append(cycle)
pin = bytes(1024)
del cycle
before = resident_bytes()
steps = [step.value for step in memory.on_send_ended().steps]
freed = before - resident_bytes()
print(json.dumps({"steps": steps, "freed": freed, "allocator": allocator_in_force().value}))
"""
"""Make garbage in a cycle, end one send, and tell what that gave back."""


def told_by_a_child(every: int, preload: str | None = None) -> dict[str, object]:
    """Return what a process tells whose first send has ended."""
    extra = {} if preload is None else {"LD_PRELOAD": preload}
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(every), str(GARBAGE_BYTES)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **extra},
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    told: dict[str, object] = json.loads(child.stdout)
    return told


@pytest.mark.skipif(allocator_in_force() is not Allocator.GLIBC, reason="glibc is not in force")
def test_what_a_cycle_held_goes_back_to_the_system() -> None:
    """Most of it does, and without a release it stays."""
    told = told_by_a_child(every=1)
    assert ["collect", "trim"] == told["steps"]
    assert isinstance(told["freed"], int)
    assert told["freed"] > GARBAGE_BYTES // 2
    kept = told_by_a_child(every=0)
    assert ([], "glibc") == (kept["steps"], kept["allocator"])
    assert isinstance(kept["freed"], int)
    assert kept["freed"] < GARBAGE_BYTES // 8


@pytest.mark.skipif(JEMALLOC is None, reason="jemalloc is not installed")
def test_a_loaded_jemalloc_is_purged() -> None:
    """It stands in for the allocator of glibc, whose trim would find an empty heap."""
    told = told_by_a_child(every=1, preload=JEMALLOC)
    assert (["collect", "purge"], "jemalloc") == (told["steps"], told["allocator"])
    assert isinstance(told["freed"], int)
    assert told["freed"] > GARBAGE_BYTES // 2


def recording(done: list[Step]) -> dict[Step, Callable[[], object]]:
    """Return steps that only tell that they were taken."""
    return {step: partial(done.append, step) for step in Step}


def test_the_cache_of_an_imported_library_is_emptied_last(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where it was asked for, was imported, and has a device."""
    done: list[Step] = []
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    MemoryRelease(1, asks_accelerator=True, steps=recording(done)).on_send_ended()
    assert Step.EMPTY_CACHE not in done
    for has, asks in ((True, False), (False, True), (True, True)):
        done.clear()
        cuda = SimpleNamespace(is_available=lambda has=has: has)
        monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
        MemoryRelease(1, asks_accelerator=asks, steps=recording(done)).on_send_ended()
        assert (has and asks) is (Step.EMPTY_CACHE in done)
    assert (Step.COLLECT, Step.EMPTY_CACHE) == (done[0], done[-1])


def test_threads_that_send_side_by_side_share_one_count() -> None:
    """Of 40 sends by four threads every fourth is followed by a release, and none by two."""
    done: list[Step] = []
    memory = MemoryRelease(4, steps=recording(done))

    def send() -> None:
        for _ in range(10):
            memory.on_send_ended()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 10 == done.count(Step.COLLECT)


def test_a_step_that_is_refused_is_told_and_stops_nothing() -> None:
    """The send has succeeded: what follows it is no reason to fail."""
    error = OSError(2, "no such arena")

    def refuse() -> None:
        raise error

    memory = MemoryRelease(1, steps={step: refuse for step in Step})
    done = memory.on_send_ended().steps
    assert dict.fromkeys(done, error) == memory.refused


def test_a_negative_number_of_sends_is_refused() -> None:
    """Nobody can tell what it would mean."""
    with pytest.raises(ValueError, match="every -1 sends"):
        MemoryRelease(-1)
