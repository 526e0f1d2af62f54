"""CX-1: the invariant of the connection holds after every history, by one-step induction.

One obligation an event type and a shape of the connection (a send in flight, idle) in which the
event can occur, and one for where every history begins. The connection is arbitrary within the
invariant: never received, never checked, any cause of a closing. Spec: `spec/cx.md`.
"""

from proofs.assumptions.invariant import Resting, Sending, holds_together, resting, sending
from proofs.assumptions.shapes import limited, writable
from proofs.prover.statement import BASE, INDUCTION, Claim, obligation
from stallproof.machines import connection
from stallproof.machines.connection import Connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Failure


def stepping(
    policy: Policy, conn: Connection, wrote_bytes: int, latest_us: int, now_us: int
) -> bool:
    if conn.send is None:
        return False
    return writable(conn.send, wrote_bytes) & sending(policy, conn, latest_us, now_us)


def failing(
    policy: Policy, conn: Connection, failure: Failure, latest_us: int, now_us: int
) -> bool:
    return sending(policy, conn, latest_us, now_us)


def taking(policy: Policy, conn: Connection, size_bytes: int, latest_us: int, now_us: int) -> bool:
    return resting(policy, conn, latest_us, now_us) & (size_bytes >= 1)


@obligation("CX-1", by=BASE, given=lambda policy, latest_us: limited(policy) & (latest_us >= 0))
def cx1_a_new_connection_holds_together(policy: Policy, heartbeats: bool, latest_us: int) -> Claim:
    """A new connection is open, idle and within the invariant: the induction starts here."""
    conn = connection.new_connection(heartbeats=heartbeats)
    return holds_together(policy, conn, latest_us) and conn.send is None and conn.closed_by is None


@obligation("CX-1", "SD-1", "SD-14", by=INDUCTION, given=taking)
def cx1_a_lock_taken_holds_together(
    policy: Policy, conn: Resting, size_bytes: int, latest_us: int, now_us: int
) -> Claim:
    """Taking the lock preserves the invariant."""
    after, _ = connection.on_lock_taken(policy, conn, size_bytes, now_us=now_us)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", "SD-1", "SD-14", by=INDUCTION, given=stepping)
def cx1_a_step_holds_together(
    policy: Policy, conn: Sending, wrote_bytes: int, latest_us: int, now_us: int
) -> Claim:
    """A step of the holder preserves the invariant."""
    after, _ = connection.on_step(conn, wrote_bytes, now_us=now_us)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", "SD-6", "SD-14", by=INDUCTION, given=failing)
def cx1_a_failure_holds_together(
    policy: Policy, conn: Sending, failure: Failure, latest_us: int, now_us: int
) -> Claim:
    """A failure of the holder preserves the invariant."""
    after, _ = connection.on_failed(conn, failure, now_us=now_us)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", "SC-5", by=INDUCTION, given=sending)
def cx1_a_check_holds_together(policy: Policy, conn: Sending, latest_us: int, now_us: int) -> Claim:
    """A check of a connection with a send in flight preserves the invariant."""
    after, _ = connection.on_check(policy, conn, now_us=now_us)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", "SC-5", by=INDUCTION, given=resting)
def cx1_a_check_while_idle_holds_together(
    policy: Policy, conn: Resting, latest_us: int, now_us: int
) -> Claim:
    """A check of an idle connection preserves the invariant."""
    after, _ = connection.on_check(policy, conn, now_us=now_us)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", by=INDUCTION, given=sending)
def cx1_a_close_holds_together(policy: Policy, conn: Sending, latest_us: int, now_us: int) -> Claim:
    """A close with a send in flight preserves the invariant."""
    after, _ = connection.on_close(conn)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", by=INDUCTION, given=resting)
def cx1_a_close_while_idle_holds_together(
    policy: Policy, conn: Resting, latest_us: int, now_us: int
) -> Claim:
    """A close of an idle connection preserves the invariant."""
    after, _ = connection.on_close(conn)
    return holds_together(policy, after, latest_us)


@obligation("CX-1", "SC-10", by=INDUCTION, given=sending)
def cx1_a_received_frame_holds_together(
    policy: Policy, conn: Sending, latest_us: int, now_us: int
) -> Claim:
    """A frame from the peer, in a send, preserves the invariant and is the last one received."""
    after = connection.on_received(conn, now_us=now_us)
    latest = after.received_us
    return holds_together(policy, after, latest_us) and latest is not None and latest >= now_us


@obligation("CX-1", "SC-10", by=INDUCTION, given=resting)
def cx1_a_received_frame_while_idle_holds_together(
    policy: Policy, conn: Resting, latest_us: int, now_us: int
) -> Claim:
    """A frame from the peer, while idle, preserves the invariant and is the last one received."""
    after = connection.on_received(conn, now_us=now_us)
    latest = after.received_us
    return holds_together(policy, after, latest_us) and latest is not None and latest >= now_us


def living(policy: Policy, conn: Connection, latest_us: int) -> bool:
    return limited(policy) & holds_together(policy, conn, latest_us)


@obligation("CX-1", given=living)
def cx1_what_holds_together_is_what_every_event_accepts(
    policy: Policy, conn: Connection, latest_us: int
) -> Claim:
    """The invariant implies what the machines demand of a connection, so the steps compose."""
    return connection.is_connection(conn)
