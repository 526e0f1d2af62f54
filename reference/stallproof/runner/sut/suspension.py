"""A harness that is suspended and continued, with all that it has started: a laptop's lid closed.

A suspended process does nothing, and its monotonic clock goes on: what was due meanwhile is due at
once when it is continued. Nobody is left stopped, whatever happens meanwhile: the block is broken
off by the end of a run (`ending.py`), and what stopped a process continues it.

The complication: what starts a process while it is being stopped has one more. So it is looked for
processes that still run until there is none, or for so long.

Spec: `spec/trace.md`, `suspended`; `spec/README.md`, "Time".
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from stallproof.runner.sut.descendants import is_running, marked
from stallproof.runner.sut.ending import may_end, sheltered
from stallproof.wire.events import Suspended

ROUNDS_MAX = 50
"""So often is looked for what still runs."""
_ROUND_S = 0.001


def _now_us() -> int:
    return time.monotonic_ns() // 1000


class Suspension:
    """One suspension of the group of `leader` and of all that inherited `mark`."""

    def __init__(self, leader: int, mark: str) -> None:
        self._leader, self._mark = leader, mark
        self._met = {leader}
        self._began_us = self._stopped_us = self._continued_us = _now_us()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Stop it all; continue it all in the end."""
        # Broken off between the signals, it would leave somebody stopped: only the block may be.
        with sheltered():
            try:
                self._stop()
                with may_end():
                    yield
            finally:
                self._continue()

    def told(self) -> Suspended:
        """Return the event that tells of it, now that it is over."""
        return Suspended(
            at_us=_now_us(), began_us=self._began_us, stopped_us=self._stopped_us,
            continued_us=self._continued_us,
        )  # fmt: skip

    def _stop(self) -> None:
        for _ in range(ROUNDS_MAX):
            self._signal_group(signal.SIGSTOP)
            running = [pid for pid in marked(self._mark) if is_running(pid)]
            if not running:
                break
            self._met.update(running)
            self._signal(running, signal.SIGSTOP)
            time.sleep(_ROUND_S)
        self._stopped_us = _now_us()

    def _continue(self) -> None:
        self._continued_us = max(self._stopped_us, _now_us())
        self._signal_group(signal.SIGCONT)
        self._signal(self._met, signal.SIGCONT)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._leader, number)

    def _signal(self, processes: Iterable[int], number: signal.Signals) -> None:
        for pid in processes:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
