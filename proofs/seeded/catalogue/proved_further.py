"""Mistakes in the monitor, the connection and the configuration that a proof catches."""

from proofs.seeded.ledgered import proved

MONITORING = (
    proved(
        "the_monitor_times_the_deadline",
        "SC-1",
        by="sc1_the_monitor_reads_the_lock_time",
        says="stall time runs from the deadline instead of the lock",
    ),
    proved(
        "stalled_at_the_limit",
        "SC-2",
        by="sc2_stalled_is_strict",
        says="a stall of exactly the limit counts",
    ),
    proved(
        "a_healthy_check_keeps_the_count",
        "SC-3",
        by="sc3_any_other_check_resets",
        says="a healthy check does not put the count back",
    ),
    proved(
        "warns_only_when_it_closes",
        "SC-4",
        by="sc4_exactly_the_stalled_checks_warn",
        says="only the last of the stalled checks warns",
    ),
    proved(
        "closes_in_warn_only",
        "SC-5",
        by="sc5_warn_only_never_closes_the_connection",
        says="the monitor closes in warn-only mode too",
    ),
    proved(
        "closes_one_check_early",
        "SC-6",
        by="sc6_no_close_before_the_threshold",
        says="the monitor closes one check before the threshold",
    ),
    proved(
        "closes_one_check_late",
        "SC-7",
        by="sc7_the_threshold_closes",
        says="the monitor closes one check after the threshold",
    ),
    proved(
        "closes_again",
        "SC-8",
        by="sc8_a_stall_that_outlasts_the_closing_is_not_closed_again",
        says="the monitor closes a connection that is closing",
    ),
    proved(
        "told_lower_end_a_is_the_limit",
        "SC-9",
        by="sc9a_the_window_told_is_the_window_proved",
        says="the window that operators are told begins at the stall timeout",
    ),
    proved(
        "upper_end_b_tightened_by_one",
        "SC-9",
        by="sc9b_closed_by_the_upper_end",
        says="the late end of the close window is a microsecond early",
    ),
    proved(
        "heartbeat_at_the_interval",
        "SC-10",
        by="sc10_a_heartbeat_is_due_after_the_interval",
        says="a heartbeat goes out at the exact interval instead of after it",
    ),
    proved(
        "heartbeat_while_sending",
        "SC-11",
        by="sc10_no_heartbeat_while_a_send_is_in_flight",
        says="the monitor heartbeats behind a send that is in flight, and waits for its lock",
    ),
    proved(
        "count_carried_over",
        "SC-13",
        by="sc13_a_new_connection_counts_from_nothing",
        says="a new connection inherits a count",
    ),
    proved(
        "counts_across_sends",
        "SC-15",
        by="sc15_another_send_counts_from_one",
        says="stalls of two sends are counted together",
    ),
)

WHOLE = (
    proved(
        "lock_stealing",
        "CX-1",
        by="cx1_the_lock_is_refused_while_held",
        says="the lock can be taken while it is held",
    ),
    proved(
        "a_step_hands_the_lock_over",
        "CX-1",
        by="cx1_a_step_never_swaps_the_holder",
        says="the lock changes hands in the middle of a frame",
    ),
    proved(
        "a_step_does_not_see_the_closing",
        "CX-2",
        by="cx2_a_close_by_the_monitor_and_then_any_step_releases",
        says="a blocked send does not see that its connection is closing",
    ),
    proved(
        "step_never_expires",
        "CX-4",
        by="cx4_each_send_ahead_costs_at_most_one_share",
        says="the queue behind a stuck send waits for ever",
    ),
    proved(
        "silent_is_strict",
        "CX-5",
        by="cx5b_the_cases_are_those_of_the_table",
        says="a send timeout within the stall timeout is not called silent",
    ),
    proved(
        "the_upper_end_decides_the_case",
        "CX-5",
        by="cx5a_a_configuration_that_may_not_close_never_does",
        says="a configuration counts as one that cannot close though its monitor may",
    ),
    proved(
        "an_end_reopens",
        "CX-6",
        by="cx6_a_step_never_reopens",
        says="a send that ends opens a closing connection again",
    ),
    proved(
        "the_last_closer_is_the_cause",
        "CX-6",
        by="cx6_a_close_never_reopens",
        says="whoever closes last is the cause",
    ),
    proved(
        "the_window_is_the_chunk",
        "CF-1",
        by="cf1_every_value_in_range_is_in_force_as_given",
        says="one knob takes the value of another",
    ),
    proved(
        "the_interval_is_not_clamped",
        "CF-2",
        by="cf2_an_interval_below_the_clamp_becomes_the_clamp",
        says="an interval below the clamp stays",
    ),
    proved(
        "the_largest_size_is_refused",
        "CF-3",
        by="cf3_a_size_ends_where_readers_of_json_do",
        says="the greatest size in range is refused",
    ),
    proved(
        "the_environment_beats_the_file",
        "CF-4",
        by="cf4_the_file_beats_the_environment",
        says="the environment beats the file",
    ),
    proved(
        "the_margin_is_forgotten",
        "CF-5",
        by="cf5_an_outer_timeout_that_is_long_enough_outlasts_every_close",
        says="an outer timeout without any margin counts as long enough",
    ),
)

SEEDED = (*MONITORING, *WHOLE)
