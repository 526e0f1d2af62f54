"""The close window of form (a), gaps between checks: SC-9, both ends tight.

The proofs are inductions over the real `on_check`, with limit, period, count and times symbolic.
The invariant `checked_a`: the k-th stalled check in a row lies in the k-th window. One statement
establishes it at the first stalled check, another carries it to the next check, and the ends of the
close window are what it says when k reaches N. That an end is tight is proved by a schedule that
the form allows and that comes as near to the end as a microsecond clock can, again by induction.
"""

from proofs.assumptions import window
from proofs.assumptions.window import Gaps, check, checked_a, form_a, going_on_a, next_a
from proofs.prover.statement import Claim, obligation
from stallproof.machines.policy import Policy


def beginning_a(policy: Policy, gaps: Gaps, gap_us: int) -> bool:
    return form_a(policy, gaps) and next_a(gaps, gap_us)


@obligation("SC-9", given=beginning_a)
def sc9a_the_first_stalled_check(
    policy: Policy, gaps: Gaps, carried: int, last_us: int, gap_us: int
) -> Claim:
    """The check before it fell inside the stall and reset the count; it lies in (L, L + Tmax]."""
    now_us = last_us + gap_us
    if last_us > policy.stall_timeout_us or now_us <= policy.stall_timeout_us or carried < 0:
        return None
    if last_us < 0:
        return False
    before, _ = check(policy, carried, last_us)
    count, found = check(policy, before.stalled_checks, now_us)
    closes = policy.close_stalled and policy.checks_max == 1
    return (
        count.stalled_checks == 1
        and checked_a(policy, gaps, 1, now_us)
        and found.closes == closes
        and (not closes or now_us > window.lower_end_a(policy, gaps))
        and (not closes or now_us <= window.upper_end_a(policy, gaps))
    )


@obligation("SC-9", given=going_on_a)
def sc9a_each_further_check(
    policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int
) -> Claim:
    """Each further check of the stall counts one up and lies in the window of its number."""
    count, _ = check(policy, checks, held_us + gap_us)
    return count.stalled_checks == checks + 1 and checked_a(
        policy, gaps, checks + 1, held_us + gap_us
    )


@obligation("SC-9", "SC-6", given=going_on_a)
def sc9a_no_close_at_or_before_the_lower_end(
    policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int
) -> Claim:
    """Whatever check closes first comes later than L + (N-1) Tmin into the stall."""
    if checks >= policy.checks_max:
        return None
    _, found = check(policy, checks, held_us + gap_us)
    return held_us + gap_us > window.lower_end_a(policy, gaps) if found.closes else None


@obligation("SC-9", "SC-7", given=going_on_a)
def sc9a_closed_by_the_upper_end(
    policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int
) -> Claim:
    """With closing enabled, the N-th stalled check closes, at L + N Tmax at the latest."""
    if not policy.close_stalled or checks + 1 != policy.checks_max:
        return None
    _, found = check(policy, checks, held_us + gap_us)
    return found.closes and held_us + gap_us <= window.upper_end_a(policy, gaps)


@obligation("SC-9", given=form_a)
def sc9a_the_lower_end_is_tight_first(policy: Policy, gaps: Gaps) -> Claim:
    """A first stalled check can come at L + 1, one smallest gap after one that was not stalled."""
    now_us = policy.stall_timeout_us + 1
    before, _ = check(policy, 0, now_us - gaps.min_us)
    count, _ = check(policy, before.stalled_checks, now_us)
    return now_us - gaps.min_us >= 0 and before.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-9", given=lambda policy, gaps, checks: form_a(policy, gaps) and checks >= 1)
def sc9a_the_lower_end_is_tight_further(policy: Policy, gaps: Gaps, checks: int) -> Claim:
    """Checks one smallest gap apart from there close exactly 1 us after the lower end."""
    held_us = policy.stall_timeout_us + 1 + (checks - 1) * gaps.min_us
    count, found = check(policy, checks, held_us + gaps.min_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and held_us + gaps.min_us == window.lower_end_a(policy, gaps) + 1


@obligation("SC-9", given=form_a)
def sc9a_the_upper_end_is_tight_first(policy: Policy, gaps: Gaps) -> Claim:
    """A check at L itself is not stalled, so the first one can come as late as L + Tmax."""
    before, _ = check(policy, 0, policy.stall_timeout_us)
    count, _ = check(policy, before.stalled_checks, policy.stall_timeout_us + gaps.max_us)
    return before.stalled_checks == 0 and count.stalled_checks == 1


@obligation("SC-9", given=lambda policy, gaps, checks: form_a(policy, gaps) and checks >= 1)
def sc9a_the_upper_end_is_tight_further(policy: Policy, gaps: Gaps, checks: int) -> Claim:
    """Checks one largest gap apart from there close exactly at the upper end."""
    held_us = policy.stall_timeout_us + checks * gaps.max_us
    count, found = check(policy, checks, held_us + gaps.max_us)
    if not policy.close_stalled or checks + 1 > policy.checks_max:
        return None
    if checks + 1 < policy.checks_max:
        return count.stalled_checks == checks + 1 and not found.closes
    return found.closes and held_us + gaps.max_us == window.upper_end_a(policy, gaps)
