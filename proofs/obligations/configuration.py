"""Configuration: clamps, sources, ranges. Spec: `spec/cf.md`."""

from dataclasses import dataclass

from proofs.assumptions.guards import accepts
from proofs.prover.statement import Claim, obligation
from stallproof.machines import policy, settings
from stallproof.machines.policy import Policy
from stallproof.machines.settings import Source

LONGEST_US = 1_000_000 * 1_000_000
LARGEST_BYTES = 9_007_199_254_740_991
MOST_CHECKS = 1_000_000


def short_enough(asked_us: int) -> bool:
    return asked_us <= LONGEST_US


def few_enough(asked: int) -> bool:
    return asked <= MOST_CHECKS


@obligation("CF-2", given=short_enough)
def cf2_an_interval_below_the_clamp_becomes_the_clamp(asked_us: int) -> Claim:
    """Below 0.01 s, also zero and negative, the check interval is exactly 0.01 s."""
    return settings.clamped_interval_us(asked_us) == 10_000 if asked_us < 10_000 else None


@obligation("CF-2", given=short_enough)
def cf2_an_interval_from_the_clamp_on_stays(asked_us: int) -> Claim:
    """From 0.01 s on, the check interval is what was asked for."""
    return settings.clamped_interval_us(asked_us) == asked_us if asked_us >= 10_000 else None


@obligation("CF-2", given=few_enough)
def cf2_a_number_of_checks_below_one_becomes_one(asked: int) -> Claim:
    """Zero checks and less are one check."""
    return settings.clamped_checks(asked) == 1 if asked < 1 else None


@obligation("CF-2", given=few_enough)
def cf2_a_number_of_checks_from_one_on_stays(asked: int) -> Claim:
    """From one on, the number of checks is what was asked for."""
    return settings.clamped_checks(asked) == asked if asked >= 1 else None


@obligation("CF-4")
def cf4_the_file_beats_the_environment(
    file: int, environment: int | None, default: int, equal: bool
) -> Claim:
    """A value in the file is in force whatever the environment and the default say."""
    other = file if equal else environment
    return settings.chosen(file, other, default) == (file, Source.FILE)


@obligation("CF-4")
def cf4_the_environment_beats_the_default(environment: int, default: int) -> Claim:
    """Without a value in the file, one in the environment is in force."""
    return settings.chosen(None, environment, default) == (environment, Source.ENVIRONMENT)


@obligation("CF-4")
def cf4_the_default_is_what_no_source_sets(default: int) -> Claim:
    """Without a value anywhere, the default is in force."""
    return settings.chosen(None, None, default) == (default, Source.DEFAULT)


@obligation("CF-4")
def cf4_a_value_set_by_hand_beats_them_all(
    file: int | None, environment: int | None, default: int, override: int
) -> Claim:
    """What was set by hand is in force whatever the sources say."""
    found = settings.chosen(file, environment, default, override=override)
    return found == (override, Source.SET)


@obligation("CF-3")
def cf3_a_size_ends_where_readers_of_json_do(size_bytes: int) -> Claim:
    """Sizes are 1 to 2^53 - 1, both included."""
    return settings.is_size(size_bytes) == (size_bytes > 0 and size_bytes < 2**53)


@obligation("CF-3")
def cf3_only_the_upper_ends_of_the_clamped_knobs_refuse(asked_us: int, asked: int) -> Claim:
    """However small, an interval and a number of checks is in range; beyond the upper end none."""
    return (
        settings.is_interval(asked_us) == (asked_us < LONGEST_US + 1)
        and settings.is_checks(asked) == (asked < MOST_CHECKS + 1)
    )  # fmt: skip


@obligation("CF-3")
def cf3_a_timeout_is_a_microsecond_to_a_million_seconds(asked_us: int) -> Claim:
    """Timeouts are 1 us to 10^6 s, both included."""
    return policy.is_timeout(asked_us) == (asked_us > 0 and asked_us < LONGEST_US + 1)


