"""Mutants of AP-8 to AP-13: ACKs, the window, and the end of a stream."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_stream_progress = partial(Mutant, file="reference/stallproof/drivers/stream_progress.py")
in_stream_routes = partial(Mutant, file="reference/stallproof/drivers/stream_routes.py")
in_stream_sender = partial(Mutant, file="reference/stallproof/drivers/stream_sender.py")
in_ack_progress = partial(Mutant, file="reference/stallproof/machines/ack_progress.py")
in_machines_stream = partial(Mutant, file="reference/stallproof/machines/stream.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_harness = partial(Mutant, file="tests/implementations/node/harness.js")
in_c_kit = partial(Mutant, file="tests/implementations/kits/c/stallproof.h")
in_node_stream = partial(Mutant, file="tests/implementations/node/stream.js")
in_go_window = partial(Mutant, file="tests/implementations/go/guard/window.go")
in_stream_receiver = partial(Mutant, file="reference/stallproof/drivers/stream_receiver.py")

MUTANTS = (
    in_drivers_guarded(
        id="closing_forgets_the_streams",
        says="a stream goes on waiting for ACKs of a connection that is gone",
        breaks=("AP-12",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_connection_that_closes_ends_a_waiting_stream",
            "vectors:CX-9",
            "oracle:CX-9",
        ),
        old='        self.streams.senders.close("the connection was closed")\n',
        new="",
    ),
    in_stream_progress(
        id="an_error_needs_a_true_offset",
        says="an error ACK whose offset cannot be true is passed over",
        breaks=("AP-9.1",),
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
        breaks=("AP-10.1",),
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
        breaks=("AP-10.2",),
        caught_by=("oracle:AP-10",),
        old="accepted=is_valid, origin=origin, why=None if is_valid else verdict.value,",
        new="accepted=True, origin=origin, why=None,",
    ),
    in_stream_progress(
        id="anybodys_error_ends_the_stream",
        says="an error ACK ends the stream whoever sent it",
        breaks=("AP-10.1", "AP-9"),
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
        breaks=("AP-9.1",),
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
        breaks=("AP-13.2",),
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
        id="ends_again_and_again",
        says="a cancel after the end tells a second outcome",
        breaks=("AP-13.1",),
        caught_by=("vectors:AP-13,CX-9",),
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
        breaks=("AP-13.1",),
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
        breaks=("AP-9.3",),
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
        breaks=("AP-9.2",),
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
    in_ack_progress(
        id="made_with_a_debt",
        says="made with a debt",
        breaks=("AP-11", "AP-13"),
        caught_by=("proof:ap11_a_fresh_stream_flows", "proof:ap13_a_fresh_stream_has_no_outcome"),
        old="Stream(0, 0, now_us,",
        new="Stream(0, 1, now_us,",
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
        id="the_end_is_forgotten",
        says="the end is forgotten",
        breaks=("AP-13.2",),
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
        breaks=("AP-10.1",),
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
        breaks=("AP-10.1",),
        caught_by=("search:stream",),
        old="if not from_receiver:",
        new="if not from_receiver and offset is None:",
    ),
    in_ack_progress(
        id="anybody_acknowledges",
        says="an ACK of another origin is believed",
        breaks=("AP-10.1",),
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
        breaks=("AP-10.1",),
        caught_by=("proof:ap10_what_is_no_integer_changes_nothing",),
        old="return stream, AckVerdict.NOT_AN_INTEGER",
        new="return on_ack(stream, stream.sent_bytes, from_receiver=True, now_us=now_us)",
    ),
    in_ack_progress(
        id="negative_is_no_news",
        says="negative is no news",
        breaks=("AP-10.2",),
        caught_by=("proof:ap10_a_negative_offset_changes_nothing",),
        old="offset < 0",
        new="False",
    ),
    in_ack_progress(
        id="believes_in_the_future",
        says="an ACK for bytes that were never sent opens the window",
        breaks=("AP-10.1",),
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
        breaks=("AP-10.1",),
        caught_by=("model:ack",),
        old="if offset > stream.sent_bytes:",
        new="if offset > 2 * stream.sent_bytes:",
    ),
    in_ack_progress(
        id="an_offset_beyond_is_believed",
        says="an offset beyond what was sent is believed",
        breaks=("AP-10.1",),
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
        breaks=("AP-10.1",),
        caught_by=("proof:ap10_an_offset_beyond_what_was_sent_changes_nothing",),
        old="offset > stream.sent_bytes",
        new="offset > stream.sent_bytes + 1",
    ),
    in_ack_progress(
        id="a_cancel_replaces_the_outcome",
        says="a stream that has failed can still be cancelled",
        breaks=("AP-13.1",),
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
        id="an_error_replaces_the_cancel",
        says="an error ACK that comes after the cancel replaces the outcome",
        breaks=("AP-13.1",),
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
    in_ack_progress(
        id="the_last_outcome_wins",
        says="a later outcome replaces the first",
        breaks=("AP-13.1",),
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
    in_machines_stream(
        id="true_is_one",
        says="a boolean counts as a number",
        breaks=("AP-10.1",),
        caught_by=("vectors:AP-10",),
        old="return raw if isinstance(raw, int) and not isinstance(raw, bool) else None",
        new="return raw if isinstance(raw, int) else None",
    ),
    in_machines_stream(
        id="gives_up_in_silence",
        says="a receiver that the watchdog gave up on is not told",
        breaks=("AP-9.3",),
        caught_by=("vectors:AP-9",),
        old="""\
return outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)""",
        new="return outcome is StreamOutcome.CANCELLED",
    ),
    in_machines_stream(
        id="a_silent_watchdog",
        says="a receiver is not told that its stream failed for the length of the wait",
        breaks=("AP-9.3",),
        caught_by=("proof:ap9_the_watchdog_tells_the_receiver",),
        old="StreamOutcome.ACK_WAIT, ",
        new="",
    ),
    in_machines_stream(
        id="tells_who_reported_the_error",
        says="tells who reported the error",
        breaks=("AP-9.2",),
        caught_by=("proof:ap9_the_watchdog_tells_the_receiver",),
        old="StreamOutcome.ACK_WAIT, ",
        new="StreamOutcome.ACK_WAIT, StreamOutcome.ACK_ERROR, ",
    ),
    in_machines_stream(
        id="the_reporter_is_told_of_its_own_error",
        says="a receiver that reported the error is told of it",
        breaks=("AP-9.2",),
        caught_by=("search:stream",),
        old="StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)",
        new="StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED, StreamOutcome.ACK_ERROR)",
    ),
    in_c_guarded(
        id="c_second_end",
        says="a stream that is over can end again",
        breaks=("AP-13.1",),
        caught_by=("vectors:AP-13,CX-9",),
        old="""\
    if (stream->end != RUNNING)
        return;
""",
        new="",
    ),
    in_c_guarded(
        id="c_negative_offset",
        says="nobody looks whether an offset is negative: it is taken for one that is no news",
        breaks=("AP-10.2",),
        caught_by=("vectors:AP-10",),
        old="""\
    if (ack->value < 0)
        return "the offset is negative";
""",
        new="",
    ),
    in_c_guarded(
        id="c_wake_up_lost",
        says="an ACK that opens the window wakes nobody: the stream goes on at its next look",
        caught_by=("vectors:AP-8",),
        old="""\
        if (stream->waiting)
            look(stream);
""",
        new="",
    ),
    in_c_kit(
        id="c_true_is_one",
        says="a boolean for an offset is read as the number that C takes it for",
        breaks=("AP-10.1",),
        caught_by=("vectors:AP-10",),
        old="        ack.is_integer = sp_is_integer(offset, &ack.value);\n",
        new="""\
        ack.is_integer = sp_is_integer(offset, &ack.value);
        if (sp_is_word(offset, "true") || sp_is_word(offset, "false")) {
            ack.is_integer = true;
            ack.value = *offset.at == 't';
        }
