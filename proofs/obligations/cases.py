"""What a configuration promises: the close window that is told, and the three cases of CX-5.

The ends are compared with `proofs.assumptions.window`, of which SC-9 is proved by induction over
the monitor's checks; the cases are put to the monitor itself.

Spec: `spec/sc.md`, `spec/cx.md`, `spec/cf.md`.
"""

from proofs.assumptions import window
from proofs.assumptions.window import Gaps, Ticks, check, form_a, form_b, going_on_a, going_on_b
from proofs.obligations.agreement import freed
from proofs.prover.statement import Claim, obligation
from stallproof.machines import close_window
from stallproof.machines.close_window import Case
from stallproof.machines.policy import Policy


def gapped(policy: Policy, gaps: Gaps) -> bool:
    return (
        (policy.stall_timeout_us >= 1)
        & (policy.checks_max >= 1)
        & (gaps.min_us >= 1)
        & (gaps.max_us >= gaps.min_us)
    )


def scheduled(policy: Policy, ticks: Ticks) -> bool:
    return (
        (policy.stall_timeout_us >= 1)
        & (policy.checks_max >= 1)
        & (ticks.late_us >= 0)
        & (ticks.period_us > ticks.late_us)
    )


def a(gaps: Gaps) -> close_window.Gaps:
    """Return the schedule of form (a) as the reference says it."""
    return close_window.Gaps(gaps.min_us, gaps.max_us)


def b(ticks: Ticks) -> close_window.Ticks:
    """Return the schedule of form (b) as the reference says it."""
    return close_window.Ticks(ticks.period_us, ticks.late_us)


@obligation("SC-9", given=gapped)
def sc9a_the_window_told_is_the_window_proved(policy: Policy, gaps: Gaps) -> Claim:
    """Form (a): both ends, and the premise under which they are promised."""
    told = close_window.close_window(policy, a(gaps))
    return (
        told.after_us == window.lower_end_a(policy, gaps)
        and told.by_us == window.upper_end_a(policy, gaps)
        and close_window.is_defined(policy, a(gaps)) == form_a(policy, gaps)
    )


@obligation("SC-9", given=lambda policy, ticks, skipped: scheduled(policy, ticks) and skipped >= 0)
def sc9b_the_window_told_is_the_window_proved(
    policy: Policy, ticks: Ticks, skipped: int
) -> Claim:  # fmt: skip
    """Form (b): both ends, what skipped ticks do to them, and the premise that promises them."""
    told = close_window.close_window(policy, b(ticks), skipped)
    return (
        told.after_us == window.lower_end_b(policy, ticks, skipped)
        and told.by_us == window.upper_end_b(policy, ticks, skipped)
        and close_window.is_defined(policy, b(ticks)) == form_b(policy, ticks)
    )


def loosened(policy: Policy, ticks: Ticks, later_us: int) -> bool:
    return scheduled(policy, ticks) & (later_us >= 0) & (ticks.late_us + later_us < ticks.period_us)


@obligation("SC-9", given=loosened)
def sc9b_more_lateness_never_narrows_the_window(
    policy: Policy, ticks: Ticks, later_us: int
) -> Claim:
    """Form (b): with checks that may be later, the window contains the one before."""
    told = close_window.close_window(policy, b(ticks))
    wider = close_window.close_window(
        policy, close_window.Ticks(ticks.period_us, ticks.late_us + later_us)
    )
    return wider.after_us <= told.after_us and wider.by_us == told.by_us + later_us


@obligation("SC-9", "CF-5", given=scheduled)
def sc9b_contains_the_window_of_gaps_of_one_period(policy: Policy, ticks: Ticks) -> Claim:
    """What is judged by form (b) is safe for form (a) with gaps of exactly the same period."""
    told = close_window.close_window(policy, b(ticks))
    same = close_window.Gaps(ticks.period_us, ticks.period_us)
    inner = close_window.close_window(policy, same)
    promised = close_window.is_defined(policy, same)
    return (
        told.after_us <= inner.after_us
        and inner.by_us <= told.by_us
        and (promised or not close_window.is_defined(policy, b(ticks)))
    )


@obligation(
    "CF-5", given=lambda policy, ticks, margin_us: scheduled(policy, ticks) and margin_us >= 0
)
def cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close(
    policy: Policy, ticks: Ticks, margin_us: int, outer_us: int
) -> Claim:
    """One microsecond more than what is told, and no less, leaves the margin after the window."""
    told_us = close_window.outer_above_us(policy, b(ticks), margin_us=margin_us)
    upper_us = window.upper_end_b(policy, ticks)
    return (outer_us > told_us) == (outer_us - upper_us >= margin_us + 1)


def graced_a(policy: Policy, gaps: Gaps, grace_us: int) -> bool:
    return gapped(policy, gaps) and policy.send_timeout_us >= 1 and grace_us >= 0


def graced_b(policy: Policy, ticks: Ticks, grace_us: int) -> bool:
    return scheduled(policy, ticks) and policy.send_timeout_us >= 1 and grace_us >= 0


