"""Mutants of AP-1 to AP-7 and AP-14: the watchdog of a stream."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_stream_progress = partial(Mutant, file="reference/stallproof/drivers/stream_progress.py")
in_stream_sender = partial(Mutant, file="reference/stallproof/drivers/stream_sender.py")
in_ack_progress = partial(Mutant, file="reference/stallproof/machines/ack_progress.py")
in_settings = partial(Mutant, file="reference/stallproof/machines/settings.py")
in_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_c_kit = partial(Mutant, file="tests/implementations/kits/c/stallproof.h")
in_stream = partial(Mutant, file="tests/implementations/node/stream.js")
in_go_window = partial(Mutant, file="tests/implementations/go/guard/window.go")

MUTANTS = (
    in_stream_progress(
        id="a_waiting_senders_clock_stands_still",
        says="every look of a wait is made with the time at which its chunk was ready",
        breaks=("AP-3.1",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_no_progress_is_due_a_timeout_after_the_start_of_the_wait",
        ),
        old="""\
            while True:
                at_us = self._clock()
""",
        new="""\
            while True:
                at_us = ready_us
""",
    ),
    in_stream_progress(
        id="no_look_keeps_the_wait",
        says="the wait that a look has begun is forgotten, and the next one begins it anew",
        breaks=("AP-5.1",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_wait_is_bounded_although_there_is_progress",
        ),
        old="""\
                self._put(stream, at_us)
                if isinstance""",
        new="                if isinstance",
    ),
    in_stream_progress(
        id="a_waiting_sender_never_sleeps",
        says="a waiting sender looks again and again without a pause",
        breaks=("AP-7.2",),
        caught_by=("oracle:AP-7",),
        old="self._changed.wait(look.wait_us / MICROSECONDS)",
        new="self._changed.wait(0)",
    ),
    in_stream_progress(
        id="sleeps_for_three_intervals",
        says="a waiting sender sleeps three times as long as it was told",
        caught_by=("oracle:AP-6",),
        old="self._changed.wait(look.wait_us / MICROSECONDS)",
        new="self._changed.wait(3 * look.wait_us / MICROSECONDS)",
    ),
    in_stream_progress(
        id="sleeps_in_nanoseconds",
        says="the sleep of a waiting sender is a thousandth of what it was told",
        breaks=("AP-7",),
        caught_by=(
            "test:tests/drivers/test_stream_timing.py::test_a_waiting_sender_does_next_to_nothing",
        ),
        old="self._changed.wait(look.wait_us / MICROSECONDS)",
        new="self._changed.wait(look.wait_us / (1000 * MICROSECONDS))",
    ),
    in_stream_progress(
        id="sleeps_the_whole_interval",
        says="a waiting sender sleeps for its interval, whatever is due before",
        caught_by=("oracle:AP-14",),
        old="self._changed.wait(look.wait_us / MICROSECONDS)",
        new="self._changed.wait(self._conn.policy.ack_check_interval_us / MICROSECONDS)",
    ),
    in_stream_sender(
        id="the_watchdog_counts_from_the_making",
        says="a stream is made with the clock of the seed profile",
        caught_by=("oracle:AP-4",),
        old="        seed: bool = False, clock",
        new="        seed: bool = True, clock",
    ),
    in_ack_progress(
        id="made_in_the_past",
        says="made in the past",
        breaks=("AP-4", "AP-13"),
        caught_by=("proof:ap13_a_fresh_stream_has_no_outcome",),
        old="Stream(0, 0, now_us,",
        new="Stream(0, 0, 0,",
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
        breaks=("AP-5.1",),
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
        breaks=("AP-3.2", "AP-4"),
        caught_by=("proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",),
        old="max(stream.progress_us, wait_us)",
        new="wait_us",
    ),
    in_ack_progress(
        id="only_the_beginning_of_the_wait_counts",
        says="a stream fails although it has made progress since its wait began",
        breaks=("AP-3.2",),
        caught_by=("search:stream",),
        old="progress_left_us = clock_us + policy",
        new="progress_left_us = wait_us + policy",
    ),
    in_ack_progress(
        id="the_older_bound_first",
        says="where both are due the reason is the wait and not the missing progress",
        breaks=("AP-5.2",),
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
        breaks=("AP-3.1",),
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
        breaks=("AP-5.2",),
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
        breaks=("AP-3.2", "AP-4"),
        caught_by=("proof:ap3_no_progress_is_due_exactly_at_clock_plus_timeout",),
        old="progress_left_us <= 0",
        new="progress_left_us <= 1",
    ),
    in_ack_progress(
        id="progress_timeout_strict",
        says="a stream goes on at the exact end of the progress timeout",
        breaks=("AP-3.1", "AP-14"),
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
        breaks=("AP-5.1",),
        caught_by=("search:stream",),
        old="wait_left_us = wait_us + policy",
        new="wait_left_us = clock_us + policy",
    ),
    in_ack_progress(
        id="a_wait_without_end",
        says="a receiver that makes a little progress holds the sender for ever",
        breaks=("AP-5.1",),
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
        breaks=("AP-5.1",),
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
        breaks=("AP-5.1",),
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
        id="zero_is_negative",
        says="zero is negative",
        breaks=("AP-1",),
        caught_by=("proof:ap1_a_repeated_or_older_ack_changes_nothing",),
        old="offset < 0",
        new="offset <= 0",
    ),
    in_ack_progress(
        id="outside_a_wait_anything_is_believed",
        says="outside a wait anything is believed",
        breaks=("AP-1", "AP-10.1"),
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
        breaks=("AP-1.1", "AP-10"),
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
        breaks=("AP-1.1",),
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
        breaks=("AP-1.1", "AP-1.2"),
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
        breaks=("AP-3", "AP-1.2"),
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
        breaks=("AP-1.2",),
        caught_by=("oracle:AP-1",),
        old="        return stream, AckVerdict.NO_NEWS\n",
        new="        offset = stream.acknowledged_bytes\n",
    ),
    in_ack_progress(
        id="progress_leaves_the_clock",
        says="progress leaves the clock where it was",
        breaks=("AP-1.1",),
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
    in_guarded(
        id="c_full_window_waits",
        says="a chunk waits although exactly the window, and no more, is outstanding",
        caught_by=("vectors:AP-2,AP-8",),
        old="if (stream->sent - stream->acked <= sp_policy.window) {",
        new="if (stream->sent - stream->acked < sp_policy.window) {",
    ),
    in_guarded(
        id="c_pause_is_a_stall",
        says="the progress clock runs on while nobody waits",
        caught_by=("vectors:AP-4",),
        old="Time clock = stream->progressed > began ? stream->progressed : began;",
        new="Time clock = stream->progressed;",
    ),
    in_guarded(
        id="c_wakes_at_its_interval",
        says="a waiting stream sleeps for its whole interval, past what is due",
        caught_by=("vectors:AP-14",),
        old="stream->due = nearest(at + sp_policy.check_interval, nearest(no_progress, too_long));",
        new="stream->due = at + sp_policy.check_interval;",
    ),
    in_guarded(
        id="c_repeats_are_progress",
        says="an ACK that repeats the last one moves the progress clock",
        breaks=("AP-1.1", "AP-1.2"),
        caught_by=("vectors:AP-1",),
        old="} else if (ack->value > stream->acked) {",
        new="} else if (ack->value >= stream->acked) {",
    ),
    in_c_kit(
        id="c_polls_for_nothing",
        says="poll is asked to wait for whole seconds, rounded down: a shorter wait is a busy loop",
        breaks=("AP-7.2",),
        caught_by=("oracle:AP-7 beside SD-4",),
        old="(int)((wait + 999) / 1000)",
        new="(int)(wait / 1000000 * 1000)",
    ),
    in_go_window(
        id="go_clock_of_the_stream",
        says="the progress clock is the stream's alone: a pause of the source counts as a stall",
        caught_by=("vectors:AP-4",),
        old="""\
	if beganUS > clockUS {
		clockUS = beganUS
	}