""",
    ),
    in_go_window(
        id="go_ack_wakes_nobody",
        says="an ACK is taken in, and the waiting sender finds it at its next check",
        caught_by=("vectors:AP-8",),
        old="""\
		s.acked, s.progressUS = offset, s.world.NowUS()
		s.parker.Unpark()
""",
        new="\t\ts.acked, s.progressUS = offset, s.world.NowUS()\n",
    ),
    in_go_window(
        id="go_null_is_zero",
        says="an offset goes through `json.Unmarshal`, which leaves the number as it was for null",
        breaks=("AP-10.2",),
        caught_by=("vectors:AP-10",),
        old="\tif !integer.Match(ack.Offset) {\n",
        new="""\
	if string(ack.Offset) == "null" {
		ack.Offset = json.RawMessage("0")
	}
	if !integer.Match(ack.Offset) {
""",
    ),
    in_node_harness(
        id="node_cancel_at_the_next_look",
        says="a cancel is noticed when the stream next looks, up to a check interval later",
        caught_by=("vectors:AP-12",),
        old='    stream.end("cancelled");',
        new="""\
    const lookUs = this.clock.now() + this.policy.checkIntervalUs;
    this.clock.at(lookUs, () => stream.end("cancelled"));""",
    ),
    in_node_stream(
        id="node_error_ack_is_told",
        says="the receiver is told of every end but a good one, also of the error that it reported",
        breaks=("AP-9.2",),
        caught_by=("vectors:AP-9",),
        old='new Set(["no_progress", "ack_wait", "cancelled"])',
        new='new Set(["no_progress", "ack_wait", "cancelled", "ack_error"])',
    ),
    in_node_stream(
        id="node_last_chunk_past_the_window",
        says="the last chunk does not wait for the window: it is the last one, after all",
        caught_by=("vectors:AP-11",),
        old="    if (this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {",
        new="""\
    const isLast = this.#sentBytes + this.#chunkBytes === this.totalBytes;
    if (isLast || this.#sentBytes - this.#acknowledgedBytes <= policy.windowBytes) {""",
    ),
    in_node_stream(
        id="node_offset_turned_into_a_number",
        says="whatever comes as an offset is turned into a number first, null, true and text too",
        breaks=("AP-10.1",),
        caught_by=("vectors:AP-10",),
        old="if (!Number.isInteger(offset)) return",
        new="if (!Number.isInteger(Number(offset))) return",
    ),
    in_stream_progress(
        id="a_notice_overtakes_the_chunk_before_the_lock",
        says="a chunk that was allowed and has not taken the lock is not under way",
        breaks=("AP-9", "AP-13"),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_the_notice_follows_a_chunk_that_has_not_taken_the_lock_yet",
        ),
        old="            self._carrying = True\n",
        new="",
    ),
    in_stream_receiver(
        id="an_error_is_told_twice",
        says="an error that comes while an ACK leaves goes with it, and once more by itself",
        breaks=("AP-9",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_an_error_that_comes_while_an_ack_leaves_is_told_once",
        ),
        old="        with self._changed:\n            self._is_ack_queued = False\n"
        "            offset,",
        new="        if True:\n            self._is_ack_queued = False\n            offset,",
    ),
    in_stream_sender(
        id="two_run_one_stream",
        says="two that run a stream at once both do",
        breaks=("AP-13",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_of_two_that_run_a_stream_at_once_one_is_refused",
        ),
        old="        with self._changed:\n            if self._runs:\n",
        new="        if True:\n            if self._runs:\n",
    ),
    in_stream_routes(
        id="two_streams_of_one_number",
        says="of two streams with one number that are made at once one is never found",
        breaks=("AP-13",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_of_two_streams_with_one_number_one_is_refused",
        ),
        old="        with self._mutex:\n            if stream in self._ends:\n",
        new="        if True:\n            if stream in self._ends:\n",
    ),
    in_stream_progress(
        id="an_ack_comes_before_its_stream",
        says="a stream can be named before it is made, and what comes then is told first",
        breaks=("AP-13",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_nothing_is_said_of_a_stream_before_it_is_made",
        ),
        old="        with self._changed:\n            at_us = self._clock()\n"
        "            self._stream = steps",
        new="        if True:\n            at_us = self._clock()\n            self._stream = steps",
    ),
    in_stream_progress(
        id="a_stream_begins_with_what_another_heard",
        says="what is acknowledged is kept by the connection, and not by the stream",
        caught_by=("vectors:AP-11", "oracle:AP-11 beside CX-7"),
        old="            closed = conn.streams.senders.add(number, self)\n",
        new="""\
            others = [one for one in conn.streams.senders._ends.values()]
            closed = conn.streams.senders.add(number, self)
            heard = max((one.stream.acknowledged_bytes for one in others), default=0)
            self._stream = Stream(0, heard, at_us, None, None, seed)
""",
    ),
    in_node_stream(
        id="a_stream_in_node_inherits_what_was_acknowledged",
        says="a stream begins with the acknowledged offset of the one before it",
        caught_by=("vectors:AP-11",),
        old="    this.#progressUs = clock.now();\n",
        new="""\
    this.#progressUs = clock.now();
    for (const other of conn.streams.values()) this.#acknowledgedBytes = other.#acknowledgedBytes;
""",
    ),
    in_stream_progress(
        id="a_bad_ack_switches_flow_control_off",
        says="after an ACK that it refuses a sender takes its receiver for one without a window",
        breaks=("AP-10.3",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_an_ack_that_cannot_be_true_changes_nothing_and_is_reported",
            "vectors:AP-10",
        ),
        old="""\
                self._put(acked, at_us)
                self._wake()
""",
        new="""\
                self._put(acked, at_us)
                self._wake()
            else:
                from dataclasses import replace

                def on_look(policy, stream, *, now_us, bounded=self._steps.on_look):
                    boundless = replace(policy, window_bytes=1 << 30)
                    return bounded(boundless, stream, now_us=now_us)

                self._steps = replace(self._steps, on_look=on_look)
                self._wake()
""",
    ),
    in_stream_progress(
        id="a_stream_that_is_done_is_notified",
        says="the receiver of a whole stream is told of its end as of any other",
        breaks=("AP-13.3",),
        caught_by=("vectors:AP-13",),
        old="        return is_notified(outcome)\n",
        new="""\
        from stallproof.drivers import stream_frames

        stream_frames.STOPS = tuple(StreamOutcome)
        return outcome is StreamOutcome.DONE or is_notified(outcome)
""",
    ),
    in_stream_progress(
        id="a_notice_for_the_end_and_one_for_the_chunk",
        says="a stream that ends while a chunk is under way is notified then and after the chunk",
        breaks=("AP-13.3",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_the_notice_follows_a_chunk_that_has_not_taken_the_lock_yet",
        ),
        old="        if self._notice_due and not self._carrying:\n",
        new="        if self._notice_due:\n",
    ),
    in_stream_progress(
        id="the_sender_and_its_end_both_notify",
        says="a sender that finds its stream over tells the receiver, who was told already",
        breaks=("AP-9.3", "AP-13.3"),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::test_a_stop_from_this_side_is_notified_once",
            "vectors:AP-9,AP-13",
        ),
        old="""\
                if not isinstance(look, AwaitAck):
                    return None
""",
        new="""\
                if not isinstance(look, AwaitAck):
                    self._tell_receiver()
                    return None
""",
    ),
)
