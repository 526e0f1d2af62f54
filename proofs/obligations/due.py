"""SD-3, CX-2: held and due, hence released, whatever came between. Spec: `spec/sd.md`.

Only the holder releases the lock. What a check, a close or a frame from the peer does at or after
the deadline leaves the send where it is; the law about them is one of two steps: the event, and
then the holder's next step, which wakes at the deadline by itself or at once when the transport is
shut down. The event may come at any time, before the deadline or after it.
"""

from proofs.assumptions.shapes import (
    Rest,
    checking,
    connected,
    failing,
    holding,
    limited,
    numbered,
    stepping,
)
from proofs.prover.statement import TWO_STEPS, Claim, obligation
from stallproof.machines import connection
from stallproof.machines.connection import Cause
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send


def waking(
    policy: Policy, send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int
) -> bool:
    return stepping(send, wrote_bytes, then_us) & checking(policy, send, rest, now_us)


def waking_open(
    policy: Policy, send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int
) -> bool:
    # Once closing has begun every step releases, so that only the open connection is left.
    return waking(policy, send, rest, wrote_bytes, now_us, then_us) & (rest.closing <= False)


@obligation("SD-3", "SC-11", by=TWO_STEPS, given=waking_open)
def sd3_a_check_and_then_a_due_step_releases(
    policy: Policy, send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int
) -> Claim:
    """After a check at any time, the holder's step at or after the deadline frees the lock."""
    if then_us < send.deadline_us:
        return None
    between, _ = connection.on_check(policy, connected(rest, send), now_us=now_us)
    after, effects = connection.on_step(between, wrote_bytes, now_us=then_us)
    return after.send is None and isinstance(effects.decision, End)


def hearing(send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int) -> bool:
    return stepping(send, wrote_bytes, then_us) & numbered(rest) & (now_us >= 0)


@obligation("SD-3", by=TWO_STEPS, given=hearing)
def sd3_a_received_frame_and_then_a_due_step_releases(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int
) -> Claim:
    """After a frame from the peer, the holder's step at or after the deadline frees the lock."""
    if then_us < send.deadline_us:
        return None
    between = connection.on_received(connected(rest, send), now_us=now_us)
    after, effects = connection.on_step(between, wrote_bytes, now_us=then_us)
    return after.send is None and isinstance(effects.decision, End)


def taking_and_waking(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int, then_us: int
) -> bool:
    return limited(policy) & numbered(rest) & (size_bytes >= 1) & (now_us >= 0) & (then_us >= 0)


@obligation("SD-3", by=TWO_STEPS, given=taking_and_waking)
def sd3_a_lock_taken_and_then_a_due_step_releases(
    policy: Policy, rest: Rest, size_bytes: int, now_us: int, then_us: int
) -> Claim:
    """A step one send timeout or more after the lock was taken frees it, with nothing written."""
    if rest.closing or then_us < now_us + policy.send_timeout_us:
        return None
    held, _ = connection.on_lock_taken(policy, connected(rest, None), size_bytes, now_us=now_us)
    after, effects = connection.on_step(held, 0, now_us=then_us)
    return after.send is None and effects.decision == End(Outcome.TIMEOUT, True)


@obligation("CX-2", "SD-3", by=TWO_STEPS, given=holding)
def cx2_a_close_and_then_any_step_releases(
    send: Send, rest: Rest, wrote_bytes: int, now_us: int
) -> Claim:
    """After a close, the holder's next step frees the lock, due or not, and closes nothing."""
    between, _ = connection.on_close(connected(rest, send))
    after, effects = connection.on_step(between, wrote_bytes, now_us=now_us)
    whole = send.written_bytes + wrote_bytes == send.size_bytes
    expected = End(Outcome.OK if whole else Outcome.SUPPRESSED, False)
    return after.send is None and effects.decision == expected and effects.closes is None


def cutting(send: Send, rest: Rest, failure: Failure, now_us: int) -> bool:
    return failing(send, now_us) & numbered(rest)


@obligation("CX-2", "SD-3", "SD-15", by=TWO_STEPS, given=cutting)
def cx2_a_close_and_then_a_failure_releases(
    send: Send, rest: Rest, failure: Failure, now_us: int
) -> Claim:
    """After a close, a failure of the transport frees the lock and is SUPPRESSED."""
    between, _ = connection.on_close(connected(rest, send))
    after, effects = connection.on_failed(between, failure, now_us=now_us)
    return after.send is None and effects.decision == End(Outcome.SUPPRESSED, False)


@obligation("CX-2", "SC-7", by=TWO_STEPS, given=waking)
def cx2_a_close_by_the_monitor_and_then_any_step_releases(
    policy: Policy, send: Send, rest: Rest, wrote_bytes: int, now_us: int, then_us: int
) -> Claim:
    """After a check that closed, the holder's next step frees the lock, due or not."""
    if rest.closing:
        return None
    between, closed = connection.on_check(policy, connected(rest, send), now_us=now_us)
    if closed.closes is None:
        return None
    after, _ = connection.on_step(between, wrote_bytes, now_us=then_us)
    return after.send is None and after.closed_by is Cause.MONITOR
