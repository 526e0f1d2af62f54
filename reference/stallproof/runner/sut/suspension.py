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
from collections.abc import Iterator
from contextlib import contextmanager

from stallproof.runner.sut.descendants import is_running, marked
from stallproof.runner.sut.ending import may_end, sheltered

ROUNDS_MAX = 50
"""So often is looked for what still runs."""
_ROUND_S = 0.001


@contextmanager
def stopped(leader: int, mark: str) -> Iterator[None]:
    """Stop the group of `leader` and all that inherited `mark`; continue it all in the end."""
    # Broken off between the signals, it would leave somebody stopped: only the block may be.
    with sheltered():
        met = {leader}
        try:
            _stop(leader, mark, met)
            with may_end():
                yield
        finally:
            _signal_group(leader, signal.SIGCONT)
            for pid in met:
                _signal(pid, signal.SIGCONT)


def _stop(leader: int, mark: str, met: set[int]) -> None:
    """Stop all there is, and add to `met` whom the signal was sent to by name."""
    for _ in range(ROUNDS_MAX):
        _signal_group(leader, signal.SIGSTOP)
        running = [pid for pid in marked(mark) if is_running(pid)]
        if not running:
            return
        for pid in running:
            met.add(pid)
            _signal(pid, signal.SIGSTOP)
        time.sleep(_ROUND_S)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
