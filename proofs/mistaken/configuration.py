"""Mistakes in clamps, sources and ranges."""

from proofs.mistaken import Edit

OF = "stallproof.machines.settings"

EDITS: list[Edit] = [
    (
        "the_interval_is_not_clamped",
        "clamped_interval_us",
        "max(CHECK_INTERVAL_MIN_US, asked_us)",
        "asked_us",
        "cf2_an_interval_below_the_clamp_becomes_the_clamp"
        " cf1_every_value_in_range_is_in_force_as_given",
    ),
    (
        "only_a_negative_interval_is_clamped",
        "clamped_interval_us",
        "max(CHECK_INTERVAL_MIN_US, asked_us)",
        "asked_us if asked_us >= 0 else CHECK_INTERVAL_MIN_US",
        "cf2_an_interval_below_the_clamp_becomes_the_clamp",
    ),
    (
        "the_interval_is_clamped_one_late",
        "clamped_interval_us",
        "max(CHECK_INTERVAL_MIN_US, asked_us)",
        "max(CHECK_INTERVAL_MIN_US + 1, asked_us)",
        "cf2_an_interval_from_the_clamp_on_stays cf2_an_interval_below_the_clamp_becomes_the_clamp",
    ),
    (
        "the_number_of_checks_is_not_clamped",
        "clamped_checks",
        "max(1, asked)",
        "asked",
        "cf2_a_number_of_checks_below_one_becomes_one"
        " cf1_every_value_in_range_is_in_force_as_given"
        " cf2_what_is_in_range_makes_a_policy_that_every_machine_accepts",
    ),
    (
        "the_number_of_checks_is_mirrored",
        "clamped_checks",
        "max(1, asked)",
        "abs(asked) or 1",
        "cf2_a_number_of_checks_below_one_becomes_one",
    ),
    (
        "the_number_of_checks_is_at_least_two",
        "clamped_checks",
        "max(1, asked)",
        "max(2, asked)",
        "cf2_a_number_of_checks_from_one_on_stays cf2_a_number_of_checks_below_one_becomes_one",
    ),
    (
        "the_environment_beats_the_file",
        "chosen",
        "if file is not None:",
        "if file is not None and environment is None:",
        "cf4_the_file_beats_the_environment",
    ),
    (
        "a_zero_in_the_file_counts_as_absent",
        "chosen",
        "if file is not None:",
        "if file:",
        "cf4_the_file_beats_the_environment",
    ),
    (
        "the_environment_is_not_asked",
        "chosen",
        "if environment is not None:",
        "if environment is not None and file is not None:",
        "cf4_the_environment_beats_the_default",
    ),
    (
        "the_source_of_a_default_is_wrong",
        "chosen",
        "Source.DEFAULT",
        "Source.FILE",
        "cf4_the_default_is_what_no_source_sets",
    ),
    (
        "the_file_beats_what_was_set_by_hand",
        "chosen",
        "if override is not None:",
        "if override is not None and file is None:",
        "cf4_a_value_set_by_hand_beats_them_all",
    ),
    (
        "a_size_of_zero_is_allowed",
        "is_size",
        "1 <= value_bytes",
        "0 <= value_bytes",
        "cf3_a_size_ends_where_readers_of_json_do cf3_a_policy_is_made_exactly_of_what_is_in_range",
    ),
    (
        "the_largest_size_is_refused",
        "is_size",
        "<= SIZE_MAX_BYTES",
        "< SIZE_MAX_BYTES",
        "cf3_a_size_ends_where_readers_of_json_do",
    ),
    (
        "the_longest_interval_is_refused",
        "is_interval",
        "<= TIMEOUT_MAX_US",
        "< TIMEOUT_MAX_US",
        "cf3_only_the_upper_ends_of_the_clamped_knobs_refuse",
    ),
    (
        "a_number_of_checks_has_no_upper_end",
        "is_checks",
        "checks <= CHECKS_LIMIT",
        "checks == checks",
        "cf3_only_the_upper_ends_of_the_clamped_knobs_refuse"
        " cf3_a_policy_is_made_exactly_of_what_is_in_range",
    ),
    (
        "the_progress_timeout_is_the_send_timeout",
        "policy_of",
        "ack_progress_timeout_us=ack_progress_timeout_us",
        "ack_progress_timeout_us=send_timeout_us",
        "cf1_every_value_in_range_is_in_force_as_given",
    ),
    (
        "the_window_is_the_chunk",
        "policy_of",
        "window_bytes=window_bytes",
        "window_bytes=chunk_bytes",
        "cf1_every_value_in_range_is_in_force_as_given",
    ),
    (
        "the_policy_takes_the_interval_as_asked",
        "policy_of",
        "clamped_interval_us(ack_check_interval_us)",
        "ack_check_interval_us",
        "cf1_every_value_in_range_is_in_force_as_given"
        " cf2_what_is_in_range_makes_a_policy_that_every_machine_accepts",
    ),
    (
        "too_many_checks_make_a_policy",
        "policy_of",
        "@require(lambda checks_max: is_checks(checks_max))\n",
        "",
        "cf3_a_policy_is_made_exactly_of_what_is_in_range",
    ),
]
