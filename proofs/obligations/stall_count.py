"""Guardrail C: counting stalled checks. Spec: `spec/sc.md`."""

from proofs.assumptions.shapes import seen_sending
from proofs.prover.statement import Claim, obligation
from stallproof.machines import connection, stall_count
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import NEVER_CHECKED, Snapshot, StallCount


def checking(policy: Policy, checks: int, taken_us: int, now_us: int) -> bool:
    return (
        policy.stall_timeout_us >= 1
        and policy.checks_max >= 1
        and checks >= 0
        and taken_us >= 0
        and now_us >= taken_us
    )


def is_long(policy: Policy, taken_us: int, now_us: int) -> bool:
    """Say strictly longer than the limit in the words of SC-2."""
    return now_us > taken_us + policy.stall_timeout_us


@obligation("SC-1", given=checking)
def sc1_stall_time_runs_from_the_lock(
    policy: Policy, checks: int, send_id: int, closing: bool, taken_us: int, now_us: int
) -> Claim:
    """With a send in flight, the stall time is now minus the moment the lock was taken."""
    seen = seen_sending(send_id, taken_us, closing=closing, heartbeats=True)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    return found.stall_us == now_us - taken_us


def resting(policy: Policy, checks: int, received_us: int, now_us: int) -> bool:
    return (
        policy.stall_timeout_us >= 1
        and policy.checks_max >= 1
        and policy.heartbeat_interval_us >= 1
        and checks >= 0
        and received_us >= 0
        and now_us >= 0
    )


@obligation("SC-1", "SC-3", "SC-4", given=resting)
def sc1_an_idle_connection_never_stalls(
    policy: Policy, checks: int, send_id: int, received_us: int, closing: bool, now_us: int
) -> Claim:
    """With no send in flight: stall time 0, no warning, no closing, count 0, whatever it was."""
    seen = Snapshot(None, None, received_us, True, closing)
    count, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    return (
        found.stall_us == 0
        and not found.stalled
        and not found.warns
        and not found.closes
        and count.stalled_checks == 0
        and count.send_id is None
    )


@obligation("SC-1", given=lambda policy, taken_us: policy.stall_timeout_us >= 1 and taken_us >= 1)
def sc1_a_clock_read_early_is_no_stall(
    policy: Policy, checks: int, send_id: int, taken_us: int, now_us: int
) -> Claim:
    """A lock taken later than the clock counts as a stall time of zero, never as negative."""
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=True)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    return found.stall_us == 0 and not found.stalled if 0 <= now_us < taken_us else None


@obligation("SC-2", given=lambda policy, taken_us: policy.stall_timeout_us >= 1 and taken_us >= 0)
def sc2_stalled_is_strict(policy: Policy, checks: int, send_id: int, taken_us: int) -> Claim:
    """Not stalled one microsecond before the limit nor at it; stalled one after it."""
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=True)
    count = StallCount(checks, send_id)
    limit_us = taken_us + policy.stall_timeout_us
    before = stall_count.on_check(policy, count, seen, now_us=limit_us - 1)[1]
    at = stall_count.on_check(policy, count, seen, now_us=limit_us)[1]
    after = stall_count.on_check(policy, count, seen, now_us=limit_us + 1)[1]
    return not before.stalled and not at.stalled and after.stalled


@obligation("SC-3", given=checking)
def sc3_a_stalled_check_counts_one_up(
    policy: Policy, checks: int, send_id: int, closing: bool, taken_us: int, now_us: int
) -> Claim:
    """A stalled check of the send that was seen before adds exactly one."""
    seen = seen_sending(send_id, taken_us, closing=closing, heartbeats=True)
    count, _ = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    if not is_long(policy, taken_us, now_us):
        return None
    return count.stalled_checks == checks + 1 and count.send_id == send_id


@obligation("SC-3", given=checking)
def sc3_any_other_check_resets(
    policy: Policy, checks: int, seen_id: int, send_id: int, taken_us: int, now_us: int
) -> Claim:
    """A check that is not stalled puts the count to 0 and remembers the send it saw."""
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=True)
    count, found = stall_count.on_check(policy, StallCount(checks, seen_id), seen, now_us=now_us)
    if is_long(policy, taken_us, now_us):
        return None
    return count.stalled_checks == 0 and count.send_id == send_id and not found.closes


@obligation("SC-4", given=checking)
def sc4_exactly_the_stalled_checks_warn(
    policy: Policy, checks: int, send_id: int, closing: bool, taken_us: int, now_us: int
) -> Claim:
    """A check warns if and only if the stall is longer than the limit."""
    seen = seen_sending(send_id, taken_us, closing=closing, heartbeats=True)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    return found.warns if is_long(policy, taken_us, now_us) else not found.warns


@obligation("SC-5", given=checking)
def sc5_warn_only_counts_and_never_closes(
    policy: Policy, checks: int, send_id: int, closing: bool, taken_us: int, now_us: int
) -> Claim:
    """In warn-only mode a stalled check counts and warns as ever, and does not close."""
    seen = seen_sending(send_id, taken_us, closing=closing, heartbeats=True)
    count, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    if policy.close_stalled or not is_long(policy, taken_us, now_us):
        return None
    return count.stalled_checks == checks + 1 and found.warns and not found.closes


