"""The monitor on real sockets and a real clock: its schedule, and that it waits for nobody."""

import contextlib
import itertools
import socket
import threading
import time

import pytest

from stallproof.drivers.clock import now_us
from stallproof.drivers.guarded import GuardedConnection
from stallproof.drivers.monitor import SLACK_US, Monitor
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import Snapshot
from stallproof.wire.implementation import (
    Checked,
    Closing,
    HeartbeatDropped,
    HeartbeatQueued,
    HeartbeatSent,
    PassBegun,
    PassEnded,
    Warned,
)
from tests.drivers.peers import (
    PATIENCE_S,
    Sending,
    eventually,
    guarded,
    socket_of,
    unix_pair,
)
from tests.timing import GRACE_US, in_time, noise_us

LIMIT_US = 1000
CLOSING_ON = Policy(stall_timeout_us=LIMIT_US, checks_max=3, close_stalled=True)
WARN_ONLY = Policy(stall_timeout_us=LIMIT_US, checks_max=2)
LARGE = bytes(4 << 20)


def test_a_send_that_is_over_is_no_stall() -> None:
    """After a send that succeeded a check finds the connection idle, however long ago."""
    with guarded(unix_pair(), CLOSING_ON) as (conn, _, ear):
        monitor = Monitor(ear)
        monitor.add(conn)
        conn.send(b"small")
        time.sleep(2 * LIMIT_US / 1e6)
        monitor.run_pass()
        assert [(0, 0)] == [(event.stall_us, event.count) for event in ear.all(Checked)]
        assert [] == ear.all(Warned)


@pytest.mark.requirement("SC-11", "CX-3", kind="socket")
def test_a_pass_does_not_wait_for_a_lock_that_is_held() -> None:
    """While sends are stalled, and even with the lock held for ever, passes come and go."""
    policy = Policy(send_timeout_us=30_000_000, stall_timeout_us=1, heartbeat_interval_us=1)
    with (
        guarded(unix_pair(), policy) as (stalled, _, ear),
        guarded(unix_pair(), policy) as (held, _, held_ear),
        contextlib.ExitStack() as at_the_end,
    ):
        monitor = Monitor(ear)
        monitor.add(stalled)
        monitor.add(held)
        held.lock.acquire()
        at_the_end.callback(held.lock.release)
        sending = Sending(stalled, LARGE)
        assert eventually(lambda: stalled.lock_holder is not None)
        time.sleep(0.001)
        passes = threading.Thread(
            target=lambda: [monitor.run_pass() for _ in range(10)], daemon=True
        )
        passes.start()
        passes.join(PATIENCE_S)
        assert not passes.is_alive()
        assert sending.is_alive()
        assert list(range(1, 11)) == [event.count for event in ear.all(Warned)]
        # No heartbeat for the stalled one; for the other, which shows no send, they are dropped.
        assert [] == ear.all(HeartbeatQueued)
        assert eventually(lambda: len(held_ear.all(HeartbeatDropped)) == 10)
        assert [] == held_ear.all(HeartbeatSent)


@pytest.mark.requirement("SC-7", "SC-9", "CX-2", kind="socket")
@pytest.mark.timing
def test_the_monitor_closes_a_stalled_connection_and_frees_its_sender() -> None:
    """On a real clock the close falls into the window of form (b), and only there."""
    period_us, limit_us, checks = 2 * SLACK_US, 4 * SLACK_US, 2
    policy = Policy(
        send_timeout_us=30_000_000, stall_timeout_us=limit_us, checks_max=checks,
        close_stalled=True,
    )  # fmt: skip
    with guarded(unix_pair(), policy) as (conn, _, ear):
        monitor = Monitor(ear)
        monitor.add(conn)
        monitor.start(period_us)
        sending = Sending(conn, LARGE)
        assert eventually(lambda: conn.lock_holder is not None)
        lock_holder = conn.lock_holder
        assert lock_holder is not None
        _, taken_us, _ = lock_holder
        sending.result()
        monitor.stop()
        (closing,) = ear.all(Closing)
        after_us = closing.at_us - taken_us
        assert closing.cause == "monitor"
        assert in_time(closing.at_us, sending.ended_us)
        assert after_us > limit_us + (checks - 1) * period_us - SLACK_US
        assert in_time(taken_us, closing.at_us, limit_us + checks * period_us + SLACK_US)


@pytest.mark.timing
def test_missed_ticks_are_skipped_and_never_made_up() -> None:
    """After a pass that took several periods the schedule goes on at its own multiples."""
    period_us = 4 * SLACK_US

    class Slow(GuardedConnection):
        looks = 0

        def snapshot(self) -> tuple[Snapshot, int | None]:
            self.looks += 1
            if self.looks == 2:
                time.sleep(3.5 * period_us / 1e6)
            return super().snapshot()

    with guarded(unix_pair(), kind=Slow) as (conn, _, ear):
        monitor = Monitor(ear)
        monitor.add(conn)
        start_us = now_us()
        monitor.start(period_us)
        assert eventually(lambda: len(ear.all(PassEnded)) >= 6)
        monitor.stop()
        begun = [event.at_us for event in ear.all(PassBegun)]
        # The schedule itself began a little after our own reading of the clock.
        offset_us = min((at_us - start_us) % period_us for at_us in begun)
        # A pass says when it begins a little after its tick was found to be in time.
        noisy_us = noise_us(start_us, begun[-1])
        late_us = SLACK_US + GRACE_US // 100 + noisy_us
        for at_us in begun:
            assert (at_us - start_us - offset_us) % period_us <= late_us
        assert begun[2] - begun[1] >= 3 * period_us
        assert all(
            later - earlier >= period_us - SLACK_US - 2_000 - noisy_us
            for earlier, later in itertools.pairwise(begun)
        )
        passes = len(ear.all(PassBegun))
        time.sleep(2 * period_us / 1e6)
        assert passes == len(ear.all(PassBegun))


@pytest.mark.timing
def test_a_heartbeat_that_the_kernel_does_not_take_holds_up_no_pass() -> None:
    """The lock is free, the buffers are full: the worker waits, and the pass does not."""
    policy = Policy(send_timeout_us=1_000_000, heartbeat_interval_us=1)
    with guarded(unix_pair(), policy) as (conn, _, ear):
        with contextlib.suppress(BlockingIOError):
            while True:
                socket_of(conn).send(bytes(4096), socket.MSG_DONTWAIT)
        monitor = Monitor(ear)
        monitor.add(conn)
        began_us = now_us()
        monitor.run_pass()
        assert in_time(began_us, now_us())
        assert eventually(lambda: ear.all(HeartbeatDropped))
        assert ["timeout"] == [event.why for event in ear.all(HeartbeatDropped)]
