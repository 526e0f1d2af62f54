"""The connection as a whole: one send at a time, one closing, and the two guardrails on top.

The intuition: a connection is the holder of its lock (a `Send` or nobody), two latches (closing has
begun, a frame was torn), the last sequence number, and what the monitor remembers. Each event is
one function; every one leaves `is_connection` true, and none opens a latch again.

The use: drivers run the parts on threads of their own (the sender owns the `Send`, the monitor its
`StallCount`) and share only the latch; proofs and searches run the whole, one event at a time.

The complication: whoever begins the closing first is its cause, and only that one closes. The send
whose own deadline began it ends with TIMEOUT; every other one is SUPPRESSED.

Spec: `spec/cx.md`.
"""

from enum import Enum

from stallproof.machines import send_deadline, stall_count
from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.send_deadline import Decision, End, Failure, Outcome, Send
from stallproof.machines.stall_count import NEVER_CHECKED, CheckDecision, Snapshot, StallCount
from stallproof.machines.states import state

SEQUENCES = 65536  # The prefix holds two bytes of a sequence number.


class Cause(Enum):
    """Who began the closing; `TLS`: the secure session of a connection cannot go on."""

    SEND_TIMEOUT = "send_timeout"
    TORN_FRAME = "torn_frame"
    MONITOR = "monitor"
    LOCAL = "local"
    TLS = "tls"


@state
class Connection:
    """One connection between two events.

    `send` and `send_id` are the frame in flight or both `None`; `sends` counts the locks taken so
    far; `closed_by` is `None` until closing begins and never changes afterwards; `sequence` is the
    number that the last frame on the wire carried.
    """

    send: Send | None
    send_id: int | None
    sends: int
    closed_by: Cause | None
    torn: bool
    sequence: int
    received_us: int | None
    heartbeats: bool
    count: StallCount


@state
class Effects:
    """What a driver does after an event: each part is `None` when there is nothing to do.

    `closes` is set exactly once in the life of a connection: shut the transport down.
    """

    decision: Decision | None = None
    closes: Cause | None = None
    check: CheckDecision | None = None


NOTHING = Effects()


def new_connection(*, heartbeats: bool) -> Connection:
    """Return a fresh, open, idle connection that never sent and never received."""
    return Connection(None, None, 0, None, False, 0, None, heartbeats, NEVER_CHECKED)


def is_connection(conn: Connection) -> bool:
    """Tell whether `conn` can occur between two events."""
    return (
        (conn.send is None) == (conn.send_id is None)
        and (conn.send is None or send_deadline.is_send(conn.send))
        and (conn.send_id is None or conn.send_id == conn.sends)
        and conn.sends >= 0
        and 0 <= conn.sequence < SEQUENCES
        and (not conn.torn or conn.closed_by is not None)
        and stall_count.is_stall_count(conn.count)
    )


def stays_closed(before: Connection, after: Connection) -> bool:
    """Tell whether a closing that had begun is still there, with the cause it had."""
    return before.closed_by is None or after.closed_by is before.closed_by


def sequence_after(sequence: int) -> int:
    """Return the sequence number that follows `sequence` on the wire."""
    return (sequence + 1) % SEQUENCES


def snapshot_of(conn: Connection) -> Snapshot:
    """Return what a monitor would read of `conn`."""
    taken_us = None if conn.send is None else conn.send.taken_us
    return Snapshot(
        conn.send_id, taken_us, conn.received_us, conn.heartbeats, conn.closed_by is not None
    )


def _released(conn: Connection, ended: End, written_bytes: int) -> tuple[Connection, Effects]:
    """Release the lock after a send ended; used a sequence number if anything was written."""
    closed_by = conn.closed_by
    closes: Cause | None = None
    if ended.closes and closed_by is None:
        closes = Cause.SEND_TIMEOUT if ended.outcome is Outcome.TIMEOUT else Cause.TORN_FRAME
        closed_by = closes
    used = written_bytes > 0
    torn = conn.torn or (used and ended.outcome is not Outcome.OK)
    sequence = sequence_after(conn.sequence) if used else conn.sequence
    after = Connection(
        None, None, conn.sends, closed_by, torn, sequence, conn.received_us, conn.heartbeats,
        conn.count,
    )  # fmt: skip
    return after, Effects(decision=ended, closes=closes)


def _with_send(conn: Connection, send: Send | None, send_id: int | None, sends: int) -> Connection:
    """Return `conn` with `send` in flight, and nothing else changed but the number of sends."""
    return Connection(
        send, send_id, sends, conn.closed_by, conn.torn, conn.sequence, conn.received_us,
        conn.heartbeats, conn.count,
    )  # fmt: skip


@require(lambda policy: is_well_formed(policy))
@require(lambda conn: is_connection(conn))
@require(lambda conn: conn.send is None, "CX-1: the lock is free")
@require(lambda size_bytes: size_bytes >= 1)
@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_connection(result[0]))
@ensure(
    lambda conn, result: (result[0].send is None) == (conn.closed_by is not None),
    "CX-6, SD-12: nothing starts once closing has begun, and otherwise the lock is held",
)
@ensure(
    lambda conn, result: not conn.closed_by or result[1].decision == End(Outcome.SUPPRESSED, False),
    "SD-10, SD-13: a send that finds the connection closing is SUPPRESSED with nothing written",
)
def on_lock_taken(
    policy: Policy, conn: Connection, size_bytes: int, *, now_us: int
) -> tuple[Connection, Effects]:
    """A sender reached the head of the queue and took the lock for a frame of `size_bytes`."""
    sends = conn.sends + 1
    if conn.closed_by is not None:
        return _with_send(conn, None, None, sends), Effects(End(Outcome.SUPPRESSED, False))
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=now_us)
    return _with_send(conn, send, sends, sends), NOTHING


