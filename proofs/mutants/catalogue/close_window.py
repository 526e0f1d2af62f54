"""Mutants of the close window: the machine, and what the proofs assume of it."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_window = partial(Mutant, file="proofs/assumptions/window.py")
in_close_window = partial(Mutant, file="reference/stallproof/machines/close_window.py")

MUTANTS = (
    in_window(
        id="lower_end_a_loosened_by_one",
        says="lower end a loosened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_lower_end_is_tight_further",
            "proof:cx5a_a_send_timeout_beyond_the_lower_end_may_close",
        ),
        old="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us\n",
        new="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us - 1\n",
    ),
    in_window(
        id="lower_end_a_tightened_by_one",
        says="lower end a tightened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_no_close_at_or_before_the_lower_end",
            "proof:sc9a_the_first_stalled_check",
            "proof:cx5a_a_send_timeout_within_the_lower_end_never_closes",
        ),
        old="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us\n",
        new="    return policy.stall_timeout_us + (policy.checks_max - 1) * gaps.min_us + 1\n",
    ),
    in_window(
        id="lower_end_a_as_the_origin_first_gave_it",
        says="lower end a as the origin first gave it",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_lower_end_is_tight_further",),
        old="(policy.checks_max - 1) * gaps.min_us",
        new="0",
    ),
    in_window(
        id="upper_end_a_loosened_by_one",
        says="upper end a loosened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_upper_end_is_tight_further",),
        old="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us\n",
        new="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us + 1\n",
    ),
    in_window(
        id="upper_end_a_tightened_by_one",
        says="upper end a tightened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_closed_by_the_upper_end", "proof:sc9a_the_first_stalled_check"),
        old="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us\n",
        new="    return policy.stall_timeout_us + policy.checks_max * gaps.max_us - 1\n",
    ),
    in_window(
        id="lower_end_b_without_lateness",
        says="lower end b without lateness",
        breaks=("SC-9", "SC-6"),
        caught_by=("proof:sc9b_no_close_at_or_before_the_lower_end",),
        old="    later_us = (policy.checks_max - 1) * ticks.period_us - ticks.late_us\n",
        new="    later_us = (policy.checks_max - 1) * ticks.period_us\n",
    ),
    in_window(
        id="lower_end_b_loosened_by_one",
        says="lower end b loosened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_lower_end_is_tight_further",
            "proof:cx5b_a_send_timeout_beyond_the_lower_end_may_close",
        ),
        old="    return policy.stall_timeout_us + (later_us if later_us > 0 else 0)\n",
        new="    return -1 + policy.stall_timeout_us + (later_us if later_us > 0 else 0)\n",
    ),
    in_window(
        id="lower_end_b_tightened_by_one",
        says="lower end b tightened by one",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_no_close_at_or_before_the_lower_end",
            "proof:sc9b_the_first_stalled_check",
            "proof:cx5b_a_send_timeout_within_the_lower_end_never_closes",
        ),
        old="    return policy.stall_timeout_us + (later_us if later_us > 0 else 0)\n",
        new="    return 1 + policy.stall_timeout_us + (later_us if later_us > 0 else 0)\n",
    ),
    in_window(
        id="lower_end_b_below_the_limit",
        says="lower end b below the limit",
        breaks=("CX-5",),
        caught_by=("proof:cx5b_a_send_timeout_beyond_the_lower_end_may_close",),
        old="later_us if later_us > 0 else 0",
        new="later_us",
    ),
    in_window(
        id="upper_end_b_loosened_by_one",
        says="upper end b loosened by one",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_upper_end_is_tight_further",),
        old="""\
    return policy.stall_timeout_us + policy.checks_max * ticks.period_us + ticks.late_us
""",
        new="""\
    return policy.stall_timeout_us + policy.checks_max * ticks.period_us + ticks.late_us + 1
""",
    ),
    in_window(
        id="upper_end_b_tightened_by_one",
        says="the late end of the close window is a microsecond early",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_closed_by_the_upper_end", "proof:sc9b_the_first_stalled_check"),
        old="""\
    return policy.stall_timeout_us + policy.checks_max * ticks.period_us + ticks.late_us
""",
        new="""\
    return policy.stall_timeout_us + policy.checks_max * ticks.period_us + ticks.late_us - 1
