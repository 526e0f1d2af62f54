"""One stream in virtual time, by the words of AP: window, wait, progress clock, the one end.

The clock is the hardened one: it begins at the later of the last progress and the start of the
wait. What seed would do is worked out where a divergence is blamed; what is tested, in the law.

Spec: `spec/ap.md`, `spec/virtual.md` ("Streams").
"""

from dataclasses import dataclass, field
from typing import Any

from stallproof.judge.model.acks_taken import AckTaken
from stallproof.judge.model.frames import FOREVER, Jumps, World, moved_us
from stallproof.judge.model.keys import ACK_RECEIVED, CHUNK_BEGUN, NOTICE_SENT, STREAM_ENDED

LONG_WAIT_US = 1_000_000
"""A wait of at least 100 times 10 ms shows that the check interval was clamped."""


@dataclass(slots=True)
class Flow:
    """One stream of `total` bytes."""

    world: World
    conn: str
    number: int
    total: int
    pauses: list[int]
    made_us: int
    start_us: int
    sent: int = 0
    acked: int = 0
    chunks: int = 0
    progress_us: int = 0
    ready_us: int = FOREVER
    left_us: int = 0
    wait_us: int | None = None
    ended_us: int | None = None
    outcome: str | None = None
    place: int = 0
    wait_jumps: int = 0
    """How often the wall clock had jumped when the wait began."""
    clock_jumps: int = 0
    acks: list[AckTaken] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Wait for the first chunk; the progress clock of seed begins with the stream."""
        self.progress_us = self.left_us = self.made_us
        self.ready_us = self.start_us + self._pause()

    def _pause(self) -> int:
        return self.pauses[self.chunks] if self.chunks < len(self.pauses) else 0

    # --- what is due ------------------------------------------------------------------------------

    @property
    def clock_us(self) -> int:
        """The hardened progress clock, of a wait."""
        return max(self.progress_us, self.wait_us or 0)

    @property
    def no_progress_us(self) -> int:
        return self.clock_us + self.world.policy["ack_progress_timeout_us"]

    @property
    def ack_wait_us(self) -> int:
        assert self.wait_us is not None
        return self.wait_us + self.world.policy["ack_wait_us"]

    def moved_us(self, jumps: Jumps) -> tuple[int, int]:
        """Return how far the wall clock was moved since the progress clock, and in this wait."""
        return moved_us(jumps, self.clock_jumps), moved_us(jumps, self.wait_jumps)

    def over_by_the_wall(self, now_us: int, jumps: Jumps) -> tuple[bool, bool]:
        """Tell whether NO_PROGRESS and ACK_WAIT were due by a clock that jumped in this wait."""
        moved = zip(self.moved_us(jumps), (self.no_progress_us, self.ack_wait_us), strict=True)
        over = [by_us > 0 and now_us + by_us >= due_us for by_us, due_us in moved]
        return over[0], over[1]

    def due_us(self) -> int:
        """Return when the next thing happens by itself."""
        if self.outcome is not None or self.wait_us is None:
            return FOREVER if self.outcome is not None else self.ready_us
        return min(self.no_progress_us, self.ack_wait_us)

    def fire(self) -> None:
        """What is due happens: a chunk is ready, or the watchdog fails the stream."""
        if self.wait_us is not None:
            self._fail()
            return
        world = self.world
        outstanding, window = self.sent - self.acked, world.policy["window_bytes"]
        silent_us = world.now_us - max(self.progress_us, self.left_us)
        bounds = world.policy["ack_progress_timeout_us"], world.policy["ack_wait_us"]
        if outstanding and silent_us > max(bounds):
            world.put("AP-2")
        if outstanding > window:
            self.wait_us = world.now_us
            self.wait_jumps = self.clock_jumps = len(world.jumps)
            world.put("AP-11")
            return
        if outstanding == window:
            world.put("AP-2")
        if any(a.kind == "stale" and self.sent - a.offset > window for a in self.acks):
            # Had an older ACK moved the offset back, this chunk would have to wait.
            world.put("AP-1")
        self._begin()

    def _begin(self) -> None:
        world = self.world
        world.stream_writes(self.conn)
        if not self.sent and world.is_beside_idle_stream(self.conn, self.number):
            world.put("CX-7")
        self.wait_us = None
        self.sent += min(world.policy["chunk_bytes"], self.total - self.sent)
        self.chunks += 1
        self.left_us = world.now_us
        world.demand(CHUNK_BEGUN, self.conn, self.number, self.sent)
        self.ready_us = world.now_us + self._pause()
        if self.sent == self.total:
            self._end("done")

    def _fail(self) -> None:
        """The watchdog: NO_PROGRESS where both are due."""
        world, now_us = self.world, self.world.now_us
        assert self.wait_us is not None
        interval_us = world.policy["ack_check_interval_us"]
        world.put("AP-6", "AP-9")
        if (now_us - self.wait_us) % interval_us:
            world.put("AP-14")
        if now_us >= self.no_progress_us:
            world.put("AP-3")
            if now_us == self.ack_wait_us:
                world.put("AP-5")
            if self.wait_us > self.progress_us:
                world.put("AP-4")
            if any(a.kind == "stale" and a.at_us > self.clock_us for a in self.acks):
                world.put("AP-1")
        else:
            world.put("AP-5")
        if any(self.moved_us(world.jumps)):
            world.put("AP-15")
        self._left_wait()
        world.stream_writes(self.conn)
        self._end("no_progress" if now_us >= self.no_progress_us else "ack_wait")
        world.demand(NOTICE_SENT, self.conn, self.number)

    def _left_wait(self) -> None:
        """Name what a wait that is over has put to the test by lasting."""
        world, now_us = self.world, self.world.now_us
        assert self.wait_us is not None
        policy = world.policy
        if any(self.wait_us <= a.at_us and now_us > a.due_before_us for a in self._progress()):
            # It lived on beyond the moment that was due before the progress.
            world.put("AP-1")
        seed_us = max(self.wait_us, self.made_us + policy["ack_progress_timeout_us"])
        if now_us > seed_us + policy["ack_check_interval_us"] and not self.acked:
            world.put("AP-4")
        lasted = now_us - self.wait_us >= LONG_WAIT_US
        if lasted and policy.get("ack_check_interval_asked_us", 1) <= 0:
            world.put("AP-7")
        if any(a.kind == "untrue" and a.at_us >= self.wait_us for a in self.acks):
            world.put("AP-10")

    def _progress(self) -> list[AckTaken]:
        return [a for a in self.acks if a.kind == "progress"]

    # --- what is asked for ------------------------------------------------------------------------

    def ack(self, offset: Any, origin: str | None, error: str | None) -> None:
        """Take an ACK: one that cannot be true changes nothing and is reported."""
        world = self.world
        kind = self._kind(offset, origin, error)
        due_us = self.due_us() if self.wait_us is not None else FOREVER
        self.acks.append(AckTaken(world.now_us, offset, kind, self.acked, due_us))
        if self.outcome is not None:
            # Whether it is accepted is nobody's business any more: it changes nothing.
            world.put("AP-13")
            word = (ACK_RECEIVED, self.conn, self.number)
            world.demand(*word, False)
            world.alias[(world.now_us, *word, True)] = (world.now_us, *word, False)
            return
        world.demand(ACK_RECEIVED, self.conn, self.number, kind != "untrue")
        if kind == "untrue":
            world.put("AP-10")
        elif kind == "error":
            self._stop("ack_error", "AP-9", "AP-12")
        elif kind == "progress":
            self._progressed(offset)

    def _kind(self, offset: Any, origin: str | None, error: str | None) -> str:
        if origin is not None:
            return "untrue"
        if error is not None:
            return "error"
        if type(offset) is not int or not 0 <= offset <= self.sent:
            return "untrue"
        return "progress" if offset > self.acked else "stale"

    def _progressed(self, offset: int) -> None:
        world = self.world
        is_over = self.wait_us is not None and any(self.over_by_the_wall(world.now_us, world.jumps))
        self.acked, self.progress_us = offset, world.now_us
        self.clock_jumps = len(world.jumps)
        if self.wait_us is None:
            return
        window = world.policy["window_bytes"]
        if self.sent - self.acked == window + 1:
            world.put("AP-8", "AP-11")
        if self.sent - self.acked <= window:
            world.put("AP-8")
            if offset == self.sent:
                world.put("AP-10")
            if is_over:
                world.put("AP-15")
            self._left_wait()
            self._begin()

    def cancel(self) -> None:
        """This side stops the stream; the receiver may be told."""
        if self.outcome is not None:
            self.world.put("AP-13")
            return
        self.world.stream_writes(self.conn)
        self._stop("cancelled", "AP-12")
        self._may_be_told()

    def closed(self) -> None:
        """The connection began to close, which ends the stream: by a failed send, or a cancel."""
        if self.outcome is not None:
            return
        self._stop("send_failed", "CX-9")
        word = (self.world.now_us, STREAM_ENDED, self.conn, self.number)
        self.world.alias[(*word, "cancelled")] = (*word, "send_failed")
        self._may_be_told()

    def _may_be_told(self) -> None:
        self.world.free.add((self.world.now_us, NOTICE_SENT, self.conn, self.number))

    def _stop(self, outcome: str, *requirements: str) -> None:
        self.world.put(*requirements)
        if self.wait_us is not None:
            self._left_wait()
        self._end(outcome)

    def _end(self, outcome: str) -> None:
        self.ended_us, self.outcome = self.world.now_us, outcome
        self.wait_us = None
        self.world.put("AP-13")
        self.world.demand(STREAM_ENDED, self.conn, self.number, outcome)
