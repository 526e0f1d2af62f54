"""Which sends the peer kept from finishing by their deadline: the ground of several rules."""

from collections.abc import Iterator

from stallproof.judge.evidence.facts import FOREVER, ConnFacts, SendFacts, heard_us
from stallproof.judge.evidence.run import Run, in_flight_at_start, is_unfinished_at

WARM_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 64 * 1024
TRICKLE_READS = 3
TRICKLE_BYTES = 256 * 1024
COLD_BYTES = 4096
"""No handshake is longer: a connection that carried more is not cold any more."""
FULL_BYTES = 8 * 1024
"""Buffers that held less than this when a small send blocked were not full."""


def stalled_sends(
    run: Run, *, whoever_closes: bool = False
) -> Iterator[tuple[ConnFacts, SendFacts, int]]:
    """Yield each send that met a free lock and, the peer proves it, was unfinished when due.

    With it comes its deadline: the latest time at which its lock was taken plus the send timeout.
    `whoever_closes`: also those that the monitor ended before.
    """
    for conn, send in run.all_sends():
        if send.started is None or in_flight_at_start(conn, send):
            continue
        if any(heard_us(c) <= send.started_us for c in conn.closings):
            continue
        deadline_us = send.started_us + run.knob("send_timeout_us")
        others = [c for c in conn.closings if c.cause == "monitor" and heard_us(c) < deadline_us]
        if others and not whoever_closes:
            continue
        watched_us = min(deadline_us, send.ended_us) if others else deadline_us
        if watched_us < run.end_us and _is_stalled(run, conn, send, watched_us):
            yield conn, send, deadline_us


def _is_stalled(run: Run, conn: ConnFacts, send: SendFacts, deadline_us: int) -> bool:
    """Tell whether the peer kept `send` from finishing by its deadline, all by itself."""
    meddled = [d for d in conn.actions if d.action != "sent" and d.at_us <= deadline_us]
    closed = [c for c in run.asked("close", conn.conn) if send.asked_us <= c.at_us <= deadline_us]
    if meddled or closed or not conn.held_back_between(send.asked_us, deadline_us):
        return False
    if is_unfinished_at(run, conn, send, deadline_us):
        return True
    small = send.size_bytes <= SMALL_BYTES and send.repeat == 1
    never_read = conn.stopped_between(send.asked_us, deadline_us)
    in_time = send.outcome not in (None, "timeout") and send.ended_us < deadline_us
    # What the peer read afterwards shows how much the buffers held when the send blocked.
    full = conn.read_by(FOREVER) - conn.read_by(send.asked_us) >= FULL_BYTES
    return small and never_read and full and not in_time


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


def trickled(conn: ConnFacts, send: SendFacts, deadline_us: int) -> bool:
    """Tell whether the peer let the frame progress again and again until close to the deadline.

    A few bytes do not: a kernel wakes a writer only when a good part of its buffer is free. So the
    peer has to read more, in the second half, than the buffers hold that the peer asks for.
    """
    half_us = (send.started_us + deadline_us) // 2
    reads = [r for r in conn.reads if half_us <= r.at_us <= deadline_us]
    return len(reads) >= TRICKLE_READS and sum(r.got_bytes for r in reads) >= TRICKLE_BYTES
