"""The close window of form (b), an absolute schedule: SC-9, both ends tight.

The same inductions as for form (a); the invariant `checked_b` also knows the tick that a check
belongs to, since ticks do not drift and only the lateness of the last check counts.
"""

from proofs.assumptions import window
from proofs.assumptions.window import Ticks, beginning_b, check, checked_b, form_b, going_on_b
from proofs.prover.statement import Claim, obligation
from stallproof.machines.policy import Policy


@obligation("SC-9", given=beginning_b)
def sc9b_the_first_stalled_check(
    policy: Policy, ticks: Ticks, carried: int, last_us: int, last_late_us: int, late_us: int
) -> Claim:
    """Its tick is at most one period after a check that was inside the stall and not stalled."""
    tick_us = last_us - last_late_us + ticks.period_us
    now_us = tick_us + late_us
    if last_us > policy.stall_timeout_us or now_us <= policy.stall_timeout_us or carried < 0:
        return None
    if last_us < 0:
        return False
    before, _ = check(policy, carried, last_us)
    count, found = check(policy, before.stalled_checks, now_us)
    closes = policy.close_stalled and policy.checks_max == 1
    return (
        count.stalled_checks == 1
        and checked_b(policy, ticks, 1, tick_us, now_us)
        and found.closes == closes
        and (not closes or now_us > window.lower_end_b(policy, ticks))
        and (not closes or now_us <= window.upper_end_b(policy, ticks))
    )


@obligation("SC-9", given=going_on_b)
def sc9b_each_further_check(
    policy: Policy, ticks: Ticks, checks: int, tick_us: int, held_us: int, late_us: int
) -> Claim:
    """The check of the next tick counts one up and lies in the window of its number."""
    now_us = tick_us + ticks.period_us + late_us
    count, _ = check(policy, checks, now_us)
    return count.stalled_checks == checks + 1 and checked_b(
        policy, ticks, checks + 1, tick_us + ticks.period_us, now_us
    )


@obligation("SC-9", "SC-6", given=going_on_b)
def sc9b_no_close_at_or_before_the_lower_end(
    policy: Policy, ticks: Ticks, checks: int, tick_us: int, held_us: int, late_us: int
) -> Claim:
    """Whatever check closes first comes later than L + max(0, (N-1) T - J) into the stall."""
    if checks >= policy.checks_max:
        return None
    now_us = tick_us + ticks.period_us + late_us
    _, found = check(policy, checks, now_us)
    return now_us > window.lower_end_b(policy, ticks) if found.closes else None


@obligation("SC-9", "SC-7", given=going_on_b)
def sc9b_closed_by_the_upper_end(
    policy: Policy, ticks: Ticks, checks: int, tick_us: int, held_us: int, late_us: int
) -> Claim:
    """With closing enabled, the N-th stalled check closes, at L + N T + J at the latest."""
    if not policy.close_stalled or checks + 1 != policy.checks_max:
        return None
    now_us = tick_us + ticks.period_us + late_us
    _, found = check(policy, checks, now_us)
    return found.closes and now_us <= window.upper_end_b(policy, ticks)


@obligation("SC-9", given=form_b)
def sc9b_the_lower_end_is_tight_first(policy: Policy, ticks: Ticks) -> Claim:
    """A first stalled check can come at L + 1, as late after its tick as the form allows."""
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us
    last_us = tick_us - ticks.period_us
    before, _ = check(policy, 0, last_us)
    count, _ = check(policy, before.stalled_checks, tick_us + ticks.late_us)
    return last_us >= 0 and before.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-9", given=lambda policy, ticks, checks: form_b(policy, ticks) and checks >= 1)
def sc9b_the_lower_end_is_tight_further(policy: Policy, ticks: Ticks, checks: int) -> Claim:
    """From there, checks on their ticks close exactly one microsecond after the lower end."""
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us + checks * ticks.period_us
    count, found = check(policy, checks, tick_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and tick_us == window.lower_end_b(policy, ticks) + 1


@obligation("SC-9", given=form_b)
def sc9b_the_upper_end_is_tight_first(policy: Policy, ticks: Ticks) -> Claim:
    """A check on a tick at L itself is not stalled, so the first one can belong to tick L + T."""
    before, _ = check(policy, 0, policy.stall_timeout_us)
    count, _ = check(
        policy, before.stalled_checks, policy.stall_timeout_us + ticks.period_us + ticks.late_us
    )
    return before.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-9", given=lambda policy, ticks, checks: form_b(policy, ticks) and checks >= 1)
def sc9b_the_upper_end_is_tight_further(policy: Policy, ticks: Ticks, checks: int) -> Claim:
    """From there, checks as late as the form allows close exactly at the upper end."""
    tick_us = policy.stall_timeout_us + (checks + 1) * ticks.period_us
    count, found = check(policy, checks, tick_us + ticks.late_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and tick_us + ticks.late_us == window.upper_end_b(policy, ticks)
