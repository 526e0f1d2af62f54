"""Mutants of the machine of one stream and its watchdog."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_ack_progress = partial(Mutant, file="reference/stallproof/machines/ack_progress.py")
in_stream = partial(Mutant, file="reference/stallproof/machines/stream.py")

MUTANTS = (
    in_ack_progress(
        id="made_in_the_past",
        says="made in the past",
        breaks=("AP-4", "AP-13"),
        caught_by=("proof:ap13_a_fresh_stream_has_no_outcome",),
        old="Stream(0, 0, now_us,",
        new="Stream(0, 0, 0,",
    ),
    in_ack_progress(
        id="made_with_a_debt",
        says="made with a debt",
        breaks=("AP-11", "AP-13"),
        caught_by=("proof:ap11_a_fresh_stream_flows", "proof:ap13_a_fresh_stream_has_no_outcome"),
        old="Stream(0, 0, now_us,",
        new="Stream(0, 1, now_us,",
    ),
    in_ack_progress(
        id="the_end_is_forgotten",
        says="the end is forgotten",
        breaks=("AP-13",),
        caught_by=(
            "proof:ap13_no_chunk_begins_after_the_end",
            "proof:ap12_a_stop_before_the_wait_keeps_it_from_beginning",
            "proof:ap11_a_look_keeps_the_bounds",
        ),
        old="""\
    if stream.outcome is not None:
        return stream, StreamOver(stream.outcome)
""",
        new="""\
    if False:
        return stream, StreamOver(stream.outcome)
""",
    ),
    in_ack_progress(
        id="a_cancelled_stream_goes_on",
        says="a sender that looks again after the cancel goes on with its stream",
        breaks=("AP-12",),
        caught_by=("search:stream",),
        old="""\
    if stream.outcome is not None:
        return stream, StreamOver""",
        new="""\
    if stream.outcome not in (None, StreamOutcome.CANCELLED):
        return stream, StreamOver""",
    ),
    in_ack_progress(
        id="waits_at_the_window",
        says="the wait begins with exactly the window outstanding",
        breaks=("AP-2",),
        caught_by=(
            "proof:ap2_at_the_window_begins_and_above_it_waits",
            "proof:ap8_a_window_with_room_ends_the_wait",
            "proof:ap2_the_watchdog_never_runs_outside_a_wait",
            "proof:ap8_an_ack_opens_exactly_at_the_window",
        ),
        old="    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:\n",
        new="    if stream.sent_bytes - stream.acknowledged_bytes < policy.window_bytes:\n",
    ),
    in_ack_progress(
        id="waits_at_the_window_in_ack_progress",
        says="the sender waits as soon as exactly the window is outstanding",
        caught_by=("vectors:AP-2,AP-8",),
        old="    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:\n",
        new="""\
    if stream.sent_bytes and stream.sent_bytes - stream.acknowledged_bytes >= policy.window_bytes:
        pass
    else:
""",
    ),
    in_ack_progress(
        id="window_never_opens_again",
        says="a stream that waits once never finds its window open again",
        breaks=("AP-8",),
        caught_by=(
            "proof:ap8_a_window_with_room_ends_the_wait",
            "proof:ap8_an_ack_of_everything_opens_the_window",
        ),
        old="    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:\n",
        new=(
            "    if stream.sent_bytes - stream.acknowledged_bytes <= "
            "policy.window_bytes and stream.wait_us is None:\n"
        ),
    ),
    in_ack_progress(
        id="a_wait_that_has_begun_never_ends_well",
        says="a wait that has begun never ends well",
        breaks=("AP-8",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_ack_opens_the_window_when_no_more_than_it_is_outstanding",
        ),
        old="if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:",
        new="if stream.wait_us is None and stream.sent_bytes <= policy.window_bytes:",
    ),
    in_ack_progress(
        id="a_chunk_more_than_the_window",
        says="another chunk begins while there is room for it beyond the window",
        breaks=("AP-11",),
        caught_by=("search:stream",),
        old="""\
<= policy.window_bytes:
        return _with_wait""",
        new="""\
<= policy.window_bytes + policy.chunk_bytes:
        return _with_wait""",
    ),
    in_ack_progress(
        id="a_wait_ends_with_an_empty_window",
        says="a stream that waits goes on only when everything is acknowledged",
        breaks=("AP-8", "AP-2"),
        caught_by=("search:stream",),
        old="""\
