"""Mistakes around the machine of a stream: its waits, its wake-ups, its ACKs and its notices."""

from proofs.seeded.tested import judged, tested

PROGRESS, STREAM = "drivers.stream_progress", "drivers.stream_sender"
ROUTES, FRAMES, MACHINE = "drivers.stream_routes", "drivers.stream_frames", "machines.ack_progress"
IN_STREAM, IN_TIME = "drivers/test_stream_sender.py::", "drivers/test_stream_timing.py::"

_SLEEP = "self._changed.wait(look.wait_us / MICROSECONDS)"

_WAITS = (
    judged(
        "the_watchdog_counts_from_the_making",
        "AP-4",
        says="a stream is made with the clock of the seed profile",
        module=STREAM,
        old="        seed: bool = False, clock",
        new="        seed: bool = True, clock",
    ),
    tested(
        "a_waiting_senders_clock_stands_still",
        "AP-3",
        by=IN_STREAM + "test_no_progress_is_due_a_timeout_after_the_start_of_the_wait",
        says="every look of a wait is made with the time at which its chunk was ready",
        module=PROGRESS,
        old="            while True:\n                at_us = self._clock()\n",
        new="            while True:\n                at_us = ready_us\n",
    ),
    tested(
        "no_look_keeps_the_wait",
        "AP-5",
        by=IN_STREAM + "test_a_wait_is_bounded_although_there_is_progress",
        says="the wait that a look has begun is forgotten, and the next one begins it anew",
        module=PROGRESS,
        old="                self._put(stream, at_us)\n                if isinstance",
        new="                if isinstance",
    ),
    judged(
        "sleeps_for_three_intervals",
        "AP-6",
        says="a waiting sender sleeps three times as long as it was told",
        module=PROGRESS,
        old=_SLEEP,
        new="self._changed.wait(3 * look.wait_us / MICROSECONDS)",
    ),
    judged(
        "a_waiting_sender_never_sleeps",
        "AP-7",
        says="a waiting sender looks again and again without a pause",
        module=PROGRESS,
        old=_SLEEP,
        new="self._changed.wait(0)",
    ),
    tested(
        "sleeps_in_nanoseconds",
        "AP-7",
        by=IN_TIME + "test_a_waiting_sender_does_next_to_nothing",
        says="the sleep of a waiting sender is a thousandth of what it was told",
        module=PROGRESS,
        old=_SLEEP,
        new="self._changed.wait(look.wait_us / (1000 * MICROSECONDS))",
    ),
    judged(
        "sleeps_the_whole_interval",
        "AP-14",
        says="a waiting sender sleeps for its interval, whatever is due before",
        module=PROGRESS,
        old=_SLEEP,
        new="self._changed.wait(self._conn.policy.ack_check_interval_us / MICROSECONDS)",
    ),
    tested(
        "a_stop_wakes_nobody",
        "AP-12",
        by=IN_TIME + "test_a_stop_wakes_a_waiting_sender[cancel]",
        says="a sender that waits finds out at its next look that its stream was stopped",
        module=PROGRESS,
        old="        self._changed.notify_all()\n        self._notice_due = ",
        new="        self._notice_due = ",
    ),
    tested(
        "a_cancel_before_the_start_is_overlooked",
        "AP-12",
        "AP-13",
        by=IN_STREAM + "test_a_cancel_before_the_start_keeps_the_stream_from_beginning",
        says="a stream that was cancelled before it began still asks for its first chunk",
        module=STREAM,
        old=(
            "        if (outcome := self._stream.outcome) is not None:\n"
            "            return outcome\n"
            "        try:\n"
        ),
        new="        try:\n",
    ),
)

