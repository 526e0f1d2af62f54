"""The monitor: counting, closing, heartbeats, its schedule, and that it waits for nobody."""

import pytest

from stallproof.drivers.monitor import Monitor
from stallproof.drivers.steps import CHECKED
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import Snapshot
from stallproof.wire.implementation import Checked, Noted, PassEnded, Warned
from tests.drivers.peers import (
    Ear,
)

LIMIT_US = 1000
CLOSING_ON = Policy(stall_timeout_us=LIMIT_US, checks_max=3, close_stalled=True)
WARN_ONLY = Policy(stall_timeout_us=LIMIT_US, checks_max=2)
LARGE = bytes(4 << 20)


class Scripted:
    """A connection that shows the monitor what the test says, and notes what is asked of it."""

    def __init__(self, policy: Policy = CLOSING_ON, name: str = "s") -> None:
        self.name = name
        self.policy = policy
        self.is_finished = False
        self.number: int | None = None
        self.taken_us = 0
        self.received_us: int | None = 0
        self.closed: list[Cause] = []
        self.heartbeats = 0

    def snapshot(self) -> tuple[Snapshot, int | None]:
        taken_us = None if self.number is None else self.taken_us
        seen = Snapshot(self.number, taken_us, self.received_us, True, bool(self.closed))
        return seen, self.number

    def begin_closing(self, cause: Cause) -> bool:
        self.closed.append(cause)
        return True

    def queue_heartbeat(self) -> None:
        self.heartbeats += 1


class Watch:
    """A monitor with contracts on, on a clock that the test sets."""

    def __init__(self, *conns: Scripted) -> None:
        self.ear = Ear()
        self.now_us = 0
        self.monitor = Monitor(self.ear, clock=lambda: self.now_us, steps=CHECKED)
        for conn in conns:
            self.monitor.add(conn)

    def look(self, now_us: int) -> list[int]:
        """Run a pass at `now_us`; return the counts it found, in the order of the connections."""
        before = len(self.ear.all(Checked))
        self.now_us = now_us
        self.monitor.run_pass()
        return [event.count for event in self.ear.all(Checked)[before:]]


def test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once() -> None:
    """At the limit nothing is stalled; beyond it every check counts, and the third one closes."""
    conn = Scripted()
    watch = Watch(conn)
    conn.number, conn.taken_us = 1, 0
    assert [0] == watch.look(LIMIT_US)
    assert [1] == watch.look(LIMIT_US + 1)
    assert [2] == watch.look(LIMIT_US + 2)
    assert [] == conn.closed
    assert [3] == watch.look(LIMIT_US + 3)
    assert [Cause.MONITOR] == conn.closed
    assert [4] == watch.look(LIMIT_US + 4)
    assert [Cause.MONITOR] == conn.closed
    warned = [(event.count, event.threshold) for event in watch.ear.all(Warned)]
    assert [(1, 3), (2, 3), (3, 3), (4, 3)] == warned


def test_warn_only_never_closes() -> None:
    """However long the stall lasts, it is only warned about."""
    conn = Scripted(WARN_ONLY)
    watch = Watch(conn)
    conn.number = 1
    for check in range(1, 6):
        assert [check] == watch.look(LIMIT_US + check)
    assert [] == conn.closed
    assert len(watch.ear.all(Warned)) == 5


def test_another_send_counts_from_one_and_an_idle_check_from_zero() -> None:
    """Only stalls of the same send are consecutive."""
    conn = Scripted()
    watch = Watch(conn)
    conn.number = 1
    assert [[1], [2]] == [watch.look(2000), watch.look(2001)]
    conn.number = 2
    assert [1] == watch.look(2002)
    conn.number = None
    assert [0] == watch.look(2003)
    assert [] == conn.closed


def test_a_lock_taken_after_the_clock_was_read_is_no_stall() -> None:
    """A lock taken later than the clock says gives zero, not a negative time."""
    conn = Scripted()
    watch = Watch(conn)
    conn.number, conn.taken_us = 1, 5000
    assert [0] == watch.look(4999)
    assert [0] == [event.stall_us for event in watch.ear.all(Checked)]


