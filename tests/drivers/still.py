"""Connections on which nothing happens: no thread of theirs runs, and nothing is written.

So there can be as many as a machine has memory for.
"""

from typing import Any

from stallproof.drivers.clock import now_us
from stallproof.drivers.guarded import GuardedConnection
from stallproof.machines.policy import Policy


class _Unused:
    """A thread, a queue and a place to park that nobody needs."""

    def start(self) -> None: ...

    def join(self, wait_s: float | None = None) -> None: ...

    def is_alive(self) -> bool:
        return True

    def put(self, task: object) -> None: ...


_UNUSED = _Unused()


class _Still:
    """An `io` whose threads never run, and a transport that takes nothing."""

    write_max_bytes = 1
    carries_heartbeats = True

    def now_us(self) -> int:
        return now_us()

    def thread(self, run: object, name: str) -> _Unused:
        return _UNUSED

    def queue(self) -> _Unused:
        return _UNUSED

    def parking(self) -> _Unused:
        return _UNUSED

    def write(self, pieces: object) -> int:
        return 0

    def wait(self, wait_us: int) -> None: ...

    def shut_down(self) -> None: ...

    def release(self) -> None: ...


_STILL: Any = _Still()


def still(name: str, policy: Policy) -> GuardedConnection:
    """Return a connection of the package on which nothing happens."""
    return GuardedConnection(_STILL, policy, name, io=_STILL)