@dataclass
class Requested:
    """The values of all knobs as integers, before the clamps."""

    send_us: int
    progress_us: int
    interval_us: int
    limit_us: int
    closes: bool
    checks: int
    wait_us: int
    window_bytes: int
    chunk_bytes: int
    ack_bytes: int
    heartbeat_us: int


def in_range(asked: Requested) -> bool:
    """Tell whether the table of CF-1 allows all of `asked`."""
    return (
        (asked.send_us >= 1)
        & (asked.send_us <= LONGEST_US)
        & (asked.progress_us >= 1)
        & (asked.progress_us <= LONGEST_US)
        & (asked.interval_us <= LONGEST_US)
        & (asked.limit_us >= 1)
        & (asked.limit_us <= LONGEST_US)
        & (asked.checks <= MOST_CHECKS)
        & (asked.wait_us >= 1)
        & (asked.wait_us <= LONGEST_US)
        & (asked.window_bytes >= 1)
        & (asked.window_bytes <= LARGEST_BYTES)
        & (asked.chunk_bytes >= 1)
        & (asked.chunk_bytes <= LARGEST_BYTES)
        & (asked.ack_bytes >= 1)
        & (asked.ack_bytes <= LARGEST_BYTES)
        & (asked.heartbeat_us >= 1)
        & (asked.heartbeat_us <= LONGEST_US)
    )


def words(asked: Requested) -> dict[str, int]:
    """Return `asked` as the arguments of `policy_of`."""
    return {
        "send_timeout_us": asked.send_us,
        "ack_progress_timeout_us": asked.progress_us,
        "ack_check_interval_us": asked.interval_us,
        "stall_timeout_us": asked.limit_us,
        "checks_max": asked.checks,
        "ack_wait_us": asked.wait_us,
        "window_bytes": asked.window_bytes,
        "chunk_bytes": asked.chunk_bytes,
        "ack_interval_bytes": asked.ack_bytes,
        "heartbeat_interval_us": asked.heartbeat_us,
    }


def made_of(asked: Requested) -> Policy:
    """Return the policy that the reference makes of `asked`."""
    return settings.policy_of(close_stalled=asked.closes, **words(asked))


@obligation("CF-3")
def cf3_a_policy_is_made_exactly_of_what_is_in_range(asked: Requested) -> Claim:
    """Any one value out of its range is refused, and nothing else is."""
    made = accepts(settings, "policy_of", close_stalled=asked.closes, **words(asked))
    return made == in_range(asked)


@obligation("CF-2", "CF-3", given=in_range)
def cf2_what_is_in_range_makes_a_policy_that_every_machine_accepts(asked: Requested) -> Claim:
    """Whatever is in range, zero and negative values below the two clamps too, is well formed."""
    return policy.is_well_formed(made_of(asked))


@obligation("CF-1", "CF-2", given=in_range)
def cf1_every_value_in_range_is_in_force_as_given(asked: Requested) -> Claim:
    """Each knob sets its own limit and no other; nothing but the two clamps changes a value."""
    made = made_of(asked)
    as_given = (
        (made.send_timeout_us == asked.send_us)
        & (made.ack_progress_timeout_us == asked.progress_us)
        & (made.stall_timeout_us == asked.limit_us)
        & (made.close_stalled == asked.closes)
        & (made.ack_wait_us == asked.wait_us)
        & (made.window_bytes == asked.window_bytes)
        & (made.chunk_bytes == asked.chunk_bytes)
        & (made.ack_interval_bytes == asked.ack_bytes)
        & (made.heartbeat_interval_us == asked.heartbeat_us)
        & (made.monitor_period_us == 5_000_000)
    )
    clamped = (
        (made.ack_check_interval_us >= 10_000)
        & (made.ack_check_interval_us <= LONGEST_US)
        & (made.checks_max >= 1)
        & (made.checks_max <= MOST_CHECKS)
    )
    return as_given & clamped
