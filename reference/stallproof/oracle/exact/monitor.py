"""The monitor in virtual time, by the words of SC: passes, stall times, counts, heartbeats.

Spec: `spec/sc.md`, `spec/virtual.md` ("The monitor"). What each check puts to the test is listed in
`table.py`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from stallproof.oracle.exact.frames import FOREVER, Frame, World
from stallproof.oracle.exact.keys import CHECKED, HEARTBEAT, WARNED
from stallproof.oracle.exact.lanes import Lane


class Watched(World, Protocol):
    """What the monitor needs besides of the case that it is in."""

    def is_beside_blocked(self, lane: Lane) -> bool: ...
    def others_count(self, lane: Lane) -> bool: ...


@dataclass(slots=True)
class Monitor:
    """All that the monitor knows: its schedule, the lanes that went, the jumps of the wall."""

    world: Watched
    period_us: int | None = None
    since_us: int = FOREVER
    next_us: int = FOREVER
    passes: int = 0
    single_us: int = -1
    changed: bool = False
    gone_counts: list[int] = field(default_factory=list)
    jumps: list[tuple[int, int]] = field(default_factory=list)

    def schedule(self, period_us: int | None) -> None:
        """Make a pass every `period_us` from now on; `None` stops it."""
        self.period_us = period_us
        self.since_us = FOREVER if period_us is None else self.world.now_us
        self.next_us = FOREVER if period_us is None else self.world.now_us + period_us

    def tick(self, lanes: Iterable[Lane]) -> None:
        """Make the pass that is due."""
        assert self.period_us is not None
        if self.jumped_us(self.next_us - self.period_us):
            self.world.put("SC-14")
        self.next_us += self.period_us
        self.make_pass(lanes, scheduled=True)

    def make_pass(self, lanes: Iterable[Lane], *, scheduled: bool) -> None:
        """Look at every connection that is not closing."""
        if not scheduled:
            self.single_us = self.world.now_us
        changed, self.changed = self.changed and self.passes > 0, False
        self.passes += 1
        for lane in lanes:
            if lane.closing_us is not None:
                self._after_closing(lane)
                continue
            if changed:
                # One that came or went keeps nobody from a check (SC-12).
                self.world.put("SC-12")
            self._check(lane, scheduled=scheduled)
            changed = changed or lane.closing_us is not None
        self.changed = False

    def jumped_us(self, since_us: int) -> int:
        """Return how far the wall clock was moved after `since_us`."""
        return sum(by_us for at_us, by_us in self.jumps if at_us >= since_us)

    def _check(self, lane: Lane, *, scheduled: bool) -> None:
        world, policy, frame = self.world, self.world.policy, lane.flight
        limit_us, threshold = policy["stall_timeout_us"], policy["checks_max"]
        stall_us = 0 if frame is None else world.now_us - frame.lock_us
        before = lane.count
        another = frame is not lane.seen
        if stall_us > limit_us:
            lane.count = 1 if another else before + 1
            lane.counted += 1
        else:
            lane.count = 0
        world.demand(CHECKED, lane.name, stall_us, lane.count)
        self._stall_tests(lane, stall_us, before, another=another)
        if frame is not None:
            frame.checks += 1
        lane.seen, lane.seen_us = frame, world.now_us
        if world.is_beside_blocked(lane):
            world.put("CX-3")
        self._heartbeat(lane, stall_us)
        if lane.count:
            assert frame is not None
            frame.stalled_checks += 1
            world.demand(WARNED, lane.name, lane.count, threshold)
            world.put("SC-4")
            self._verdict(lane, frame, scheduled=scheduled)

    def _stall_tests(self, lane: Lane, stall_us: int, before: int, *, another: bool) -> None:
        """Name what the stall time and the count of this check put to the test."""
        world, limit_us = self.world, self.world.policy["stall_timeout_us"]
        if stall_us:
            world.put("SC-1")
            assert lane.flight is not None
            if self.jumped_us(lane.flight.lock_us):
                world.put("SC-14")
        elif lane.flight is None and any(_stamped(frame) for frame in lane.frames.values()):
            world.put("SC-1")
        if stall_us >= limit_us - 1 and stall_us:
            world.put("SC-2")
        if lane.count >= 2 or (before and not lane.count):
            world.put("SC-3")
        if not lane.count and (before or stall_us >= limit_us):
            world.put("SC-4")
        if lane.count and before and another:
            world.put("SC-15")
        if lane.count and (any(self.gone_counts) or world.others_count(lane)):
            world.put("SC-13")

    def _heartbeat(self, lane: Lane, stall_us: int) -> None:
        """A heartbeat is due where nothing was received for long and no send is in flight."""
        world, interval_us = self.world, self.world.policy["heartbeat_interval_us"]
        heard_us = lane.received_us
        idle = heard_us is None or world.now_us - heard_us > interval_us
        if idle and lane.heartbeats and lane.flight is not None:
            world.put("SC-10" if stall_us > world.policy["stall_timeout_us"] else "SC-11")
        elif lane.flight is None and (lane.heartbeats or idle):
            world.put("SC-10")
        if heard_us is not None and lane.heartbeats:
            age_us = world.now_us - heard_us
            if (age_us + self.jumped_us(heard_us) > interval_us) != (age_us > interval_us):
                world.put("SC-14")
        if idle and lane.heartbeats and lane.flight is None:
            world.demand(HEARTBEAT, lane.name)

    def _verdict(self, lane: Lane, frame: Frame, *, scheduled: bool) -> None:
        """What a stalled check does: it closes at the threshold, if closing is enabled."""
        world, policy = self.world, self.world.policy
        threshold = policy["checks_max"]
        in_window = scheduled and self.keeps_schedule(frame)
        if not policy["close_stalled"]:
            if lane.count >= threshold:
                world.put("SC-5")
        elif lane.count < threshold:
            world.put("SC-6")
            if in_window and lane.count == threshold - 1:
                world.put("SC-9")
        else:
            world.put("SC-7")
            if in_window:
                world.put("SC-9")
            lane.begin_closing("monitor")

    def keeps_schedule(self, frame: Frame) -> bool:
        """Tell whether the premises of SC-9 hold for a stall of `frame` that lasts until now."""
        if self.period_us is None or self.since_us > frame.lock_us:
            return False
        premise = self.world.policy["stall_timeout_us"] >= self.period_us
        return premise and self.single_us < frame.lock_us

    def lower_us(self) -> int:
        """Return the lower end of the close window, from the beginning of the stall (SC-9)."""
        assert self.period_us is not None
        policy = self.world.policy
        return policy["stall_timeout_us"] + (policy["checks_max"] - 1) * self.period_us

    def upper_us(self) -> int:
        """Return the upper end of the close window, from the beginning of the stall (SC-9)."""
        assert self.period_us is not None
        return self.lower_us() + self.period_us

    def _after_closing(self, lane: Lane) -> None:
        """A pass over what is closing: nothing may be closed again (SC-8)."""
        world, policy, frame = self.world, self.world.policy, lane.seen
        # Who goes on looking at it may say so, as long as there is nothing to be found.
        world.free.add((world.now_us, CHECKED, lane.name, 0, 0))
        if not policy["close_stalled"]:
            return
        stale = frame is not None and world.now_us - frame.lock_us > policy["stall_timeout_us"]
        if lane.closed_by == "monitor" or (stale and lane.count + 1 >= policy["checks_max"]):
            world.put("SC-8")


def _stamped(frame: Frame) -> bool:
    """Whether the send held the lock for longer than an instant, or failed with it."""
    if frame.ended_us is None or frame.lock_us < 0:
        return False
    return frame.ended_us > frame.lock_us or frame.outcome != "ok"
