"""The connection: one lock, one closing, sequence numbers. Spec: `spec/cx.md`, `spec/sd.md`."""

from proofs.assumptions.guards import accepts
from proofs.assumptions.shapes import (
    Rest,
    breaking,
    connected,
    holding,
    in_flight,
    numbered,
    taking,
)
from proofs.prover.statement import Claim, obligation
from stallproof.machines import connection
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send, Wait


@obligation("CX-1", given=lambda send, size_bytes: in_flight(send) and size_bytes >= 1)
def cx1_the_lock_is_refused_while_held(
    send: Send, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """No connection with a send in flight can be given a second one."""
    return not accepts(
        connection, "on_lock_taken",
        policy=Policy(), conn=connected(rest, send), size_bytes=size_bytes, now_us=now_us,
    )  # fmt: skip


@obligation("CX-1", given=lambda rest, now_us: numbered(rest) and now_us >= 0)
def cx1_nobody_steps_without_the_lock(rest: Rest, failure: Failure, now_us: int) -> Claim:
    """An idle connection takes neither a step nor a failure of a send."""
    conn = connected(rest, None)
    steps = accepts(connection, "on_step", conn=conn, wrote_bytes=0, now_us=now_us)
    fails = accepts(connection, "on_failed", conn=conn, failure=failure, now_us=now_us)
    return not steps and not fails


@obligation("CX-1", given=taking)
def cx1_a_free_lock_is_taken_by_the_asker(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """On an open, idle connection the lock is free, and then held by a send never seen before."""
    if rest.closing:
        return None
    after, effects = connection.on_lock_taken(
        policy, connected(rest, None), size_bytes, now_us=now_us
    )
    return (
        after.send is not None
        and after.send.taken_us == now_us
        and after.send_id == rest.sends + 1
        and effects.decision is None
    )


@obligation("CX-1", given=holding)
def cx1_a_step_never_swaps_the_holder(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """After a step, the lock is free or the same send holds it since the same time."""
    after, _ = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    if after.send is None:
        return None
    return after.send_id == rest.sends and after.send.taken_us == send.taken_us


@obligation("CX-1", "SD-9", given=holding)
def cx1_a_finished_send_releases_the_lock(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """The last byte frees the lock, is OK and does not close, whenever it is learnt."""
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    if send.written_bytes + wrote_bytes != send.size_bytes:
        return None
    return (
        after.send is None
        and after.send_id is None
        and effects.closes is None
        and effects.decision == End(Outcome.OK, False)
    )


@obligation("SD-5", "SD-3", given=holding)
def sd5_a_timeout_closes_the_connection(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """On an open connection, bytes left at the deadline close it with the send as the cause."""
    if rest.closing or now_us < send.deadline_us:
        return None
    if send.written_bytes + wrote_bytes == send.size_bytes:
        return None
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return after.closed_by is Cause.SEND_TIMEOUT and effects.closes is Cause.SEND_TIMEOUT


@obligation("SD-5", given=holding)
def sd5_a_step_closes_at_most_once(send: Send, rest: Rest, wrote_bytes: int, now_us: int) -> Claim:
    """A step on a connection that is closing asks for no second closing."""
    if not rest.closing:
        return None
    _, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    return effects.closes is None


@obligation("SD-5", "SD-6", given=breaking)
def sd5_a_failure_closes_at_most_once(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """A failure on a connection that is closing asks for no second closing."""
    if not rest.closing:
        return None
    _, effects = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return effects.closes is None


@obligation("SD-5", given=lambda rest: numbered(rest))
def sd5_a_close_closes_exactly_once(rest: Rest) -> Claim:
    """Closing an open connection shuts it down; closing it again does nothing."""
    first, effects = connection.on_close(connected(rest, None))
    second, again = connection.on_close(first)
    if rest.closing:
        return effects.closes is None
    return effects.closes is Cause.LOCAL and again.closes is None and second == first


@obligation("SD-6", given=breaking)
def sd6_a_torn_frame_closes_the_connection(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """After a failure with part of the frame written, the connection is closing and torn."""
    if send.written_bytes == 0:
        return None
    after, effects = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return (
        after.closed_by is not None and after.torn and (rest.closing or effects.closes is not None)
    )


@obligation("SD-8", given=breaking)
def sd8_a_clean_failure_leaves_it_open(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """An early failure other than TIMEOUT with nothing written leaves an open connection open."""
    if rest.closing or send.written_bytes >= 1 or now_us >= send.deadline_us:
        return None
    if failure is Failure.TIMEOUT:
        return None
    after, effects = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    return after.closed_by is None and effects.closes is None and not after.torn


@obligation("SD-13", "SD-12", "SD-6", given=taking)
def sd13_a_queued_sender_returns_with_nothing_written(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int
) -> Claim:
    """Once closing has begun, whoever gets the lock is SUPPRESSED and leaves it free at once."""
    if not rest.closing:
        return None
    after, effects = connection.on_lock_taken(
        policy, connected(rest, None), size_bytes, now_us=now_us
    )
    return (
        after.send is None
        and after.sequence == rest.sequence
        and effects.decision == End(Outcome.SUPPRESSED, False)
        and effects.closes is None
    )


def next_number(sequence: int) -> int:
    """Count in the words of SD-14: one up, and 0 after 65535."""
    return 0 if sequence == 65535 else sequence + 1


@obligation("SD-14", given=holding)
def sd14_a_frame_on_the_wire_uses_one_number(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """A step that ends a send of which anything was written moves the number one up."""
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    if isinstance(effects.decision, Wait) or send.written_bytes + wrote_bytes == 0:
        return None
    return after.sequence == next_number(rest.sequence)


@obligation("SD-14", given=holding)
def sd14_a_frame_that_never_left_uses_no_number(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """While a send is not over, or with nothing of it written, the number stays."""
    after, effects = connection.on_step(connected(rest, send), wrote_bytes, now_us=now_us)
    if isinstance(effects.decision, End) and send.written_bytes + wrote_bytes >= 1:
        return None
    return after.sequence == rest.sequence


@obligation("SD-14", given=breaking)
def sd14_a_failed_frame_uses_a_number_if_it_left(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """A failure moves the number one up if any byte was written, and leaves it otherwise."""
    after, _ = connection.on_failed(connected(rest, send), failure, now_us=now_us)
    used = next_number(rest.sequence) if send.written_bytes >= 1 else rest.sequence
    return after.sequence == used
