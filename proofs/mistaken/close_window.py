"""Mistakes in what a configuration is said to promise: the window, its premise, the cases."""

from proofs.mistaken import Edit

OF = "stallproof.machines.close_window"

EDITS: list[Edit] = [
    (
        "told_lower_end_a_is_the_limit",
        "close_window",
        "limit_us + (checks - 1) * schedule.min_us",
        "limit_us",
        "sc9a_the_window_told_is_the_window_proved",
    ),
    (
        "told_lower_end_a_with_the_largest_gap",
        "close_window",
        "(checks - 1) * schedule.min_us",
        "(checks - 1) * schedule.max_us",
        "sc9a_the_window_told_is_the_window_proved"
        " cx5a_a_configuration_that_may_not_close_never_does",
    ),
    (
        "told_upper_end_a_with_the_smallest_gap",
        "close_window",
        "checks * schedule.max_us",
        "checks * schedule.min_us",
        "sc9a_the_window_told_is_the_window_proved",
    ),
    (
        "told_lower_end_b_one_late",
        "close_window",
        "- schedule.late_us)",
        "- schedule.late_us + 1)",
        "sc9b_the_window_told_is_the_window_proved"
        " cx5b_the_cases_are_those_of_the_table"
        " cx5b_a_configuration_that_may_not_close_never_does",
    ),
    (
        "told_lower_end_b_one_early",
        "close_window",
        "- schedule.late_us)",
        "- schedule.late_us - 1)",
        "sc9b_the_window_told_is_the_window_proved cx5b_a_configuration_that_may_close_can",
    ),
    (
        "told_lower_end_b_moves_the_wrong_way",
        "close_window",
        "- schedule.late_us)",
        "+ schedule.late_us)",
        "sc9b_more_lateness_never_narrows_the_window sc9b_the_window_told_is_the_window_proved"
        " sc9b_contains_the_window_of_gaps_of_one_period",
    ),
    (
        "told_upper_end_b_without_lateness",
        "close_window",
        "checks * schedule.period_us + schedule.late_us",
        "checks * schedule.period_us",
        "sc9b_the_window_told_is_the_window_proved sc9b_more_lateness_never_narrows_the_window"
        " cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
    ),
    (
        "told_premise_one_short",
        "is_defined",
        "policy.stall_timeout_us >= longest_gap_us(schedule)",
        "policy.stall_timeout_us + 1 >= longest_gap_us(schedule)",
        "sc9a_the_window_told_is_the_window_proved sc9b_the_window_told_is_the_window_proved",
    ),
    (
        "told_premise_without_lateness",
        "longest_gap_us",
        "schedule.period_us + schedule.late_us",
        "schedule.period_us",
        "sc9b_the_window_told_is_the_window_proved",
    ),
    (
        "silent_is_strict",
        "case_of",
        "held_us <= policy.stall_timeout_us",
        "held_us < policy.stall_timeout_us",
        "cx5a_the_cases_are_those_of_the_table cx5b_the_cases_are_those_of_the_table"
        " cx5b_every_other_configuration_can_warn",
    ),
    (
        "silent_forgets_the_grace",
        "case_of",
        "held_us <= policy.stall_timeout_us",
        "policy.send_timeout_us <= policy.stall_timeout_us",
        "cx5b_a_silent_configuration_never_warns cx5a_the_cases_are_those_of_the_table",
    ),
    (
        "the_lower_end_counts_as_may_close",
        "case_of",
        "held_us <= close_window(policy, schedule).after_us",
        "held_us < close_window(policy, schedule).after_us",
        "cx5a_the_cases_are_those_of_the_table cx5a_a_configuration_that_may_close_can"
        " cx5b_a_configuration_that_may_close_can",
    ),
    (
        "the_upper_end_decides_the_case",
        "case_of",
        "close_window(policy, schedule).after_us",
        "close_window(policy, schedule).by_us",
        "cx5a_the_cases_are_those_of_the_table cx5b_the_cases_are_those_of_the_table"
        " cx5a_a_configuration_that_may_not_close_never_does"
        " cx5b_a_configuration_that_may_not_close_never_does",
    ),
    (
        "the_margin_is_forgotten",
        "outer_above_us",
        " + margin_us",
        "",
        "cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
    ),
    (
        "the_margin_counts_from_the_lower_end",
        "outer_above_us",
        ".by_us",
        ".after_us",
        "cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
    ),
]
