"""The close window as arithmetic: both forms of SC-9, their ends, what is known between checks.

Form (a): gaps between checks in [min, max] and L >= max. Form (b): ticks one period apart, each
check at most J < period after its tick, and L >= period + J; a tick may be skipped, and counts as
skipped if it lies beyond L. Every time is counted from the moment the lock was taken.

Spec: `spec/sc.md`.
"""

from dataclasses import dataclass

from proofs.assumptions.shapes import seen_sending
from stallproof.machines import stall_count
from stallproof.machines.policy import Policy
from stallproof.machines.stall_count import CheckDecision, StallCount


@dataclass
class Gaps:
    """Form (a): two checks in a row are at least `min_us` and at most `max_us` apart."""

    min_us: int
    max_us: int


@dataclass
class Ticks:
    """Form (b): ticks are `period_us` apart and each check is at most `late_us` after its tick."""

    period_us: int
    late_us: int


def lower_end_a(policy: Policy, gaps: Gaps) -> int:
    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us


def upper_end_a(policy: Policy, gaps: Gaps) -> int:
    return policy.stall_timeout_us + policy.checks_max * gaps.max_us


def lower_end_b(policy: Policy, ticks: Ticks, skipped: int = 0) -> int:
    later_us = (policy.checks_max - 1) * ticks.period_us - ticks.late_us
    moved_us = skipped * ticks.period_us
    return policy.stall_timeout_us + (later_us if later_us > 0 else 0) + moved_us


def upper_end_b(policy: Policy, ticks: Ticks, skipped: int = 0) -> int:
    moved_us = skipped * ticks.period_us
    return policy.stall_timeout_us + policy.checks_max * ticks.period_us + ticks.late_us + moved_us


def form_a(policy: Policy, gaps: Gaps) -> bool:
    return (
        policy.checks_max >= 1
        and gaps.min_us >= 1
        and gaps.max_us >= gaps.min_us
        and policy.stall_timeout_us >= gaps.max_us
    )


def form_b(policy: Policy, ticks: Ticks) -> bool:
    return (
        policy.checks_max >= 1
        and ticks.late_us >= 0
        and ticks.period_us > ticks.late_us
        and policy.stall_timeout_us >= ticks.period_us + ticks.late_us
    )


def check(policy: Policy, checks: int, held_us: int) -> tuple[StallCount, CheckDecision]:
    """Check, after `checks` stalled ones in a row, a send that has held the lock for `held_us`."""
    seen = seen_sending(1, 0, closing=False, heartbeats=True)
    return stall_count.on_check(policy, StallCount(checks, 1), seen, now_us=held_us)


def checked_a(policy: Policy, gaps: Gaps, checks: int, held_us: int) -> bool:
    """State the invariant: the `checks`-th stalled check in a row came `held_us` into the stall."""
    return (
        form_a(policy, gaps)
        and checks >= 1
        and held_us > policy.stall_timeout_us + (checks - 1) * gaps.min_us
        and held_us <= policy.stall_timeout_us + checks * gaps.max_us
    )


def checked_b(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int
) -> bool:
    """State the invariant of form (b); `tick_us` is the tick that the check belongs to.

    `skipped`: how many ticks beyond the limit were skipped before it.
    """
    moved_us = skipped * ticks.period_us
    base_us = tick_us - policy.stall_timeout_us - moved_us
    return (
        form_b(policy, ticks)
        and checks >= 1
        and skipped >= 0
        and tick_us <= held_us
        and held_us <= tick_us + ticks.late_us
        and held_us - policy.stall_timeout_us > moved_us
        and base_us > (checks - 1) * ticks.period_us - ticks.late_us
        and base_us <= checks * ticks.period_us
    )


def next_a(gaps: Gaps, gap_us: int) -> bool:
    return gap_us >= gaps.min_us and gap_us <= gaps.max_us


def going_on_a(policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int) -> bool:
    return checked_a(policy, gaps, checks, held_us) and next_a(gaps, gap_us)


def late(ticks: Ticks, late_us: int) -> bool:
    return late_us >= 0 and late_us <= ticks.late_us


def beginning_b(policy: Policy, ticks: Ticks, last_late_us: int, late_us: int) -> bool:
    return form_b(policy, ticks) and late(ticks, last_late_us) and late(ticks, late_us)


def skipped_b(policy: Policy, ticks: Ticks, last_tick_us: int, early: int, skipped: int) -> bool:
    """Tell whether, after `last_tick_us`, `early` ticks up to the limit and `skipped` beyond it go.

    Nothing is skipped twice: the first that counts is the first one beyond the limit.
    """
    border_us = last_tick_us + early * ticks.period_us
    is_early = early == 0 or border_us <= policy.stall_timeout_us
    is_beyond = skipped == 0 or border_us + ticks.period_us > policy.stall_timeout_us
    return early >= 0 and skipped >= 0 and is_early and is_beyond


def going_on_b(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int,
) -> bool:  # fmt: skip
    """Assume a stalled check, and that `more` ticks are skipped before the next one."""
    known = checked_b(policy, ticks, checks, skipped, tick_us, held_us)
    return known and more >= 0 and late(ticks, late_us)
