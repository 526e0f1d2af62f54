"""Mutants of SD-5 to SD-8, SD-10 and SD-15: how a send fails, and what that does."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_errors = partial(Mutant, file="reference/stallproof/drivers/errors.py")
in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_io = partial(Mutant, file="reference/stallproof/drivers/io.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_sent = partial(Mutant, file="reference/stallproof/drivers/sent.py")
in_stream_sender = partial(Mutant, file="reference/stallproof/drivers/stream_sender.py")
in_tls_connection = partial(Mutant, file="reference/stallproof/drivers/tls_connection.py")
in_machines_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_send_deadline = partial(Mutant, file="reference/stallproof/machines/send_deadline.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_c_kit = partial(Mutant, file="tests/implementations/kits/c/stallproof.h")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_node_errors = partial(Mutant, file="tests/implementations/kits/node/errors.js")
in_sockets = partial(Mutant, file="tests/implementations/kits/node/socket_transport.js")
in_go_sending = partial(Mutant, file="tests/implementations/go/guard/sending.go")
in_go_outcome = partial(Mutant, file="tests/implementations/go/guard/outcome.go")
in_honesty = partial(Mutant, file="reference/stallproof/judge/rules/honesty.py")
in_may_fail = partial(Mutant, file="reference/stallproof/judge/rules/may_fail.py")
in_causes = partial(Mutant, file="reference/stallproof/judge/rules/causes.py")

MUTANTS = (
    in_errors(
        id="a_transport_without_a_peer_is_an_error",
        says="one of the numbers that mean closed is missing in the table",
        caught_by=(
            "test:tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
            "vectors:SD-7",
        ),
        old="        errno.ENOTCONN,\n",
        new="",
    ),
    in_errors(
        id="transport_timeout_is_an_error",
        says="a time-out of the transport is reported as any other error",
        caught_by=(
            "test:tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
            "vectors:SD-7",
        ),
        old="""\
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT""",
        new="""\
    if isinstance(error, TimeoutError):
        return Failure.ERROR""",
    ),
    in_errors(
        id="the_general_row_wins",
        says="every connection error counts as closed, also one that says it timed out",
        breaks=("SD-7",),
        caught_by=("test:tests/drivers/test_errors.py::test_the_more_specific_row_wins",),
        old="""\
    if isinstance(error, BrokenPipeError | ConnectionResetError | ConnectionAbortedError):""",
        new="    if isinstance(error, ConnectionError):",
    ),
    in_errors(
        id="what_is_unknown_counts_as_closed",
        says="what is unknown counts as closed",
        breaks=("SD-7",),
        caught_by=(
            "test:tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
        ),
        old="    return Failure.ERROR",
        new="    return Failure.CLOSED",
    ),
    in_sending(
        id="the_second_send_is_refused",
        says="a send that finds another one under way fails at once, and waits for no turn",
        caught_by=("oracle:SD-7",),
        old="""\
        if (ticket := next(lock.tickets)) != lock.serving and not lock.wait_for(ticket, give_up):
            return Outcome.SUPPRESSED if self.is_closing else Outcome.GIVEN_UP
""",
        new="""\
        if (ticket := next(lock.tickets)) != lock.serving and not lock._abandon(ticket):
            from stallproof.drivers.sent import Sent

            raise SendFailed(self.name, Sent(Outcome.ERROR, 0, None, "another send is under way"))
""",
    ),
    in_sending(
        id="closing_raises_in_every_sender",
        says="a send that the closing cut short raises as if it had failed by itself",
        caught_by=("oracle:SD-15", "vectors:SD-15"),
        old="        if sent.outcome in _QUIET:",
        new="        if sent.outcome is Outcome.OK:",
    ),
    in_drivers_guarded(
        id="every_close_closes_again",
        says="whoever closes does not ask whether closing has begun",
        breaks=("SD-5.2", "SC-8"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::test_many_closers_close_once",
            "vectors:CX-6",
        ),
        old="""\
        if not self._closing_latch.acquire(blocking=False):
            return False
