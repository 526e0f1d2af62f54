"""The invariant of the composed connection: what is true of it between any two events.

The intuition: `holds_together` says everything at once that a history can leave behind, so that it
is inductive: true of a new connection, and kept by each event. One predicate is both what the
events assume and what they must show, so that nothing is lost between two steps.

The complication: times of different threads carry no order. `latest_us` is a moment that no event
so far was later than; it is fixed before the step and holds after it. In any finite history it may
be the latest event, so what is said with it is true of every prefix.

It is stated from the requirements and calls no question of the machines (`is_connection`, ...). An
`a <= b` of two truths says: a implies b. It is one formula for the prover; an `or` would be a fork.
"""

from proofs.assumptions.shapes import limited
from stallproof.machines.connection import Cause, Connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Send
from stallproof.machines.stall_count import StallCount
from stallproof.machines.states import state


@state
class Sending(Connection):
    """A connection with a send in flight: by its type, so that no path begins without one."""

    send: Send
    send_id: int


@state
class Resting(Connection):
    """An idle connection: by its type, so that no path begins with a send in flight."""

    send: None
    send_id: None


def latches_agree(policy: Policy, conn: Connection) -> bool:
    """Tell whether a torn frame means a closing, and its cause could have begun the closing."""
    cause = conn.closed_by
    return (
        (conn.torn <= (cause is not None))
        & ((cause is Cause.TORN_FRAME) <= conn.torn)
        & ((cause is Cause.MONITOR) <= policy.close_stalled)
    )


def numbers_agree(conn: Connection) -> bool:
    """Tell whether no number is out of range, and no more frames left than sends were started."""
    return (
        (conn.sequence >= 0)
        & (conn.sequence <= 65535)
        & (conn.sequence <= conn.sends)
        & (conn.count.stalled_checks >= 0)
    )


def snapshots_agree(conn: Connection, latest_us: int) -> bool:
    """Tell whether what the monitor remembers was there: a send that was started, a past moment."""
    seen_id, received_us = conn.count.send_id, conn.received_us
    if seen_id is None:
        agree = conn.count.stalled_checks == 0
    else:
        agree = (seen_id >= 1) & (seen_id <= conn.sends)
    if received_us is None:
        return agree
    return agree & (received_us >= 0) & (received_us <= latest_us)


def send_agrees(policy: Policy, conn: Connection, send: Send, latest_us: int) -> bool:
    """Tell whether `send` is the last one started, with bytes left and its own deadline.

    A connection that its own send closed, or on which a frame was torn, has none.
    """
    return (
        (conn.torn <= False)
        & (conn.closed_by is not Cause.SEND_TIMEOUT)
        & (conn.send_id == conn.sends)
        & (conn.sequence < conn.sends)
        & (send.taken_us >= 0)
        & (send.taken_us <= latest_us)
        & (send.deadline_us == send.taken_us + policy.send_timeout_us)
        & (send.written_bytes >= 0)
        & (send.written_bytes < send.size_bytes)
    )


def count_is_earned(policy: Policy, count: StallCount, conn: Connection, latest_us: int) -> bool:
    """Tell whether stalled checks of the send in flight mean that it was stalled at some moment."""
    if conn.send is None or count.send_id is None:
        return True
    return (
        (count.stalled_checks == 0)
        | (count.send_id != conn.sends)
        | (latest_us > conn.send.taken_us + policy.stall_timeout_us)
    )


def holds_together(policy: Policy, conn: Connection, latest_us: int) -> bool:
    """Tell whether `conn` can be what events not later than `latest_us` have left behind."""
    agree = latches_agree(policy, conn) & numbers_agree(conn) & snapshots_agree(conn, latest_us)
    if conn.send is None:
        return agree & (conn.send_id is None)
    if conn.send_id is None:
        return False
    agree &= send_agrees(policy, conn, conn.send, latest_us)
    return agree & count_is_earned(policy, conn.count, conn, latest_us)


def sending(policy: Policy, conn: Connection, latest_us: int, now_us: int) -> bool:
    """Tell whether `conn` is a connection with a send in flight that an event can befall now."""
    return conn.send is not None and (
        limited(policy)
        & (now_us >= 0)
        & (now_us <= latest_us)
        & holds_together(policy, conn, latest_us)
    )


def resting(policy: Policy, conn: Connection, latest_us: int, now_us: int) -> bool:
    """Tell whether `conn` is an idle connection that an event can befall now."""
    return conn.send is None and (
        limited(policy)
        & (now_us >= 0)
        & (now_us <= latest_us)
        & holds_together(policy, conn, latest_us)
    )
