"""A monitor that passes over who is at rest does what one does that asks the machine each time."""

import gc
import weakref
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stallproof.drivers.monitor import Monitor
from stallproof.drivers.watch import Watched, is_published
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import Snapshot, StallCount
from stallproof.wire.implementation import Checked
from tests.drivers.peers import Ear
from tests.drivers.published import INTERVAL_US, LARGE, LIMIT_US, POLICIES, Told, World, play
from tests.drivers.still import still
from tests.no_deadline import NO_DEADLINE

acts = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40)), max_size=4)
moments = st.lists(st.tuples(st.integers(0, 5), acts), min_size=1, max_size=25)


@given(size=st.sampled_from([0, 3, LARGE]), moments=moments)
@NO_DEADLINE
def test_who_is_passed_over_would_have_been_left_alone(
    size: int, moments: list[tuple[int, list[tuple[int, int]]]]
) -> None:
    """The same closes and heartbeats in the same order, and the same counts, after each pass."""
    assert len(moments) == play(size, moments)


def drawn(seed: int, passes: int) -> list[tuple[int, list[tuple[int, int]]]]:
    """Return moments of many passes in which a few of the connections do something."""
    random = Random(seed)
    return [
        (
            random.choice((0, 1, 1, 2, 5)),
            [
                (random.choice((0, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8)), few + random.randrange(4))
                for _ in range(random.choice((0, 1, 3, 12)))
            ],
        )
        for number in range(passes)
        # Always the same few for a while, so that something comes of it.
        for few in (number // 25 * 7,)
    ]


@pytest.mark.parametrize("size", [2, LARGE, 100])
@pytest.mark.parametrize("seed", range(3))
def test_long_lives_are_the_same(seed: int, size: int) -> None:
    """Few connections that are all looked at, and many of which some are."""
    assert play(size, drawn(seed, 150)) == 150


def at_rest(count: int, policy: Policy) -> World:
    """Return a swift world whose connections have received something, and were checked once."""
    world = World(is_swift=True)
    for number in range(count):
        world.conns.append(Told(f"c{number}", policy, True, world.log, received_us=world.now_us))
        world.monitor.add(world.conns[-1])
    world.monitor.run_pass()
    return world


@pytest.mark.requirement("SC-2", kind="boundary")
@pytest.mark.parametrize(("held_us", "closes"), [(-1, 0), (0, 0), (1, 1)])
def test_one_stall_among_many_is_closed_strictly_after_the_limit(held_us: int, closes: int) -> None:
    """Before and at the limit it is left alone, and one microsecond later it is closed."""
    world = at_rest(100, POLICIES[0])
    world.conns[70].lock_holder = (1, world.now_us, None)
    world.now_us += LIMIT_US + held_us
    world.monitor.run_pass()
    assert ["c70 closed by monitor"][:closes] == world.log


@pytest.mark.requirement("SC-10", kind="boundary")
@pytest.mark.parametrize(("beyond_us", "beats"), [(-1, 0), (0, 0), (1, 1)])
def test_a_heartbeat_is_due_strictly_after_the_interval(beyond_us: int, beats: int) -> None:
    """Before and at the interval nothing is due, and one microsecond later a heartbeat is."""
    world = at_rest(100, POLICIES[0])
    for conn in world.conns[1:]:
        conn.received_us = world.now_us + 100
    world.now_us += INTERVAL_US + beyond_us
    world.monitor.run_pass()
    assert ["c0 beats"][:beats] == world.log


def test_those_that_are_closed_in_one_pass_are_closed_in_order() -> None:
    """In the order of coming, whatever became of them meanwhile and however few they are."""
    world = at_rest(200, POLICIES[0])
    for number in (150, 20, 90, 3, 199):
        world.conns[number].lock_holder = (1, world.now_us, None)
    world.now_us += LIMIT_US + 1
    world.monitor.run_pass()
    assert [f"c{n} closed by monitor" for n in (3, 20, 90, 150, 199)] == world.log


class Asked(Told):
    """A connection that says something else than it publishes: it sends, and raises if told to."""

    raises = False

    def snapshot(self) -> tuple[Snapshot, int | None]:
        if self.raises:
            raise KeyboardInterrupt
        return Snapshot(7, 0, None, True, False), None


def test_who_says_something_else_than_it_publishes_is_asked() -> None:
    """An overridden snapshot is not passed over for what the attributes say."""
    world = at_rest(20, POLICIES[0])
    world.monitor.add(Asked("asked", POLICIES[0], False, world.log))
    world.monitor.run_pass()
    world.now_us = LIMIT_US + 1
    world.monitor.run_pass()
    assert ["asked closed by monitor"] == world.log


def test_an_interrupt_makes_the_next_pass_begin_with_everyone() -> None:
    """Those behind the interrupted check are not passed over for it."""
    world = at_rest(20, POLICIES[0])
    first, second = (Asked(name, POLICIES[0], False, world.log) for name in ("first", "second"))
    world.monitor.add(first)
    world.monitor.add(second)
    world.monitor.run_pass()
    first.raises = True
    with pytest.raises(KeyboardInterrupt):
        world.monitor.run_pass()
    first.raises = False
    world.now_us = LIMIT_US + 1
    world.monitor.run_pass()
    assert ["first closed by monitor", "second closed by monitor"] == world.log


def test_every_check_is_told_to_who_listens() -> None:
    """With a record nobody is passed over, however healthy."""
    ear = Ear()
    monitor = Monitor(ear, clock=lambda: 1)
    for number in range(20):
        monitor.add(Told(f"c{number}", POLICIES[0], True, [], received_us=1))
    monitor.run_pass()
    monitor.run_pass()
    assert [f"c{number}" for number in range(20)] * 2 == [one.conn for one in ear.all(Checked)]


def test_who_is_added_twice_is_checked_once_a_pass() -> None:
    """Two checks in one pass would count a stall twice."""
    ear = Ear()
    monitor = Monitor(ear, clock=lambda: 1)
    conn = Told("c", POLICIES[0], True, [], received_us=1)
    monitor.add(conn)
    monitor.add(conn)
    monitor.run_pass()
    assert ["c"] == [one.conn for one in ear.all(Checked)]


def test_who_is_added_twice_keeps_its_count() -> None:
    """It is under watch already, and its stall goes on."""
    conn = Told("c", POLICIES[1], True, [], lock_holder=(1, 0, None), received_us=1)
    monitor = Monitor(clock=lambda: LIMIT_US + 1)
    counts = []
    for _ in range(3):
        monitor.add(conn)
        monitor.run_pass()
        counts += [one.count.stalled_checks for one in monitor._roll.line()]
    assert [1, 2, 3] == counts
    assert ["c closed by monitor"] == conn.log


def test_who_has_gone_is_let_go_at_the_next_pass() -> None:
    """Neither the order of a pass nor the heap of heartbeats keeps a connection in memory."""
    world = at_rest(3, POLICIES[0])
    gone = weakref.ref(world.conns[1])
    world.monitor.discard(world.conns.pop(1))
    world.monitor.run_pass()
    gc.collect()
    assert gone() is None


def test_a_monitor_of_a_class_of_its_own_is_thorough() -> None:
    """Whoever overrides a check is asked for every one of them."""
    names = []

    class Own(Monitor):
        def _check(self, conn: Watched, count: StallCount) -> StallCount:
            names.append(conn.name)
            return super()._check(conn, count)

    monitor = Own(clock=lambda: 1)
    monitor.add(Told("c", POLICIES[0], False, []))
    monitor.run_pass()
    monitor.run_pass()
    assert ["c", "c"] == names


def test_a_guarded_connection_publishes_what_it_says() -> None:
    """Its attributes and its snapshot say the same, in flight, after receiving and closing."""
    conn = still("c", Policy())
    assert is_published(conn)
    assert (Snapshot(None, None, None, True, False), None) == conn.snapshot()
    assert (None, False) == (conn.lock_holder, conn.closing_begun)
    conn.lock_holder, conn.received_us = (3, 4, 9), 2
    assert (Snapshot(3, 4, 2, True, False), 9) == conn.snapshot()
    conn.begin_closing(Cause.LOCAL)
    assert (Snapshot(3, 4, 2, True, True), 9) == conn.snapshot()
    assert conn.closing_begun