""",
        new="        self._closing_latch.acquire(blocking=False)\n",
    ),
    in_drivers_guarded(
        id="the_second_closer_believes_it_was_the_first",
        says="a send that expires while another one closes is told that its timeout closed",
        breaks=("SD-10.2", "SD-5"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_a_timeout_that_did_not_begin_the_closing_is_suppressed",
        ),
        old="""\
            return False
        self._record(Closing(""",
        new="""\
            return True
        self._record(Closing(""",
    ),
    in_drivers_guarded(
        id="a_timeout_does_not_shut_down",
        says="a connection that closes because of a timeout keeps its transport open",
        breaks=("SD-5.1",),
        caught_by=("oracle:SD-5",),
        old="                self._transport.shut_down()",
        new="""\
                if cause is not Cause.SEND_TIMEOUT:
                    self._transport.shut_down()""",
    ),
    in_drivers_guarded(
        id="a_torn_frame_does_not_shut_down",
        says="a connection that closes because of a torn frame keeps its transport open",
        breaks=("SD-6.1",),
        caught_by=("oracle:SD-6",),
        old="                self._transport.shut_down()",
        new="""\
                if cause is not Cause.TORN_FRAME:
                    self._transport.shut_down()""",
    ),
    in_io(
        id="closing_ends_only_the_reading",
        says="the writing direction of the transport stays open, and a blocked send blocked",
        breaks=("SD-5",),
        caught_by=("oracle:CX-2",),
        old="        self.socket.shutdown(socket.SHUT_RDWR)",
        new="        self.socket.shutdown(socket.SHUT_RD)",
    ),
    in_sender(
        id="writes_into_the_closing",
        says="a send that finds its connection closing writes its frame, and reports it as cut off",
        breaks=("SD-6.3", "SD-12.1", "SD-13.2"),
        caught_by=("vectors:SD-6,SD-12,SD-13",),
        old="        if first is None and self.is_closing:\n",
        new="""\
        if self.is_closing and send_id is not None:
            self._record(
                Written(
                    at_us=taken_us, conn=self.name, send=send_id, began_us=taken_us,
                    wrote_bytes=len(payload),
                )
            )
        if first is None and self.is_closing:
""",
    ),
    in_sender(
        id="closing_is_told_as_success",
        says="a send that finds the connection closing says that it has sent",
        breaks=("SD-10.1", "SD-10.2", "SD-13"),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="            return Sent(Outcome.SUPPRESSED, 0, None, None)",
        new="            return Sent(Outcome.OK, 0, None, None)",
    ),
    in_sender(
        id="an_interrupt_leaves_a_torn_frame_open",
        says="an exception that nobody foresaw leaves the connection open in mid-frame",
        breaks=("SD-6.1",),
        caught_by=(
            "test:tests/drivers/test_sender_failures.py::"
            "test_the_lock_is_free_after_an_exception_that_nobody_foresaw",
        ),
        old="""\
            self.begin_closing(Cause.TORN_FRAME)
            raise""",
        new="            raise",
    ),
    in_sender(
        id="a_timeout_closes_only_what_was_begun",
        says="a frame of which nothing has left times out and leaves its connection open",
        breaks=("SD-5.1",),
        caught_by=(
            "test:tests/drivers/test_sender.py::test_no_write_begins_at_or_after_the_deadline",
        ),
        old="        if end.closes:\n",
        new="        if end.closes and send.written_bytes:\n",
    ),
    in_sender(
        id="a_torn_frame_waits_for_the_queue",
        says="a torn frame closes only when nobody waits for the lock: the queue is sent first",
        breaks=("SD-6.3", "SD-6.1", "SD-18.5"),
        caught_by=("vectors:SD-6,SD-18",),
        old="        if end.closes:\n",
        new="        if end.closes and (outcome is Outcome.TIMEOUT or not self.lock.waiting):\n",
    ),
    in_sender(
        id="whatever_fails_closes",
        says="a frame of which nothing has left closes its connection when it fails",
        caught_by=("oracle:SD-8",),
        old="        if end.closes:\n",
        new="        if outcome not in (Outcome.OK, Outcome.SUPPRESSED):\n",
    ),
    in_sender(
        id="the_loser_of_a_race_reports_a_timeout",
        says="a send that expired does not ask whether somebody else had begun the closing",
        breaks=("SD-10.2",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_a_timeout_that_did_not_begin_the_closing_is_suppressed",
        ),
        old="            if not self.begin_closing(cause):\n",
        new="""\
            self.begin_closing(cause)
            if outcome is None:
""",
    ),
    in_sent(
        id="an_interrupted_write_is_an_error",
        says="a system call that was interrupted is not made again",
        caught_by=(
            "test:tests/drivers/test_sender_failures.py::test_the_error_table_end_to_end",
            "vectors:SD-7",
        ),
        old="isinstance(error, BlockingIOError | InterruptedError)",
        new="isinstance(error, BlockingIOError)",
    ),
    in_sent(
        id="a_write_of_nothing_is_waited_for",
        says="a write that returned 0 counts as one that would block",
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_any_answers_of_the_kernel_end_as_the_law_says",
            "vectors:SD-7",
        ),
        old="    if wrote <= 0:",
        new="    if wrote < 0:",
    ),
    in_sent(
        id="a_write_of_nothing_is_an_error",
        says="a write of nothing is an error",
        breaks=("SD-7",),
        caught_by=("test:tests/drivers/test_sender_failures.py::test_the_error_table_end_to_end",),
        old="return Refusal(Failure.CLOSED, ",
        new="return Refusal(Failure.ERROR, ",
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
    in_tls_connection(
        id="an_answer_that_cannot_leave_tears_the_next_frame",
        says="what the layer wanted to say counts as a part of the frame behind it",
        breaks=("SD-8",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_failure_before_sealing_leaves_the_connection_open",
        ),
        old="            return self._settled_bytes() if refusal is None else refusal\n",
        new="""\
            if refusal is not None:
                return refusal._replace(taken_bytes=1)
            return self._settled_bytes()
""",
    ),
    in_tls_connection(
        id="a_session_that_cannot_seal_stays_open",
        says="an encryption that failed counts as one that has left nothing behind",
        breaks=("SD-6.2",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_session_that_cannot_seal_tears_the_frame",
        ),
        old="            taken_bytes = min(1, len(plain) - 1)\n",
        new="            taken_bytes = 0\n",
    ),
    in_tls_connection(
        id="sealed_counts_as_handed_over",
        says="a frame is OK once all of it is encrypted",
        breaks=("SD-10.1", "SD-6.2", "SD-9"),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="""\
        self._owed_bytes = 1
        taken_bytes = len(plain) - 1
""",
        new="""\
        self._owed_bytes = 0
        taken_bytes = len(plain)
""",
    ),
    in_tls_connection(
        id="sealed_and_unsent_is_not_begun",
        says="a frame that was encrypted and could not be written leaves the connection open",
        breaks=("SD-6.2",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="            return refusal._replace(taken_bytes=taken_bytes)\n",
        new="            return refusal\n",
    ),
    in_tls_connection(
        id="the_last_byte_counts_before_its_record_has_left",
        says="the byte that waits for the last record is counted with any of its bytes",
        breaks=("SD-10.1", "SD-6.2"),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="""\
        if self._leaving:
            return 0
        owed""",
        new="        owed",
    ),
    in_machines_connection(
        id="every_end_closes",
        says="every end closes",
        breaks=("SD-5.2",),
        caught_by=(
            "proof:sd5_a_step_closes_at_most_once",
            "proof:sd5_a_failure_closes_at_most_once",
            "proof:sd8_a_clean_failure_leaves_it_open",
            "proof:cx1_a_finished_send_releases_the_lock",
            "proof:sd5_a_step_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_a_failure_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_two_closers_in_a_row_close_once",
        ),
        old="if ended.closes and closed_by is None:",
        new="if True:",
    ),
    in_machines_connection(
        id="causes_swapped",
        says="causes swapped",
        breaks=("SD-5", "SD-3"),
        caught_by=("proof:sd5_a_timeout_closes_the_connection", "proof:cx1_a_step_holds_together"),
        old="ended.outcome is Outcome.TIMEOUT else",
        new="ended.outcome is not Outcome.TIMEOUT else",
    ),
    in_machines_connection(
        id="closing_is_not_remembered",
        says="closing is not remembered",
        breaks=("SD-6.1",),
        caught_by=(
            "proof:sd5_a_timeout_closes_the_connection",
            "proof:sd6_a_torn_frame_closes_the_connection",
            "proof:sd5_a_step_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_a_failure_asks_exactly_for_the_closing_it_begins",
        ),
        old="        closed_by = closes\n",
        new="        pass\n",
    ),
    in_machines_connection(
        id="torn_is_forgotten",
        says="torn is forgotten",
        breaks=("SD-6",),
        caught_by=(
            "proof:sd6_a_torn_frame_closes_the_connection",
            "proof:cx1_a_failure_holds_together",
        ),
        old="torn = conn.torn or (used",
        new="torn = conn.torn and (used",
    ),
    in_machines_connection(
        id="the_queue_is_told_ok",
        says=(
            "whoever reaches the head of the queue of a closing connection is told that it has sent"
        ),
        breaks=("SD-10.1", "SD-10.2", "SD-13"),
        caught_by=("search:connection",),
        old="sends), Effects(End(Outcome.SUPPRESSED, False))",
        new="sends), Effects(End(Outcome.OK, False))",
    ),
    in_machines_connection(
        id="closes_every_time_it_is_asked",
        says="a connection that is closing is closed again",
        breaks=("SD-5.2",),
        caught_by=(
            "proof:sd5_a_close_closes_exactly_once",
            "proof:sd5_a_close_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_two_closers_in_a_row_close_once",
        ),
        old="Cause.LOCAL if conn.closed_by is None else None",
        new="Cause.LOCAL",
    ),
    in_send_deadline(
        id="a_partial_write_counts_as_the_whole_frame",
        says="a partial write counts as the whole frame",
        breaks=("SD-10.1",),
        caught_by=(
            "test:tests/drivers/test_sender_against_peers.py::test_what_arrives_is_what_was_sent",
        ),
        old="if after.written_bytes == after.size_bytes:",
        new="if wrote_bytes > 0:",
    ),
    in_send_deadline(
        id="whatever_has_begun_is_sent",
        says="a frame counts as sent once its first byte has left",
        breaks=("SD-10.1", "SD-9"),
        caught_by=("model:send",),
        old="if after.written_bytes == after.size_bytes:",
        new="if after.written_bytes > 0:",
    ),
    in_send_deadline(
        id="ok_one_byte_short",
        says="a frame that lacks one byte is reported as sent",
        breaks=("SD-10.1",),
        caught_by=("proof:sd10_ok_means_every_byte",),
        old="after.written_bytes == after.size_bytes:",
        new="after.written_bytes + 1 >= after.size_bytes:",
    ),
    in_send_deadline(
        id="expiry_before_closing",
        says="a send that expires while the connection is closing is reported as timed out",
        breaks=("SD-10.2", "SD-15"),
        caught_by=("search:connection",),
        old="""\
    if closing:
        return after,""",
        new="""\
    if closing and now_us < after.deadline_us:
        return after,""",
    ),
    in_send_deadline(
        id="ok_when_some_left",
        says="a send that was cut off by the closing is reported as sent",
        breaks=("SD-10.1", "SD-10.2"),
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
        id="step_timeout_stays_open",
        says="step timeout stays open",
        breaks=("SD-5.1",),
        caught_by=(
            "proof:sd5_a_step_that_times_out_closes",
            "proof:sd5_a_timeout_closes_the_connection",
        ),
        old="        return after, End(Outcome.TIMEOUT, True)\n",
        new="        return after, End(Outcome.TIMEOUT, after.written_bytes > 0)\n",
    ),
    in_send_deadline(
        id="timeout_leaves_it_open",
        says="a TIMEOUT is told to the caller, and the connection stays open",
        breaks=("SD-5.1",),
        caught_by=(
            "test:tests/drivers/test_sender.py::test_bytes_left_at_the_deadline_are_a_timeout",
            "vectors:SD-5",
        ),
        old="return after, End(Outcome.TIMEOUT, True)",
        new="return after, End(Outcome.TIMEOUT, False)",
    ),
    in_send_deadline(
        id="an_error_of_a_closing_connection_is_told",
        says="a transport that fails because of the closing is reported as an error",
        breaks=("SD-15", "SD-10.2"),
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
        breaks=("SD-10.2", "SD-15"),
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
        id="a_timeout_of_the_transport_stays_open",
        says="a transport that times out by itself leaves the connection open",
        breaks=("SD-5.1",),
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
        breaks=("SD-5.1",),
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
        breaks=("SD-6.1",),
        caught_by=("proof:sd6_a_torn_frame_closes",),
        old="    torn = send.written_bytes > 0\n",
        new="    torn = send.written_bytes > 1\n",
    ),
    in_send_deadline(
        id="torn_frame_stays_open",
        says="a failure with part of the frame on its way leaves the connection to the next frame",
        breaks=("SD-6.1",),
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
        breaks=("SD-6.1",),
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
        breaks=("SD-10.1",),
        caught_by=("proof:sd10_only_closing_suppresses", "proof:sd7_the_table_decides_the_outcome"),
        old="End(Outcome.ERROR, torn)",
        new="End(Outcome.OK, torn)",
    ),
    in_c_kit(
        id="c_closing_is_raised",
        says="a send that fails because the connection is closing returns an error to its caller",
        caught_by=("vectors:SD-15",),
        old='outcome == SP_OK || outcome == SP_SUPPRESSED ? "false" : "true"',
        new='outcome == SP_OK ? "false" : "true"',
    ),
    in_c_guarded(
        id="c_timeout_leaves_the_connection_open",
        says="a TIMEOUT closes only where part of the frame was written",
        breaks=("SD-5.1",),
        caught_by=("vectors:SD-5",),
        old="    if (outcome == SP_TIMEOUT)\n",
        new="    if (outcome == SP_TIMEOUT && torn)\n",
    ),
    in_c_guarded(
        id="c_every_failure_closes",
        says="a failure closes also where nothing was written",
        caught_by=("vectors:SD-8",),
        old="    else if (torn)\n",
        new="    else if (outcome == SP_CLOSED || outcome == SP_ERROR)\n",
    ),
    in_c_guarded(
        id="c_torn_frame_leaves_the_connection_open",
        says="only a TIMEOUT closes; whatever else tears a frame leaves the connection open",
        breaks=("SD-6.1",),
        caught_by=("vectors:SD-6",),
        old="    else if (torn)\n",
        new="    else if (torn && outcome == SP_TIMEOUT)\n",
    ),
    in_c_kit(
        id="c_broken_pipe_is_an_error",
        says="EPIPE was forgotten in the error table",
        caught_by=("vectors:SD-7",),
        old="    case EPIPE:\n",
        new="",
    ),
    in_c_guarded(
        id="c_zero_is_an_error",
        says="a write that returned 0 is taken for an error, though the peer has closed",
        caught_by=("vectors:SD-7",),
        old="int error = wrote < 0 ? errno : EPIPE;",
        new="int error = wrote < 0 ? errno : EIO;",
    ),
    in_c_guarded(
        id="c_partial_is_whole",
        says="the return value of a write is not looked at: what was handed over counts as taken",
        breaks=("SD-10.1",),
        caught_by=("vectors:SD-10",),
        old="if (send->written == send->size)",
        new="if (send->written <= send->size)",
    ),
    in_c_guarded(
        id="c_an_interrupt_is_an_error",
        says="a write that a signal interrupted is not made again",
        caught_by=("vectors:SD-7",),
        old="} else if (error != EINTR) {",
        new="} else {",
    ),
    in_go_sending(
        id="go_time_out_closes_what_was_written",
        says="a time-out closes only a connection that has a part of the frame",
        breaks=("SD-5.1",),
        caught_by=("vectors:SD-5",),
        old="\tcase result.Outcome == Timeout:\n",
        new="\tcase result.Outcome == Timeout && f.begun:\n",
    ),
    in_go_outcome(
        id="go_only_its_own_time_out",
        says="the one error that is known for a time-out is that of Go's own deadlines",
        caught_by=("vectors:SD-7",),
        old=", errors.Is(cause, syscall.ETIMEDOUT):",
        new=":",
    ),
    in_go_outcome(
        id="go_closing_is_an_error_value",
        says="what was cut off by a closing is told as an error, like `net.ErrClosed`",
        caught_by=("vectors:SD-15",),
        old="return r.Outcome != OK && r.Outcome != Suppressed",
        new="return r.Cause != nil",
    ),
    in_node_errors(
        id="node_transport_timeout_is_an_error",
        says="a time-out that the transport itself reports is taken for any other error",
        caught_by=("vectors:SD-7",),
        old='  ["ETIMEDOUT", "timeout"],\n',
        new="",
    ),
    in_node_connection(
        id="node_lost_callback_is_ok",
        says="the callback of a write that closing has cut off tells of no error, and is believed",
        caught_by=("vectors:SD-10",),
        old="    if (this.isClosing) return this.#end(SUPPRESSED, null);",
        new="""\
    if (this.isClosing && flight.result === null) {
      return !flight.isWriting && this.#end(SUPPRESSED, null);
    }""",
    ),
    in_node_connection(
        id="node_writes_counted_instead_of_bytes",
        says="a frame that a write has begun on counts as sent: writes are counted, and not bytes",
        breaks=("SD-10.1",),
        caught_by=("vectors:SD-10",),
        old="return flight.writtenBytes < flight.sizeBytes || this.#end(OK, null);",
        new="return flight.writtenBytes < 0 || this.#end(OK, null);",
    ),
    in_node_connection(
        id="node_again_is_an_error",
        says="EAGAIN and EINTR have no row of their own, so that they are errors",
        caught_by=("vectors:SD-7",),
        old="return isAgain(error.code) || this.#end(",
        new="return this.#end(",
    ),
    in_node_connection(
        id="node_closes_twice",
        says="the timer closes, and what cleans up after it closes again",
        breaks=("SD-5.2",),
        caught_by=("vectors:SD-5",),
        old='    if (outcome === TIMEOUT) this.close("send_timeout");',
        new="""\
    if (outcome === TIMEOUT) {
      this.close("send_timeout");
      this.isClosing = false;
      this.close("send_timeout");
    }""",
    ),
    in_node_connection(
        id="node_timeout_closes_by_itself_only_if_torn",
        says="a TIMEOUT with nothing written is treated like any other failure: nothing is closed",
        breaks=("SD-5.1",),
        caught_by=("vectors:SD-5",),
        old='if (outcome === TIMEOUT) this.close("send_timeout");',
        new='if (outcome === TIMEOUT && flight.writtenBytes > 0) this.close("send_timeout");',
    ),
    in_sockets(
        id="node_buffered_is_written",
        says="what the buffer of a socket takes counts as written: it takes everything, at once",
        breaks=("SD-10.1",),
        caught_by=("oracle:SD-10 beside SD-9",),
        old="""\
      this.#inTurn(() => done(error ?? null, error ? 0 : to - from, beganUs));
    });""",
        new="""\
      });
    this.#inTurn(() => done(null, to - from, beganUs));""",
    ),
    in_sockets(
        id="node_says_closed_and_writes_on",
        says="it says in time that it has closed, and leaves the socket open to write what is left",
        breaks=("SD-5.1",),
        caught_by=("oracle:SD-5 beside SD-4",),
        old="    net.Socket.prototype.destroy.call(this.#socket);\n",
        new="    setTimeout(() => net.Socket.prototype.destroy.call(this.#socket), 3000);\n",
    ),
    in_honesty(
        id="the_judge_calls_a_full_kernel_a_lie",
        says="an OK for exactly as many bytes as the kernel can hold is taken for one too early",
        breaks=("SD-10",),
        caught_by=(
            "test:tests/judge/test_lock.py::test_many_small_sends_cannot_leave_either[10-False]",
        ),
        old="ok_bytes > read_bytes + holds_bytes",
        new="ok_bytes >= read_bytes + holds_bytes",
    ),
    in_honesty(
        id="the_judge_believes_every_ok",
        says="nobody compares an OK with what the peer had read and the kernel can hold",
        breaks=("SD-10",),
        caught_by=(
            "test:tests/judge/test_lock.py::"
            "test_ok_is_too_early_while_the_rest_cannot_have_left[-1-True]",
        ),
        old="    if not conn.accepted or not holds_bytes:",
        new="    if holds_bytes >= 0:",
    ),
    in_honesty(
        id="the_judge_takes_reads_that_are_not_told_for_none",
        says="an OK is judged by reads of which the last ones were not told yet",
        breaks=("SD-10",),
        caught_by=("test:tests/judge/test_lock.py::test_reads_that_are_not_told_accuse_nobody",),
        old="        if not conn.has_told_reads_by(send.ended_us):",
        new="        if run.end_us < 0:",
    ),
    in_causes(
        id="the_judge_asks_for_no_cause",
        says="a send may fail while the peer reads, nothing closes and no deadline comes",
        breaks=("SD-7",),
        caught_by=("test:tests/judge/test_lock.py::test_a_send_does_not_fail_without_a_cause",),
        old="send.ended_us < cause_us(run, conn, timeout_us)",
        new="send.ended_us < 0",
    ),
    in_may_fail(
        id="the_judge_takes_no_torn_give_up_for_a_cause",
        says="who closes rightly behind a give-up, and tells no closing, is accused",
        breaks=("SD-7",),
        caught_by=(
            "test:tests/judge/test_may_fail.py::"
            "test_a_torn_send_that_is_given_up_is_a_cause[0-False]",
        ),
        old="    times += _given_up_us(run, conn)\n",
        new="",
    ),
    in_may_fail(
        id="the_judge_takes_every_give_up_for_a_cause",
        says="a give-up in the queue, which closes nothing, excuses any failure behind it",
        breaks=("SD-7",),
        caught_by=(
            "test:tests/judge/test_may_fail.py::"
            "test_a_send_that_is_given_up_in_the_queue_is_no_cause",
        ),
        old="    ahead = ahead_of(conn, send).free\n",
        new="    ahead = ()\n",
    ),
    in_sending(
        id="an_interrupt_leaves_a_torn_first_write_open",
        says="whoever interrupts the write of a small frame leaves the connection as it is",
        breaks=("SD-6.1",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="        self.begin_closing(Cause.TORN_FRAME)\n        raise error\n",
        new="        raise error\n",
    ),
    in_sending(
        id="a_failed_first_write_is_made_again",
        says="what the kernel said to the first write of a small frame is not heard",
        breaks=("SD-7",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="first = began_us, self._answer(error)\n",
        new="first = began_us, 0 if self._answer(error) else 0\n",
    ),
)
