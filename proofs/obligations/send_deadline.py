"""Guardrail A: one frame, one deadline. Spec: `spec/sd.md`."""

from proofs.assumptions.shapes import failing, in_flight, stepping, writable
from proofs.prover.statement import Claim, obligation
from stallproof.machines import send_deadline
from stallproof.machines.policy import Policy
from stallproof.machines.send_deadline import End, Failure, Outcome, Send, Wait


def starting(policy: Policy, size_bytes: int, now_us: int) -> bool:
    return policy.send_timeout_us >= 1 and size_bytes >= 1 and now_us >= 0


@obligation("SD-1", given=starting)
def sd1_the_lock_fixes_the_deadline(policy: Policy, size_bytes: int, now_us: int) -> Claim:
    """The deadline is the moment of the lock plus the send timeout, with nothing written yet."""
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=now_us)
    return (
        send.taken_us == now_us
        and send.deadline_us == now_us + policy.send_timeout_us
        and send.size_bytes == size_bytes
        and send.written_bytes == 0
    )


@obligation("SD-1", given=stepping)
def sd1_progress_keeps_the_deadline(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """A step that wrote something adds those bytes and moves nothing else."""
    after, _ = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if wrote_bytes == 0:
        return None
    return (
        after.deadline_us == send.deadline_us
        and after.taken_us == send.taken_us
        and after.size_bytes == send.size_bytes
        and after.written_bytes == send.written_bytes + wrote_bytes
    )


@obligation("SD-1", "SD-3", given=stepping)
def sd1_a_step_that_waits_leaves_a_frame_in_flight(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """What a waiting step leaves behind can take the next step, so the steps compose."""
    after, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    return in_flight(after) if isinstance(decision, Wait) else None


def starting_then_stepping(
    policy: Policy, size_bytes: int, wrote_bytes: int, taken_us: int, now_us: int
) -> bool:
    return (
        starting(policy, size_bytes, taken_us)
        and wrote_bytes >= 0
        and wrote_bytes <= size_bytes
        and now_us >= taken_us
    )


@obligation("SD-1", "SD-3", given=starting_then_stepping)
def sd1_a_wait_after_progress_ends_at_the_first_deadline(
    policy: Policy, size_bytes: int, wrote_bytes: int, taken_us: int, now_us: int
) -> Claim:
    """From the lock through partial progress, the wait ends exactly at lock plus timeout."""
    send = send_deadline.on_lock_taken(policy, size_bytes, now_us=taken_us)
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=False, now_us=now_us)
    if not isinstance(decision, Wait) or wrote_bytes == 0:
        return None
    return now_us + decision.wait_us == taken_us + policy.send_timeout_us


def left_over(send: Send, wrote_bytes: int) -> bool:
    return (
        in_flight(send)
        and writable(send, wrote_bytes)
        and send.written_bytes + wrote_bytes != send.size_bytes
    )


@obligation("SD-2", "SD-4", given=left_over)
def sd2_a_step_expires_at_the_deadline(send: Send, wrote_bytes: int) -> Claim:
    """With bytes left: one microsecond before it waits 1 us; at it and after it, TIMEOUT."""
    due = send.deadline_us
    before = send_deadline.on_step(send, wrote_bytes, closing=False, now_us=due - 1)[1]
    at = send_deadline.on_step(send, wrote_bytes, closing=False, now_us=due)[1]
    after = send_deadline.on_step(send, wrote_bytes, closing=False, now_us=due + 1)[1]
    return before == Wait(1) and at == End(Outcome.TIMEOUT, True) and after == at


@obligation("SD-2", "SD-7", given=in_flight)
def sd2_a_failure_expires_at_the_deadline(send: Send, failure: Failure) -> Claim:
    """A failure keeps its code until one microsecond before the deadline, then it is TIMEOUT."""
    if failure is Failure.TIMEOUT:
        return None
    due = send.deadline_us
    before = send_deadline.on_failed(send, failure, closing=False, now_us=due - 1)
    at = send_deadline.on_failed(send, failure, closing=False, now_us=due)
    after = send_deadline.on_failed(send, failure, closing=False, now_us=due + 1)
    return (
        before.outcome is not Outcome.TIMEOUT
        and at.outcome is Outcome.TIMEOUT
        and after.outcome is Outcome.TIMEOUT
    )


@obligation("SD-2", "SD-3", given=stepping)
def sd2_no_write_begins_at_or_after_the_deadline(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """A step at or after the deadline ends the send, whatever else is true."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    return isinstance(decision, End) if now_us >= send.deadline_us else None


@obligation("SD-3", given=stepping)
def sd3_no_wait_outlasts_the_deadline(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """A wait is at least 1 us long, so nobody spins, and is over at the deadline."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if not isinstance(decision, Wait):
        return None
    return decision.wait_us >= 1 and now_us + decision.wait_us <= send.deadline_us


@obligation("SD-4", given=stepping)
def sd4_a_step_never_times_out_early(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """No step before the deadline ends in TIMEOUT."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if now_us >= send.deadline_us:
        return None
    return not (isinstance(decision, End) and decision.outcome is Outcome.TIMEOUT)


@obligation("SD-4", given=failing)
def sd4_a_failure_never_times_out_early(
    send: Send, failure: Failure, closing: bool, now_us: int
) -> Claim:
    """Before the deadline, TIMEOUT needs a transport that itself reported a time-out."""
    ended = send_deadline.on_failed(send, failure, closing=closing, now_us=now_us)
    if now_us >= send.deadline_us or failure is Failure.TIMEOUT:
        return None
    return ended.outcome is not Outcome.TIMEOUT


@obligation("SD-5", given=stepping)
def sd5_a_step_that_times_out_closes(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """TIMEOUT asks for the closing, with nothing written as well."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if not isinstance(decision, End) or decision.outcome is not Outcome.TIMEOUT:
        return None
    return decision.closes


@obligation("SD-5", given=failing)
def sd5_a_failure_that_times_out_closes(
    send: Send, failure: Failure, closing: bool, now_us: int
) -> Claim:
    """A TIMEOUT that came as a failure asks for the closing, with nothing written as well."""
    ended = send_deadline.on_failed(send, failure, closing=closing, now_us=now_us)
    return ended.closes if ended.outcome is Outcome.TIMEOUT else None


@obligation("SD-6", given=failing)
def sd6_a_torn_frame_closes(send: Send, failure: Failure, now_us: int) -> Claim:
    """Any failure after part of a frame was written asks for the closing, whatever its code."""
    ended = send_deadline.on_failed(send, failure, closing=False, now_us=now_us)
    return ended.closes if send.written_bytes >= 1 else None


@obligation("SD-7", given=failing)
def sd7_the_table_decides_the_outcome(send: Send, failure: Failure, now_us: int) -> Claim:
    """Before the deadline and not closing, a failure ends with the code of its row."""
    ended = send_deadline.on_failed(send, failure, closing=False, now_us=now_us)
    if now_us >= send.deadline_us:
        return None
    if failure is Failure.TIMEOUT:
        return ended.outcome is Outcome.TIMEOUT
    if failure is Failure.CLOSED:
        return ended.outcome is Outcome.CLOSED
    return ended.outcome is Outcome.ERROR


@obligation("SD-8", given=failing)
def sd8_a_clean_failure_leaves_the_connection_open(
    send: Send, failure: Failure, closing: bool, now_us: int
) -> Claim:
    """A failure other than TIMEOUT with nothing written does not ask for the closing."""
    ended = send_deadline.on_failed(send, failure, closing=closing, now_us=now_us)
    if ended.outcome is Outcome.TIMEOUT or send.written_bytes >= 1:
        return None
    return not ended.closes


@obligation("SD-9", given=stepping)
def sd9_the_last_byte_beats_the_deadline(
    send: Send, wrote_bytes: int, closing: bool, now_us: int
) -> Claim:
    """A step at or after the deadline that wrote the last byte is OK and does not close."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if now_us < send.deadline_us or send.written_bytes + wrote_bytes < send.size_bytes:
        return None
    return decision == End(Outcome.OK, False)


@obligation("SD-10", given=stepping)
def sd10_ok_means_every_byte(send: Send, wrote_bytes: int, closing: bool, now_us: int) -> Claim:
    """A send is never OK with bytes left."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=closing, now_us=now_us)
    if not isinstance(decision, End) or decision.outcome is not Outcome.OK:
        return None
    return send.written_bytes + wrote_bytes == send.size_bytes


@obligation("SD-10", "SD-15", given=stepping)
def sd10_a_step_while_closing_is_suppressed(send: Send, wrote_bytes: int, now_us: int) -> Claim:
    """While closing, a step with bytes left is SUPPRESSED, at the deadline as well."""
    _, decision = send_deadline.on_step(send, wrote_bytes, closing=True, now_us=now_us)
    if send.written_bytes + wrote_bytes == send.size_bytes:
        return None
    return decision == End(Outcome.SUPPRESSED, False)


@obligation("SD-10", "SD-15", given=failing)
def sd10_a_failure_while_closing_is_suppressed(send: Send, failure: Failure, now_us: int) -> Claim:
    """While closing, every failure is SUPPRESSED and closes nothing again."""
    ended = send_deadline.on_failed(send, failure, closing=True, now_us=now_us)
    return ended == End(Outcome.SUPPRESSED, False)


@obligation("SD-10", given=failing)
def sd10_only_closing_suppresses(send: Send, failure: Failure, now_us: int) -> Claim:
    """A failure is never OK, and on an open connection it is never SUPPRESSED."""
    ended = send_deadline.on_failed(send, failure, closing=False, now_us=now_us)
    return ended.outcome is not Outcome.OK and ended.outcome is not Outcome.SUPPRESSED