<= policy.window_bytes:
        return _with_wait""",
        new="""\
<= (policy.window_bytes if stream.wait_us is None else 0):
        return _with_wait""",
    ),
    in_ack_progress(
        id="begins_above_the_window",
        says="a chunk begins with a byte more than the window outstanding",
        breaks=("AP-2",),
        caught_by=(
            "proof:ap2_at_the_window_begins_and_above_it_waits",
            "proof:ap8_an_ack_opens_exactly_at_the_window",
            "model:ack",
            "vectors:AP-11",
        ),
        old="""\
<= policy.window_bytes:
        return _with_wait""",
        new="""\
<= policy.window_bytes + 1:
        return _with_wait""",
    ),
    in_ack_progress(
        id="every_look_begins_a_new_wait",
        says="each look at a stream begins its wait anew",
        breaks=("AP-5",),
        caught_by=(
            "proof:ap5_a_wait_keeps_its_beginning",
            "proof:ap5_ack_wait_is_due_exactly_at_its_end",
        ),
        old="    wait_us = now_us if stream.wait_us is None else stream.wait_us\n",
        new="    wait_us = now_us\n",
    ),
    in_ack_progress(
        id="the_wait_begins_with_the_last_progress",
        says="a pause before the wait counts as a part of it",
        breaks=("AP-4", "AP-5"),
        caught_by=("search:stream",),
        old="wait_us = now_us if stream.wait_us is None",
        new="wait_us = stream.progress_us if stream.wait_us is None",
    ),
    in_ack_progress(
        id="pause_counts_in_hardened",
        says="the pause of a source counts as a stall",
        caught_by=(
            "proof:ap4_a_wait_never_fails_as_it_begins",
            "proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
            "vectors:AP-4",
        ),
        old="stream.progress_us if stream.seed else max(stream.progress_us, wait_us)",
        new="stream.progress_us",
    ),
    in_ack_progress(
        id="pause_forgiven_in_seed",
        says="pause forgiven in seed",
        breaks=("AP-3",),
        caught_by=("proof:ap3_seed_counts_the_pause_too",),
        old="stream.progress_us if stream.seed else max(stream.progress_us, wait_us)",
        new="max(stream.progress_us, wait_us)",
    ),
    in_ack_progress(
        id="clock_is_the_wait_alone",
        says="clock is the wait alone",
        breaks=("AP-3", "AP-4"),
        caught_by=("proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",),
        old="max(stream.progress_us, wait_us)",
        new="wait_us",
    ),
    in_ack_progress(
        id="only_the_beginning_of_the_wait_counts",
        says="a stream fails although it has made progress since its wait began",
        breaks=("AP-3",),
        caught_by=("search:stream",),
        old="progress_left_us = clock_us + policy",
        new="progress_left_us = wait_us + policy",
    ),
    in_ack_progress(
        id="the_older_bound_first",
        says="where both are due the reason is the wait and not the missing progress",
        caught_by=("vectors:AP-5",),
        old="    if progress_left_us <= 0:\n",
        new="""\
    if progress_left_us <= 0 and wait_us + policy.ack_wait_us <= now_us:
        return _over(stream, StreamOutcome.ACK_WAIT)
    if progress_left_us <= 0:
""",
    ),
    in_ack_progress(
        id="watchdog_never_fires",
        says="a wait without progress lasts until the ACK wait is over",
        caught_by=("vectors:AP-3,AP-5,AP-14",),
        old="""\
    if progress_left_us <= 0:
        return _over(stream, StreamOutcome.NO_PROGRESS)
