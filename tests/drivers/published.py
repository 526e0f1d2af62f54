"""Two worlds that live through the same: one monitor asks the machine at each check, one does not.

What happens is a list of small numbers, so that Hypothesis and a seeded generator can both write
it, and a failure shrinks to a few of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from stallproof.drivers.monitor import Monitor
from stallproof.drivers.sent import LockHolder
from stallproof.drivers.steps import CHECKED
from stallproof.drivers.watch import says_what_is_published
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import Snapshot, StallCount
from tests.drivers.peers import Ear

LIMIT_US, INTERVAL_US = 3, 9
LARGE = 40
"""From this size on a world has few heartbeats, so that most of its connections are at rest."""
POLICIES = tuple(
    Policy(
        stall_timeout_us=LIMIT_US, heartbeat_interval_us=INTERVAL_US, checks_max=checks_max,
        close_stalled=close_stalled,
    )
    for close_stalled in (True, False)
    for checks_max in (1, 3)
)  # fmt: skip


@dataclass(eq=False)
class Told:
    """A connection that publishes what a check reads; `log` is what the monitor did to it."""

    name: str
    policy: Policy
    heartbeats: bool
    log: list[str]
    lock_holder: LockHolder | None = None
    received_us: int | None = None
    closing_begun: bool = False
    is_finished: bool = False
    sends: int = 0

    @says_what_is_published
    def snapshot(self) -> tuple[Snapshot, int | None]:
        held = self.lock_holder
        number, taken_us, _ = held or (None, None, None)
        seen = Snapshot(number, taken_us, self.received_us, self.heartbeats, self.closing_begun)
        return seen, None

    def begin_closing(self, cause: Cause) -> bool:
        self.log.append(f"{self.name} closed by {cause.value}")
        self.closing_begun = True
        return True

    def queue_heartbeat(self) -> None:
        self.log.append(f"{self.name} beats")


@dataclass
class World:
    """Connections, their monitor, and what it did to them."""

    is_swift: bool
    is_large: bool = False
    now_us: int = 1
    log: list[str] = field(default_factory=list)
    conns: list[Told] = field(default_factory=list)
    made: int = 0

    def __post_init__(self) -> None:
        def clock() -> int:
            return self.now_us

        self.monitor = (
            Monitor(clock=clock) if self.is_swift else Monitor(Ear(), clock=clock, steps=CHECKED)
        )

    def come(self, kind: int) -> None:
        """Let a connection come, with one of the policies, with or without heartbeats."""
        policy = POLICIES[kind % len(POLICIES)]
        heard_us = self.now_us if kind % 3 else None
        beats = kind % 20 == 1 if self.is_large else kind % 5 != 0
        conn = Told(f"c{self.made}", policy, beats, self.log, received_us=heard_us)
        self.made += 1
        self.conns.append(conn)
        self.monitor.add(conn)

    def happen(self, act: int, which: int) -> None:
        """Let one thing happen to one connection, or to the list of them."""
        if act == 0 or not self.conns:
            self.come(which)
            return
        conn = self.conns[which % len(self.conns)]
        match act:
            case 1 | 2 if not conn.is_finished:
                # The lock may be taken after the clock was read.
                conn.sends += 1
                conn.lock_holder = (conn.sends, self.now_us + (which % 3 == 0), None)
            case 3:
                conn.lock_holder = None
            case 4 | 5:
                conn.received_us = self.now_us
            case 6:
                conn.closing_begun = True
            case 7 if conn.closing_begun and conn.lock_holder is None:
                conn.is_finished = True
            case 8 if which % 4 == 0:
                self.conns.remove(conn)
                self.monitor.discard(conn)

    def counts(self) -> list[tuple[str, StallCount]]:
        """Return what the monitor remembers of each connection, in order."""
        return [(one.conn.name, one.count) for one in self.monitor._roll.line()]


def play(size: int, moments: Iterable[tuple[int, list[tuple[int, int]]]]) -> int:
    """Live through `moments` in both worlds and compare them after each pass; return the passes.

    A moment is how much time passes before its pass, and the acts before that time.
    """
    swift, thorough = worlds = World(True, size >= LARGE), World(False, size >= LARGE)
    for world in worlds:
        for kind in range(size):
            world.come(kind)
    passes = 0
    for later_us, acts in moments:
        for world in worlds:
            for act, which in acts:
                world.happen(act, which)
            world.now_us += later_us
            world.monitor.run_pass()
        passes += 1
        assert thorough.log == swift.log
        assert thorough.counts() == swift.counts()
        swift.log.clear()
        thorough.log.clear()
    return passes
