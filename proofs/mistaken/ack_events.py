"""Mistakes in guardrail B: chunks, ACKs and what ends a stream."""

from proofs.mistaken import Edit

OF = "stallproof.machines.ack_progress"

EDITS: list[Edit] = [
    (
        "chunk_counts_when_it_has_left",
        "on_chunk_begun",
        "stream.sent_bytes + chunk_bytes",
        "stream.sent_bytes",
        "ap11_a_chunk_adds_at_most_itself_to_the_window",
    ),
    (
        "chunk_counts_as_acknowledged",
        "on_chunk_begun",
        "stream.acknowledged_bytes,",
        "stream.acknowledged_bytes + chunk_bytes,",
        "ap11_a_chunk_adds_at_most_itself_to_the_window",
    ),
    (
        "a_repeat_is_progress",
        "on_ack",
        "offset <= stream.acknowledged_bytes",
        "offset < stream.acknowledged_bytes",
        "ap1_progress_is_a_greater_offset_that_was_sent"
        " ap1_a_repeated_or_older_ack_changes_nothing",
    ),
    (
        "an_older_offset_moves_it_back",
        "on_ack",
        "offset <= stream.acknowledged_bytes",
        "offset == stream.acknowledged_bytes",
        "ap1_progress_is_a_greater_offset_that_was_sent ap1_a_repeated_or_older_ack_changes_nothing"
        " ap11_an_ack_never_adds_to_what_is_outstanding",
    ),
    (
        "the_last_byte_is_no_progress",
        "on_ack",
        "offset > stream.sent_bytes",
        "offset >= stream.sent_bytes",
        "ap1_progress_is_a_greater_offset_that_was_sent ap8_an_ack_of_everything_opens_the_window",
    ),
    (
        "an_offset_beyond_is_believed",
        "on_ack",
        "offset > stream.sent_bytes",
        "False",
        "ap10_an_offset_beyond_what_was_sent_changes_nothing"
        " ap11_an_ack_never_adds_to_what_is_outstanding"
        " ap11_an_ack_keeps_the_bounds",
    ),
    (
        "one_beyond_is_believed",
        "on_ack",
        "offset > stream.sent_bytes",
        "offset > stream.sent_bytes + 1",
        "ap10_an_offset_beyond_what_was_sent_changes_nothing",
    ),
    (
        "negative_is_no_news",
        "on_ack",
        "offset < 0",
        "False",
        "ap10_a_negative_offset_changes_nothing",
    ),
    (
        "zero_is_negative",
        "on_ack",
        "offset < 0",
        "offset <= 0",
        "ap1_a_repeated_or_older_ack_changes_nothing",
    ),
    (
        "anybody_acknowledges",
        "on_ack",
        "not from_receiver",
        "False",
        "ap10_another_origin_changes_nothing ap10_what_is_no_integer_changes_nothing"
        " ap1_progress_is_a_greater_offset_that_was_sent",
    ),
    (
        "no_integer_acknowledges_everything",
        "on_ack",
        "return stream, AckVerdict.NOT_AN_INTEGER",
        "return on_ack(stream, stream.sent_bytes, from_receiver=True, now_us=now_us)",
        "ap10_what_is_no_integer_changes_nothing",
    ),
    (
        "an_ack_revives_a_stream",
        "on_ack",
        "stream.outcome is not None",
        "False",
        "ap13_an_ack_after_the_end_changes_nothing ap11_an_ack_keeps_the_bounds",
    ),
    (
        "the_clock_moves_back",
        "on_ack",
        "now_us if now_us > stream.progress_us else stream.progress_us",
        "now_us",
        "ap1_progress_moves_offset_and_clock_forward",
    ),
    (
        "progress_leaves_the_clock",
        "on_ack",
        "now_us if now_us > stream.progress_us else stream.progress_us",
        "stream.progress_us",
        "ap1_progress_moves_offset_and_clock_forward",
    ),
    (
        "progress_begins_a_new_wait",
        "on_ack",
        "stream.wait_us, None,",
        "now_us, None,",
        "ap1_progress_moves_offset_and_clock_forward",
    ),
    (
        "the_last_outcome_wins",
        "on_stop",
        "stream.outcome is not None",
        "False",
        "ap13_the_first_outcome_is_the_only_one",
    ),
    (
        "a_stop_waits_for_the_window",
        "on_stop",
        "stream.outcome is not None",
        "stream.outcome is not None or stream.wait_us is not None",
        "ap12_a_stop_ends_the_wait",
    ),
    (
        "made_in_the_past",
        "on_made",
        "Stream(0, 0, now_us,",
        "Stream(0, 0, 0,",
        "ap13_a_fresh_stream_has_no_outcome",
    ),
    (
        "made_with_a_debt",
        "on_made",
        "Stream(0, 0, now_us,",
        "Stream(0, 1, now_us,",
        "ap11_a_fresh_stream_flows ap13_a_fresh_stream_has_no_outcome",
    ),
    (
        "the_end_keeps_the_wait",
        "_over",
        "stream.progress_us, None, outcome,",
        "stream.progress_us, stream.wait_us, outcome,",
        "ap11_a_look_keeps_the_bounds ap11_a_stop_keeps_the_bounds ap12_a_stop_ends_the_wait",
    ),
    (
        "a_chunk_counts_twice",
        "on_chunk_begun",
        "stream.sent_bytes + chunk_bytes",
        "stream.sent_bytes + 2 * chunk_bytes",
        "ap11_a_chunk_keeps_the_bounds ap11_a_chunk_adds_at_most_itself_to_the_window",
    ),
    (
        "outside_a_wait_anything_is_believed",
        "on_ack",
        "offset > stream.sent_bytes",
        "offset > stream.sent_bytes and stream.wait_us is not None",
        "ap1_an_ack_outside_a_wait_is_judged_as_in_one ap11_an_ack_keeps_the_bounds",
    ),
]