@obligation("CX-5", "CF-5", given=graced_a)
def cx5a_the_cases_are_those_of_the_table(policy: Policy, gaps: Gaps, grace_us: int) -> Claim:
    """Form (a): each configuration is exactly one of silent, warns only, may close."""
    found = close_window.case_of(policy, a(gaps), grace_us=grace_us)
    held_us, lower_us = policy.send_timeout_us + grace_us, window.lower_end_a(policy, gaps)
    return (
        (found is Case.SILENT) == (held_us <= policy.stall_timeout_us)
        and (found is Case.WARNS_ONLY) == (policy.stall_timeout_us < held_us <= lower_us)
        and (found is Case.MAY_CLOSE) == (lower_us < held_us)
    )


@obligation("CX-5", "CF-5", given=graced_b)
def cx5b_the_cases_are_those_of_the_table(policy: Policy, ticks: Ticks, grace_us: int) -> Claim:
    """Form (b): each configuration is exactly one of silent, warns only, may close."""
    found = close_window.case_of(policy, b(ticks), grace_us=grace_us)
    held_us, lower_us = policy.send_timeout_us + grace_us, window.lower_end_b(policy, ticks)
    return (
        (found is Case.SILENT) == (held_us <= policy.stall_timeout_us)
        and (found is Case.WARNS_ONLY) == (policy.stall_timeout_us < held_us <= lower_us)
        and (found is Case.MAY_CLOSE) == (lower_us < held_us)
    )


def bounded_b(policy: Policy, ticks: Ticks, checks: int, held_us: int, grace_us: int) -> bool:
    return graced_b(policy, ticks, grace_us) and freed(policy, checks, held_us, grace_us)


@obligation("CX-5", given=bounded_b)
def cx5b_a_silent_configuration_never_warns(
    policy: Policy, ticks: Ticks, checks: int, held_us: int, grace_us: int
) -> Claim:
    """Silent: no check of a send that its deadline bounds warns or closes."""
    if close_window.case_of(policy, b(ticks), grace_us=grace_us) is not Case.SILENT:
        return None
    _, found = check(policy, checks, held_us)
    return not found.warns and not found.closes


@obligation("CX-5", given=graced_b)
def cx5b_every_other_configuration_can_warn(policy: Policy, ticks: Ticks, grace_us: int) -> Claim:
    """Warns only, or may close: a check at the last moment of a send that is bounded warns."""
    if close_window.case_of(policy, b(ticks), grace_us=grace_us) is Case.SILENT:
        return None
    _, found = check(policy, 0, policy.send_timeout_us + grace_us)
    return found.warns


@obligation("CX-5", given=going_on_a)
def cx5a_a_configuration_that_may_not_close_never_does(
    policy: Policy, gaps: Gaps, checks: int, held_us: int, gap_us: int, grace_us: int
) -> Claim:
    """Form (a): silent or warns only, the send is over before a check could close."""
    if grace_us < 0 or held_us + gap_us > policy.send_timeout_us + grace_us:
        return None
    if close_window.case_of(policy, a(gaps), grace_us=grace_us) is Case.MAY_CLOSE:
        return None
    if checks >= policy.checks_max:
        return None
    _, found = check(policy, checks, held_us + gap_us)
    return not found.closes


@obligation("CX-5", given=going_on_b)
def cx5b_a_configuration_that_may_not_close_never_does(
    policy: Policy, ticks: Ticks, checks: int, skipped: int, tick_us: int, held_us: int,
    more: int, late_us: int, grace_us: int,
) -> Claim:  # fmt: skip
    """Form (b): silent or warns only, the send is over before a check could close."""
    now_us = tick_us + (more + 1) * ticks.period_us + late_us
    if grace_us < 0 or now_us > policy.send_timeout_us + grace_us:
        return None
    if close_window.case_of(policy, b(ticks), grace_us=grace_us) is Case.MAY_CLOSE:
        return None
    if checks >= policy.checks_max:
        return None
    _, found = check(policy, checks, now_us)
    return not found.closes


@obligation("CX-5", given=lambda policy, gaps, grace_us: form_a(policy, gaps) and grace_us >= 0)
def cx5a_a_configuration_that_may_close_can(policy: Policy, gaps: Gaps, grace_us: int) -> Claim:
    """Form (a): may close, and closing enabled: the tight schedule closes a bounded send."""
    case = close_window.case_of(policy, a(gaps), grace_us=grace_us)
    if case is not Case.MAY_CLOSE or not policy.close_stalled:
        return None
    held_us = policy.stall_timeout_us + 1 + (policy.checks_max - 1) * gaps.min_us
    _, found = check(policy, policy.checks_max - 1, held_us)
    return found.closes and held_us <= policy.send_timeout_us + grace_us


@obligation("CX-5", given=lambda policy, ticks, grace_us: form_b(policy, ticks) and grace_us >= 0)
def cx5b_a_configuration_that_may_close_can(policy: Policy, ticks: Ticks, grace_us: int) -> Claim:
    """Form (b): may close, and closing enabled: the tight schedule closes a bounded send."""
    case = close_window.case_of(policy, b(ticks), grace_us=grace_us)
    if case is not Case.MAY_CLOSE or not policy.close_stalled:
        return None
    tick_us = policy.stall_timeout_us + 1 - ticks.late_us
    tick_us += (policy.checks_max - 1) * ticks.period_us
    held_us = policy.stall_timeout_us + 1 if policy.checks_max == 1 else tick_us
    _, found = check(policy, policy.checks_max - 1, held_us)
    return found.closes and held_us <= policy.send_timeout_us + grace_us
