"""Ends of the close window moved by one, and what depends on them."""

from proofs.mistaken import Edit

OF = "proofs.assumptions.window"

EDITS: list[Edit] = [
    (
        "lower_end_a_tightened_by_one",
        "lower_end_a",
        "* gaps.min_us",
        "* gaps.min_us + 1",
        "sc9a_no_close_at_or_before_the_lower_end sc9a_the_first_stalled_check"
        " cx5a_a_send_timeout_within_the_lower_end_never_closes",
    ),
    (
        "lower_end_a_loosened_by_one",
        "lower_end_a",
        "* gaps.min_us",
        "* gaps.min_us - 1",
        "sc9a_the_lower_end_is_tight_further cx5a_a_send_timeout_beyond_the_lower_end_may_close",
    ),
    (
        "upper_end_a_tightened_by_one",
        "upper_end_a",
        "* gaps.max_us",
        "* gaps.max_us - 1",
        "sc9a_closed_by_the_upper_end sc9a_the_first_stalled_check",
    ),
    (
        "upper_end_a_loosened_by_one",
        "upper_end_a",
        "* gaps.max_us",
        "* gaps.max_us + 1",
        "sc9a_the_upper_end_is_tight_further",
    ),
    (
        "lower_end_a_as_the_origin_first_gave_it",
        "lower_end_a",
        "(policy.checks_max - 1) * gaps.min_us",
        "0",
        "sc9a_the_lower_end_is_tight_further",
    ),
    (
        "lower_end_b_tightened_by_one",
        "lower_end_b",
        "return policy.stall_timeout_us",
        "return 1 + policy.stall_timeout_us",
        "sc9b_no_close_at_or_before_the_lower_end sc9b_the_first_stalled_check"
        " cx5b_a_send_timeout_within_the_lower_end_never_closes",
    ),
    (
        "lower_end_b_loosened_by_one",
        "lower_end_b",
        "return policy.stall_timeout_us",
        "return -1 + policy.stall_timeout_us",
        "sc9b_the_lower_end_is_tight_further cx5b_a_send_timeout_beyond_the_lower_end_may_close",
    ),
    (
        "lower_end_b_without_lateness",
        "lower_end_b",
        " - ticks.late_us",
        "",
        "sc9b_no_close_at_or_before_the_lower_end",
    ),
    (
        "lower_end_b_below_the_limit",
        "lower_end_b",
        "later_us if later_us > 0 else 0",
        "later_us",
        "cx5b_a_send_timeout_beyond_the_lower_end_may_close",
    ),
    (
        "upper_end_b_tightened_by_one",
        "upper_end_b",
        "+ ticks.late_us",
        "+ ticks.late_us - 1",
        "sc9b_closed_by_the_upper_end sc9b_the_first_stalled_check",
    ),
    (
        "upper_end_b_loosened_by_one",
        "upper_end_b",
        "+ ticks.late_us",
        "+ ticks.late_us + 1",
        "sc9b_the_upper_end_is_tight_further",
    ),
]
