"""How long the processes of the chain were kept from running: harness, peer, and this one.

The noise monitor is a good sleeper, and a scheduler treats sleepers well. A thread that works, or
has just been started, may wait for a processor for two hundred milliseconds on a machine on which
the noise monitor sees seven. The kernel counts that wait for each thread, and a control group's
quota counts how long it held everybody up. Both are read beside a scenario, twice in as long as it
may be late.

The use: `start` with the processes, `stop` when the scenario is over, `worst_us` says how much
waiting came together within a tenth of a second: what one thing after another can have suffered.

The complication: a thread that came and went between two looks took its count with it. And where
the system shows nothing, nothing is known; nothing is guessed.

Spec: `spec/README.md`, "Time".
"""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

PERIOD_US = 25_000
"""How often the counts are read: each look costs, and makes noise itself."""
WINDOW_US = 100_000
"""Waits that fall within so much time may have been those of one chain of events."""
_GROUPS_EVERY = 20
"""How often it is looked which processes there are: once for so many looks."""
_READ_BYTES = 128


class Look(NamedTuple):
    """What was counted since the look before: in all, and by the thread that waited longest."""

    at_us: int
    waited_us: int
    longest_us: int


def chain_us(looks: "deque[Look]") -> int:
    """Return how long a chain of events that ends now can have waited; forget what is too old.

    What happens one after the other cannot wait for longer than it all takes: the sum counts up to
    the span of the looks, or the longest single wait, which may have begun before.
    """
    while looks[-1].at_us - looks[0].at_us > WINDOW_US and len(looks) > 1:
        looks.popleft()
    span_us = max(WINDOW_US, looks[-1].at_us - looks[0].at_us)
    longest_us = max(look.longest_us for look in looks)
    return min(sum(look.waited_us for look in looks), max(span_us, longest_us))


class DelayMonitor:
    """Reads what the kernel counts while a scenario plays.

    `processes` returns those that count; who started others is asked again now and then. The counts
    are read every `PERIOD_US`, and twice within `grace_us`: two threads may come and go between two
    looks, one after the other, and what they waited together stays within the grace.
    """

    def __init__(
        self, processes: Callable[[], Iterable[int]], grace_us: int = 2 * PERIOD_US
    ) -> None:
        self._processes = processes
        self._period_s = max(1_000, min(PERIOD_US, grace_us // 2)) / 1e6
        self._waits = Waits()
        self._throttled = throttle_file(Path("/proc/self/cgroup"), Path("/sys/fs/cgroup"))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, name="delays", daemon=True)
        self._recent: deque[Look] = deque()
        self._worst_us = 0

    def start(self) -> None:
        """Begin: what was counted before does not matter."""
        self._waits.look(self._processes())
        self._held_up_us = self._throttled_us()
        self._thread.start()

    def stop(self) -> int:
        """End, and return the most waiting that came together, in microseconds."""
        self._over.set()
        self._thread.join()
        self._look()
        self._waits.close()
        return self._worst_us

    def _look_on(self) -> None:
        looks = 0
        while not self._over.wait(self._period_s):
            looks += 1
            self._look(anew=looks % _GROUPS_EVERY == 0)

    def _look(self, *, anew: bool = False) -> None:
        waited_us, longest_us = self._waits.look(self._processes() if anew else None)
        held_up_us, before_us = self._throttled_us(), self._held_up_us
        self._held_up_us = held_up_us
        waited_us += held_up_us - before_us
        longest_us = max(longest_us, held_up_us - before_us)
        self._recent.append(Look(time.monotonic_ns() // 1000, waited_us, longest_us))
        self._worst_us = max(self._worst_us, chain_us(self._recent))

    def _throttled_us(self) -> int:
        if self._throttled is None:
            return 0
        with contextlib.suppress(OSError):
            return throttled_us(self._throttled.read_text())
        return 0


class Waits:
    """The waits of the threads of some processes; their files are kept open, to read them fast."""

    def __init__(self) -> None:
        self._processes: tuple[int, ...] = ()
        self._files: dict[tuple[int, str], int] = {}
        self._counts: dict[tuple[int, str], int] = {}
        self._begun = False

    def look(self, processes: Iterable[int] | None = None) -> tuple[int, int]:
        """Return how long all threads, and the longest one, waited since the last look, in us."""
        if processes is not None:
            self._processes = tuple(processes)
        counts = {
            thread: count
            for process in self._processes
            for thread in _threads(process)
            if (count := self._count(thread)) is not None
        }
        grown = [count - self._counts.get(thread, 0) for thread, count in counts.items()]
        for thread in self._files.keys() - counts.keys():
            os.close(self._files.pop(thread))
        self._counts = counts
        begun, self._begun = self._begun, True
        return (sum(grown) // 1000, max(grown, default=0) // 1000) if begun else (0, 0)

    def _count(self, thread: tuple[int, str]) -> int | None:
        """Return the nanoseconds that a thread has waited since it began, `None` if it is gone."""
        try:
            if thread not in self._files:
                path = f"/proc/{thread[0]}/task/{thread[1]}/schedstat"
                self._files[thread] = os.open(path, os.O_RDONLY)
            return int(os.pread(self._files[thread], _READ_BYTES, 0).split()[1])
        except (OSError, IndexError, ValueError):
            return None

    def close(self) -> None:
        """Give the files back."""
        for file in self._files.values():
            os.close(file)
        self._files.clear()


def _threads(process: int) -> list[tuple[int, str]]:
    try:
        return [(process, thread) for thread in os.listdir(f"/proc/{process}/task")]
    except OSError:
        return []


def throttle_file(membership: Path, mounted: Path) -> Path | None:
    """Return the file that says how long our control group was held up, `None` if there is none.

    `membership` is /proc/self/cgroup; groups of either version lie below `mounted`.
    """
    try:
        lines = membership.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        top = mounted / controllers
        for folder in (top / path.lstrip("/"), top):
            if (folder / "cpu.stat").is_file():
                return folder / "cpu.stat"
    return None


def throttled_us(text: str) -> int:
    """Return the microseconds that `text` of a `cpu.stat` counts, of version 1 or 2; 0 if none."""
    words = text.split()
    counts = dict(zip(words[::2], words[1::2], strict=False))
    if "throttled_usec" in counts:
        return int(counts["throttled_usec"])
    return int(counts.get("throttled_time", 0)) // 1000
