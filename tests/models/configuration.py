"""A naive reading of the law of configuration: fractions, definitions, and no shortcuts."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from stallproof.machines.policy import Policy

MILLION = 10**6
SIZE_MAX = 2**53 - 1


def distance(one: str, other: str) -> int:
    """Return the edit distance by its definition: the cheapest of what the first step can be."""

    @cache
    def from_here(i: int, j: int) -> int:
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j
        if one[i] == other[j]:
            return from_here(i + 1, j + 1)
        return 1 + min(from_here(i + 1, j), from_here(i, j + 1), from_here(i + 1, j + 1))

    return from_here(0, 0)


def value_of(sign: str, digits: str, decimals: str, power: int) -> Fraction:
    """Return what a decimal is worth that is written as sign, digits, point, digits, exponent."""
    whole = int(digits + decimals or "0")
    worth = Fraction(whole) * Fraction(10) ** (power - len(decimals))
    return -worth if sign == "-" else worth


def seconds_allowed(value: Fraction) -> bool:
    """A timeout: 0.000001 s to 1000000 s."""
    return Fraction(1, MILLION) <= value <= MILLION


def is_nearest(core_us: int, value_s: Fraction) -> bool:
    """Tell whether `core_us` is the nearest microsecond, or one of the two nearest."""
    return abs(core_us - value_s * MILLION) <= Fraction(1, 2)


def winner(
    file: int | None, environment: int | None, default: int, by_hand: int | None
) -> tuple[int, str]:
    """Return the first value of the list, from the strongest source to the weakest."""
    ranked = [(by_hand, "set"), (file, "file"), (environment, "environment"), (default, "default")]
    return next((value, source) for value, source in ranked if value is not None)


def ends(
    limit_us: int, checks: int, *, shortest_us: int, longest_us: int, late_us: int
) -> tuple[int, int]:
    """Walk through the checks of a stall, one by one, for the earliest and the latest close.

    Earliest: the first stalled check comes just after the limit, as late after its tick as can be,
    and the last one with no lateness. Latest: a check at the limit itself is not stalled.
    """
    earliest_us = limit_us
    latest_us = limit_us
    for number in range(checks):
        earliest_us += 0 if number == 0 else shortest_us
        latest_us += longest_us
    return max(limit_us, earliest_us - (late_us if checks > 1 else 0)), latest_us + late_us


def broken(
    policy: Policy,
    *,
    period_us: int,
    late_us: int,
    grace_us: int,
    outer_us: Mapping[str, int],
    margin_us: int,
) -> set[str]:
    """Return the relations of CF-5 that do not hold, for checks on an absolute schedule."""
    after_us, by_us = ends(
        policy.stall_timeout_us, policy.checks_max, shortest_us=period_us, longest_us=period_us,
        late_us=late_us,
    )  # fmt: skip
    held_us = policy.send_timeout_us + grace_us
    closes = policy.close_stalled
    does_not_hold = {
        "no_warning": held_us > policy.stall_timeout_us,
        "no_close": closes and held_us > after_us,
        "progress_before_ack_wait": policy.ack_progress_timeout_us > policy.ack_wait_us,
        "ack_interval_in_window": policy.ack_interval_bytes > policy.window_bytes,
        "window_holds_chunk": policy.chunk_bytes > policy.window_bytes,
        "outer_timeouts": closes and any(us - margin_us <= by_us for us in outer_us.values()),
        "close_window_defined": closes and policy.stall_timeout_us < period_us + late_us,
    }
    return {name for name, is_broken in does_not_hold.items() if is_broken}


def closes_by_skips(
    limit_us: int, checks: int, period_us: int, late_us: int, skips_max: int = 2
) -> dict[int, set[int]]:
    """Go through every schedule of form (b) for a stall that begins at 0, tick by tick.

    Each tick is skipped, or has its check as late as it may be. Return when the monitor closes, by
    how many ticks beyond the limit were skipped before.
    """
    found: dict[int, set[int]] = {skips: set() for skips in range(skips_max + 1)}

    def go(tick_us: int, count: int, early: int, skipped: int) -> None:
        beyond = tick_us > limit_us
        is_promised = limit_us >= (2 + early) * period_us + late_us
        if skipped < skips_max if beyond else is_promised:
            go(tick_us + period_us, count, early + (not beyond), skipped + beyond)
        for at_us in range(tick_us, tick_us + late_us + 1):
            stalled = count + 1 if at_us > limit_us else 0
            if stalled == checks:
                found[skipped].add(at_us)
            else:
                go(tick_us + period_us, stalled, early, skipped)

    if limit_us >= period_us + late_us:
        for first_us in range(period_us):
            go(first_us, 0, 0, 0)
    return {skips: closes_us for skips, closes_us in found.items() if closes_us}
