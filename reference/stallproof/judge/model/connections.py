"""One connection in virtual time, by the words of SD and CX: room, a lock, a queue, a deadline.

A connection is a naive model: it is told what happens, does what the law demands at that moment,
and says so with `demand`. With `put` it names the requirements that this moment puts to the test:
those that alone forbade, or alone called for, what a plausible mistake would have done otherwise
here (the law has them in words).

Spec: `spec/sd.md`, `spec/cx.md`, `spec/virtual.md`.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from stallproof.judge.model import frames
from stallproof.judge.model.agenda import Agenda
from stallproof.judge.model.frames import FOREVER, Frame, World
from stallproof.judge.model.keys import CLOSING, LOCK_TAKEN, SEND_ENDED, WRITTEN

__all__ = ["FOREVER", "Frame", "ModelConnection"]

By = Literal["timeout", "torn", "close", "monitor"]


class Neighbours(World, Protocol):
    """What a connection needs besides: who is beside it, and whom it tells."""

    stale: list[int]
    blocked: dict["ModelConnection", None]
    sends: Agenda["ModelConnection"]

    def tested_by_a_lock(self, connection: "ModelConnection") -> list[str]: ...
    def expired(self, connection: "ModelConnection", frame: Frame) -> None: ...
    def connection_closed(self, connection: "ModelConnection") -> None: ...


@dataclass(slots=True, eq=False)
class ModelConnection:
    """One connection."""

    world: Neighbours
    name: str
    room: int | None
    heartbeats: bool
    opened_us: int
    place: int
    linger_us: int = 0
    let_go_us: int = FOREVER
    flight: Frame | None = None
    queue: list[Frame] = field(default_factory=list)
    frames: dict[int, Frame] = field(default_factory=dict)
    wire: list[Frame] = field(default_factory=list)
    armed: str | None = None
    failed_now: int = -1
    closing_us: int | None = None
    closed_by: By | None = None
    received_us: int | None = None
    count: int = 0
    carries_streams: bool = False
    seen: Frame | None = None

    # --- what is asked for ------------------------------------------------------------------------

    def send(self, frame: Frame) -> None:
        """Have `frame` ask for the lock."""
        world = self.world
        self.frames[frame.number] = frame
        if self.closing_us is not None:
            world.put("SD-10", "SD-15", "CX-6")
            if self.room != 0:
                world.put("SD-12")
            if self.closed_by == "timeout":
                world.put("SD-3")
            self.end(frame, "suppressed", raised=False)
        elif self.flight is not None:
            self.queue.append(frame)
            world.put("CX-1")
        else:
            self._take(frame)

    def accept(self, room_bytes: int) -> None:
        """Make room; who waits for it is woken at once."""
        if self.room is not None:
            self.room += room_bytes
        if self.closing_us is not None:
            if any(frame.left_bytes and frame.lock_us >= 0 for frame in self.frames.values()):
                self.world.put("CX-6", "SD-12")
        elif self.flight is not None:
            self._try(self.flight, self.world.now_us)
        elif any(frame.left_bytes for frame in self.frames.values()):
            # A send that failed is over: room revives nobody.
            self.world.put("CX-6")

    def fail(self, cause: str) -> None:
        """Have the next write fail; a send that waits meets it at once."""
        self.armed = cause
        if self.closing_us is None and self.flight is not None:
            self._try(self.flight, self.world.now_us)

    def close(self) -> None:
        """Close for the caller."""
        if self.closing_us is not None:
            self.world.put("CX-6")
        else:
            self.begin_closing("close")

    def _take(self, frame: Frame) -> None:
        world = self.world
        frame.lock_us, frame.lock_jumps = world.now_us, len(world.jumps)
        frame.deadline_us = world.now_us + world.policy["send_timeout_us"]
        self.flight = frame
        world.blocked[self] = None
        world.sends.enter(self)
        world.demand(LOCK_TAKEN, self.name, frame.number)
        world.put("CX-4", *world.tested_by_a_lock(self))
        self._try(frame, world.now_us)

    def _try(self, frame: Frame, began_us: int) -> None:
        """Write once, and again where the failure was none."""
        while self.armed is not None:
            cause, self.armed = self.armed, None
            self.failed_now = self.world.now_us
            self.world.put("SD-7")
            if cause not in frames.NO_FAILURE:
                self._fails(frame, cause)
                return
            frame.woken_us.append(self.world.now_us)
        wrote = frame.left_bytes if self.room is None else min(self.room, frame.left_bytes)
        if wrote:
            self.wrote(frame, began_us, wrote)
        if frame.left_bytes == 0:
            self.over(frame)
        elif frame.is_over_by_the_wall(self.world.now_us, self.world.jumps):
            self.world.put("SD-17")

    def wrote(self, frame: Frame, began_us: int, wrote: int) -> None:
        """A write that began at `began_us` has put `wrote` bytes onto the wire."""
        world = self.world
        if frame.wrote_bytes == 0:
            if self.wire and not self.carries_streams:
                world.put("SD-14")
            self.wire.append(frame)
        frame.wrote_bytes += wrote
        frame.progress_us.append(world.now_us)
        if self.room is not None:
            self.room -= wrote
        world.demand(WRITTEN, self.name, frame.number, began_us, wrote)
        if self.queue:
            world.put("CX-1")

    def over(self, frame: Frame) -> None:
        """The last byte was written."""
        world = self.world
        world.put("SD-9")
        timeout_us = world.policy["send_timeout_us"]
        if world.now_us >= frame.deadline_us - 1 or world.now_us > frame.asked_us + timeout_us:
            world.put("SD-4")
        self.end(frame, "ok", raised=False)
        self.hand_on()

    def _fails(self, frame: Frame, cause: str) -> None:
        """A write failed: the error table, and whether that closes."""
        if cause in frames.TIMEOUT_CAUSES:
            self.world.put("SD-5")
            self.time_out(frame)
            return
        outcome = "closed" if cause in frames.CLOSED_CAUSES else "error"
        self.world.put("SD-15")
        if frame.wrote_bytes:
            self.world.put("SD-6", "SD-10")
            self.end(frame, outcome, raised=True)
            self.begin_closing("torn")
        else:
            self.world.put("SD-8")
            self.end(frame, outcome, raised=True)
            self.hand_on()

    def due_us(self) -> int:
        """Return when the send in flight ends by itself; `FOREVER` where none is."""
        if self.flight is None:
            return FOREVER
        return self.flight.deadline_us if self.closing_us is None else self.let_go_us

    def expire(self) -> None:
        """The deadline came with bytes left."""
        frame, world = self.flight, self.world
        assert frame is not None
        world.put("SD-2", "SD-4", "SD-5", "SD-7")
        if frame.moments_us or frame.lock_us > frame.asked_us:
            world.put("SD-1")
        if self.queue:
            world.put("SD-3")
        world.expired(self, frame)
        self.time_out(frame)

    def time_out(self, frame: Frame) -> None:
        """The send ends by its deadline, and closes."""
        self.end(frame, "timeout", raised=True)
        self.begin_closing("timeout")

    def begin_closing(self, by: By) -> None:
        """Closing begins, which cuts off all sends: at once, unless the transport lingers."""
        world = self.world
        self.closing_us, self.closed_by = world.now_us, by
        world.demand(CLOSING, self.name)
        if self.flight is not None and self.linger_us:
            self.let_go_us = world.now_us + self.linger_us
            world.sends.enter(self)
            if self.queue or self.flight.deadline_us <= self.let_go_us:
                world.problem(f"{self.name} lingers beyond a deadline, or with sends in the queue")
        else:
            self.cut_off()
        world.connection_closed(self)

    def cut_off(self) -> None:
        """The send in flight and all that queue end at this instant."""
        self.let_go_us = FOREVER
        cut = [*([self.flight] if self.flight is not None else []), *self.queue]
        self.queue = []
        if cut:
            self.world.put("SD-10", "SD-15", "SD-13" if self.closed_by == "timeout" else "CX-2")
        for frame in cut:
            self.end(frame, "suppressed", raised=False)

    def end(self, frame: Frame, outcome: str, *, raised: bool) -> None:
        world = self.world
        frame.ended_us, frame.outcome = world.now_us, outcome
        world.demand(SEND_ENDED, self.name, frame.number, outcome, raised)
        if frame is self.flight:
            self.flight = None
            world.blocked.pop(self, None)
            if outcome == "suppressed":
                world.stale.append(frame.deadline_us)
        lock = (world.now_us, LOCK_TAKEN, self.name, frame.number)
        if frame.wrote_bytes == 0:
            # Who ends at the instant of taking the lock, with nothing written, need not say so.
            world.free.add(lock)
            if frame.lock_us == world.now_us and lock in world.demanded:
                world.demanded.remove(lock)

    def hand_on(self) -> None:
        """The lock is free: the first in the queue takes it."""
        if self.queue:
            self._take(self.queue.pop(0))
