"""Giving memory back after every n-th send, with what this platform has for it.

The stall it guards against: see `machines.memory_release`, which decides when and in which order.

The complication: what a platform has is asked of the process itself. A jemalloc that was loaded
beside the allocator of glibc has taken its place. An accelerator's library that nobody has imported
has no cache, and importing it here would cost more than it gives back.

Threads: any number may tell of the ends of their sends. Each release is made by the thread whose
send was the n-th, outside every lock, so that nobody else waits for it.

Spec: `spec/mm.md`.
"""

import ctypes
import gc
import sys
import threading
from collections.abc import Callable, Mapping

from stallproof.machines.memory_release import Allocator, Release, Step, decide

_ALL_ARENAS = b"arena.4096.purge"
"""What jemalloc calls the purge of every arena."""


def allocator_in_force() -> Allocator:
    """Return whose `malloc` this process uses, as far as that can be told."""
    if sys.platform == "win32":
        return Allocator.OTHER
    process = ctypes.CDLL(None)
    if hasattr(process, "mallctl"):
        return Allocator.JEMALLOC
    return Allocator.GLIBC if hasattr(process, "malloc_trim") else Allocator.OTHER


def trim() -> None:
    """Have glibc give its free pages back, also those in the middle of the heap."""
    ctypes.CDLL(None).malloc_trim(ctypes.c_size_t(0))


def purge() -> None:
    """Have jemalloc give back the free pages of every arena, those of this thread's cache too.

    Raises `OSError` when it refuses, as releases before 5 do.
    """
    mallctl, nothing = ctypes.CDLL(None).mallctl, (None, None, None, ctypes.c_size_t(0))
    # Refused where threads have no caches: then there is nothing to flush.
    mallctl(b"thread.tcache.flush", *nothing)
    if (error := mallctl(_ALL_ARENAS, *nothing)) != 0:
        raise OSError(error, f"jemalloc refused {_ALL_ARENAS.decode()}")


def has_accelerator() -> bool:
    """Tell whether torch was imported and has a device whose cache it keeps."""
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_available())


def empty_cache() -> None:
    """Have torch give back the cached blocks that no tensor uses."""
    sys.modules["torch"].cuda.empty_cache()


STEPS: Mapping[Step, Callable[[], object]] = {
    Step.COLLECT: gc.collect,
    Step.TRIM: trim,
    Step.PURGE: purge,
    Step.EMPTY_CACHE: empty_cache,
}
"""What each step does here."""


class MemoryRelease:
    """Count the sends of a process, and give memory back after every n-th one."""

    def __init__(
        self,
        every: int,
        *,
        asks_accelerator: bool = False,
        steps: Mapping[Step, Callable[[], object]] = STEPS,
    ) -> None:
        """Release after every `every`-th send, 0 for never; raises `ValueError` below that."""
        if every < 0:
            raise ValueError(f"memory cannot be given back after every {every} sends")
        self._every = every
        self._asks_accelerator = asks_accelerator
        self._steps = steps
        self._allocator = allocator_in_force()
        self._counting = threading.Lock()
        self._sends = 0
        self.refused: dict[Step, OSError] = {}
        """Which steps the platform refused, and why: no send fails for that."""

    def on_send_ended(self) -> Release:
        """Count a send that has ended, however it ended; make the release that is due, if any.

        Return what was done. Call it after the send lock was let go: a collection takes its time.
        """
        with self._counting:
            self._sends += 1
            sends = self._sends
        release = decide(
            self._every, sends, self._allocator, has_accelerator(), self._asks_accelerator
        )
        for step in release.steps:
            try:
                self._steps[step]()
            except OSError as error:
                self.refused[step] = error
        return release
