"""What the monitor remembers of one connection, and the checks that need no machine.

The stall it guards against: a monitor of many connections that spends its period on the healthy
ones comes too late to the stalled one.

The intuition: most checks find nothing to do. A connection that publishes what a check reads
(`Published`) is read in place. If that says that the machine would do no more than count, the
watch counts by itself; everything else goes to the machine (`stall_count.on_check`), which stays
the law. A differential test plays both against each other.

The complication: an idle connection may be due for a heartbeat, and the time of that lies in an
object that the reader replaces. It is read at a look of the machine and only ever grows, so until
the time it gave (`is_timed`) no heartbeat can be due.

Spec: `spec/sc.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from sys import maxsize
from typing import Protocol, TypeGuard, TypeVar

from stallproof.drivers.clock import Clock
from stallproof.drivers.sent import LockHolder
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import Snapshot, StallCount

_F = TypeVar("_F", bound=Callable[..., object])
_MARK = "says_what_is_published"


class Watched(Protocol):
    """What the monitor needs of a connection. It is told apart by identity, never by name.

    Its policy and whether it allows heartbeats stay what they are while it is watched, and the time
    at which something was last received never goes back.
    """

    name: str
    policy: Policy

    @property
    def is_finished(self) -> bool: ...

    def snapshot(self) -> tuple[Snapshot, int | None]: ...

    def begin_closing(self, cause: Cause) -> bool: ...

    def queue_heartbeat(self) -> None: ...


class Published(Watched, Protocol):
    """A connection whose `snapshot` says what these attributes say (`says_what_is_published`)."""

    heartbeats: bool
    received_us: int | None
    closing_begun: bool
    """True from soon after closing began; it is never undone."""

    @property
    def lock_holder(self) -> LockHolder | None: ...


def says_what_is_published(snapshot: _F) -> _F:
    """Mark a `snapshot` that says what the attributes of `Published` say, and nothing else.

    Whoever overrides it loses the mark, and is asked at each check.
    """
    setattr(snapshot, _MARK, True)
    return snapshot


def is_published(conn: Watched) -> TypeGuard[Published]:
    """Tell whether `conn` may be read in place."""
    return getattr(conn.snapshot, _MARK, False)


class Watch:
    """One connection under watch. Only the thread of a pass touches it.

    `place`: where the connection stands in the order of a pass. `is_timed`: while the connection is
    idle, no heartbeat is due before its time comes up, or none ever is.
    """

    __slots__ = (
        "checks_max", "conn", "is_timed", "limit_us", "place", "published", "send_id",
        "stalled_checks",
    )  # fmt: skip

    def __init__(self, conn: Watched) -> None:
        """Watch `conn` with a count of its own, from nothing."""
        self.conn = conn
        self.published: Published | None = conn if is_published(conn) else None
        self.place = 0
        self.is_timed = False
        self.stalled_checks = 0
        self.send_id: int | None = None
        self.limit_us = conn.policy.stall_timeout_us
        # Where closing is off no count is ever high enough.
        self.checks_max = conn.policy.checks_max if conn.policy.close_stalled else maxsize

    @property
    def count(self) -> StallCount:
        """What the machine is given at the next check."""
        return StallCount(self.stalled_checks, self.send_id)

    @count.setter
    def count(self, count: StallCount) -> None:
        self.stalled_checks = count.stalled_checks
        self.send_id = count.send_id

    @property
    def is_at_rest(self) -> bool:
        """Tell whether a pass that reads no send and no closing may leave it out."""
        return self.send_id is None and self.is_timed


def unsettled(
    watches: Iterable[Watch], restless: list[Watch], now_us: int, clock: Clock
) -> Iterator[Watch]:
    """Check those of whom the machine would only count; yield the others, to be asked about.

    `now_us` was read before. Whoever must be looked at again comes among the `restless`. It is one
    loop, without calls, for this is what a connection with a send in flight costs.
    """
    for watch in watches:
        conn = watch.published
        if conn is not None:
            # Read once: the next reading may find another send, or none.
            holder = conn.lock_holder
            if holder is not None:
                number, taken_us = holder[0], holder[1]
                checks = 0
                if now_us - taken_us > watch.limit_us:
                    checks = watch.stalled_checks + 1 if number == watch.send_id else 1
                if checks < watch.checks_max:
                    watch.stalled_checks = checks
                    watch.send_id = number
                    restless.append(watch)
                    continue
            elif watch.is_timed and not conn.closing_begun:
                watch.stalled_checks = 0
                watch.send_id = None
                continue
        yield watch
        # That may have taken a while, by which the next one would be judged too early.
        now_us = clock()
        if not watch.is_at_rest:
            restless.append(watch)