""",
    ),
    in_close_window(
        id="told_premise_without_lateness",
        says="told premise without lateness",
        breaks=("SC-9",),
        caught_by=("proof:sc9b_the_window_told_is_the_window_proved",),
        old="    return schedule.period_us + schedule.late_us\n",
        new="    return schedule.period_us\n",
    ),
    in_close_window(
        id="told_premise_one_short",
        says="told premise one short",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_window_told_is_the_window_proved",
            "proof:sc9b_the_window_told_is_the_window_proved",
        ),
        old="policy.stall_timeout_us >= longest_gap_us(schedule)",
        new="policy.stall_timeout_us + 1 >= longest_gap_us(schedule)",
    ),
    in_close_window(
        id="the_first_check_is_counted_twice",
        says="the early end of the window is one gap late",
        breaks=("SC-9",),
        caught_by=("search:agreement",),
        old="limit_us + (checks - 1) * schedule.min_us, limit_us",
        new="limit_us + checks * schedule.min_us, limit_us",
    ),
    in_close_window(
        id="told_lower_end_a_is_the_limit",
        says="the window that operators are told begins at the stall timeout",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_window_told_is_the_window_proved",),
        old="limit_us + (checks - 1) * schedule.min_us",
        new="limit_us",
    ),
    in_close_window(
        id="told_lower_end_a_with_the_largest_gap",
        says="told lower end a with the largest gap",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9a_the_window_told_is_the_window_proved",
            "proof:cx5a_a_configuration_that_may_not_close_never_does",
        ),
        old="(checks - 1) * schedule.min_us",
        new="(checks - 1) * schedule.max_us",
    ),
    in_close_window(
        id="told_upper_end_a_with_the_smallest_gap",
        says="told upper end a with the smallest gap",
        breaks=("SC-9",),
        caught_by=("proof:sc9a_the_window_told_is_the_window_proved",),
        old="checks * schedule.max_us",
        new="checks * schedule.min_us",
    ),
    in_close_window(
        id="told_lower_end_b_moves_the_wrong_way",
        says="told lower end b moves the wrong way",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_more_lateness_never_narrows_the_window",
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:sc9b_contains_the_window_of_gaps_of_one_period",
        ),
        old="- schedule.late_us)",
        new="+ schedule.late_us)",
    ),
    in_close_window(
        id="told_lower_end_b_one_early",
        says="told lower end b one early",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:cx5b_a_configuration_that_may_close_can",
        ),
        old="- schedule.late_us)",
        new="- schedule.late_us - 1)",
    ),
    in_close_window(
        id="told_lower_end_b_one_late",
        says="told lower end b one late",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5b_a_configuration_that_may_not_close_never_does",
        ),
        old="- schedule.late_us)",
        new="- schedule.late_us + 1)",
    ),
    in_close_window(
        id="told_upper_end_b_without_lateness",
        says="told upper end b without lateness",
        breaks=("SC-9",),
        caught_by=(
            "proof:sc9b_the_window_told_is_the_window_proved",
            "proof:sc9b_more_lateness_never_narrows_the_window",
            "proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
        ),
        old="checks * schedule.period_us + schedule.late_us",
        new="checks * schedule.period_us",
    ),
    in_close_window(
        id="silent_forgets_the_grace",
        says="silent forgets the grace",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5b_a_silent_configuration_never_warns",
            "proof:cx5a_the_cases_are_those_of_the_table",
        ),
        old="held_us <= policy.stall_timeout_us",
        new="policy.send_timeout_us <= policy.stall_timeout_us",
    ),
    in_close_window(
        id="silent_is_strict",
        says="a send timeout within the stall timeout is not called silent",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5b_every_other_configuration_can_warn",
        ),
        old="held_us <= policy.stall_timeout_us",
        new="held_us < policy.stall_timeout_us",
    ),
    in_close_window(
        id="the_upper_end_decides_the_case",
        says="a configuration counts as one that cannot close though its monitor may",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5a_a_configuration_that_may_not_close_never_does",
            "proof:cx5b_a_configuration_that_may_not_close_never_does",
        ),
        old="    if held_us <= close_window(policy, schedule).after_us:\n",
        new="    if held_us <= close_window(policy, schedule).by_us:\n",
    ),
    in_close_window(
        id="the_case_forgets_the_count",
        says=(
            "a configuration whose send timeout exceeds the stall timeout may close, at any "
            "threshold"
        ),
        breaks=("CX-5",),
        caught_by=("search:agreement",),
        old="if held_us <= close_window(policy, schedule).after_us:",
        new="if held_us > close_window(policy, schedule).after_us:",
    ),
    in_close_window(
        id="the_lower_end_counts_as_may_close",
        says="the lower end counts as may close",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5a_a_configuration_that_may_close_can",
            "proof:cx5b_a_configuration_that_may_close_can",
        ),
        old="held_us <= close_window(policy, schedule).after_us",
        new="held_us < close_window(policy, schedule).after_us",
    ),
    in_close_window(
        id="the_margin_counts_from_the_lower_end",
        says="the margin counts from the lower end",
        breaks=("CF-5",),
        caught_by=("proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",),
        old="    return close_window(policy, schedule).by_us + margin_us\n",
        new="    return close_window(policy, schedule).after_us + margin_us\n",
    ),
    in_close_window(
        id="the_margin_is_forgotten",
        says="an outer timeout without any margin counts as long enough",
        breaks=("CF-5",),
        caught_by=("proof:cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",),
        old=" + margin_us",
        new="",
    ),
)