_ACKS = (
    judged(
        "whatever_comes_is_progress",
        "AP-1",
        says="an ACK with an offset that is not greater moves the progress clock",
        module=MACHINE,
        old="        return stream, AckVerdict.NO_NEWS\n",
        new="        offset = stream.acknowledged_bytes\n",
    ),
    judged(
        "an_ack_that_cannot_be_true_is_not_reported",
        "AP-10",
        says="the report of an ACK always says that it was accepted",
        module=PROGRESS,
        old="accepted=is_valid, origin=origin, why=None if is_valid else verdict.value,",
        new="accepted=True, origin=origin, why=None,",
    ),
    tested(
        "everybody_is_the_receiver",
        "AP-10",
        by=IN_STREAM + "test_an_ack_from_another_origin_changes_nothing",
        says="nobody asks where an ACK comes from",
        module=PROGRESS,
        old="from_receiver=origin is None, now_us",
        new="from_receiver=True, now_us",
    ),
    tested(
        "anybodys_error_ends_the_stream",
        "AP-10",
        "AP-9",
        by=IN_STREAM + "test_an_ack_from_another_origin_changes_nothing",
        says="an error ACK ends the stream whoever sent it",
        module=PROGRESS,
        old="            if is_valid and error is not None:\n",
        new="            if error is not None:\n",
    ),
    tested(
        "streams_are_told_apart_by_sixteen_bits",
        "AP-10",
        by=IN_STREAM + "test_acks_and_errors_come_over_the_wire",
        says="an ACK goes to any stream whose number looks alike in the prefix",
        module=ROUTES,
        old="self.senders.find(told.stream)",
        new="self.senders.find(frame.stream_id)",
    ),
    tested(
        "an_error_needs_a_true_offset",
        "AP-9",
        by=IN_STREAM + "test_an_error_ack_ends_the_stream_and_nobody_is_told",
        says="an error ACK whose offset cannot be true is passed over",
        module=PROGRESS,
        old="            offset = offset_of(raw_offset) if error is None else 0\n",
        new="            offset = offset_of(raw_offset)\n",
    ),
    judged(
        "the_watchdog_tells_nobody",
        "AP-9",
        says="no notice is sent of a stream that ended while it waited",
        module=PROGRESS,
        old=(
            "        self._notice_due = self._is_notified(stream.outcome)\n"
            "        self._tell_receiver()\n"
        ),
        new="        self._notice_due = self._is_notified(stream.outcome)\n",
    ),
)

_CHUNKS = (
    judged(
        "the_last_chunk_does_not_wait",
        "AP-11",
        says="the last chunk of a stream is sent past the window",
        module=STREAM,
        old="        offset = self._begin(len(view), ready_us)\n",
        new=(
            "        if len(view) == left_bytes:\n"
            "            self._send(view, self._stream.sent_bytes, is_last=True)\n"
            "        offset = self._begin(len(view), ready_us)\n"
        ),
    ),
    tested(
        "a_chunk_of_any_size_is_taken",
        "AP-11",
        by=IN_STREAM + "test_a_chunk_of_the_wrong_size_is_refused",
        says="a source that hands over more than a chunk at a time gets all of it sent",
        module=STREAM,
        old="        if not 1 <= len(view) <= most_bytes:\n",
        new="        if not 1 <= len(view) <= left_bytes:\n",
    ),
    tested(
        "a_last_chunk_that_failed_completes_the_stream",
        "AP-13",
        by=IN_STREAM + "test_a_chunk_that_the_connection_does_not_take_ends_the_stream",
        says="a stream is complete when its last chunk was handed over, sent or not",
        module=STREAM,
        old="            if why is None:\n",
        new="            if why is None or is_last:\n",
    ),
    tested(
        "a_suppressed_chunk_counts_as_sent",
        "SD-10",
        "AP-13",
        by=IN_STREAM + "test_a_suppressed_send_is_no_success",
        says="a chunk that fails quietly because the connection closes is taken for sent",
        module=STREAM,
        old='        return None if sent is Outcome.OK else "the connection was closing"',
        new="        return None if sent in (Outcome.OK, Outcome.SUPPRESSED) else str(sent)",
    ),
    tested(
        "an_ack_wakes_nobody",
        "AP-8",
        by=IN_STREAM + "test_an_ack_opens_the_window_when_no_more_than_it_is_outstanding",
        says="an ACK that opens the window leaves the sender asleep until its next look",
        module=PROGRESS,
        old='(AP-8)."""\n        self._changed.notify_all()',
        new='(AP-8)."""',
    ),
    tested(
        "chunks_follow_the_outcome",
        "AP-13",
        by=IN_STREAM + "test_a_cancel_ends_the_stream_at_once_although_the_source_blocks",
        says="a chunk whose source was slow is sent although the stream is over by then",
        module=PROGRESS,
        old=("            if self._stream.outcome is not None:\n                return None\n"),
        new=(
            "            if self._stream.outcome is not None:\n"
            "                return self._stream.sent_bytes\n"
        ),
    ),
    tested(
        "closing_forgets_the_streams",
        "AP-12",
        by=IN_STREAM + "test_a_connection_that_closes_ends_a_waiting_stream",
        says="a stream goes on waiting for ACKs of a connection that is gone",
        module="drivers.guarded",
        old='        self.streams.senders.close("the connection was closed")\n',
        new="",
    ),
)

SEEDED = (*_WAITS, *_ACKS, *_CHUNKS)
