"""The monitor in virtual time, by the words of SC: passes, stall times, counts, heartbeats.

Spec: `spec/sc.md`, `spec/virtual.md` ("The monitor"). What each check puts to the test stands
in the law, under "In virtual time".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from stallproof.judge.model.connections import ModelConnection
from stallproof.judge.model.frames import FOREVER, Frame, World
from stallproof.judge.model.keys import CHECKED, HEARTBEAT, WARNED


class Watched(World, Protocol):
    """What the monitor needs besides of the case that it is in."""

    counted: set[ModelConnection]

    def is_beside_blocked(self, connection: ModelConnection) -> bool: ...
    def others_count(self, connection: ModelConnection) -> bool: ...


@dataclass(slots=True)
class Monitor:
    """All that the monitor knows: its schedule, the connections that went, the jumps."""

    world: Watched
    period_us: int | None = None
    since_us: int = FOREVER
    next_us: int = FOREVER
    passed_us: list[int] = field(default_factory=list)
    single_us: int = -1
    changed: bool = False
    gone_counts: list[int] = field(default_factory=list)
    jumps: list[tuple[int, int]] = field(default_factory=list)

    def schedule(self, period_us: int | None) -> None:
        """Make a pass every `period_us` from now on; `None` stops it."""
        self.period_us = period_us
        self.since_us = FOREVER if period_us is None else self.world.now_us
        self.next_us = FOREVER if period_us is None else self.world.now_us + period_us

    def tick(self, connections: Iterable[ModelConnection]) -> None:
        """Make the pass that is due."""
        assert self.period_us is not None
        if self.jumped_us(self.next_us - self.period_us):
            self.world.put("SC-14")
        self.next_us += self.period_us
        self.make_pass(connections, scheduled=True)

    def make_pass(self, connections: Iterable[ModelConnection], *, scheduled: bool) -> None:
        """Look at every connection that is not closing."""
        if not scheduled:
            self.single_us = self.world.now_us
        changed, self.changed = self.changed and bool(self.passed_us), False
        self.passed_us.append(self.world.now_us)
        for connection in connections:
            if connection.closing_us is not None:
                self._after_closing(connection)
                continue
            if changed:
                # One that came or went keeps nobody from a check.
                self.world.put("SC-12")
            self._check(connection, scheduled=scheduled)
            changed = changed or connection.closing_us is not None
        self.changed = False

    def jumped_us(self, since_us: int, until_us: int = FOREVER) -> int:
        """Return how far the wall clock was moved after `since_us`, up to `until_us`."""
        return sum(by_us for at_us, by_us in self.jumps if since_us <= at_us <= until_us)

    def _check(self, connection: ModelConnection, *, scheduled: bool) -> None:
        world, policy, frame = self.world, self.world.policy, connection.flight
        threshold = policy["checks_max"]
        stall_us = 0 if frame is None else world.now_us - frame.lock_us
        before = connection.count
        another = frame is not connection.seen
        self._count(connection, stall_us)
        world.demand(CHECKED, connection.name, stall_us, connection.count)
        self._stall_tests(connection, stall_us, before, another=another)
        if frame is not None:
            frame.checks += 1
        connection.seen = frame
        if world.is_beside_blocked(connection):
            world.put("CX-3")
        self._heartbeat(connection, stall_us)
        if connection.count:
            assert frame is not None
            frame.stalled_checks += 1
            world.demand(WARNED, connection.name, connection.count, threshold)
            world.put("SC-4")
            self._verdict(connection, frame, scheduled=scheduled)

    def _count(self, connection: ModelConnection, stall_us: int) -> None:
        """Count a check that found `stall_us`."""
        if stall_us <= self.world.policy["stall_timeout_us"]:
            connection.count = 0
        elif connection.flight is connection.seen:
            connection.count += 1
        else:
            connection.count = 1
        counted = self.world.counted
        (counted.add if connection.count else counted.discard)(connection)

    def _stall_tests(
        self, connection: ModelConnection, stall_us: int, before: int, *, another: bool
    ) -> None:
        """Name what the stall time and the count of this check put to the test."""
        world, limit_us = self.world, self.world.policy["stall_timeout_us"]
        if stall_us:
            world.put("SC-1")
            assert connection.flight is not None
            if self.jumped_us(connection.flight.lock_us):
                world.put("SC-14")
        elif connection.flight is None and any(
            _stamped(frame) for frame in connection.frames.values()
        ):
            world.put("SC-1")
        if stall_us >= limit_us - 1 and stall_us:
            world.put("SC-2")
        if connection.count >= 2 or (before and not connection.count):
            world.put("SC-3")
        if not connection.count and (before or stall_us >= limit_us):
            world.put("SC-4")
        if connection.count and before and another:
            world.put("SC-15")
        if connection.count and (any(self.gone_counts) or world.others_count(connection)):
            world.put("SC-13")

    def _heartbeat(self, connection: ModelConnection, stall_us: int) -> None:
        """A heartbeat is due where nothing was received for long and no send is in flight."""
        world, interval_us = self.world, self.world.policy["heartbeat_interval_us"]
        heard_us = connection.received_us
        idle = heard_us is None or world.now_us - heard_us > interval_us
        if idle and connection.heartbeats and connection.flight is not None:
            world.put("SC-10" if stall_us > world.policy["stall_timeout_us"] else "SC-11")
        elif connection.flight is None and (connection.heartbeats or idle):
            world.put("SC-10")
        if heard_us is not None and connection.heartbeats:
            age_us = world.now_us - heard_us
            if (age_us + self.jumped_us(heard_us) > interval_us) != (age_us > interval_us):
                world.put("SC-14")
        if idle and connection.heartbeats and connection.flight is None:
            world.demand(HEARTBEAT, connection.name)

    def _verdict(self, connection: ModelConnection, frame: Frame, *, scheduled: bool) -> None:
        """What a stalled check does: it closes at the threshold, if closing is enabled."""
        world, policy = self.world, self.world.policy
        threshold = policy["checks_max"]
        in_window = scheduled and self.keeps_schedule(frame)
        if not policy["close_stalled"]:
            if connection.count >= threshold:
                world.put("SC-5")
        elif connection.count < threshold:
            world.put("SC-6")
            if in_window and connection.count == threshold - 1:
                world.put("SC-9")
        else:
            world.put("SC-7")
            if in_window:
                world.put("SC-9")
            connection.begin_closing("monitor")

    def keeps_schedule(self, frame: Frame) -> bool:
        """Tell whether the premises of SC-9 hold for a stall of `frame` that lasts until now."""
        if self.period_us is None or self.since_us > frame.lock_us:
            return False
        premise = self.world.policy["stall_timeout_us"] >= self.period_us
        return premise and self.single_us < frame.lock_us

    def lower_us(self) -> int:
        """Return the lower end of the close window, from the beginning of the stall."""
        assert self.period_us is not None
        policy = self.world.policy
        return policy["stall_timeout_us"] + (policy["checks_max"] - 1) * self.period_us

    def upper_us(self) -> int:
        """Return the upper end of the close window, from the beginning of the stall."""
        assert self.period_us is not None
        return self.lower_us() + self.period_us

    def _after_closing(self, connection: ModelConnection) -> None:
        """A pass over what is closing: nothing may be closed again."""
        world, policy, frame = self.world, self.world.policy, connection.seen
        # Who goes on looking at it may say so, as long as there is nothing to be found.
        world.free.add((world.now_us, CHECKED, connection.name, 0, 0))
        if connection.flight is not None:
            self._lingering(connection, connection.flight)
            count = connection.count
        else:
            stale = frame is not None and world.now_us - frame.lock_us > policy["stall_timeout_us"]
            count = connection.count + 1 if stale else 0
        if policy["close_stalled"] and (
            connection.closed_by == "monitor" or count >= policy["checks_max"]
        ):
            world.put("SC-8")

    def _lingering(self, connection: ModelConnection, frame: Frame) -> None:
        """Whoever goes on looking finds the send that outlasts the closing, and warns of it."""
        world, policy = self.world, self.world.policy
        stall_us = world.now_us - frame.lock_us
        self._count(connection, stall_us)
        connection.seen = frame
        world.free.add((world.now_us, CHECKED, connection.name, stall_us, connection.count))
        if connection.count:
            warned = (world.now_us, WARNED, connection.name, connection.count)
            world.free.add((*warned, policy["checks_max"]))


def _stamped(frame: Frame) -> bool:
    """Whether the send held the lock for longer than an instant, or failed with it."""
    if frame.ended_us is None or frame.lock_us < 0:
        return False
    return frame.ended_us > frame.lock_us or frame.outcome != "ok"
