"""The noise monitor: how much later than asked a good sender would be on this machine, now.

The stall it guards against is the oracle's own: on a busy machine a correct implementation is late
through no fault of its own. So a process beside it does what a good sender does, all the time and
on every processor: it fills a socket pair that nobody reads, and waits in poll for writability up
to a deadline. By how much it wakes too late is the noise (`spec/README.md`, "Time"). A canary that
merely sleeps does not predict that, one that runs on one processor misses what holds up the others,
and one whose waits are long does not see a hiccup that fits into a wait.

The complication: silence proves nothing. A noise monitor that was kept from running, or has died,
has told nothing of that time, so time without its word counts as lateness too.
"""

import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

import stallproof
from stallproof.runner.sut.news import News

PERIOD_US = 5_000
"""How long each wait is: a hiccup may be longer by that than what the noise monitor says of it."""
TOLD_US = 50_000
"""How often each processor's noise monitor tells at least that it is alive."""
PROCESSORS_MAX = 16
"""On how many processors there is a noise monitor, at most."""
WORTH_US = 500
"""An overrun must be longer to be told: waking up takes some time on any machine."""
_WORD_S = 0.5
"""How long to wait for the noise monitor's word on a time that has just passed."""
_START_S = 10.0


class NoiseMonitor:
    """The oracle's end of the noise monitor's process; a context manager, or `start` and `stop`.

    Times are microseconds of the monotonic clock that all processes of the machine share.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None
        self._news = News()
        self._overruns: list[tuple[int, int, int]] = []
        self._since_us: int | None = None
        self._until: dict[int, int] = {}
        self._noise_monitors = 0
        self._alive = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The noise monitor's process, `None` when it does not run."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the noise monitor and wait for its first word, at most 10 s.

        Raises `OSError` when no process can be started. A noise monitor that says nothing is no
        error here: all the time without its word counts as noise.
        """
        root = str(Path(stallproof.__file__).parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "stallproof.runner.noise"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
        self._since_us = None
        self._alive = True
        self._listener = threading.Thread(target=self._listen, name="noise-monitor", daemon=True)
        self._listener.start()
        self._news.wait_for(lambda: self._since_us is not None or not self._alive, _START_S)

    def stop(self) -> None:
        """End the noise monitor; what it told stays. A second time changes nothing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        if self._listener is not None:
            self._listener.join(_WORD_S)
        if process.stdout is not None:
            process.stdout.close()

    def worst_overrun_us(self, begin_us: int, end_us: int) -> int:
        """Return the largest overrun of any wait that touches [`begin_us`, `end_us`].

        0: none was longer than 500 us. Waits up to half a second for the noise monitor's word on
        the end of the span; the time for which there is none is returned if it is larger than any
        overrun.
        """
        self._news.wait_for(lambda: self._until_us() >= end_us or not self._alive, _WORD_S)
        until_us = self._until_us()
        if self._since_us is None:
            return max(0, end_us - begin_us)
        touching = (o for b, w, o in self._overruns if b <= end_us and w >= begin_us)
        silent_us = (self._since_us - begin_us, end_us - max(begin_us, until_us + PERIOD_US))
        return max(0, *silent_us, *touching)

    def _until_us(self) -> int:
        """Return until when the noise monitors of all processors have told."""
        spoken = self._noise_monitors > 0 and len(self._until) == self._noise_monitors
        return min(self._until.values()) if spoken else 0

    def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            noise_monitors, noise_monitor, began_us, woke_us, overrun_us = (
                int(word) for word in line.split()
            )
            # Whoever hears until when it was told is to find all that was told until then.
            if overrun_us > WORTH_US:
                self._overruns.append((began_us, woke_us, overrun_us))
            self._noise_monitors = noise_monitors
            until_us = {**self._until, noise_monitor: woke_us}
            if self._since_us is None and len(until_us) == noise_monitors:
                self._since_us = woke_us
            self._until = until_us
            self._news.tell()
        self._alive = False
        self._news.tell()


def _wait_on(processor: int | None, noise_monitor: int, noise_monitors: int) -> None:
    """Wait for writability that never comes, again and again; tell of late wakes, and of life."""
    if processor is not None:
        os.sched_setaffinity(0, {processor})
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    poller = select.poll()
    poller.register(ours, select.POLLOUT)
    try:
        while True:
            ours.send(bytes(4096))
    except BlockingIOError:
        pass
    began_us = told_us = time.monotonic_ns() // 1000
    with theirs:
        while True:
            poller.poll(PERIOD_US // 1000)
            woke_us = time.monotonic_ns() // 1000
            overrun_us = woke_us - began_us - PERIOD_US
            if overrun_us > WORTH_US or woke_us - told_us > TOLD_US:
                _tell(
                    b"%d %d %d %d %d\n"
                    % (noise_monitors, noise_monitor, began_us, woke_us, overrun_us)
                )
                told_us = woke_us
            # The next wait begins where this one ended, so that no time goes untold.
            began_us = woke_us


def _tell(line: bytes) -> None:
    try:
        os.write(1, line)
    except BrokenPipeError:
        # Nobody listens any more.
        os._exit(0)


def _main() -> None:
    """Start one noise monitor for each processor that this process may use."""
    processors: list[int | None] = [None]
    if hasattr(os, "sched_getaffinity"):
        processors = [*sorted(os.sched_getaffinity(0))[:PROCESSORS_MAX]]
    threads = [
        threading.Thread(target=_wait_on, args=(processor, noise_monitor, len(processors)))
        for noise_monitor, processor in enumerate(processors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    _main()
