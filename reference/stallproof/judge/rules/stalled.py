"""Which sends the peer kept from finishing by their deadline: the ground of several rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from stallproof.judge.evidence.blocked import is_unfinished_at
from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts
from stallproof.judge.evidence.lock import lock_at
from stallproof.judge.evidence.moment import Lateness, Moment
from stallproof.judge.evidence.observation import Observation, timed, unsure
from stallproof.judge.evidence.queue import met_free_lock
from stallproof.judge.evidence.run import Run
from stallproof.wire.events import AnyEvent

WARM_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 64 * 1024
TRICKLE_READS = 3
TRICKLE_BYTES = 256 * 1024
COLD_BYTES = 4096
"""No handshake is longer: a connection that carried more is not cold any more."""
FULL_BYTES = 8 * 1024
"""Buffers that held less than this when a small send blocked were not full."""


@dataclass(slots=True, frozen=True)
class Stall:
    """A send that met a free lock and, the peer proves it, was unfinished when it was due.

    `deadline`: when its lock was taken plus the send timeout. Where nobody knows when that was,
    `is_charged` is false, and the deadline counts from the start of the send, so that only what
    came in time by that deadline is known to have come in time.
    """

    conn: ConnFacts
    send: SendFacts
    deadline: Moment
    is_charged: bool

    @property
    def deadline_us(self) -> int:
        """The latest time at which its deadline can have been."""
        return self.deadline.by_us


def stalled_sends(run: Run, *, whoever_closes: bool = False) -> list[Stall]:
    """Return each send that the peer kept from finishing by its deadline, all by itself.

    `whoever_closes`: also those that the monitor ended before.
    """
    name = f"stalled {whoever_closes}"
    if name not in run.memo:
        run.memo[name] = list(_stalled(run, whoever_closes=whoever_closes))
    found: list[Stall] = run.memo[name]
    return found


def _stalled(run: Run, *, whoever_closes: bool) -> Iterator[Stall]:
    for conn, send in run.all_sends():
        if not met_free_lock(conn, send):
            continue
        if conn.closing_heard_us <= send.started_us:
            continue
        taken = lock_at(run, conn, send)
        deadline = (taken or run.started_at(send)).later(run.knob("send_timeout_us"))
        deadline_us = deadline.by_us
        by_monitor = conn.monitor_closing_heard_us < deadline_us
        if by_monitor and not whoever_closes:
            continue
        watched_us = min(deadline_us, send.ended_us) if by_monitor else deadline_us
        if watched_us < run.end_us and _is_stalled(run, conn, send, watched_us):
            yield Stall(conn, send, deadline, taken is not None)


def _is_stalled(run: Run, conn: ConnFacts, send: SendFacts, deadline_us: int) -> bool:
    """Tell whether the peer kept `send` from finishing by its deadline, all by itself."""
    if any(d.at_us <= deadline_us for d in conn.meddling[:1]):
        return False
    if not conn.held_back_between(send.asked_us, deadline_us):
        return False
    asked = (run.requests(op, conn.conn) for op in ("close", "give_up"))
    if any(one.has_between(send.asked_us, deadline_us) for one in asked):
        return False
    if is_unfinished_at(run, conn, send, deadline_us):
        return True
    small = send.size_bytes <= SMALL_BYTES and send.repeat == 1
    never_read = conn.stopped_between(send.asked_us, deadline_us)
    in_time = send.outcome not in (None, "timeout") and send.ended_us < deadline_us
    # What the peer read afterwards shows how much the buffers held when the send blocked.
    full = conn.read_by(FOREVER) - conn.read_by(send.asked_us) >= FULL_BYTES
    return small and never_read and full and not in_time


def bounded(
    run: Run,
    requirement: str,
    situation: str | None,
    stall: Stall,
    late: Lateness,
    what: str,
    events: Sequence[AnyEvent],
) -> Observation:
    """Say that a hold of the lock ended so `late` after its bound, as far as anyone knows."""
    # Where the first byte was seen and not read, it is what the bound counts from.
    taken_us = stall.deadline_us - run.knob("send_timeout_us")
    events = [*(seen for seen in stall.conn.unread if seen.at_us == taken_us), *events]
    if stall.is_charged or late.most_us <= run.grace_us:
        return timed(requirement, situation, late, what, events)
    why = (
        f"{what} Nothing was said of its lock, and no byte was seen that is its own for certain: "
        f"when it took the lock nobody knows, and the time before that is no stall."
    )
    return unsure(requirement, situation, why, events)


def situation_of(conn: ConnFacts, send: SendFacts, deadline_us: int) -> str | None:
    """Name the situation of SD-3 that the peer put `send` into, `None` if it is none of them."""
    if conn.transport not in ("unix", "tcp", "tls"):
        return None
    if send.size_bytes <= SMALL_BYTES:
        return "full-buffer"
    if trickled(conn, send, deadline_us):
        return f"trickles-{conn.transport}"
    if not conn.stopped_between(send.asked_us, deadline_us):
        return None
    if conn.transport == "unix":
        return "never-reads-unix"
    before_bytes = conn.read_by(send.asked_us)
    if before_bytes >= WARM_BYTES:
        return f"never-reads-{conn.transport}-warm"
    return f"never-reads-{conn.transport}-cold" if before_bytes <= COLD_BYTES else None


def suspended(run: Run, stall: Stall) -> str | None:
    """Name the situation that a suspension put `stall` into, `None` if it put it into none."""
    taken_us = stall.deadline_us - run.knob("send_timeout_us")
    return run.suspensions.situation(taken_us, stall.deadline)


def trickled(conn: ConnFacts, send: SendFacts, deadline_us: int) -> bool:
    """Tell whether the peer let the frame progress again and again until close to the deadline.

    A few bytes do not: a kernel wakes a writer only when a good part of its buffer is free. So the
    peer has to read more, in the second half, than the buffers hold that the peer asks for.
    """
    half_us = (send.started_us + deadline_us) // 2
    reads = conn.reads_done.between(half_us, deadline_us)
    return len(reads) >= TRICKLE_READS and sum(r.got_bytes for r in reads) >= TRICKLE_BYTES
