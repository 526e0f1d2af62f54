"""Mistakes in sends and streams that a proof catches."""

from proofs.seeded.ledgered import proved

SENDING = (
    proved(
        "progress_extends_the_deadline",
        *("SD-1", "SD-3"),
        by="sd1_progress_keeps_the_deadline",
        says="every byte that leaves moves the deadline of its frame",
    ),
    proved(
        "deadline_from_the_wrong_knob",
        "SD-1",
        by="sd1_the_lock_fixes_the_deadline",
        says="the deadline is made from the stall timeout",
    ),
    proved(
        "step_expires_only_after_the_deadline",
        "SD-2",
        by="sd2_a_step_expires_at_the_deadline",
        says="a send at the exact deadline goes on",
    ),
    proved(
        "done_does_not_release",
        "SD-3",
        by="sd3_a_step_that_is_due_releases",
        says="a send that is over keeps the lock",
    ),
    proved(
        "wait_one_too_long",
        "SD-3",
        by="sd3_no_wait_outlasts_the_deadline",
        says="the poll may outlast the deadline by a microsecond",
    ),
    proved(
        "step_expires_one_early",
        "SD-4",
        by="sd4_a_step_never_times_out_early",
        says="a send times out a microsecond early",
    ),
    proved(
        "closes_every_time_it_is_asked",
        "SD-5",
        by="sd5_a_close_closes_exactly_once",
        says="a connection that is closing is closed again",
    ),
    proved(
        "failed_timeout_stays_open",
        "SD-5",
        by="sd5_a_failure_that_times_out_closes",
        says="a timeout with nothing written leaves the connection open",
    ),
    proved(
        "one_byte_is_not_torn",
        "SD-6",
        by="sd6_a_torn_frame_closes",
        says="a frame of which one byte has left does not count as torn",
    ),
    proved(
        "closed_is_called_error",
        "SD-7",
        by="sd7_the_table_decides_the_outcome",
        says="a transport that was closed is reported as an error",
    ),
    proved(
        "clean_failure_closes",
        "SD-8",
        by="sd8_a_clean_failure_leaves_the_connection_open",
        says="a failure with nothing written closes the connection",
    ),
    proved(
        "expiry_before_the_last_byte",
        "SD-9",
        by="sd9_the_last_byte_beats_the_deadline",
        says="the deadline is looked at before the last byte",
    ),
    proved(
        "ok_one_byte_short",
        "SD-10",
        by="sd10_ok_means_every_byte",
        says="a frame that lacks one byte is reported as sent",
    ),
    proved(
        "sends_on_a_closed_connection",
        *("SD-12", "SD-13"),
        by="sd13_a_queued_sender_returns_with_nothing_written",
        says="whoever reaches the head of the queue sends, though closing has begun",
    ),
    proved(
        "a_torn_frame_uses_no_number",
        "SD-14",
        by="sd14_a_frame_on_the_wire_uses_one_number",
        says="the number of a torn frame is used a second time",
    ),
    proved(
        "numbers_wrap_one_early",
        "SD-14",
        by="sd14_a_frame_on_the_wire_uses_one_number",
        says="the sequence starts anew one number too early",
    ),
    proved(
        "failure_ignores_closing",
        *("SD-10", "SD-15"),
        by="sd10_a_failure_while_closing_is_suppressed",
        says="a send that fails because of the closing makes a noise of its own",
    ),
)

STREAMS = (
    proved(
        "a_repeat_is_progress",
        "AP-1",
        by="ap1_a_repeated_or_older_ack_changes_nothing",
        says="a repeated ACK counts as progress",
    ),
    proved(
        "waits_at_the_window",
        "AP-2",
        by="ap2_at_the_window_begins_and_above_it_waits",
        says="the wait begins with exactly the window outstanding",
    ),
    proved(
        "progress_timeout_strict",
        "AP-3",
        by="ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
        says="a stream goes on at the exact end of the progress timeout",
    ),
    proved(
        "pause_counts_in_hardened",
        "AP-4",
        by="ap4_a_wait_never_fails_as_it_begins",
        says="the pause of a source counts as a stall",
    ),
    proved(
        "every_look_begins_a_new_wait",
        "AP-5",
        by="ap5_a_wait_keeps_its_beginning",
        says="each look at a stream begins its wait anew",
    ),
    proved(
        "the_older_bound_wins",
        "AP-5",
        by="ap5_no_progress_wins_when_both_are_due",
        says="ACK_WAIT comes before NO_PROGRESS when both are due",
    ),
    proved(
        "sleeps_one_too_short",
        "AP-7",
        by="ap7_a_sleep_ends_only_for_a_reason",
        says="a waiting sender wakes a microsecond before anything is due",
    ),
    proved(
        "window_never_opens_again",
        "AP-8",
        by="ap8_an_ack_of_everything_opens_the_window",
        says="a stream that waits once never finds its window open again",
    ),
    proved(
        "a_silent_watchdog",
        "AP-9",
        by="ap9_the_watchdog_tells_the_receiver",
        says="a receiver is not told that its stream failed for the length of the wait",
    ),
    proved(
        "an_offset_beyond_is_believed",
        "AP-10",
        by="ap10_an_offset_beyond_what_was_sent_changes_nothing",
        says="an offset beyond what was sent is believed",
    ),
    proved(
        "anybody_acknowledges",
        "AP-10",
        by="ap10_another_origin_changes_nothing",
        says="an ACK of another origin is believed",
    ),
    proved(
        "chunk_counts_when_it_has_left",
        "AP-11",
        by="ap11_a_chunk_adds_at_most_itself_to_the_window",
        says="a chunk that is being sent does not count as outstanding",
    ),
    proved(
        "a_stop_waits_for_the_window",
        "AP-12",
        by="ap12_a_stop_ends_the_wait",
        says="a stream cannot be stopped while it waits",
    ),
    proved(
        "the_last_outcome_wins",
        "AP-13",
        by="ap13_the_first_outcome_is_the_only_one",
        says="a later outcome replaces the first",
    ),
    proved(
        "sleeps_past_the_ack_wait",
        "AP-14",
        by="ap14_nobody_sleeps_past_a_due_moment",
        says="a waiting sender sleeps past the end of the wait",
    ),
)

SEEDED = (*SENDING, *STREAMS)