""",
        new="    progress_left_us = policy.ack_wait_us\n",
    ),
    in_ack_progress(
        id="the_older_bound_wins",
        says="ACK_WAIT comes before NO_PROGRESS when both are due",
        breaks=("AP-5",),
        caught_by=(
            "proof:ap5_no_progress_wins_when_both_are_due",
            "test:tests/machines/test_ack_progress.py::test_no_progress_wins_when_both_are_due",
        ),
        old="if progress_left_us <= 0:",
        new="if progress_left_us <= 0 and wait_us + policy.ack_wait_us > now_us:",
    ),
    in_ack_progress(
        id="progress_timeout_one_early",
        says="progress timeout one early",
        breaks=("AP-3", "AP-4"),
        caught_by=("proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",),
        old="progress_left_us <= 0",
        new="progress_left_us <= 1",
    ),
    in_ack_progress(
        id="progress_timeout_strict",
        says="a stream goes on at the exact end of the progress timeout",
        breaks=("AP-3", "AP-14"),
        caught_by=(
            "proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",
            "proof:ap5_no_progress_wins_when_both_are_due",
            "proof:ap14_nobody_sleeps_past_a_due_moment",
            "model:ack",
            "test:tests/machines/test_ack_progress.py::"
            "test_no_progress_is_due_at_clock_plus_timeout",
        ),
        old="progress_left_us <= 0",
        new="progress_left_us < 0",
    ),
    in_ack_progress(
        id="progress_extends_the_wait",
        says="each progress gives the wait its whole length anew",
        breaks=("AP-5",),
        caught_by=("search:stream",),
        old="wait_left_us = wait_us + policy",
        new="wait_left_us = clock_us + policy",
    ),
    in_ack_progress(
        id="a_wait_without_end",
        says="a receiver that makes a little progress holds the sender for ever",
        caught_by=("vectors:AP-5,AP-14",),
        old="""\
    if wait_left_us <= 0:
        return _over(stream, StreamOutcome.ACK_WAIT)
""",
        new="    wait_left_us = policy.ack_wait_us\n",
    ),
    in_ack_progress(
        id="ack_wait_one_early",
        says="ack wait one early",
        breaks=("AP-5",),
        caught_by=("proof:ap5_ack_wait_is_due_exactly_at_its_end",),
        old="wait_left_us <= 0",
        new="wait_left_us <= 1",
    ),
    in_ack_progress(
        id="ack_wait_strict",
        says="ack wait strict",
        breaks=("AP-5",),
        caught_by=(
            "proof:ap5_ack_wait_is_due_exactly_at_its_end",
            "proof:ap14_nobody_sleeps_past_a_due_moment",
        ),
        old="wait_left_us <= 0",
        new="wait_left_us < 0",
    ),
    in_ack_progress(
        id="no_ack_wait_at_all",
        says="a wait with progress lasts for ever",
        breaks=("AP-5",),
        caught_by=(
            "proof:ap5_ack_wait_is_due_exactly_at_its_end",
            "test:tests/machines/test_ack_progress.py::"
            "test_ack_wait_is_due_at_the_wait_plus_ack_wait",
        ),
        old="wait_left_us <= 0",
        new="False",
    ),
    in_ack_progress(
        id="looks_at_every_other_interval",
        says="the sender sleeps for two check intervals at a time, whatever is due",
        caught_by=("vectors:AP-6,AP-14",),
        old="    sleep_us = min(policy.ack_check_interval_us, progress_left_us, wait_left_us)\n",
        new="    sleep_us = 2 * policy.ack_check_interval_us\n",
    ),
    in_ack_progress(
        id="sleeps_half_of_what_is_left",
        says="a waiting sender wakes ever more often as the end comes nearer",
        breaks=("AP-7",),
        caught_by=("search:stream",),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="min(policy.ack_check_interval_us, (progress_left_us + 1) // 2, wait_left_us)",
    ),
    in_ack_progress(
        id="sleeps_its_whole_interval",
        says="the sender sleeps for the whole check interval although a failure is due before",
        caught_by=("proof:ap14_nobody_sleeps_past_a_due_moment", "vectors:AP-14"),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="policy.ack_check_interval_us",
    ),
    in_ack_progress(
        id="sleeps_one_too_short",
        says="a waiting sender wakes a microsecond before anything is due",
        breaks=("AP-7",),
        caught_by=(
            "proof:ap7_a_sleep_ends_only_for_a_reason",
            "proof:ap14_nobody_sleeps_past_a_due_moment",
        ),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="min(policy.ack_check_interval_us, progress_left_us - 1, wait_left_us)",
    ),
    in_ack_progress(
        id="sleeps_past_the_ack_wait",
        says="a waiting sender sleeps past the end of the wait",
        breaks=("AP-14",),
        caught_by=("proof:ap14_nobody_sleeps_past_a_due_moment",),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="min(policy.ack_check_interval_us, progress_left_us)",
    ),
    in_ack_progress(
        id="sleeps_past_the_progress_timeout",
        says="a waiting sender sleeps its interval out although its stream is due before",
        breaks=("AP-14",),
        caught_by=("search:stream",),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="min(policy.ack_check_interval_us, wait_left_us)",
    ),
    in_ack_progress(
        id="sleeps_without_an_interval",
        says="a waiting sender sleeps until something is due and never looks in between",
        breaks=("AP-6",),
        caught_by=("search:stream",),
        old="min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        new="min(progress_left_us, wait_left_us)",
    ),
    in_ack_progress(
        id="the_end_keeps_the_wait",
        says="the end keeps the wait",
        breaks=("AP-11", "AP-13"),
        caught_by=(
            "proof:ap11_a_look_keeps_the_bounds",
            "proof:ap11_a_stop_keeps_the_bounds",
            "proof:ap12_a_stop_ends_the_wait",
        ),
        old="stream.progress_us, None, outcome,",
        new="stream.progress_us, stream.wait_us, outcome,",
    ),
    in_ack_progress(
        id="a_chunk_counts_twice",
        says="a chunk counts twice",
        breaks=("AP-11",),
        caught_by=(
            "proof:ap11_a_chunk_keeps_the_bounds",
            "proof:ap11_a_chunk_adds_at_most_itself_to_the_window",
        ),
        old="""\
        stream.sent_bytes + chunk_bytes,
        stream.acknowledged_bytes,
