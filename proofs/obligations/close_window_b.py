"""The close window of form (b), an absolute schedule: SC-9, both ends tight, with skipped ticks.

The same inductions as for form (a). The invariant `checked_b` also knows the tick that a check
belongs to, since ticks do not drift and only the lateness of the last check counts; and how many
ticks beyond the limit were skipped before it, since each moves the window by one period. Between
any two checks any number of ticks is skipped, and that number is symbolic.
"""

from proofs.assumptions import window
from proofs.assumptions.window import (
    Ticks,
    beginning_b,
    check,
    checked_b,
    form_b,
    going_on_b,
)
from proofs.prover.statement import Claim, obligation
from stallproof.machines import close_window
from stallproof.machines.policy import Policy


@obligation("SC-9", given=lambda policy, ticks, first_us, early: form_b(policy, ticks))
def sc9b_a_check_falls_in_the_stall_before_the_limit(
    policy: Policy, ticks: Ticks, first_us: int, early: int
) -> Claim:
    """Under the premise, with `early` ticks skipped, the next one's check is inside the stall."""
    if first_us < 0 or first_us >= ticks.period_us or early < 0:
        return None
    schedule = close_window.Ticks(ticks.period_us, ticks.late_us)
    if not close_window.is_defined(policy, schedule, early):
        return None
    return first_us + early * ticks.period_us + ticks.late_us <= policy.stall_timeout_us


@obligation("SC-9", given=beginning_b)
def sc9b_the_first_stalled_check(
    policy: Policy, ticks: Ticks, carried: int, last_us: int, last_late_us: int, early: int,
    skipped: int, late_us: int,
) -> Claim:  # fmt: skip
    """After a check in the stall that was not stalled, the first tick that is not skipped."""
    last_tick_us = last_us - last_late_us
    if not window.skipped_b(policy, ticks, last_tick_us, early, skipped):
        return None
    tick_us = last_tick_us + (early + skipped + 1) * ticks.period_us
    now_us = tick_us + late_us
    if last_us > policy.stall_timeout_us or now_us <= policy.stall_timeout_us or carried < 0:
        return None
    if last_us < 0:
        # Where ticks are skipped before the limit, it takes a longer one: the obligation above.
        return None if early else False
    before, _ = check(policy, carried, last_us)
    count, found = check(policy, before.stalled_checks, now_us)
    closes = policy.close_stalled and policy.checks_max == 1
    return (
        count.stalled_checks == 1
        and checked_b(policy, ticks, 1, skipped, tick_us, now_us)
        and found.closes == closes
        and (not closes or now_us > window.lower_end_b(policy, ticks, skipped))
        and (not closes or now_us <= window.upper_end_b(policy, ticks, skipped))
    )


@obligation("SC-9", given=going_on_b)
def sc9b_each_further_check(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int,
) -> Claim:  # fmt: skip
    """The next check counts one up; what is skipped before it lies beyond the limit, and counts."""
    next_us = tick_us + (more + 1) * ticks.period_us
    count, _ = check(policy, checks, next_us + late_us)
    return (
        count.stalled_checks == checks + 1
        and tick_us + ticks.period_us > policy.stall_timeout_us
        and checked_b(policy, ticks, checks + 1, skipped + more, next_us, next_us + late_us)
    )


@obligation("SC-9", "SC-6", given=going_on_b)
def sc9b_no_close_at_or_before_the_lower_end(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int,
) -> Claim:  # fmt: skip
    """Whatever check closes first comes later than L + max(0, (N-1) T - J) + m T."""
    if checks >= policy.checks_max:
        return None
    now_us = tick_us + (more + 1) * ticks.period_us + late_us
    _, found = check(policy, checks, now_us)
    if not found.closes:
        return None
    return now_us > window.lower_end_b(policy, ticks, skipped + more)


@obligation("SC-9", "SC-7", given=going_on_b)
def sc9b_closed_by_the_upper_end(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int,
) -> Claim:  # fmt: skip
    """With closing enabled, the N-th stalled check closes, at L + (N + m) T + J at the latest."""
    if not policy.close_stalled or checks + 1 != policy.checks_max:
        return None
    now_us = tick_us + (more + 1) * ticks.period_us + late_us
    _, found = check(policy, checks, now_us)
    return found.closes and now_us <= window.upper_end_b(policy, ticks, skipped + more)


@obligation("SC-9", given=form_b)
def sc9b_the_lower_end_is_tight_first(policy: Policy, ticks: Ticks) -> Claim:
    """A first stalled check can come at L + 1, as late after its tick as the form allows."""
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us
    last_us = tick_us - ticks.period_us
    before, _ = check(policy, 0, last_us)
    count, _ = check(policy, before.stalled_checks, tick_us + ticks.late_us)
    return last_us >= 0 and before.stalled_checks == 0 and count.stalled_checks == 1


def going_up(policy: Policy, ticks: Ticks, checks: int, skipped: int) -> bool:
    return form_b(policy, ticks) and checks >= 1 and skipped >= 0


@obligation("SC-9", given=going_up)
def sc9b_the_lower_end_is_tight_further(
    policy: Policy, ticks: Ticks, checks: int, skipped: int
) -> Claim:
    """From there, checks on their ticks close exactly one microsecond after the lower end."""
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us + (checks + skipped) * ticks.period_us
    count, found = check(policy, checks, tick_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and tick_us == window.lower_end_b(policy, ticks, skipped) + 1


@obligation("SC-9", given=lambda policy, ticks, skipped: form_b(policy, ticks) and skipped >= 1)
def sc9b_the_lower_end_of_one_check_is_tight(policy: Policy, ticks: Ticks, skipped: int) -> Claim:
    """With N = 1, a first skipped tick at L + 1 puts the close 1 us after the lower end."""
    if not policy.close_stalled or policy.checks_max != 1:
        return None
    tick_us = policy.stall_timeout_us + 1 + skipped * ticks.period_us
    before, _ = check(policy, 0, policy.stall_timeout_us + 1 - ticks.period_us)
    _, found = check(policy, before.stalled_checks, tick_us)
    return found.closes and tick_us == window.lower_end_b(policy, ticks, skipped) + 1


@obligation("SC-9", given=lambda policy, ticks, skipped: form_b(policy, ticks) and skipped >= 0)
def sc9b_the_upper_end_is_tight_first(policy: Policy, ticks: Ticks, skipped: int) -> Claim:
    """A check on a tick at L itself is not stalled, so the first one can belong to tick L + T."""
    before, _ = check(policy, 0, policy.stall_timeout_us)
    tick_us = policy.stall_timeout_us + (skipped + 1) * ticks.period_us
    count, _ = check(policy, before.stalled_checks, tick_us + ticks.late_us)
    return before.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-9", given=going_up)
def sc9b_the_upper_end_is_tight_further(
    policy: Policy, ticks: Ticks, checks: int, skipped: int
) -> Claim:
    """From there, checks as late as the form allows close exactly at the upper end."""
    tick_us = policy.stall_timeout_us + (checks + skipped + 1) * ticks.period_us
    count, found = check(policy, checks, tick_us + ticks.late_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and tick_us + ticks.late_us == window.upper_end_b(policy, ticks, skipped)
