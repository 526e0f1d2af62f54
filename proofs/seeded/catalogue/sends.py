"""Mistakes of a sender: its writes, its waits, its numbers, the lock, and the table of errors."""

from proofs.seeded.tested import judged, tested

SENDER, LOCK, IO = "drivers.sender", "drivers.ticket_lock", "drivers.io"
GUARDED, ERRORS, FRAME = "drivers.guarded", "drivers.errors", "drivers.frame"
IN_SENDER, IN_LOCK = "drivers/test_sender.py::", "drivers/test_ticket_lock.py::"
IN_FAILURES = "drivers/test_sender_failures.py::"
IN_SENDS = "drivers/test_properties_sends.py::"

_TIME = (
    judged(
        "each_write_starts_the_deadline_again",
        "SD-1",
        says="bytes that leave give the rest of the frame the whole timeout again, in the driver",
        module=SENDER,
        old=(
            "                self._took(send, wrote, send_id, began_us, now_us)\n"  #
            "            send, "
        ),
        new=(
            "                self._took(send, wrote, send_id, began_us, now_us)\n"
            "                deadline_us = now_us + self.policy.send_timeout_us\n"
            "                send = Send(\n"
            "                    send.taken_us, deadline_us, send.size_bytes, send.written_bytes\n"
            "                )\n"
            "            send, "
        ),
    ),
    tested(
        "the_clock_is_not_read_before_a_write",
        "SD-2",
        by=IN_SENDER + "test_no_write_begins_at_or_after_the_deadline",
        says="the reading from the lock stands for the moment of the first write",
        module=SENDER,
        old="            began_us = self._clock()\n",
        new="            began_us = send.taken_us\n",
    ),
    judged(
        "writes_block_once_there_is_room",
        "SD-3",
        says="the write after the poll blocks until the kernel has taken all of it",
        module=IO,
        old="_WRITE_FLAGS = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL",
        new="_WRITE_FLAGS = socket.MSG_NOSIGNAL",
    ),
    tested(
        "the_poll_takes_microseconds_for_milliseconds",
        "SD-3",
        by=IN_SENDER + "test_a_peer_that_never_reads_holds_nobody_past_the_bound[unix]",
        says="the time left is handed to poll in the wrong unit, and the wait outlasts it",
        module=IO,
        old="self._poll.poll(-(-wait_us // 1000))",
        new="self._poll.poll(wait_us)",
    ),
    tested(
        "a_wait_lasts_the_whole_timeout",
        "SD-3",
        "SD-1",
        by="drivers/test_sender.py::test_a_peer_that_stops_late_gets_only_what_is_left",
        says="each wait for room may last the whole send timeout, not what is left of it",
        module=SENDER,
        old="self._transport.wait(decision.wait_us)",
        new="self._transport.wait(self.policy.send_timeout_us)",
    ),
    judged(
        "an_idle_slice_is_taken_for_the_deadline",
        "SD-4",
        says="the poll waits in slices, and one in which nothing happened ends the send",
        module=SENDER,
        old="                self._transport.wait(decision.wait_us)\n",
        new=(
            "                if not self._transport.wait(min(100_000, decision.wait_us)):\n"
            "                    return send, End(Outcome.TIMEOUT, True), None\n"
        ),
    ),
)

_CAUSES = (
    tested(
        "an_interrupted_write_is_an_error",
        "SD-7",
        by=IN_FAILURES + "test_the_error_table_end_to_end",
        says="a system call that was interrupted is not made again",
        module=SENDER,
        old="        except (BlockingIOError, InterruptedError):",
        new="        except BlockingIOError:",
    ),
    tested(
        "a_write_of_nothing_is_waited_for",
        "SD-7",
        by=IN_SENDS + "test_any_answers_of_the_kernel_end_as_the_law_says",
        says="a write that returned 0 counts as one that would block",
        module=SENDER,
        old="        if wrote <= 0:",
        new="        if wrote < 0:",
    ),
    tested(
        "a_transport_without_a_peer_is_an_error",
        "SD-7",
        by="drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
        says="one of the numbers that mean closed is missing in the table",
        module=ERRORS,
        old="        errno.ENOTCONN,\n",
        new="",
    ),
    tested(
        "the_general_row_wins",
        "SD-7",
        by="drivers/test_errors.py::test_the_more_specific_row_wins",
        says="every connection error counts as closed, also one that says it timed out",
        module=ERRORS,
        old="    if isinstance(error, BrokenPipeError | ConnectionResetError | "
        "ConnectionAbortedError):",
        new="    if isinstance(error, ConnectionError):",
    ),
    judged(
        "whatever_fails_closes",
        "SD-8",
        says="a frame of which nothing has left closes its connection when it fails",
        module=SENDER,
        old="        if end.closes:\n",
        new="        if outcome not in (Outcome.OK, Outcome.SUPPRESSED):\n",
    ),
    tested(
        "a_timeout_closes_only_what_was_begun",
        "SD-5",
        by=IN_SENDER + "test_no_write_begins_at_or_after_the_deadline",
        says="a frame of which nothing has left times out and leaves its connection open",
        module=SENDER,
        old="        if end.closes:\n",
        new="        if end.closes and send.written_bytes:\n",
    ),
    tested(
        "an_interrupt_leaves_a_torn_frame_open",
        "SD-6",
        by=IN_FAILURES + "test_the_lock_is_free_after_an_exception_that_nobody_foresaw",
        says="an exception that nobody foresaw leaves the connection open in mid-frame",
        module=SENDER,
        old="            self.begin_closing(Cause.TORN_FRAME)\n            raise",
        new="            raise",
    ),
    tested(
        "the_loser_of_a_race_reports_a_timeout",
        "SD-10",
        by="drivers/test_guarded.py::test_a_timeout_that_did_not_begin_the_closing_is_suppressed",
        says="a send that expired does not ask whether somebody else had begun the closing",
        module=SENDER,
        old="            if not self.begin_closing(cause):\n",
        new="            self.begin_closing(cause)\n            if outcome is None:\n",
    ),
)