""",
        new="""\
        stream.sent_bytes + 2 * chunk_bytes,
        stream.acknowledged_bytes,
""",
    ),
    in_ack_progress(
        id="chunk_counts_when_it_has_left",
        says="a chunk that is being sent does not count as outstanding",
        breaks=("AP-11",),
        caught_by=("proof:ap11_a_chunk_adds_at_most_itself_to_the_window",),
        old="""\
        stream.sent_bytes + chunk_bytes,
        stream.acknowledged_bytes,
""",
        new="""\
        stream.sent_bytes,
        stream.acknowledged_bytes,
""",
    ),
    in_ack_progress(
        id="chunk_counts_as_acknowledged",
        says="chunk counts as acknowledged",
        breaks=("AP-10", "AP-11"),
        caught_by=("proof:ap11_a_chunk_adds_at_most_itself_to_the_window",),
        old="""\
        stream.acknowledged_bytes,
        stream.progress_us,
""",
        new="""\
        stream.acknowledged_bytes + chunk_bytes,
        stream.progress_us,
""",
    ),
    in_ack_progress(
        id="an_ack_revives_a_stream",
        says="an ack revives a stream",
        breaks=("AP-13",),
        caught_by=(
            "proof:ap13_an_ack_after_the_end_changes_nothing",
            "proof:ap11_an_ack_keeps_the_bounds",
        ),
        old="""\
    if stream.outcome is not None:
        return stream, AckVerdict.AFTER_THE_END
""",
        new="""\
    if False:
        return stream, AckVerdict.AFTER_THE_END
""",
    ),
    in_ack_progress(
        id="believes_anybody",
        says="an ACK counts wherever it comes from",
        caught_by=("vectors:AP-10",),
        old="""\
    if not from_receiver:
        return stream, AckVerdict.OTHER_ORIGIN
""",
        new="",
    ),
    in_ack_progress(
        id="another_origin_with_an_offset",
        says="an ACK of another origin is refused only when it names no offset",
        breaks=("AP-10",),
        caught_by=("search:stream",),
        old="if not from_receiver:",
        new="if not from_receiver and offset is None:",
    ),
    in_ack_progress(
        id="anybody_acknowledges",
        says="an ACK of another origin is believed",
        breaks=("AP-10",),
        caught_by=(
            "proof:ap10_another_origin_changes_nothing",
            "proof:ap10_what_is_no_integer_changes_nothing",
            "proof:ap1_progress_is_a_greater_offset_that_was_sent",
        ),
        old="not from_receiver",
        new="False",
    ),
    in_ack_progress(
        id="no_integer_acknowledges_everything",
        says="no integer acknowledges everything",
        breaks=("AP-10",),
        caught_by=("proof:ap10_what_is_no_integer_changes_nothing",),
        old="return stream, AckVerdict.NOT_AN_INTEGER",
        new="return on_ack(stream, stream.sent_bytes, from_receiver=True, now_us=now_us)",
    ),
    in_ack_progress(
        id="negative_is_no_news",
        says="negative is no news",
        breaks=("AP-10",),
        caught_by=("proof:ap10_a_negative_offset_changes_nothing",),
        old="offset < 0",
        new="False",
    ),
    in_ack_progress(
        id="zero_is_negative",
        says="zero is negative",
        breaks=("AP-1",),
        caught_by=("proof:ap1_a_repeated_or_older_ack_changes_nothing",),
        old="offset < 0",
        new="offset <= 0",
    ),
    in_ack_progress(
        id="believes_in_the_future",
        says="an ACK for bytes that were never sent opens the window",
        caught_by=("vectors:AP-10",),
        old="""\
    if offset > stream.sent_bytes:
        return stream, AckVerdict.BEYOND_SENT
