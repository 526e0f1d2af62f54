"""One send as the law sees it, the error table, and what its connection needs of the case.

Spec: `spec/sd.md` (error table), `spec/virtual.md`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from stallproof.judge.model.agenda import FOREVER
from stallproof.judge.model.keys import Key

__all__ = ["FOREVER", "Frame", "World"]

NO_FAILURE = frozenset({"EAGAIN", "EWOULDBLOCK", "EINTR"})
CLOSED_CAUSES = frozenset(
    {
        *("zero", "EPIPE", "ECONNRESET", "ENOTCONN", "ECONNABORTED", "EBADF", "ESHUTDOWN"),
    }
)
"""The rows of the error table that say CLOSED."""
TIMEOUT_CAUSES = frozenset({"ETIMEDOUT"})


Jumps = list[tuple[int, int]]
"""The jumps of the wall clock in their order: when each came, and by how much."""


def moved_us(jumps: Jumps, since: int) -> int:
    """Return how far the wall clock was moved after the first `since` jumps."""
    return sum(by_us for _at_us, by_us in jumps[since:])


class World(Protocol):
    """What connections, streams and the monitor need of the case that they are in."""

    now_us: int
    policy: Mapping[str, int]
    demanded: list[Key]
    free: set[Key]
    alias: dict[Key, Key]

    @property
    def jumps(self) -> Jumps: ...

    def demand(self, rank: int, *fields: object) -> None: ...
    def put(self, *requirements: str) -> None: ...
    def problem(self, why: str) -> None: ...
    def is_beside_idle_stream(self, conn: str, but: int | None = None) -> bool: ...
    def stream_writes(self, conn: str) -> None: ...


@dataclass(slots=True, eq=False)
class Frame:
    """One send: what was asked, what it has written, how it ended."""

    number: int
    size_bytes: int
    asked_us: int
    lock_us: int = -1
    deadline_us: int = FOREVER
    wrote_bytes: int = 0
    progress_us: list[int] = field(default_factory=list)
    woken_us: list[int] = field(default_factory=list)
    ended_us: int | None = None
    outcome: str | None = None
    stalled_checks: int = 0
    checks: int = 0
    asked_jumps: int = 0
    """How often the wall clock had jumped when it was asked for."""
    lock_jumps: int = 0
    """The same when it took the lock."""

    @property
    def left_bytes(self) -> int:
        return self.size_bytes - self.wrote_bytes

    @property
    def moments_us(self) -> list[int]:
        """When something happened after the lock that could have moved the deadline."""
        return [at_us for at_us in (*self.progress_us, *self.woken_us) if at_us > self.lock_us]

    def is_over_by_the_wall(self, now_us: int, jumps: Jumps) -> bool:
        """Tell whether its deadline had come by a clock that jumped since the lock was taken.

        `False` where none did: by its own clock the deadline has yet to come.
        """
        jumped_us = moved_us(jumps, self.lock_jumps)
        return jumped_us > 0 and now_us + jumped_us >= self.deadline_us
