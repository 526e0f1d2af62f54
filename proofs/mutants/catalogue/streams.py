"""Mutants of the drivers of streams: the window, the watchdog, the notices."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_stream_progress = partial(Mutant, file="reference/stallproof/drivers/stream_progress.py")
in_stream_routes = partial(Mutant, file="reference/stallproof/drivers/stream_routes.py")
in_stream_sender = partial(Mutant, file="reference/stallproof/drivers/stream_sender.py")

MUTANTS = (
    in_stream_progress(
        id="an_error_needs_a_true_offset",
        says="an error ACK whose offset cannot be true is passed over",
        breaks=("AP-9",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_error_ack_ends_the_stream_and_nobody_is_told",
        ),
        old="            offset = offset_of(raw_offset) if error is None else 0\n",
        new="            offset = offset_of(raw_offset)\n",
    ),
    in_stream_progress(
        id="everybody_is_the_receiver",
        says="nobody asks where an ACK comes from",
        breaks=("AP-10",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_ack_from_another_origin_changes_nothing",
        ),
        old="from_receiver=origin is None, now_us",
        new="from_receiver=True, now_us",
    ),
    in_stream_progress(
        id="an_ack_that_cannot_be_true_is_not_reported",
        says="the report of an ACK always says that it was accepted",
        caught_by=("oracle:AP-10",),
        old="accepted=is_valid, origin=origin, why=None if is_valid else verdict.value,",
        new="accepted=True, origin=origin, why=None,",
    ),
    in_stream_progress(
        id="anybodys_error_ends_the_stream",
        says="an error ACK ends the stream whoever sent it",
        breaks=("AP-10", "AP-9"),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_ack_from_another_origin_changes_nothing",
        ),
        old="            if is_valid and error is not None:\n",
        new="            if error is not None:\n",
    ),
    in_stream_progress(
        id="error_acks_are_passed_over",
        says="an ACK with an error is taken for an ordinary one",
        caught_by=("vectors:AP-9,AP-12",),
        old="            if is_valid and error is not None:\n",
        new="            if False:\n",
    ),
    in_stream_progress(
        id="cancels_later",
        says="a cancel is noticed a moment after it was asked for",
        caught_by=("vectors:AP-12",),
        old="        self._stop(StreamOutcome.CANCELLED, None)\n",
        new="""\
        def later() -> None:
            self._conn.io.sleep(10)
            self._stop(StreamOutcome.CANCELLED, None)

        self._conn.io.thread(later, "cancel").start()
""",
    ),
    in_stream_progress(
        id="chunks_follow_the_outcome",
        says="a chunk whose source was slow is sent although the stream is over by then",
        breaks=("AP-13",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_cancel_ends_the_stream_at_once_although_the_source_blocks",
        ),
        old="""\
            if self._stream.outcome is not None:
                return None
""",
        new="""\
            if self._stream.outcome is not None:
                return self._stream.sent_bytes
""",
    ),
    in_stream_progress(
        id="a_waiting_senders_clock_stands_still",
        says="every look of a wait is made with the time at which its chunk was ready",
        breaks=("AP-3",),
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
        breaks=("AP-5",),
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
    in_stream_progress(
        id="ends_again_and_again",
        says="a cancel after the end tells a second outcome",
        caught_by=("vectors:AP-13",),
        old="""\
        if before is not None:
            return before
""",
        new="""\
        if before is not None:
            self._stream = self._steps.on_made(now_us=0)
""",
    ),
    in_stream_progress(
        id="done_is_never_told",
        says="a stream whose last chunk has left is not reported as done",
        caught_by=("vectors:AP-13",),
        old="        if stream.outcome is None or before.outcome is not None:\n",
        new="""\
        if stream.outcome in (None, StreamOutcome.DONE) or before.outcome is not None:
