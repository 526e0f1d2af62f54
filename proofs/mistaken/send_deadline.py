"""Mistakes in guardrail A."""

from proofs.mistaken import Edit

OF = "stallproof.machines.send_deadline"

EDITS: list[Edit] = [
    (
        "deadline_from_the_wrong_knob",
        "on_lock_taken",
        "now_us + policy.send_timeout_us",
        "now_us + policy.stall_timeout_us",
        "sd1_the_lock_fixes_the_deadline sd3_a_lock_is_taken_with_its_bound"
        " cx4_the_send_in_flight_costs_at_most_one_share"
        " cx4_each_send_ahead_costs_at_most_one_share"
        " cx1_a_lock_taken_holds_together"
        " sd3_a_lock_taken_and_then_a_due_step_releases",
    ),
    (
        "lock_time_lost",
        "on_lock_taken",
        "return Send(now_us,",
        "return Send(0,",
        "sd1_the_lock_fixes_the_deadline cx1_a_free_lock_is_taken_by_the_asker",
    ),
    (
        "progress_extends_the_deadline",
        "on_step",
        "send.deadline_us, send.size_bytes",
        "send.deadline_us + wrote_bytes, send.size_bytes",
        "sd1_progress_keeps_the_deadline sd1_a_wait_after_progress_ends_at_the_first_deadline"
        " sd3_no_wait_outlasts_the_deadline sd3_a_step_never_extends"
        " sd3_a_step_that_is_due_releases"
        " cx1_a_step_holds_together",
    ),
    (
        "progress_restarts_the_clock",
        "on_step",
        "send.taken_us, send.deadline_us,",
        "now_us, send.deadline_us,",
        "sd1_progress_keeps_the_deadline cx1_a_step_never_swaps_the_holder",
    ),
    (
        "step_expires_only_after_the_deadline",
        "on_step",
        "now_us >= after.deadline_us",
        "now_us > after.deadline_us",
        "sd2_a_step_expires_at_the_deadline sd2_no_write_begins_at_or_after_the_deadline"
        " sd3_no_wait_outlasts_the_deadline sd3_a_step_that_is_due_releases"
        " sd5_a_timeout_closes_the_connection",
    ),
    (
        "step_never_expires",
        "on_step",
        "now_us >= after.deadline_us",
        "False",
        "sd2_no_write_begins_at_or_after_the_deadline sd3_a_step_that_is_due_releases"
        " cx4_the_send_in_flight_costs_at_most_one_share"
        " cx4_each_send_ahead_costs_at_most_one_share"
        " sd3_a_check_and_then_a_due_step_releases"
        " sd3_a_received_frame_and_then_a_due_step_releases"
        " sd3_a_lock_taken_and_then_a_due_step_releases",
    ),
    (
        "step_expires_one_early",
        "on_step",
        "now_us >= after.deadline_us",
        "now_us >= after.deadline_us - 1",
        "sd4_a_step_never_times_out_early sd2_a_step_expires_at_the_deadline"
        " cx4_a_share_cannot_be_less",
    ),
    (
        "step_timeout_stays_open",
        "on_step",
        "End(Outcome.TIMEOUT, True)",
        "End(Outcome.TIMEOUT, after.written_bytes > 0)",
        "sd5_a_step_that_times_out_closes sd5_a_timeout_closes_the_connection",
    ),
    (
        "expiry_before_the_last_byte",
        "on_step",
        "after.written_bytes == after.size_bytes:",
        "after.written_bytes == after.size_bytes and now_us < after.deadline_us:",
        "sd9_the_last_byte_beats_the_deadline cx1_a_finished_send_releases_the_lock",
    ),
    (
        "ok_one_byte_short",
        "on_step",
        "after.written_bytes == after.size_bytes:",
        "after.written_bytes + 1 >= after.size_bytes:",
        "sd10_ok_means_every_byte",
    ),
    (
        "ok_when_some_left",
        "on_step",
        "End(Outcome.SUPPRESSED, False)",
        "End(Outcome.OK, False)",
        "sd10_ok_means_every_byte sd10_a_step_while_closing_is_suppressed",
    ),
    (
        "finished_frame_waits_on",
        "on_step",
        "after.written_bytes == after.size_bytes:",
        "after.written_bytes > after.size_bytes:",
        "sd1_a_step_that_waits_leaves_a_frame_in_flight sd9_the_last_byte_beats_the_deadline"
        " cx1_a_step_holds_together",
    ),
    (
        "step_ignores_closing",
        "on_step",
        "if closing:",
        "if False:",
        "sd10_a_step_while_closing_is_suppressed cx6_a_step_never_reopens"
        " cx2_a_close_and_then_any_step_releases",
    ),
    (
        "wait_one_too_long",
        "on_step",
        "Wait(after.deadline_us - now_us)",
        "Wait(after.deadline_us - now_us + 1)",
        "sd3_no_wait_outlasts_the_deadline sd1_a_wait_after_progress_ends_at_the_first_deadline",
    ),
    (
        "failure_expires_only_after_the_deadline",
        "on_failed",
        "now_us >= send.deadline_us",
        "now_us > send.deadline_us",
        "sd2_a_failure_expires_at_the_deadline",
    ),
    (
        "failure_expires_one_early",
        "on_failed",
        "now_us >= send.deadline_us",
        "now_us >= send.deadline_us - 1",
        "sd4_a_failure_never_times_out_early sd7_the_table_decides_the_outcome",
    ),
    (
        "failed_timeout_stays_open",
        "on_failed",
        "End(Outcome.TIMEOUT, True)",
        "End(Outcome.TIMEOUT, send.written_bytes > 0)",
        "sd5_a_failure_that_times_out_closes",
    ),
    (
        "torn_frame_stays_open",
        "on_failed",
        "send.written_bytes > 0",
        "False",
        "sd6_a_torn_frame_closes sd6_a_torn_frame_closes_the_connection"
        " cx1_a_failure_holds_together",
    ),
    (
        "one_byte_is_not_torn",
        "on_failed",
        "send.written_bytes > 0",
        "send.written_bytes > 1",
        "sd6_a_torn_frame_closes",
    ),
    (
        "clean_failure_closes",
        "on_failed",
        "send.written_bytes > 0",
        "send.written_bytes >= 0",
        "sd8_a_clean_failure_leaves_the_connection_open sd8_a_clean_failure_leaves_it_open",
    ),
    (
        "closed_is_called_error",
        "on_failed",
        "End(Outcome.CLOSED, torn)",
        "End(Outcome.ERROR, torn)",
        "sd7_the_table_decides_the_outcome",
    ),
    (
        "error_is_called_ok",
        "on_failed",
        "End(Outcome.ERROR, torn)",
        "End(Outcome.OK, torn)",
        "sd10_only_closing_suppresses sd7_the_table_decides_the_outcome",
    ),
    (
        "failure_ignores_closing",
        "on_failed",
        "if closing:",
        "if False:",
        "sd10_a_failure_while_closing_is_suppressed cx2_a_close_and_then_a_failure_releases",
    ),
]
