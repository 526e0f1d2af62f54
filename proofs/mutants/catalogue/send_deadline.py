"""Mutants of the machine of one bounded send."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_send_deadline = partial(Mutant, file="reference/stallproof/machines/send_deadline.py")

MUTANTS = (
    in_send_deadline(
        id="deadline_a_microsecond_early",
        says="the deadline is reached one microsecond before it has come",
        caught_by=("vectors:SD-4",),
        old="return Send(now_us, now_us + policy.send_timeout_us, size_bytes, 0)",
        new="return Send(now_us, now_us + max(1, policy.send_timeout_us - 1), size_bytes, 0)",
    ),
    in_send_deadline(
        id="deadline_from_the_wrong_knob",
        says="the deadline is made from the stall timeout",
        breaks=("SD-1",),
        caught_by=(
            "proof:sd1_the_lock_fixes_the_deadline",
            "proof:sd3_a_lock_is_taken_with_its_bound",
            "proof:cx4_the_send_in_flight_costs_at_most_one_share",
            "proof:cx4_each_send_ahead_costs_at_most_one_share",
            "proof:cx1_a_lock_taken_holds_together",
            "proof:sd3_a_lock_taken_and_then_a_due_step_releases",
            "test:tests/machines/test_send_deadline.py::"
            "test_the_deadline_is_the_lock_plus_the_send_timeout",
        ),
        old="return Send(now_us, now_us + policy.send_timeout_us",
        new="return Send(now_us, now_us + policy.stall_timeout_us",
    ),
    in_send_deadline(
        id="lock_time_lost",
        says="lock time lost",
        breaks=("SD-1",),
        caught_by=(
            "proof:sd1_the_lock_fixes_the_deadline",
            "proof:cx1_a_free_lock_is_taken_by_the_asker",
        ),
        old="return Send(now_us,",
        new="return Send(0,",
    ),
    in_send_deadline(
        id="the_deadline_is_one_late",
        says="each frame has a microsecond more than the send timeout",
        breaks=("SD-1", "SD-3"),
        caught_by=("model:lock",),
        old="return Send(now_us, now_us + policy.send_timeout_us,",
        new="return Send(now_us, now_us + policy.send_timeout_us + 1,",
    ),
    in_send_deadline(
        id="deadline_starts_again_with_progress",
        says="each write that takes something gives the frame a whole send timeout again",
        caught_by=("vectors:SD-1",),
        old="""\
    after = Send(send.taken_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
""",
        new="""\
    in_time = wrote_bytes and now_us < send.deadline_us
    taken_us = now_us if in_time else send.taken_us
    deadline_us = taken_us + send.deadline_us - send.taken_us
    after = Send(taken_us, deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
""",
    ),
    in_send_deadline(
        id="progress_extends_the_deadline",
        says="every byte that leaves moves the deadline of its frame",
        breaks=("SD-1", "SD-3"),
        caught_by=(
            "proof:sd1_progress_keeps_the_deadline",
            "proof:sd1_a_wait_after_progress_ends_at_the_first_deadline",
            "proof:sd3_no_wait_outlasts_the_deadline",
            "proof:sd3_a_step_never_extends",
            "proof:sd3_a_step_that_is_due_releases",
            "proof:cx1_a_step_holds_together",
        ),
        old="""\
    after = Send(send.taken_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
""",
        new=(
            "    after = Send(send.taken_us, send.deadline_us + wrote_bytes, "
            "send.size_bytes, send.written_bytes + wrote_bytes)\n"
        ),
    ),
    in_send_deadline(
        id="progress_restarts_the_clock",
        says="progress restarts the clock",
        breaks=("SD-1",),
        caught_by=(
            "proof:sd1_progress_keeps_the_deadline",
            "proof:cx1_a_step_never_swaps_the_holder",
        ),
        old="""\
    after = Send(send.taken_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
""",
        new="""\
    after = Send(now_us, send.deadline_us, send.size_bytes, send.written_bytes + wrote_bytes)
""",
    ),
    in_send_deadline(
        id="every_step_is_given_time",
        says="a step that comes late moves the deadline ahead of the clock",
        breaks=("SD-1", "SD-3"),
        caught_by=("search:connection",),
        old="after = Send(send.taken_us, send.deadline_us,",
        new="after = Send(send.taken_us, max(send.deadline_us, now_us + 1),",
    ),
    in_send_deadline(
        id="progress_extends_the_deadline_in_send_deadline",
        says="progress extends the deadline",
        breaks=("SD-1",),
        caught_by=(
            "test:tests/drivers/test_sender.py::"
            "test_a_peer_that_trickles_does_not_move_the_deadline",
        ),
        old="after = Send(send.taken_us, send.deadline_us, ",
        new="after = Send(send.taken_us, send.deadline_us + 10 * wrote_bytes, ",
    ),
    in_send_deadline(
        id="always_times_out",
        says="every send ends with TIMEOUT at once, whatever was written",
        caught_by=("vectors:SD-4,SD-9",),
        old="    if after.written_bytes == after.size_bytes:\n",
        new="""\
    if wrote_bytes:
        return after, End(Outcome.TIMEOUT, True)
    if after.written_bytes == after.size_bytes:
""",
    ),
    in_send_deadline(
        id="a_late_last_byte_is_no_last_byte",
        says="a frame that is complete after its deadline is reported as timed out",
        breaks=("SD-9",),
        caught_by=("search:connection",),
        old="if after.written_bytes == after.size_bytes:",
        new="if after.written_bytes == after.size_bytes and now_us <= after.deadline_us:",
    ),
    in_send_deadline(
        id="a_partial_write_counts_as_the_whole_frame",
        says="a partial write counts as the whole frame",
        breaks=("SD-10",),
        caught_by=(
            "test:tests/drivers/test_sender_against_peers.py::test_what_arrives_is_what_was_sent",
        ),
        old="if after.written_bytes == after.size_bytes:",
        new="if wrote_bytes > 0:",
    ),
    in_send_deadline(
        id="whatever_has_begun_is_sent",
        says="a frame counts as sent once its first byte has left",
        breaks=("SD-10", "SD-9"),
        caught_by=("model:send",),
        old="if after.written_bytes == after.size_bytes:",
        new="if after.written_bytes > 0:",
    ),
    in_send_deadline(
        id="expiry_before_the_last_byte",
        says="the deadline is looked at before the last byte",
        caught_by=(
            "proof:sd9_the_last_byte_beats_the_deadline",
            "proof:cx1_a_finished_send_releases_the_lock",
            "vectors:SD-9",
        ),
        old="after.written_bytes == after.size_bytes:",
        new="after.written_bytes == after.size_bytes and now_us < after.deadline_us:",
    ),
    in_send_deadline(
        id="finished_frame_waits_on",
        says="finished frame waits on",
        breaks=("SD-9",),
        caught_by=(
            "proof:sd1_a_step_that_waits_leaves_a_frame_in_flight",
            "proof:sd9_the_last_byte_beats_the_deadline",
            "proof:cx1_a_step_holds_together",
        ),
        old="after.written_bytes == after.size_bytes:",
        new="after.written_bytes > after.size_bytes:",
    ),
    in_send_deadline(
        id="ok_one_byte_short",
        says="a frame that lacks one byte is reported as sent",
        breaks=("SD-10",),
        caught_by=("proof:sd10_ok_means_every_byte",),
        old="after.written_bytes == after.size_bytes:",
        new="after.written_bytes + 1 >= after.size_bytes:",
    ),
    in_send_deadline(
        id="closes_after_every_frame",
        says="a frame that has left whole closes the connection behind it",
        caught_by=("vectors:SD-9",),
        old="        return after, End(Outcome.OK, False)\n",
        new="        return after, End(Outcome.OK, True)\n",
    ),
    in_send_deadline(
        id="closing_waits_for_the_deadline",
        says="a send that is blocked goes on until its deadline though the connection is closing",
        breaks=("CX-2",),
        caught_by=("search:connection",),
        old="""\
    if closing:
        return after, End(Outcome.SUPPRESSED, False)
    if now_us >= after.deadline_us:
        return after, End(Outcome.TIMEOUT, True)""",
        new="""\
    if now_us >= after.deadline_us:
        outcome = Outcome.SUPPRESSED if closing else Outcome.TIMEOUT
        return after, End(outcome, not closing)""",
    ),
    in_send_deadline(
        id="expiry_before_closing",
        says="a send that expires while the connection is closing is reported as timed out",
        breaks=("SD-10", "SD-15"),
        caught_by=("search:connection",),
        old="""\
    if closing:
        return after,""",
        new="""\
    if closing and now_us < after.deadline_us:
        return after,""",
    ),
    in_send_deadline(
        id="step_ignores_closing",
        says="step ignores closing",
        breaks=("CX-6",),
        caught_by=(
            "proof:sd10_a_step_while_closing_is_suppressed",
            "proof:cx6_a_step_never_reopens",
            "proof:cx2_a_close_and_then_any_step_releases",
        ),
        old="""\
    if closing:
        return after, End(Outcome.SUPPRESSED, False)
""",
        new="""\
    if False:
        return after, End(Outcome.SUPPRESSED, False)
""",
    ),
    in_send_deadline(
        id="ok_when_some_left",
        says="a send that was cut off by the closing is reported as sent",
        caught_by=(
            "proof:sd10_ok_means_every_byte",
            "proof:sd10_a_step_while_closing_is_suppressed",
            "test:tests/drivers/test_guarded.py::"
            "test_closing_frees_a_blocked_sender_and_raises_nothing",
            "vectors:SD-10",
        ),
        old="return after, End(Outcome.SUPPRESSED, False)",
        new="return after, End(Outcome.OK, False)",
    ),
    in_send_deadline(
        id="deadline_is_exclusive",
        says="a frame is given up when its deadline is over, and not when it has come",
        caught_by=("vectors:SD-2,SD-3",),
        old="""\
    if now_us >= after.deadline_us:
        return after, End(Outcome.TIMEOUT, True)
    return after, Wait(after.deadline_us - now_us)
""",
        new="""\
    if now_us > after.deadline_us:
        return after, End(Outcome.TIMEOUT, True)
    return after, Wait(after.deadline_us - now_us or 1)
""",
    ),
    in_send_deadline(
        id="the_deadline_is_two_seconds_late",
        says="the deadline is two seconds late",
        breaks=("SD-1", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_sender.py::"
            "test_a_peer_that_never_reads_holds_nobody_past_the_bound",
        ),
        old="if now_us >= after.deadline_us:",
        new="if now_us >= after.deadline_us + 2_000_000:",
    ),
    in_send_deadline(
        id="step_expires_one_early",
        says="a send times out a microsecond early",
        breaks=("SD-4",),
        caught_by=(
            "proof:sd4_a_step_never_times_out_early",
            "proof:sd2_a_step_expires_at_the_deadline",
            "proof:cx4_a_share_cannot_be_less",
        ),
        old="now_us >= after.deadline_us",
        new="now_us >= after.deadline_us - 1",
    ),
    in_send_deadline(
        id="step_expires_only_after_the_deadline",
        says="a send at the exact deadline goes on",
        breaks=("SD-2",),
        caught_by=(
            "proof:sd2_a_step_expires_at_the_deadline",
            "proof:sd2_no_write_begins_at_or_after_the_deadline",
            "proof:sd3_no_wait_outlasts_the_deadline",
            "proof:sd3_a_step_that_is_due_releases",
            "proof:sd5_a_timeout_closes_the_connection",
        ),
        old="now_us >= after.deadline_us",
        new="now_us > after.deadline_us",
    ),
    in_send_deadline(
        id="step_never_expires",
        says="the queue behind a stuck send waits for ever",
        breaks=("CX-4",),
        caught_by=(
            "proof:sd2_no_write_begins_at_or_after_the_deadline",
            "proof:sd3_a_step_that_is_due_releases",
            "proof:cx4_the_send_in_flight_costs_at_most_one_share",
            "proof:cx4_each_send_ahead_costs_at_most_one_share",
            "proof:sd3_a_check_and_then_a_due_step_releases",
            "proof:sd3_a_received_frame_and_then_a_due_step_releases",
            "proof:sd3_a_lock_taken_and_then_a_due_step_releases",
        ),
        old="now_us >= after.deadline_us",
        new="False",
    ),
    in_send_deadline(
        id="step_timeout_stays_open",
        says="step timeout stays open",
        breaks=("SD-5",),
        caught_by=(
            "proof:sd5_a_step_that_times_out_closes",
            "proof:sd5_a_timeout_closes_the_connection",
        ),
        old="        return after, End(Outcome.TIMEOUT, True)\n",
        new="        return after, End(Outcome.TIMEOUT, after.written_bytes > 0)\n",
    ),
    in_send_deadline(
        id="expiry_is_reported_as_an_error",
        says="expiry is reported as an error",
        breaks=("SD-2",),
        caught_by=(
            "test:tests/drivers/test_sender.py::"
            "test_a_peer_that_never_reads_holds_nobody_past_the_bound",
        ),
        old="return after, End(Outcome.TIMEOUT, True)",
        new="return after, End(Outcome.ERROR, True)",
    ),
    in_send_deadline(
        id="timeout_leaves_it_open",
        says="a TIMEOUT is told to the caller, and the connection stays open",
        caught_by=(
            "test:tests/drivers/test_sender.py::test_bytes_left_at_the_deadline_are_a_timeout",
            "vectors:SD-5",
        ),
        old="return after, End(Outcome.TIMEOUT, True)",
        new="return after, End(Outcome.TIMEOUT, False)",
    ),
    in_send_deadline(
        id="each_wait_lasts_the_whole_timeout",
        says="each wait for room lasts the whole timeout again",
        breaks=("SD-3",),
        caught_by=("model:send",),
        old="return after, Wait(after.deadline_us - now_us)",
        new="return after, Wait(after.deadline_us - send.taken_us)",
    ),
    in_send_deadline(
        id="waits_twice_as_long",
        says="whoever waits for room sleeps for twice the time that is left",
        caught_by=("vectors:SD-1,SD-2,SD-3",),
        old="return after, Wait(after.deadline_us - now_us)",
        new="return after, Wait(2 * (after.deadline_us - now_us))",
    ),
    in_send_deadline(
        id="wait_one_too_long",
        says="the poll may outlast the deadline by a microsecond",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_no_wait_outlasts_the_deadline",
            "proof:sd1_a_wait_after_progress_ends_at_the_first_deadline",
        ),
        old="Wait(after.deadline_us - now_us)",
        new="Wait(after.deadline_us - now_us + 1)",
    ),
    in_send_deadline(
        id="an_error_of_a_closing_connection_is_told",
        says="a transport that fails because of the closing is reported as an error",
        breaks=("SD-15", "SD-10"),
        caught_by=("model:lock",),
        old="""\
    if closing:
        return End(Outcome.SUPPRESSED, False)""",
        new="""\
    if closing and failure is not Failure.ERROR:
        return End(Outcome.SUPPRESSED, False)""",
    ),
    in_send_deadline(
        id="failure_ignores_closing",
        says="a send that fails because of the closing makes a noise of its own",
        breaks=("SD-10", "SD-15"),
        caught_by=(
            "proof:sd10_a_failure_while_closing_is_suppressed",
            "proof:cx2_a_close_and_then_a_failure_releases",
        ),
        old="""\
    if closing:
        return End(Outcome.SUPPRESSED, False)
""",
        new="""\
    if False:
        return End(Outcome.SUPPRESSED, False)
""",
    ),
    in_send_deadline(
        id="failure_expires_one_early",
        says="failure expires one early",
        breaks=("SD-4",),
        caught_by=(
            "proof:sd4_a_failure_never_times_out_early",
            "proof:sd7_the_table_decides_the_outcome",
        ),
        old="    if now_us >= send.deadline_us or failure is Failure.TIMEOUT:\n",
        new="    if now_us >= send.deadline_us - 1 or failure is Failure.TIMEOUT:\n",
    ),
    in_send_deadline(
        id="failure_expires_only_after_the_deadline",
        says="failure expires only after the deadline",
        breaks=("SD-2", "SD-7"),
        caught_by=("proof:sd2_a_failure_expires_at_the_deadline",),
        old="    if now_us >= send.deadline_us or failure is Failure.TIMEOUT:\n",
        new="    if now_us > send.deadline_us or failure is Failure.TIMEOUT:\n",
    ),
    in_send_deadline(
        id="whatever_is_no_error_is_a_timeout",
        says="a transport that was closed counts as a timeout, before the deadline",
        breaks=("SD-4", "SD-7"),
        caught_by=("search:connection",),
        old="failure is Failure.TIMEOUT:",
        new="failure is not Failure.ERROR:",
    ),
    in_send_deadline(
        id="a_timeout_of_the_transport_stays_open",
        says="a transport that times out by itself leaves the connection open",
        breaks=("SD-5",),
        caught_by=("model:send",),
        old="""\
Failure.TIMEOUT:
        return End(Outcome.TIMEOUT, True)""",
        new="""\
Failure.TIMEOUT:
        return End(Outcome.TIMEOUT, now_us >= send.deadline_us)""",
    ),
    in_send_deadline(
        id="failed_timeout_stays_open",
        says="a timeout with nothing written leaves the connection open",
        breaks=("SD-5",),
        caught_by=("proof:sd5_a_failure_that_times_out_closes",),
        old="        return End(Outcome.TIMEOUT, True)\n",
        new="        return End(Outcome.TIMEOUT, send.written_bytes > 0)\n",
    ),
    in_send_deadline(
        id="clean_failure_closes",
        says="a failure with nothing written closes the connection",
        breaks=("SD-8",),
        caught_by=(
            "proof:sd8_a_clean_failure_leaves_the_connection_open",
            "proof:sd8_a_clean_failure_leaves_it_open",
        ),
        old="    torn = send.written_bytes > 0\n",
        new="    torn = send.written_bytes >= 0\n",
    ),
    in_send_deadline(
        id="closes_at_every_failure",
        says="a failure with nothing written closes the connection as well",
        caught_by=("vectors:SD-8",),
        old="    torn = send.written_bytes > 0\n",
        new="    torn = True\n",
    ),
    in_send_deadline(
        id="one_byte_is_not_torn",
        says="a frame of which one byte has left does not count as torn",
        breaks=("SD-6",),
        caught_by=("proof:sd6_a_torn_frame_closes",),
        old="    torn = send.written_bytes > 0\n",
        new="    torn = send.written_bytes > 1\n",
    ),
    in_send_deadline(
        id="torn_frame_stays_open",
        says="a failure with part of the frame on its way leaves the connection to the next frame",
        caught_by=(
            "proof:sd6_a_torn_frame_closes",
            "proof:sd6_a_torn_frame_closes_the_connection",
            "proof:cx1_a_failure_holds_together",
            "vectors:SD-6",
        ),
        old="    torn = send.written_bytes > 0\n",
        new="    torn = False\n",
    ),
    in_send_deadline(
        id="torn_begins_at_the_half",
        says="a frame counts as torn once half of it has left",
        breaks=("SD-6",),
        caught_by=("search:connection",),
        old="torn = send.written_bytes > 0",
        new="torn = send.written_bytes * 2 > send.size_bytes",
    ),
    in_send_deadline(
        id="every_failure_closes",
        says="every failure closes",
        breaks=("SD-8",),
        caught_by=(
            "test:tests/drivers/test_sender.py::"
            "test_a_failure_before_the_first_byte_leaves_the_connection_open",
        ),
        old="return End(Outcome.CLOSED, torn)",
        new="return End(Outcome.CLOSED, True)",
    ),
    in_send_deadline(
        id="closed_is_called_error",
        says="a transport that was closed is reported as an error",
        breaks=("SD-7",),
        caught_by=("proof:sd7_the_table_decides_the_outcome",),
        old="End(Outcome.CLOSED, torn)",
        new="End(Outcome.ERROR, torn)",
    ),
    in_send_deadline(
        id="an_error_counts_as_closed",
        says="an error of the transport is reported as closed",
        breaks=("SD-7",),
        caught_by=("model:send",),
        old="return End(Outcome.ERROR, torn)",
        new="return End(Outcome.CLOSED, torn)",
    ),
    in_send_deadline(
        id="error_is_called_ok",
        says="error is called ok",
        breaks=("SD-10",),
        caught_by=("proof:sd10_only_closing_suppresses", "proof:sd7_the_table_decides_the_outcome"),
        old="End(Outcome.ERROR, torn)",
        new="End(Outcome.OK, torn)",
    ),
)