""",
        new="",
    ),
    in_ack_progress(
        id="an_offset_of_everything_twice_is_believed",
        says="an offset beyond what was sent is believed up to twice of it",
        breaks=("AP-10",),
        caught_by=("model:ack",),
        old="if offset > stream.sent_bytes:",
        new="if offset > 2 * stream.sent_bytes:",
    ),
    in_ack_progress(
        id="an_offset_beyond_is_believed",
        says="an offset beyond what was sent is believed",
        breaks=("AP-10",),
        caught_by=(
            "proof:ap10_an_offset_beyond_what_was_sent_changes_nothing",
            "proof:ap11_an_ack_never_adds_to_what_is_outstanding",
            "proof:ap11_an_ack_keeps_the_bounds",
        ),
        old="offset > stream.sent_bytes",
        new="False",
    ),
    in_ack_progress(
        id="one_beyond_is_believed",
        says="one beyond is believed",
        breaks=("AP-10",),
        caught_by=("proof:ap10_an_offset_beyond_what_was_sent_changes_nothing",),
        old="offset > stream.sent_bytes",
        new="offset > stream.sent_bytes + 1",
    ),
    in_ack_progress(
        id="outside_a_wait_anything_is_believed",
        says="outside a wait anything is believed",
        breaks=("AP-1", "AP-10"),
        caught_by=(
            "proof:ap1_an_ack_outside_a_wait_is_judged_as_in_one",
            "proof:ap11_an_ack_keeps_the_bounds",
        ),
        old="offset > stream.sent_bytes",
        new="offset > stream.sent_bytes and stream.wait_us is not None",
    ),
    in_ack_progress(
        id="the_last_byte_is_no_progress",
        says="the last byte is no progress",
        breaks=("AP-1", "AP-10"),
        caught_by=(
            "proof:ap1_progress_is_a_greater_offset_that_was_sent",
            "proof:ap8_an_ack_of_everything_opens_the_window",
        ),
        old="offset > stream.sent_bytes",
        new="offset >= stream.sent_bytes",
    ),
    in_ack_progress(
        id="a_repeat_is_progress",
        says="a repeated ACK counts as progress",
        caught_by=(
            "proof:ap1_progress_is_a_greater_offset_that_was_sent",
            "proof:ap1_a_repeated_or_older_ack_changes_nothing",
            "vectors:AP-1",
        ),
        old="offset <= stream.acknowledged_bytes",
        new="offset < stream.acknowledged_bytes",
    ),
    in_ack_progress(
        id="an_older_offset_moves_it_back",
        says="an older offset moves it back",
        breaks=("AP-1",),
        caught_by=(
            "proof:ap1_progress_is_a_greater_offset_that_was_sent",
            "proof:ap1_a_repeated_or_older_ack_changes_nothing",
            "proof:ap11_an_ack_never_adds_to_what_is_outstanding",
        ),
        old="offset <= stream.acknowledged_bytes",
        new="offset == stream.acknowledged_bytes",
    ),
    in_ack_progress(
        id="a_repeat_restarts_the_clock",
        says="a repeated ACK puts the failure off",
        breaks=("AP-3",),
        caught_by=("search:stream", "vectors:AP-1"),
        old="        return stream, AckVerdict.NO_NEWS\n",
        new="""\
        return Stream(
            stream.sent_bytes, stream.acknowledged_bytes, now_us, stream.wait_us, None, stream.seed
        ), AckVerdict.NO_NEWS