@pytest.mark.parametrize(("idle_us", "due"), [(99, 0), (100, 0), (101, 1)])
def test_a_heartbeat_is_due_strictly_after_the_interval(idle_us: int, due: int) -> None:
    """At the interval the connection is not idle yet."""
    conn = Scripted(Policy(heartbeat_interval_us=100))
    conn.received_us = 1000
    Watch(conn).look(1000 + idle_us)
    assert due == conn.heartbeats


def test_a_connection_that_never_received_is_idle_unless_it_sends() -> None:
    """A first check asks for a heartbeat; a send in flight, stalled or not, forbids it."""
    conn = Scripted()
    conn.received_us = None
    watch = Watch(conn)
    watch.look(1)
    assert conn.heartbeats == 1
    conn.number, conn.taken_us = 1, 1
    watch.look(2)
    watch.look(5000)
    assert conn.heartbeats == 1


class Broken(Scripted):
    """A connection whose every look fails."""

    def snapshot(self) -> tuple[Snapshot, int | None]:
        raise RuntimeError("no look")


def test_one_connections_failure_does_not_end_the_pass() -> None:
    """The others are checked all the same, and the failure is recorded."""
    before, after = Scripted(name="before"), Scripted(name="after")
    watch = Watch(before, Broken(name="broken"), after)
    assert [0, 0] == watch.look(1)
    assert ["before", "after"] == [event.conn for event in watch.ear.all(Checked)]
    assert ["broken"] == [event.conn for event in watch.ear.all(Noted)]
    assert len(watch.ear.all(PassEnded)) == 1


class Changing(Scripted):
    """A connection whose look makes others come and go."""

    def __init__(self, watch: Watch, goes: Scripted, comes: Scripted) -> None:
        super().__init__()
        self._watch, self._goes, self._comes = watch, goes, comes

    def snapshot(self) -> tuple[Snapshot, int | None]:
        self._watch.monitor.discard(self._goes)
        self._watch.monitor.add(self._comes)
        return super().snapshot()


def test_connections_come_and_go_during_a_pass() -> None:
    """A pass goes over those it began with; the next one over those that are there."""
    goes, comes = Scripted(name="goes"), Scripted(name="comes")
    watch = Watch()
    watch.monitor.add(Changing(watch, goes, comes))
    watch.monitor.add(goes)
    assert [0, 0] == watch.look(1)
    watch.look(2)
    assert ["s", "goes", "s", "comes"] == [event.conn for event in watch.ear.all(Checked)]


def test_a_count_is_not_inherited_by_a_connection_of_the_same_name() -> None:
    """A new connection starts from zero, and one that is finished is no longer checked."""
    old, new = Scripted(), Scripted()
    watch = Watch(old)
    old.number = new.number = 1
    assert [[1], [2]] == [watch.look(2000), watch.look(2001)]
    old.is_finished = True
    watch.monitor.add(new)
    assert [1] == watch.look(2002)
    assert [new] == [one.conn for one in watch.monitor._roll.line()]
    old.is_finished = False
    watch.monitor.add(old)
    assert [2, 1] == watch.look(2003)


class Interrupting(Scripted):
    """A connection after whose look the monitor is held up for long."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def snapshot(self) -> tuple[Snapshot, int | None]:
        seen = super().snapshot()
        self._watch.now_us += 10 * LIMIT_US
        return seen


def test_time_after_the_look_is_no_stall() -> None:
    """A send that was seen may have ended since: only the time before the look counts."""
    watch = Watch()
    conn = Interrupting(watch)
    watch.monitor.add(conn)
    conn.number, conn.taken_us = 1, 0
    assert [0] == watch.look(LIMIT_US)
    assert [LIMIT_US] == [event.stall_us for event in watch.ear.all(Checked)]