@obligation("SC-6", given=checking)
def sc6_no_close_before_the_threshold(
    policy: Policy, checks: int, send_id: int, closing: bool, taken_us: int, now_us: int
) -> Claim:
    """With fewer stalled checks in a row than the threshold, this one included, it stays open."""
    seen = seen_sending(send_id, taken_us, closing=closing, heartbeats=True)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    if not is_long(policy, taken_us, now_us) or checks + 1 >= policy.checks_max:
        return None
    return not found.closes


@obligation("SC-7", given=checking)
def sc7_the_threshold_closes(
    policy: Policy, checks: int, send_id: int, taken_us: int, now_us: int
) -> Claim:
    """With closing enabled, the stalled check that reaches the threshold closes."""
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=True)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    if not policy.close_stalled or not is_long(policy, taken_us, now_us):
        return None
    return found.closes if checks + 1 >= policy.checks_max else None


@obligation("SC-8", given=checking)
def sc8_a_stall_that_outlasts_the_closing_is_not_closed_again(
    policy: Policy, checks: int, send_id: int, taken_us: int, now_us: int
) -> Claim:
    """Once closing has begun no check closes, though it counts and warns."""
    seen = seen_sending(send_id, taken_us, closing=True, heartbeats=True)
    count, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    if not is_long(policy, taken_us, now_us) or checks + 1 < policy.checks_max:
        return None
    return not found.closes and found.warns and count.stalled_checks == checks + 1


@obligation("SC-10", "SC-11", given=checking)
def sc10_no_heartbeat_while_a_send_is_in_flight(
    policy: Policy, checks: int, send_id: int, heartbeats: bool, taken_us: int, now_us: int
) -> Claim:
    """A connection with a send in flight, stalled or not, is due no heartbeat."""
    seen = Snapshot(send_id, taken_us, None, heartbeats, False)
    _, found = stall_count.on_check(policy, StallCount(checks, send_id), seen, now_us=now_us)
    return not found.heartbeat


def heard_once(policy: Policy, received_us: int) -> bool:
    return policy.heartbeat_interval_us >= 1 and received_us >= 0


@obligation("SC-10", given=heard_once)
def sc10_a_heartbeat_is_due_after_the_interval(
    policy: Policy, received_us: int, closing: bool
) -> Claim:
    """No heartbeat at the interval or before it, one a microsecond after it; none once closing."""
    seen = Snapshot(None, None, received_us, True, closing)
    due_us = received_us + policy.heartbeat_interval_us
    before = stall_count.on_check(policy, NEVER_CHECKED, seen, now_us=due_us - 1)[1]
    at = stall_count.on_check(policy, NEVER_CHECKED, seen, now_us=due_us)[1]
    after = stall_count.on_check(policy, NEVER_CHECKED, seen, now_us=due_us + 1)[1]
    if closing:
        return not after.heartbeat
    return not before.heartbeat and not at.heartbeat and after.heartbeat


@obligation("SC-10", given=lambda policy, now_us: policy.heartbeat_interval_us >= 1 and now_us >= 0)
def sc10_a_connection_that_never_received_is_idle(policy: Policy, now_us: int) -> Claim:
    """With nothing ever received and nothing in flight, every check is due a heartbeat."""
    seen = Snapshot(None, None, None, True, False)
    return stall_count.on_check(policy, NEVER_CHECKED, seen, now_us=now_us)[1].heartbeat


@obligation("SC-10", given=resting)
def sc10_a_transport_that_forbids_heartbeats_gets_none(
    policy: Policy, checks: int, received_us: int, closing: bool, now_us: int
) -> Claim:
    """Where heartbeats are not allowed, no check is due one."""
    seen = Snapshot(None, None, received_us, False, closing)
    _, found = stall_count.on_check(policy, StallCount(checks, 1), seen, now_us=now_us)
    return not found.heartbeat


@obligation("SC-13", given=lambda policy, taken_us, now_us: checking(policy, 0, taken_us, now_us))
def sc13_a_new_connection_counts_from_nothing(
    policy: Policy, send_id: int, heartbeats: bool, taken_us: int, now_us: int
) -> Claim:
    """The first stalled check of a new connection counts 1, whatever happened to others."""
    fresh = connection.new_connection(heartbeats=heartbeats)
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=heartbeats)
    count, _ = stall_count.on_check(policy, fresh.count, seen, now_us=now_us)
    if not is_long(policy, taken_us, now_us):
        return None
    return fresh.count.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-15", "SC-6", given=checking)
def sc15_another_send_counts_from_one(
    policy: Policy, checks: int, seen_id: int, send_id: int, taken_us: int, now_us: int
) -> Claim:
    """A stalled check that sees another send than the check before counts 1."""
    seen = seen_sending(send_id, taken_us, closing=False, heartbeats=True)
    count, found = stall_count.on_check(policy, StallCount(checks, seen_id), seen, now_us=now_us)
    if seen_id == send_id or not is_long(policy, taken_us, now_us):
        return None
    return count.stalled_checks == 1 and (not found.closes or policy.checks_max == 1)
