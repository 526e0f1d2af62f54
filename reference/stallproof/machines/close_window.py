"""When the monitor closes: the close window, what it needs, and whether the deadline comes first.

The stall it guards against: two watchdogs and an outer timeout watch one send. If nobody knows
which of them fires first, the caller gives up before the connection is closed and retries into the
same stall, or the monitor closes what the deadline would have ended a moment later.

The intuition: the first check after the limit and each further one lie between a smallest and a
largest gap apart, so that the close lies in a window that arithmetic can state, with both ends
tight. It is open at the lower end and closed at the upper one: (after, by].

The use: `close_window` for the two ends, `is_defined` for the premise under which they are
promised, `case_of` for what the monitor can do to a send that its deadline bounds, `outer_above_us`
for what a caller's own timeout must exceed.

The complication: equality is safe at the lower end, since a close falls strictly after it, and is
not at the upper one, since a close can fall exactly there. And a tick for which the monitor came
too late is skipped: each one beyond the limit moves the whole window by one period.

Spec: `spec/sc.md`, `spec/cx.md`. Source: origin facts 14 and 15.
"""

from enum import Enum

from stallproof.machines.contracts import ensure, require
from stallproof.machines.policy import Policy, is_well_formed
from stallproof.machines.states import state


@state
class Gaps:
    """Form (a): two checks in a row are at least `min_us` and at most `max_us` apart."""

    min_us: int
    max_us: int


@state
class Ticks:
    """Form (b): ticks are `period_us` apart and each check is at most `late_us` after its tick."""

    period_us: int
    late_us: int


Schedule = Gaps | Ticks
"""When checks come: the form of SC-9 that an implementation declares, with its numbers."""


@state
class CloseWindow:
    """How long after a stall began its close falls: later than `after_us`, by `by_us`."""

    after_us: int
    by_us: int


class Case(Enum):
    """What the monitor does where the deadline works."""

    SILENT = "silent"
    WARNS_ONLY = "warns only"
    MAY_CLOSE = "may close"


def is_schedule(schedule: Schedule) -> bool:
    """Tell whether `schedule` can be kept: gaps of some length, or a lateness below the period."""
    if isinstance(schedule, Gaps):
        return 1 <= schedule.min_us <= schedule.max_us
    return 0 <= schedule.late_us < schedule.period_us


def longest_gap_us(schedule: Schedule) -> int:
    """Return the longest time from one check to the next."""
    if isinstance(schedule, Gaps):
        return schedule.max_us
    return schedule.period_us + schedule.late_us


def one_skip_us(schedule: Schedule) -> int:
    """Return by how much one skipped tick moves the close window; form (a) has no ticks."""
    return 0 if isinstance(schedule, Gaps) else schedule.period_us


@require(lambda policy: is_well_formed(policy))
@require(lambda schedule: is_schedule(schedule))
@require(lambda skipped: skipped >= 0)
def is_defined(policy: Policy, schedule: Schedule, skipped: int = 0) -> bool:
    """Tell whether the premise of SC-9 holds: L >= Tmax in form (a), L >= T + J in form (b).

    It makes a check fall inside the stall before the limit, which sets the count to 0. `skipped`:
    how many ticks of the stall up to the limit are skipped; each takes one period more.
    """
    needed_us = longest_gap_us(schedule) + skipped * one_skip_us(schedule)
    return policy.stall_timeout_us >= needed_us


@require(lambda policy: is_well_formed(policy))
@require(lambda schedule: is_schedule(schedule))
@require(lambda skipped: skipped >= 0)
@ensure(
    lambda policy, result: policy.stall_timeout_us <= result.after_us < result.by_us,
    "SC-6, SC-9: never before the limit, and there is a moment to close in",
)
@ensure(
    lambda policy, schedule, skipped, result: (
        result.by_us - policy.stall_timeout_us
        <= policy.checks_max * longest_gap_us(schedule) + skipped * one_skip_us(schedule)
    ),
    "SC-7, SC-9: a longest gap for each check is always enough",
)
def close_window(policy: Policy, schedule: Schedule, skipped: int = 0) -> CloseWindow:
    """Return both ends of the close window; `is_defined` tells whether they are promised.

    They are those of the limit and the threshold, also where closing is disabled. `skipped`: how
    many ticks were skipped that lay beyond the limit, before the close.
    """
    limit_us, checks = policy.stall_timeout_us, policy.checks_max
    moved_us = skipped * one_skip_us(schedule)
    if isinstance(schedule, Gaps):
        return CloseWindow(
            limit_us + (checks - 1) * schedule.min_us, limit_us + checks * schedule.max_us
        )
    return CloseWindow(
        limit_us + max(0, (checks - 1) * schedule.period_us - schedule.late_us) + moved_us,
        limit_us + checks * schedule.period_us + schedule.late_us + moved_us,
    )


@require(lambda policy: is_well_formed(policy))
@require(lambda schedule: is_schedule(schedule))
@require(lambda grace_us: grace_us >= 0)
@ensure(
    lambda policy, grace_us, result: (
        (result is Case.SILENT) == (policy.send_timeout_us + grace_us <= policy.stall_timeout_us)
    ),
    "CX-5: silent exactly when S + G <= L",
)
@ensure(
    lambda policy, schedule, grace_us, result: (
        (result is Case.MAY_CLOSE)
        == (policy.send_timeout_us + grace_us > close_window(policy, schedule).after_us)
    ),
    "CX-5: may close exactly when S + G is beyond the lower end",
)
def case_of(policy: Policy, schedule: Schedule, *, grace_us: int) -> Case:
    """Return which case of CX-5 the configuration is; equality is the safer one.

    `MAY_CLOSE` speaks of a monitor that is allowed to: with closing disabled it goes on warning.
    """
    held_us = policy.send_timeout_us + grace_us
    if held_us <= policy.stall_timeout_us:
        return Case.SILENT
    if held_us <= close_window(policy, schedule).after_us:
        return Case.WARNS_ONLY
    return Case.MAY_CLOSE


@require(lambda policy: is_well_formed(policy))
@require(lambda schedule: is_schedule(schedule))
@require(lambda margin_us: margin_us >= 0)
@ensure(
    lambda policy, schedule, margin_us, result: (
        result - margin_us == close_window(policy, schedule).by_us
    ),
    "CF-5: the upper end plus the margin",
)
def outer_above_us(policy: Policy, schedule: Schedule, *, margin_us: int) -> int:
    """Return what every outer timeout must be greater than: it itself is too short."""
    return close_window(policy, schedule).by_us + margin_us