""",
        new="",
    ),
    in_stream(
        id="node_wait_of_each_look",
        says="the ACK wait bounds the sleep between two looks, so that no wait is ever too long",
        breaks=("AP-5.1",),
        caught_by=("vectors:AP-5,AP-14",),
        old="const tooLongUs = this.#waitUs + policy.ackWaitUs;",
        new="const tooLongUs = nowUs + policy.ackWaitUs;",
    ),
    in_stream(
        id="node_looks_counted_instead_of_time",
        says="looks are counted, and not time: a wait that was looked at often enough has failed",
        caught_by=("vectors:AP-3,AP-4,AP-15",),
        old="    if (nowUs >= stuckUs) {",
        new="""\
    this.looks = (this.looks ?? 0) + 1;
    if (this.looks * policy.checkIntervalUs > policy.progressTimeoutUs) {""",
    ),
    in_stream(
        id="node_any_ack_is_the_truth",
        says="each ACK sets the acknowledged offset and the clock, also one that is older",
        breaks=("AP-1.2",),
        caught_by=("vectors:AP-1",),
        old="    } else if (offset > this.#acknowledgedBytes) {\n",
        new="    } else if (offset) {\n",
    ),
    in_settings(
        id="an_interval_of_zero_means_the_default",
        says="a check interval of zero is taken for one that was not stated, and becomes 5 s",
        breaks=("AP-7.1",),
        caught_by=(
            "test:tests/machines/test_settings.py::"
            "test_the_check_interval_is_at_least_ten_milliseconds",
        ),
        old="return max(CHECK_INTERVAL_MIN_US, asked_us)",
        new="return max(CHECK_INTERVAL_MIN_US, asked_us or 5_000_000)",
    ),
)
