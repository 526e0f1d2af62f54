"""CX-5: when the send deadline and the monitor agree. Spec: `spec/cx.md`."""

from proofs.assumptions import window
from proofs.assumptions.window import Gaps, Ticks, check, form_a, form_b, going_on_a, going_on_b
from proofs.prover.statement import Claim, obligation
from stallproof.machines.policy import Policy


def freed(policy: Policy, checks: int, held_us: int, grace_us: int) -> bool:
    """Assume SD-3: a send is seen in flight at most its timeout and the grace after its lock."""
    return (
        checks >= 0
        and grace_us >= 0
        and held_us >= 0
        and held_us <= policy.send_timeout_us + grace_us
    )


@obligation("CX-5", given=freed)
def cx5_a_send_timeout_within_the_limit_never_warns(
    policy: Policy, checks: int, held_us: int, grace_us: int
) -> Claim:
    """With S + grace <= L, no check of a send that A bounds is stalled."""
    if policy.send_timeout_us + grace_us > policy.stall_timeout_us:
        return None
    _, found = check(policy, checks, held_us)
    return not found.warns and not found.closes


@obligation("CX-5", given=going_on_a)
def cx5a_a_send_timeout_within_the_lower_end_never_closes(
    policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int, grace_us: int
) -> Claim:
    """Form (a): with S + grace <= the lower end, the send is over before a check could close."""
    bound_us = policy.send_timeout_us + grace_us
    if bound_us > window.lower_end_a(policy, gaps) or held_us + gap_us > bound_us:
        return None
    if checks >= policy.checks_max:
        return None
    _, found = check(policy, checks, held_us + gap_us)
    return not found.closes


@obligation("CX-5", given=going_on_b)
def cx5b_a_send_timeout_within_the_lower_end_never_closes(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int, grace_us: int,
) -> Claim:  # fmt: skip
    """Form (b): with S + grace <= the lower end, the send is over before a check could close."""
    now_us = tick_us + (more + 1) * ticks.period_us + late_us
    bound_us = policy.send_timeout_us + grace_us
    if bound_us > window.lower_end_b(policy, ticks) or now_us > bound_us:
        return None
    if checks >= policy.checks_max:
        return None
    _, found = check(policy, checks, now_us)
    return not found.closes


@obligation("CX-5", given=form_a)
def cx5a_a_send_timeout_beyond_the_lower_end_may_close(
    policy: Policy, gaps: Gaps, grace_us: int
) -> Claim:
    """Form (a): with S + grace beyond the lower end, the tight schedule closes a send in time."""
    bound_us = policy.send_timeout_us + grace_us
    if bound_us <= window.lower_end_a(policy, gaps) or not policy.close_stalled:
        return None
    held_us = policy.stall_timeout_us + 1 + (policy.checks_max - 1) * gaps.min_us
    _, found = check(policy, policy.checks_max - 1, held_us)
    return found.closes and held_us <= bound_us


@obligation("CX-5", given=form_b)
def cx5b_a_send_timeout_beyond_the_lower_end_may_close(
    policy: Policy, ticks: Ticks, grace_us: int
) -> Claim:
    """Form (b): with S + grace beyond the lower end, the tight schedule closes a send in time."""
    bound_us = policy.send_timeout_us + grace_us
    if bound_us <= window.lower_end_b(policy, ticks) or not policy.close_stalled:
        return None
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us
    tick_us += (policy.checks_max - 1) * ticks.period_us
    held_us = policy.stall_timeout_us + 1 if policy.checks_max == 1 else tick_us
    _, found = check(policy, policy.checks_max - 1, held_us)
    return found.closes and held_us <= bound_us