""",
    ),
    in_ack_progress(
        id="whatever_comes_is_progress",
        says="an ACK with an offset that is not greater moves the progress clock",
        caught_by=("oracle:AP-1",),
        old="        return stream, AckVerdict.NO_NEWS\n",
        new="        offset = stream.acknowledged_bytes\n",
    ),
    in_ack_progress(
        id="progress_leaves_the_clock",
        says="progress leaves the clock where it was",
        breaks=("AP-1",),
        caught_by=(
            "proof:ap1_progress_moves_offset_and_clock_forward",
            "test:tests/machines/test_ack_progress.py::"
            "test_only_a_greater_offset_that_was_sent_is_progress",
        ),
        old="now_us if now_us > stream.progress_us else stream.progress_us",
        new="stream.progress_us",
    ),
    in_ack_progress(
        id="the_clock_moves_back",
        says="the clock moves back",
        breaks=("AP-1",),
        caught_by=("proof:ap1_progress_moves_offset_and_clock_forward",),
        old="now_us if now_us > stream.progress_us else stream.progress_us",
        new="now_us",
    ),
    in_ack_progress(
        id="progress_begins_a_new_wait",
        says="progress begins a new wait",
        breaks=("AP-1",),
        caught_by=("proof:ap1_progress_moves_offset_and_clock_forward",),
        old="stream.wait_us, None,",
        new="now_us, None,",
    ),
    in_ack_progress(
        id="a_stop_waits_for_the_window",
        says="a stream cannot be stopped while it waits",
        breaks=("AP-12",),
        caught_by=("proof:ap12_a_stop_ends_the_wait",),
        old="""\
    if stream.outcome is not None:
        return stream
""",
        new="""\
    if stream.outcome is not None or stream.wait_us is not None:
        return stream
""",
    ),
    in_ack_progress(
        id="the_last_outcome_wins",
        says="a later outcome replaces the first",
        breaks=("AP-13",),
        caught_by=("proof:ap13_the_first_outcome_is_the_only_one",),
        old="""\
    if stream.outcome is not None:
        return stream
""",
        new="""\
    if False:
        return stream
""",
    ),
    in_ack_progress(
        id="a_cancel_replaces_the_outcome",
        says="a stream that has failed can still be cancelled",
        breaks=("AP-13",),
        caught_by=("search:stream",),
        old="""\
    if stream.outcome is not None:
        return stream
""",
        new="""\
    if stream.outcome not in (None, StreamOutcome.NO_PROGRESS):
        return stream
""",
    ),
    in_ack_progress(
        id="an_error_replaces_the_cancel",
        says="an error ACK that comes after the cancel replaces the outcome",
        breaks=("AP-13",),
        caught_by=("model:ack",),
        old="""\
    if stream.outcome is not None:
        return stream
""",
        new="""\
    if stream.outcome not in (None, StreamOutcome.CANCELLED):
        return stream
""",
    ),
    in_stream(
        id="true_is_one",
        says="a boolean counts as a number",
        caught_by=("vectors:AP-10",),
        old="return raw if isinstance(raw, int) and not isinstance(raw, bool) else None",
        new="return raw if isinstance(raw, int) else None",
    ),
    in_stream(
        id="gives_up_in_silence",
        says="a receiver that the watchdog gave up on is not told",
        caught_by=("vectors:AP-9",),
        old="""\
return outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)""",
        new="return outcome is StreamOutcome.CANCELLED",
    ),
    in_stream(
        id="a_silent_watchdog",
        says="a receiver is not told that its stream failed for the length of the wait",
        breaks=("AP-9",),
        caught_by=("proof:ap9_the_watchdog_tells_the_receiver",),
        old="StreamOutcome.ACK_WAIT, ",
        new="",
    ),
    in_stream(
        id="tells_who_reported_the_error",
        says="tells who reported the error",
        breaks=("AP-9",),
        caught_by=("proof:ap9_the_watchdog_tells_the_receiver",),
        old="StreamOutcome.ACK_WAIT, ",
        new="StreamOutcome.ACK_WAIT, StreamOutcome.ACK_ERROR, ",
    ),
    in_stream(
        id="the_reporter_is_told_of_its_own_error",
        says="a receiver that reported the error is told of it",
        breaks=("AP-9",),
        caught_by=("search:stream",),
        old="StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)",
        new="StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED, StreamOutcome.ACK_ERROR)",
    ),
)