""",
    ),
    in_stream_progress(
        id="a_stop_wakes_nobody",
        says="a sender that waits finds out at its next look that its stream was stopped",
        breaks=("AP-12",),
        caught_by=(
            "test:tests/drivers/test_stream_timing.py::test_a_stop_wakes_a_waiting_sender[cancel]",
        ),
        old="""\
        self._changed.notify_all()
        self._notice_due = """,
        new="        self._notice_due = ",
    ),
    in_stream_progress(
        id="the_watchdog_tells_nobody",
        says="no notice is sent of a stream that ended while it waited",
        caught_by=("oracle:AP-9",),
        old="""\
        self._notice_due = self._is_notified(stream.outcome)
        self._tell_receiver()
""",
        new="        self._notice_due = self._is_notified(stream.outcome)\n",
    ),
    in_stream_progress(
        id="an_ack_wakes_nobody",
        says="an ACK that opens the window leaves the sender asleep until its next look",
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_ack_opens_the_window_when_no_more_than_it_is_outstanding",
            "vectors:AP-8",
        ),
        old="""\
(AP-8).\"\"\"
        self._changed.notify_all()""",
        new='(AP-8)."""',
    ),
    in_stream_progress(
        id="answers_an_error_with_a_notice",
        says="a receiver that reported the error is told of it",
        caught_by=("vectors:AP-9",),
        old="        return is_notified(outcome)\n",
        new="""\
        from stallproof.drivers import stream_frames

        stream_frames.STOPS = tuple(StreamOutcome)
        return outcome is StreamOutcome.ACK_ERROR or is_notified(outcome)
""",
    ),
    in_stream_routes(
        id="streams_are_told_apart_by_sixteen_bits",
        says="an ACK goes to any stream whose number looks alike in the prefix",
        breaks=("AP-10",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::test_acks_and_errors_come_over_the_wire",
        ),
        old="self.senders.find(told.stream)",
        new="self.senders.find(frame.stream_id)",
    ),
    in_stream_sender(
        id="the_watchdog_counts_from_the_making",
        says="a stream is made with the clock of the seed profile",
        caught_by=("oracle:AP-4",),
        old="        seed: bool = False, clock",
        new="        seed: bool = True, clock",
    ),
    in_stream_sender(
        id="a_cancel_before_the_start_is_overlooked",
        says="a stream that was cancelled before it began still asks for its first chunk",
        breaks=("AP-12", "AP-13"),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_cancel_before_the_start_keeps_the_stream_from_beginning",
        ),
        old="""\
        if (outcome := self._stream.outcome) is not None:
            return outcome
        try:
""",
        new="        try:\n",
    ),
    in_stream_sender(
        id="a_chunk_of_any_size_is_taken",
        says="a source that hands over more than a chunk at a time gets all of it sent",
        breaks=("AP-11",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::test_a_chunk_of_the_wrong_size_is_refused",
        ),
        old="        if not 1 <= len(view) <= most_bytes:\n",
        new="        if not 1 <= len(view) <= left_bytes:\n",
    ),
    in_stream_sender(
        id="the_last_chunk_does_not_wait",
        says="the last chunk of a stream is sent past the window",
        caught_by=("oracle:AP-11",),
        old="        offset = self._begin(len(view), ready_us)\n",
        new="""\
        if len(view) == left_bytes:
            self._send(view, self._stream.sent_bytes, is_last=True)
        offset = self._begin(len(view), ready_us)
""",
    ),
    in_stream_sender(
        id="a_last_chunk_that_failed_completes_the_stream",
        says="a stream is complete when its last chunk was handed over, sent or not",
        breaks=("AP-13",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_chunk_that_the_connection_does_not_take_ends_the_stream",
        ),
        old="            if why is None:\n",
        new="            if why is None or is_last:\n",
    ),
    in_stream_sender(
        id="a_suppressed_chunk_counts_as_sent",
        says="a chunk that fails quietly because the connection closes is taken for sent",
        breaks=("SD-10", "AP-13"),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::test_a_suppressed_send_is_no_success",
        ),
        old='        return None if sent is Outcome.OK else "the connection was closing"',
        new="        return None if sent in (Outcome.OK, Outcome.SUPPRESSED) else str(sent)",
    ),
)