@require(lambda conn: is_connection(conn))
@require(
    lambda conn, wrote_bytes: (
        conn.send is not None and 0 <= wrote_bytes <= conn.send.size_bytes - conn.send.written_bytes
    )
)
@require(lambda conn: conn.send is not None, "CX-1: only the holder steps")
@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_connection(result[0]))
@ensure(
    lambda conn, now_us, result: result[0].send is None or now_us < conn.send.deadline_us,
    "SD-3: held and due, hence released",
)
@ensure(lambda conn, result: conn.closed_by is None or result[1].closes is None, "SD-5: once")
@ensure(lambda conn, result: stays_closed(conn, result[0]), "CX-6")
def on_step(conn: Connection, wrote_bytes: int, *, now_us: int) -> tuple[Connection, Effects]:
    """The holder wrote `wrote_bytes` (0 after a mere wake) and looks at the clock."""
    assert conn.send is not None
    closing = conn.closed_by is not None
    send, decision = send_deadline.on_step(conn.send, wrote_bytes, closing=closing, now_us=now_us)
    if isinstance(decision, End):
        return _released(conn, decision, send.written_bytes)
    return _with_send(conn, send, conn.send_id, conn.sends), Effects(decision=decision)


@require(lambda conn: is_connection(conn))
@require(lambda conn: conn.send is not None, "CX-1: only the holder fails")
@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_connection(result[0]))
@ensure(lambda result: result[0].send is None, "SD-3, CX-2: a failure frees the lock")
@ensure(lambda conn, result: conn.closed_by is None or result[1].closes is None, "SD-5: once")
@ensure(lambda conn, result: stays_closed(conn, result[0]), "CX-6")
def on_failed(conn: Connection, failure: Failure, *, now_us: int) -> tuple[Connection, Effects]:
    """The transport reported `failure` to the holder with bytes left to write."""
    assert conn.send is not None
    closing = conn.closed_by is not None
    ended = send_deadline.on_failed(conn.send, failure, closing=closing, now_us=now_us)
    return _released(conn, ended, conn.send.written_bytes)


def _closed_by(conn: Connection, cause: Cause | None, count: StallCount) -> Connection:
    """Return `conn` closing because of `cause`, if any, unless it already was, with `count`."""
    closed_by = cause if conn.closed_by is None else conn.closed_by
    return Connection(
        conn.send, conn.send_id, conn.sends, closed_by, conn.torn, conn.sequence,
        conn.received_us, conn.heartbeats, count,
    )  # fmt: skip


@require(lambda conn: is_connection(conn))
@ensure(lambda result: is_connection(result[0]))
@ensure(lambda result: result[0].closed_by is not None, "CX-6: closing is final")
@ensure(lambda conn, result: (result[1].closes is not None) == (conn.closed_by is None), "SD-5")
def on_close(conn: Connection) -> tuple[Connection, Effects]:
    """The owner closes the connection; a second time changes nothing."""
    closes = Cause.LOCAL if conn.closed_by is None else None
    return _closed_by(conn, Cause.LOCAL, conn.count), Effects(closes=closes)


@require(lambda policy: is_well_formed(policy))
@require(lambda conn: is_connection(conn))
@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_connection(result[0]))
@ensure(lambda conn, result: result[0].send == conn.send, "SC-11: a check never touches the send")
@ensure(lambda conn, result: conn.closed_by is None or result[1].closes is None, "SC-8: once")
@ensure(lambda conn, result: stays_closed(conn, result[0]), "CX-6")
@ensure(
    lambda policy, result: (
        result[1].closes is None
        or (policy.close_stalled and result[0].count.stalled_checks >= policy.checks_max)
    ),
    "SC-5, SC-6: never in warn-only mode, never before the threshold",
)
def on_check(policy: Policy, conn: Connection, *, now_us: int) -> tuple[Connection, Effects]:
    """The monitor looked at the connection at one tick."""
    count, decision = stall_count.on_check(policy, conn.count, snapshot_of(conn), now_us=now_us)
    closes = Cause.MONITOR if decision.closes else None
    return _closed_by(conn, closes, count), Effects(closes=closes, check=decision)


@require(lambda conn: is_connection(conn))
@require(lambda now_us: now_us >= 0)
@ensure(lambda result: is_connection(result))
@ensure(lambda now_us, result: result.received_us is not None and result.received_us >= now_us)
def on_received(conn: Connection, *, now_us: int) -> Connection:
    """A frame arrived from the peer: the connection is not idle."""
    received_us = now_us if conn.received_us is None else max(conn.received_us, now_us)
    return Connection(
        conn.send, conn.send_id, conn.sends, conn.closed_by, conn.torn, conn.sequence,
        received_us, conn.heartbeats, conn.count,
    )  # fmt: skip
