"""The monitor: looks at every connection once a period, and waits for none of them.

The stall it guards against: a monitor that takes the lock it watches, or writes to a socket, stops
at the first stalled connection, and nobody watches the others.

The intuition: one thread on an absolute schedule, tick k at start + k * period. For each connection
it reads the clock first and the published lock holder second, asks the machine of `stall_count`,
and does what that says: warn, shut down, or queue a heartbeat for the connection's own worker. In
that order the stall time is never too long: a send that is in flight when the lock holder is read
has held the lock all the time since it took it. The other way round, a thread that is held up
between the two reads would count time in which the send has long ended. A lock taken after the
clock's reading gives a negative stall time, which is zero.

Where nobody is told of each check, most of them are made without the machine (`watch`, `roll`):
those that would do nothing but count.

The complication: a tick for which the thread wakes too late is skipped, reported, and never made
up. A check that ran late, followed by one on time, would be less than a period apart, and a
connection could be closed before the lower end of the close window (form b). A tick that is not too
late is never skipped: each one that is moves the window by a period.

Spec: `spec/sc.md`.
"""

from functools import partial

from stallproof.drivers.arguments import require_watched
from stallproof.drivers.clock import Clock
from stallproof.drivers.io import REAL, Event, Io, Thread
from stallproof.drivers.recorder import Record, ignore
from stallproof.drivers.roll import Roll
from stallproof.drivers.steps import BARE, Steps
from stallproof.drivers.watch import Watch
from stallproof.drivers.watch import Watched as Watched
from stallproof.machines.connection import Cause
from stallproof.machines.policy import MICROSECONDS
from stallproof.machines.stall_count import NEVER_CHECKED, CheckDecision, Snapshot, StallCount
from stallproof.wire.implementation import (
    Checked,
    Noted,
    PassBegun,
    PassEnded,
    TicksSkipped,
    Warned,
)

SLACK_US = 50_000
"""How late a check may be; a tick that would be later is skipped (form b)."""


def ticks_missed(late_us: int, period_us: int, slack_us: int) -> int:
    """Return how many ticks in a row, the one `late_us` ago first, are later than `slack_us`."""
    return max(0, late_us - slack_us + period_us - 1) // period_us


class Monitor:
    """Check connections, on a schedule or on demand.

    Each connection brings its own policy; the period is the monitor's.
    """

    def __init__(
        self, record: Record = ignore, *, clock: Clock | None = None, steps: Steps = BARE,
        io: Io = REAL,
    ) -> None:  # fmt: skip
        """Make a monitor that watches nothing and does not run yet."""
        self._record = record
        self._clock = io.now_us if clock is None else clock
        self._io = io
        self._steps = steps
        # Every check is told, held against the contracts or made otherwise: none is left out.
        self._is_thorough = record is not ignore or steps is not BARE or type(self) is not Monitor
        self._roll = Roll()
        # Passes exclude one another; a pass never waits, so neither does the next one for long.
        self._passes = io.mutex()
        self._tick = 0
        self._stopped = io.event()
        self._thread: Thread | None = None

    def add(self, conn: Watched) -> None:
        """Watch `conn` from the next pass on, with a count of its own.

        Who is watched already stays as it is. While it is watched, its policy and whether it allows
        heartbeats must not change. Raises `TypeError` for what is no connection.
        """
        require_watched(conn)
        self._roll.add(conn)

    def discard(self, conn: Watched) -> None:
        """Stop watching `conn`, and forget its count; a pass under way may still check it."""
        self._roll.discard(conn)

    # --- the schedule -----------------------------------------------------------------------------

    def start(self, period_us: int) -> None:
        """Run a pass each `period_us` from now on; the first one period from now.

        A schedule that runs already is stopped first. Raises `ValueError` for less than 1 us.
        """
        if period_us < 1:
            raise ValueError("a period has at least 1 us")
        self.stop()
        self._stopped = self._io.event()
        run = partial(self._run, period_us, self._clock(), self._stopped)
        self._thread = self._io.thread(run, "monitor")
        self._thread.start()

    def stop(self) -> None:
        """Stop the schedule; on return no pass of it is under way."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self, period_us: int, start_us: int, stopped: Event) -> None:
        slack_us = min(SLACK_US, period_us - 1)
        tick = 1
        while True:
            due_us = start_us + tick * period_us
            if stopped.wait(max(0, due_us - self._clock()) / MICROSECONDS):
                return
            late_us = self._clock() - due_us
            if late_us < 0:
                continue
            skipped = ticks_missed(late_us, period_us, slack_us)
            if skipped:
                # The last of them is the least late.
                late_us -= (skipped - 1) * period_us
                self._record(
                    TicksSkipped(at_us=self._clock(), tick=tick, ticks=skipped, late_us=late_us)
                )
            else:
                self.run_pass()
            tick += max(1, skipped)

    # --- one pass ---------------------------------------------------------------------------------

    def run_pass(self) -> tuple[int, int]:
        """Check every connection once; return when the pass began and ended.

        One connection's failure is recorded and does not end the pass for the others.
        """
        with self._passes:
            self._tick += 1
            began_us = self._clock()
            self._record(PassBegun(at_us=began_us, tick=self._tick))
            if self._is_thorough:
                for watch in self._roll.line():
                    self._look(watch)
            else:
                self._look_where_needed(began_us)
            ended_us = self._clock()
            self._record(PassEnded(at_us=ended_us, tick=self._tick))
            return began_us, ended_us

    def _look_where_needed(self, now_us: int) -> None:
        """Check every connection, and ask the machine only about those where it might act.

        The clock was read before the pass reads any connection, so no stall time is too long.
        """
        for watch in self._roll.unsettled(now_us, self._clock):
            self._look(watch)
            self._roll.time(watch, self._clock())

    def _look(self, watch: Watch) -> None:
        """Let the machine judge one connection; a failure is recorded, and begins a new count."""
        conn = watch.conn
        try:
            if conn.is_finished:
                self.discard(conn)
                return
            watch.count = self._check(conn, watch.count)
        except Exception as error:
            watch.count = NEVER_CHECKED
            name = getattr(conn, "name", None)
            self._note(f"a check failed: {type(error).__name__}: {error}", name)

    def _check(self, conn: Watched, count: StallCount) -> StallCount:
        """Judge one connection and act on it; return the count to remember."""
        at_us = self._clock()
        snapshot, send_id = conn.snapshot()
        count, decision = self._steps.on_check(conn.policy, count, snapshot, now_us=at_us)
        checks = count.stalled_checks
        self._record(
            Checked(
                at_us=at_us, conn=conn.name, stall_us=decision.stall_us, count=checks, send=send_id
            )
        )
        if decision.warns:
            self._record(
                Warned(
                    at_us=at_us, conn=conn.name, count=checks, threshold=conn.policy.checks_max,
                    stall_us=decision.stall_us,
                )
            )  # fmt: skip
        if decision.closes:
            conn.begin_closing(Cause.MONITOR)
        if self._is_heartbeat_due(conn, snapshot, decision, now_us=at_us):
            conn.queue_heartbeat()
        return count

    def _is_heartbeat_due(
        self, conn: Watched, snapshot: Snapshot, decision: CheckDecision, *, now_us: int
    ) -> bool:
        """Tell whether this check queues a heartbeat: exactly when the machine says so."""
        return decision.heartbeat

    def _note(self, text: str, conn: str | None = None) -> None:
        self._record(Noted(at_us=self._clock(), conn=conn, text=text))