_BYTES = (
    judged(
        "a_partial_write_begins_the_frame_again",
        "SD-9",
        says="what follows a partial write is taken from the beginning of the frame",
        module=SENDER,
        old="frame.rest(send.written_bytes, asked_bytes)",
        new="frame.rest(0, asked_bytes)",
    ),
    tested(
        "the_prefix_is_written_twice",
        "SD-9",
        by=IN_SENDS + "test_any_answers_of_the_kernel_end_as_the_law_says",
        says="a write that took part of the prefix is followed by all of it",
        module=FRAME,
        old="        head = self._head[written_bytes:]",
        new="        head = self._head",
    ),
    tested(
        "the_header_does_not_count_as_written",
        "SD-9",
        by="drivers/test_stream_frames.py::"
        "test_the_rest_of_a_frame_with_a_header_continues_where_it_was_cut",
        says="the place in the payload is counted from the end of the prefix",
        module=FRAME,
        old="        at = written_bytes - len(self._head)",
        new="        at = written_bytes - PREFIX_BYTES",
    ),
    tested(
        "every_write_uses_up_a_number",
        "SD-14",
        by=IN_SENDS + "test_any_answers_of_the_kernel_end_as_the_law_says",
        says="the sequence rises with each write and not with each frame",
        module=SENDER,
        old="        if not send.written_bytes:\n            self._sequence",
        new="        if wrote_bytes:\n            self._sequence",
    ),
    tested(
        "a_refused_frame_uses_up_a_number",
        "SD-14",
        "SD-8",
        by=IN_SENDS + "test_a_refused_frame_leaves_an_open_connection_and_no_hole",
        says="a frame of which nothing has left leaves a hole in the numbers",
        module=SENDER,
        old="            if isinstance(wrote, Refusal):\n",
        new=(
            "            if isinstance(wrote, Refusal):\n"
            "                self._sequence = sequence_after(self._sequence)\n"
        ),
    ),
)

_LOCKED = (
    tested(
        "frames_leave_without_the_lock",
        "CX-1",
        by="drivers/test_tls_sending.py::test_frames_of_many_threads_do_not_mix",
        says="whoever has a frame writes it, whether or not another one is on its way",
        module=GUARDED,
        old=(
            "        self.lock.acquire()\n"
            "        try:\n"
            "            sent = self.transmit(view, kind, send_id, header, stream_id)\n"
            "        finally:\n"
            "            self.lock.release()\n"
        ),
        new="        sent = self.transmit(view, kind, send_id, header, stream_id)\n",
    ),
    tested(
        "the_answer_to_a_heartbeat_goes_past_the_lock",
        "CX-1",
        by="drivers/test_guarded.py::test_neither_answer_nor_heartbeat_goes_into_a_frame",
        says="a heartbeat is answered in the midst of whatever frame is on its way",
        module=GUARDED,
        old=(
            "        if self.lock.try_acquire():\n"
            "            self._transmit_and_release(FrameType.PONG)"
        ),
        new="        self.transmit(_EMPTY, FrameType.PONG, None)",
    ),
    judged(
        "a_waiter_looks_again_from_time_to_time",
        "CX-4",
        says="waiters of the lock do not queue but look every now and then whether it is free",
        module=LOCK,
        old=(
            "        ticket = next(self._tickets)\n"
            "        if ticket == self._serving:\n"
            "            return\n"
            "        parked = "
        ),
        new=(
            "        import time\n\n"
            "        while not self.try_acquire():\n"
            "            time.sleep(0.001)\n"
            "        return\n"
            "        parked = "
        ),
    ),
    tested(
        "an_abandoned_turn_ends_the_queue",
        "CX-4",
        "SD-3",
        by=IN_LOCK + "test_a_try_takes_a_free_lock_and_leaves_a_busy_one",
        says="a turn that nobody takes is not passed on, and the lock is never free again",
        module=LOCK,
        old="                waiter.release()\n                return",
        new="                waiter.release()\n            return",
    ),
    tested(
        "a_turn_given_before_parking_is_lost",
        "CX-4",
        by=IN_LOCK + "test_a_release_between_ticket_and_parking_is_not_lost",
        says="a waiter parks without another look whether its turn has come meanwhile",
        module=LOCK,
        old=(
            "        self._waiting[ticket] = parked\n"
            "        if ticket == self._serving:\n"
            "            self._waiting.pop(ticket, None)\n"
            "            return\n"
        ),
        new="        self._waiting[ticket] = parked\n",
    ),
)

SEEDED = (*_TIME, *_CAUSES, *_BYTES, *_LOCKED)
