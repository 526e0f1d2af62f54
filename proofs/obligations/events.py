"""What holds of each event that can befall a connection: SD-3 and CX-6, one by one.

A single environment assumption ("nothing happens after the deadline") once hid a lock that was
never released. So each event type has its own "held and due, hence released" or "extends nothing",
and its own "closed is final".
"""

from proofs.assumptions.shapes import (
    Rest,
    breaking,
    checking,
    connected,
    holding,
    in_flight,
    numbered,
    taking,
)
from proofs.prover.statement import Claim, obligation
from stallproof.machines import connection
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import Failure, Send


def sending(send: Send, rest: Rest) -> bool:
    return in_flight(send) and numbered(rest)


def receiving(send: Send, rest: Rest, now_us: int) -> bool:
    return sending(send, rest) and now_us >= 0


# --- SD-3: no lock is held past its bound ---------------------------------------------------------


@obligation("SD-3", given=holding)
def sd3_a_step_that_is_due_releases(send: Send, rest: Rest, wrote_bytes: int, now_us: int) -> Claim:
    """Held and due, hence released: after any step at or after the deadline the lock is free."""
    if now_us < send.deadline_us:
        return None
    after, _ = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return after.send is None and after.send_id is None


@obligation("SD-3", given=holding)
def sd3_a_step_never_extends(send: Send, rest: Rest, wrote_bytes: int, now_us: int) -> Claim:
    """A step that keeps the lock keeps its deadline."""
    after, _ = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return None if after.send is None else after.send.deadline_us == send.deadline_us


@obligation("SD-3", given=breaking)
def sd3_a_failure_releases(send: Send, rest: Rest, failure: Failure, now_us: int) -> Claim:
    """A failure frees the lock, due or not."""
    after, effects = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return after.send is None and after.send_id is None and effects.decision is not None


@obligation("SD-3", given=taking)
def sd3_a_lock_is_taken_with_its_bound(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """A lock that is taken comes with a deadline one send timeout away."""
    conn = connected(rest, None)
    after, _ = connection.on_lock_taken(policy, conn, size_bytes, now_us=now_us)
    if after.send is None:
        return None
    return after.send.deadline_us == now_us + policy.send_timeout_us


@obligation("SD-3", "SC-11", given=checking)
def sd3_a_check_never_extends(policy: Policy, send: Send, rest: Rest, now_us: int) -> Claim:
    """A check of the monitor leaves the send in flight exactly as it was."""
    after, _ = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return after.send == send and after.send_id == rest.sends


@obligation("SD-3", given=sending)
def sd3_a_close_never_extends(send: Send, rest: Rest) -> Claim:
    """Closing leaves the deadline of the send in flight as it was."""
    after, _ = connection.on_close(connected(rest, send))
    return after.send == send and after.send_id == rest.sends


@obligation("SD-3", given=receiving)
def sd3_a_received_frame_never_extends(send: Send, rest: Rest, now_us: int) -> Claim:
    """A frame from the peer leaves the deadline of the send in flight as it was."""
    after = connection.on_received(connected(rest, send), now_us=now_us)
    return after.send == send and after.send_id == rest.sends


# --- CX-6: closed is final ------------------------------------------------------------------------


@obligation("CX-6", given=taking)
def cx6_a_lock_taken_never_reopens(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """Taking the lock of a closed connection keeps it closed and starts nothing."""
    conn = connected(rest, None)
    after, _ = connection.on_lock_taken(policy, conn, size_bytes, now_us=now_us)
    if not rest.closing:
        return None
    return after.closed_by is rest.cause and after.torn == rest.torn and after.send is None


@obligation("CX-6", given=holding)
def cx6_a_step_never_reopens(send: Send, rest: Rest, wrote_bytes: int, now_us: int) -> Claim:
    """A step on a closed connection keeps it closed and ends the send."""
    if not rest.closing:
        return None
    after, _ = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return after.closed_by is rest.cause and after.send is None and (after.torn or not rest.torn)


@obligation("CX-6", given=breaking)
def cx6_a_failure_never_reopens(send: Send, rest: Rest, failure: Failure, now_us: int) -> Claim:
    """A failure on a closed connection keeps it closed and ends the send."""
    if not rest.closing:
        return None
    after, _ = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return after.closed_by is rest.cause and after.send is None and (after.torn or not rest.torn)


@obligation("CX-6", given=checking)
def cx6_a_check_never_reopens(policy: Policy, send: Send, rest: Rest, now_us: int) -> Claim:
    """A check of a closed connection keeps it closed, with the cause it had."""
    if not rest.closing:
        return None
    after, _ = connection.on_check(policy, connected(rest, send), now_us=now_us)
    return after.closed_by is rest.cause and after.torn == rest.torn


@obligation("CX-6", given=lambda rest: numbered(rest))
def cx6_a_close_never_reopens(rest: Rest) -> Claim:
    """Closing a closed connection keeps the cause it had and revives no send."""
    if not rest.closing:
        return None
    after, _ = connection.on_close(connected(rest, None))
    return after.closed_by is rest.cause and after.torn == rest.torn and after.send is None


@obligation("CX-6", given=lambda rest, now_us: numbered(rest) and now_us >= 0)
def cx6_a_received_frame_never_reopens(rest: Rest, now_us: int) -> Claim:
    """A late frame keeps a closed connection closed and revives no send."""
    if not rest.closing:
        return None
    after = connection.on_received(connected(rest, None), now_us=now_us)
    return after.closed_by is rest.cause and after.torn == rest.torn and after.send is None


@obligation("CX-6", given=sending)
def cx6_a_close_during_a_send_never_reopens(send: Send, rest: Rest) -> Claim:
    """With a send in flight too, closing a closed connection keeps the cause it had."""
    if not rest.closing:
        return None
    after, _ = connection.on_close(connected(rest, send))
    return after.closed_by is rest.cause and after.torn == rest.torn


@obligation("CX-6", given=receiving)
def cx6_a_received_frame_during_a_send_never_reopens(send: Send, rest: Rest, now_us: int) -> Claim:
    """With a send in flight too, a late frame keeps a closed connection closed."""
    if not rest.closing:
        return None
    after = connection.on_received(connected(rest, send), now_us=now_us)
    return after.closed_by is rest.cause and after.torn == rest.torn
