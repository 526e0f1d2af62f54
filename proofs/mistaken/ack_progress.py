"""Mistakes in guardrail B: what a look decides."""

from proofs.mistaken import Edit

OF = "stallproof.machines.ack_progress"

EDITS: list[Edit] = [
    (
        "waits_at_the_window",
        "on_look",
        "stream.acknowledged_bytes <= policy.window_bytes",
        "stream.acknowledged_bytes < policy.window_bytes",
        "ap2_at_the_window_begins_and_above_it_waits ap8_a_window_with_room_ends_the_wait"
        " ap2_the_watchdog_never_runs_outside_a_wait ap8_an_ack_opens_exactly_at_the_window",
    ),
    (
        "begins_above_the_window",
        "on_look",
        "stream.acknowledged_bytes <= policy.window_bytes",
        "stream.acknowledged_bytes <= policy.window_bytes + 1",
        "ap2_at_the_window_begins_and_above_it_waits ap8_an_ack_opens_exactly_at_the_window",
    ),
    (
        "window_never_opens_again",
        "on_look",
        "stream.acknowledged_bytes <= policy.window_bytes",
        "stream.acknowledged_bytes <= policy.window_bytes and stream.wait_us is None",
        "ap8_a_window_with_room_ends_the_wait ap8_an_ack_of_everything_opens_the_window",
    ),
    (
        "pause_counts_in_hardened",
        "on_look",
        "stream.progress_us if stream.seed else max(stream.progress_us, wait_us)",
        "stream.progress_us",
        "ap4_a_wait_never_fails_as_it_begins ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
    ),
    (
        "pause_forgiven_in_seed",
        "on_look",
        "stream.progress_us if stream.seed else max(stream.progress_us, wait_us)",
        "max(stream.progress_us, wait_us)",
        "ap3_seed_counts_the_pause_too",
    ),
    (
        "clock_is_the_wait_alone",
        "on_look",
        "max(stream.progress_us, wait_us)",
        "wait_us",
        "ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
    ),
    (
        "progress_timeout_strict",
        "on_look",
        "progress_left_us <= 0",
        "progress_left_us < 0",
        "ap3_no_progress_is_due_exactly_at_clock_plus_timeout"
        " ap5_no_progress_wins_when_both_are_due ap14_nobody_sleeps_past_a_due_moment",
    ),
    (
        "progress_timeout_one_early",
        "on_look",
        "progress_left_us <= 0",
        "progress_left_us <= 1",
        "ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
    ),
    (
        "ack_wait_strict",
        "on_look",
        "wait_left_us <= 0",
        "wait_left_us < 0",
        "ap5_ack_wait_is_due_exactly_at_its_end ap14_nobody_sleeps_past_a_due_moment",
    ),
    (
        "ack_wait_one_early",
        "on_look",
        "wait_left_us <= 0",
        "wait_left_us <= 1",
        "ap5_ack_wait_is_due_exactly_at_its_end",
    ),
    (
        "the_older_bound_wins",
        "on_look",
        "if progress_left_us <= 0:",
        "if progress_left_us <= 0 and wait_us + policy.ack_wait_us > now_us:",
        "ap5_no_progress_wins_when_both_are_due",
    ),
    (
        "no_ack_wait_at_all",
        "on_look",
        "wait_left_us <= 0",
        "False",
        "ap5_ack_wait_is_due_exactly_at_its_end",
    ),
    (
        "sleeps_its_whole_interval",
        "on_look",
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "policy.ack_check_interval_us",
        "ap14_nobody_sleeps_past_a_due_moment",
    ),
    (
        "sleeps_past_the_ack_wait",
        "on_look",
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "min(policy.ack_check_interval_us, progress_left_us)",
        "ap14_nobody_sleeps_past_a_due_moment",
    ),
    (
        "sleeps_one_too_short",
        "on_look",
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "min(policy.ack_check_interval_us, progress_left_us - 1, wait_left_us)",
        "ap7_a_sleep_ends_only_for_a_reason ap14_nobody_sleeps_past_a_due_moment",
    ),
    (
        "every_look_begins_a_new_wait",
        "on_look",
        "now_us if stream.wait_us is None else stream.wait_us",
        "now_us",
        "ap5_a_wait_keeps_its_beginning ap5_ack_wait_is_due_exactly_at_its_end",
    ),
    (
        "the_end_is_forgotten",
        "on_look",
        "stream.outcome is not None",
        "False",
        "ap13_no_chunk_begins_after_the_end ap12_a_stop_before_the_wait_keeps_it_from_beginning"
        " ap11_a_look_keeps_the_bounds",
    ),
]
