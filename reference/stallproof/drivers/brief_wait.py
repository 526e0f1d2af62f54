"""Waits for room that are shorter than the unit of poll: the last moments before a deadline.

The stall it guards against: a poll is as late as its milliseconds are rounded up, and as the system
is slow to wake who sleeps. Every send that expires would hold the lock for so much longer.

The intuition: whole milliseconds are polled for, rounded down, and the rest is waited for here. And
nobody sleeps in the very end, for a sleep would outlast it: who waits looks again and again.

The complication: `select` knows microseconds, but no descriptor from 1024 on. There the poll is
rounded up as before. And a hang-up alone does not end a `select`; it is seen when the millisecond
is over.

Spec: `spec/sd.md`, SD-3, SD-11.
"""

import select
from typing import Protocol

from stallproof.machines.policy import MICROSECONDS

SLACK_US = 120
"""By so much a sleep may be late on an idle system, by default half of it for its timer alone."""
SELECT_DESCRIPTORS = 1024
"""The first descriptor that `select` does not know."""


class Watched(Protocol):
    """What has a descriptor."""

    def fileno(self) -> int: ...


class Poll(Protocol):
    """What has both registered."""

    def poll(self, timeout: int, /) -> object: ...


def wait_briefly(poll: Poll, room: Watched, bell: Watched | None, wait_us: int) -> object:
    """Wait for room or for the bell, for less than `wait_us` or, on a high descriptor, 1 ms.

    Return something true unless the time was out.
    """
    rings = [] if bell is None else [bell.fileno()]
    rooms = [room.fileno()]
    if max(rooms + rings) >= SELECT_DESCRIPTORS:
        return poll.poll(1)
    return any(select.select(rings, rooms, [], max(0, wait_us - SLACK_US) / MICROSECONDS))
