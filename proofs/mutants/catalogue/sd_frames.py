"""Mutants of SD-9, SD-11 to SD-14 and SD-16: frames, numbers, queues and transports of sends."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_brief_wait = partial(Mutant, file="reference/stallproof/drivers/brief_wait.py")
in_frame = partial(Mutant, file="reference/stallproof/drivers/frame.py")
in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_io = partial(Mutant, file="reference/stallproof/drivers/io.py")
in_reader = partial(Mutant, file="reference/stallproof/drivers/reader.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_tls = partial(Mutant, file="reference/stallproof/drivers/tls.py")
in_tls_connection = partial(Mutant, file="reference/stallproof/drivers/tls_connection.py")
in_machines_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_send_deadline = partial(Mutant, file="reference/stallproof/machines/send_deadline.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_go_sending = partial(Mutant, file="tests/implementations/go/guard/sending.go")
in_go_secure = partial(Mutant, file="tests/implementations/go/guard/secure.go")
in_suppression = partial(Mutant, file="reference/stallproof/judge/rules/suppression.py")
in_aftermath = partial(Mutant, file="reference/stallproof/judge/rules/aftermath.py")

MUTANTS = (
    Mutant(
        id="the_judge_passes_over_who_waits_alone",
        file="reference/stallproof/judge/rules/aftermath.py",
        says="one send behind the one that timed out is no queue, and may write",
        breaks=("SD-13",),
        caught_by=(
            "test:tests/judge/test_where_rules_speak.py::"
            "test_who_waits_alone_for_the_lock_writes_nothing_either",
        ),
        old='        situation = "queued" if len(queued) > 1 else None\n',
        new='        if len(queued) < 2:\n            continue\n        situation = "queued"\n',
    ),
    in_frame(
        id="the_header_does_not_count_as_written",
        says="the place in the payload is counted from the end of the prefix",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_stream_frames.py::"
            "test_the_rest_of_a_frame_with_a_header_continues_where_it_was_cut",
        ),
        old="        at = written_bytes - len(self._head)",
        new="        at = written_bytes - PREFIX_BYTES",
    ),
    in_frame(
        id="the_prefix_is_written_twice",
        says="a write that took part of the prefix is followed by all of it",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_any_answers_of_the_kernel_end_as_the_law_says",
        ),
        old="        head = self._head[written_bytes:]",
        new="        head = self._head",
    ),
    in_sender(
        id="a_given_up_send_uses_a_number",
        says="a send that was given up with nothing written has used its sequence number",
        breaks=("SD-14.2",),
        caught_by=("vectors:SD-14", "oracle:SD-14 beside SD-18"),
        old="        outcome = end.outcome\n",
        new="""\
        outcome = end.outcome
        if outcome is Outcome.GIVEN_UP and not send.written_bytes:
            self._sequence = sequence_after(self._sequence)
""",
    ),
    in_sending(
        id="nobody_wakes_the_queue",
        says="a send that ends with TIMEOUT leaves without a word to those who wait for the lock",
        breaks=("SD-13.1",),
        caught_by=("vectors:SD-13",),
        old="""\
            lock.serving = serving = lock.serving + 1
            if lock.waiting:
""",
        new="""\
            import sys

            failed, serving = sys.exc_info()[1], lock.serving + 1
            if isinstance(failed, SendFailed) and failed.outcome is Outcome.TIMEOUT:
                self.lock = type(lock)(self.io.parking)
            else:
                lock.serving = serving
            if lock.waiting and lock.serving == serving:
""",
    ),
    in_drivers_guarded(
        id="closes_the_descriptor_instead",
        says="closing gives the descriptor back under the feet of whoever writes to it",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_the_descriptor_outlives_the_holder_of_the_lock",
        ),
        old="                self._transport.shut_down()",
        new="                self._transport.release()",
    ),
    in_drivers_guarded(
        id="the_descriptor_is_released_under_a_sender",
        says="the descriptor is released while somebody still holds the lock",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_the_descriptor_outlives_the_holder_of_the_lock",
        ),
        old="""\
        self.lock.acquire()
        try:
            self._transport.release()
        finally:
            self.lock.release()
""",
        new="        self._transport.release()\n",
    ),
    in_io(
        id="waits_with_select",
        says="the wait for room is a select, which knows no descriptor from 1024 on",
        caught_by=("oracle:SD-11",),
        old="self._poll.poll(whole_ms)",
        new="select.select([], [self.socket], [], whole_ms / 1000)",
    ),
    in_reader(
        id="a_frame_counts_before_it_is_whole",
        says="a frame is counted as received when its first bytes have come",
        breaks=("SD-16.3",),
        caught_by=(
            "test:tests/drivers/test_properties_connections.py::"
            "test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        ),
        old="""\
                for frame in frames.feed(piece):
                    self._received(frame)
""",
        new="""\
                for frame in frames.feed(piece):
                    self._received(frame)
                self.received_frames += frames.torn_bytes > 0
""",
    ),
    in_reader(
        id="a_secure_stream_that_was_cut_is_told_as_orderly",
        says="the reader sees that a stream was cut, and reports its end as orderly",
        breaks=("SD-16.1",),
        caught_by=(
            "test:tests/drivers/test_properties_connections.py::"
            "test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        ),
        old='            how, why = "truncated", ',
        new='            how, why = "orderly", ',
    ),
    in_sending(
        id="numbers_taken_with_the_lock",
        says="a sequence number is used up by taking the lock, written or not",
        caught_by=("vectors:SD-14",),
        old="            self.lock_holder = ticket, (taken_us := self._clock()), send_id\n",
        new="""\
            self.lock_holder = ticket, (taken_us := self._clock()), send_id
            self._sequence = (self._sequence + 1) % SEQUENCES
""",
    ),
    in_sender(
        id="a_partial_write_begins_the_frame_again",
        says="what follows a partial write is taken from the beginning of the frame",
        breaks=("SD-9.3",),
        caught_by=("oracle:SD-9",),
        old="frame.rest(send.written_bytes, asked_bytes)",
        new="frame.rest(0, asked_bytes)",
    ),
    in_sender(
        id="a_refused_frame_uses_up_a_number",
        says="a frame of which nothing has left leaves a hole in the numbers",
        breaks=("SD-14.2", "SD-8"),
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_a_refused_frame_leaves_an_open_connection_and_no_hole",
        ),
        old="            if isinstance(wrote, Refusal):\n",
        new="""\
            if isinstance(wrote, Refusal):
                self._sequence = sequence_after(self._sequence)
""",
    ),
    in_sender(
        id="every_write_uses_up_a_number",
        says="the sequence rises with each write and not with each frame",
        breaks=("SD-14.1",),
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_any_answers_of_the_kernel_end_as_the_law_says",
        ),
        old="""\
        if not send.written_bytes:
            self._sequence""",
        new="""\
        if wrote_bytes:
            self._sequence""",
    ),
    in_sender(
        id="numbers_used_by_every_write",
        says="each write of a frame uses up a sequence number",
        breaks=("SD-14.1",),
        caught_by=("vectors:SD-14",),
        old="""\
        if not send.written_bytes:
            self._sequence""",
        new="""\
        if True:
            self._sequence""",
    ),
    in_tls(
        id="a_wait_for_records_is_an_end",
        says="a stream of which nothing more has come yet counts as ended in order",
        breaks=("SD-16",),
        caught_by=("test:tests/drivers/test_tls.py::test_close_notify_is_the_end_and_not_before",),
        old="""\
            except ssl.SSLWantReadError:
                pass
""",
        new="""\
            except ssl.SSLWantReadError:
                over = not pieces
""",
    ),
    in_tls(
        id="speaks_tls_1_2",
        says="a session of an older version is good enough for a secure connection",
        breaks=("SD-12",),
        caught_by=("test:tests/drivers/test_tls.py::test_tls_1_2_is_refused",),
        old="    context.minimum_version = ssl.TLSVersion.TLSv1_3\n",
        new="    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
    ),
    in_tls_connection(
        id="a_piece_is_sealed_while_another_waits",
        says="the next piece is encrypted before the records of the last one have left",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_no_piece_is_sealed_before_the_last_one_has_left",
        ),
        old="""\
        if self._leaving:
            refusal = self._flush()
""",
        new="""\
        if self._leaving and self._flush():
            refusal = self._flush()
""",
    ),
    in_tls_connection(
        id="a_small_frame_leaves_in_clear",
        says="a frame too small to be worth a record goes to the socket as it is",
        breaks=("SD-12.2",),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::test_a_close_of_an_idle_connection_is_orderly",
        ),
        old="        plain = pieces[0] if",
        new="""\
        if sum(len(piece) for piece in pieces) < 4096:
            return super()._attempt(pieces, deadline_us)
        plain = pieces[0] if""",
    ),
    in_tls_connection(
        id="writes_in_clear_once_closing",
        says="a write that finds the connection closing goes past the layer",
        breaks=("SD-12.2",),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::"
            "test_a_write_that_meets_the_close_is_sealed_all_the_same",
        ),
        old="        plain = pieces[0] if",
        new="""\
        if self.is_closing:
            return super()._attempt(pieces, deadline_us)
        plain = pieces[0] if""",
    ),
    in_tls_connection(
        id="the_rest_of_a_record_is_dropped",
        says="what the kernel did not take of a record is forgotten",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_large_frame_arrives_through_small_buffers",
        ),
        old="        self._leaving = self._leaving[wrote:]\n",
        new="        self._leaving = _EMPTY if wrote else self._leaving\n",
    ),
    in_tls_connection(
        id="every_end_says_close_notify",
        says="a timeout, a torn frame and the monitor announce an orderly end as well",
        breaks=("SD-16",),
        caught_by=("test:tests/drivers/test_tls_closing.py::test_only_a_local_close_is_orderly",),
        old="""\
        if cause not in (Cause.LOCAL, Cause.TLS) or not self.lock.try_acquire():
            return
        try:
            if cause is Cause.LOCAL:
                self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            if self._leaving:
                self._flush()
        finally:
            self.lock.release()
""",
        new="""\
        if not self.lock.try_acquire():
            return
        try:
            self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            self._flush()
        finally:
            self.lock.release()
""",
    ),
    in_tls_connection(
        id="an_announced_end_is_not_heard",
        says="the reader goes on after close_notify, and takes the end for a cut",
        breaks=("SD-16.2",),
        caught_by=("oracle:SD-16",),
        old="            if unsealed.over:\n",
        new="            if unsealed.over and not unsealed.pieces and records == b'':\n",
    ),
    in_tls_connection(
        id="a_cut_stream_is_an_orderly_one",
        says="a secure stream that ends without close_notify counts as ended in order",
        breaks=("SD-16.1",),
        caught_by=("oracle:SD-16",),
        old='raise CutShort("the transport ended without close_notify")',
        new="return",
    ),
    in_machines_connection(
        id="the_number_zero_is_skipped",
        says="the sequence starts anew with 1",
        breaks=("SD-14.1",),
        caught_by=("search:connection",),
        old="return (sequence + 1) % SEQUENCES",
        new="return (sequence + 1) % SEQUENCES or 1",
    ),
    in_machines_connection(
        id="numbers_never_wrap",
        says="numbers never wrap",
        breaks=("SD-14.1",),
        caught_by=(
            "proof:sd14_a_frame_on_the_wire_uses_one_number",
            "proof:cx1_a_step_holds_together",
        ),
        old="(sequence + 1) % SEQUENCES",
        new="sequence + 1",
    ),
    in_machines_connection(
        id="numbers_wrap_one_early",
        says="the sequence starts anew one number too early",
        breaks=("SD-14.1",),
        caught_by=("proof:sd14_a_frame_on_the_wire_uses_one_number",),
        old="% SEQUENCES",
        new="% (SEQUENCES - 1)",
    ),
    in_machines_connection(
        id="a_number_for_nothing",
        says="a number for nothing",
        breaks=("SD-14.2",),
        caught_by=(
            "proof:sd14_a_frame_that_never_left_uses_no_number",
            "proof:sd14_a_failed_frame_uses_a_number_if_it_left",
        ),
        old="used = written_bytes > 0",
        new="used = True",
    ),
    in_machines_connection(
        id="a_torn_frame_uses_no_number",
        says="the number of a torn frame is used a second time",
        breaks=("SD-14",),
        caught_by=(
            "proof:sd14_a_frame_on_the_wire_uses_one_number",
            "proof:sd14_a_failed_frame_uses_a_number_if_it_left",
        ),
        old="if used else conn.sequence",
        new="if ended.outcome is Outcome.OK else conn.sequence",
    ),
    in_machines_connection(
        id="a_closing_connection_hands_its_lock_on",
        says="a sender takes the lock of a connection that closes because of a timeout",
        breaks=("SD-12", "SD-13"),
        caught_by=("model:lock",),
        old="""\
    if conn.closed_by is not None:
        return _with_send""",
        new="""\
    if conn.closed_by not in (None, Cause.SEND_TIMEOUT):
        return _with_send""",
    ),
    in_machines_connection(
        id="sends_on_a_closed_connection",
        says="whoever reaches the head of the queue sends, though closing has begun",
        breaks=("SD-12", "SD-13.2"),
        caught_by=(
            "proof:sd13_a_queued_sender_returns_with_nothing_written",
            "proof:cx6_a_lock_taken_never_reopens",
            "proof:cx1_a_lock_taken_holds_together",
        ),
        old="if conn.closed_by is not None:",
        new="if False:",
    ),
    in_send_deadline(
        id="a_late_last_byte_is_no_last_byte",
        says="a frame that is complete after its deadline is reported as timed out",
        breaks=("SD-9.1",),
        caught_by=("search:connection",),
        old="if after.written_bytes == after.size_bytes:",
        new="if after.written_bytes == after.size_bytes and now_us <= after.deadline_us:",
    ),
    in_send_deadline(
        id="expiry_before_the_last_byte",
        says="the deadline is looked at before the last byte",
        breaks=("SD-9.1",),
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
        breaks=("SD-9.1",),
        caught_by=(
            "proof:sd1_a_step_that_waits_leaves_a_frame_in_flight",
            "proof:sd9_the_last_byte_beats_the_deadline",
            "proof:cx1_a_step_holds_together",
        ),
        old="after.written_bytes == after.size_bytes:",
        new="after.written_bytes > after.size_bytes:",
    ),
    in_send_deadline(
        id="closes_after_every_frame",
        says="a frame that has left whole closes the connection behind it",
        breaks=("SD-9.2",),
        caught_by=("vectors:SD-9",),
        old="        return after, End(Outcome.OK, False)\n",
        new="        return after, End(Outcome.OK, True)\n",
    ),
    in_c_guarded(
        id="c_unwritten_uses_a_number",
        says="taking the lock uses up a sequence number, also for a send that writes nothing",
        breaks=("SD-14.2",),
        caught_by=("vectors:SD-14",),
        old="    send->sequence = (conn->sequence + 1) % 65536;\n",
        new="    send->sequence = conn->sequence = (conn->sequence + 1) % 65536;\n",
    ),
    in_c_guarded(
        id="c_late_is_lost",
        says=(
            "the deadline beats the last byte: a frame that has left whole, but late, is a TIMEOUT"
        ),
        breaks=("SD-9.1",),
        caught_by=("vectors:SD-9",),
        old="if (send->written == send->size)",
        new="if (send->written == send->size && sp_now() < send->deadline)",
    ),
    in_go_sending(
        id="go_error_before_the_count",
        says="the error of a write is looked at before the bytes that it took",
        breaks=("SD-9.1",),
        caught_by=("vectors:SD-9",),
        old="\t\t\tif len(bytes) == 0 {\n",
        new="\t\t\tif len(bytes) == 0 && f.stopped() == nil {\n",
    ),
    in_go_sending(
        id="go_number_used_up_by_the_lock",
        says="a sequence number is used up by taking the lock, also where nothing is written",
        breaks=("SD-14.2",),
        caught_by=("vectors:SD-14",),
        old="""\
	if f.begun {
		result.Sequence = int(sequence)
		c.sequence = sequence + 1
	}
""",
        new="""\
	if f.begun {
		result.Sequence = int(sequence)
	}
	c.sequence = sequence + 1
""",
    ),
    in_go_secure(
        id="go_eof_is_believed",
        says="`io.EOF` of crypto/tls is believed, which says it of a cut between two records too",
        breaks=("SD-16.1",),
        caught_by=("oracle:SD-16",),
        old="errors.Is(err, io.EOF) && s.wire.hasEnded()",
        new="errors.Is(err, io.ErrClosedPipe)",
    ),
    in_node_connection(
        id="node_number_taken_by_asking",
        says=(
            "a send takes its sequence number when it gets the lock, also if it then writes nothing"
        ),
        breaks=("SD-14.2",),
        caught_by=("vectors:SD-14",),
        old="sequence: (this.#sequence + 1) % 65536,",
        new="sequence: (this.#sequence = (this.#sequence + 1) % 65536),",
    ),
    in_node_connection(
        id="node_position_forgotten",
        says="the position in the frame is what the last write took, and not the sum of all writes",
        caught_by=("vectors:SD-9",),
        old="flight.writtenBytes += bytes;",
        new="flight.writtenBytes = bytes;",
    ),
    in_aftermath(
        id="the_judge_overlooks_what_a_queued_send_wrote",
        says="the judge looks for frames of queued sends only, and not for parts of them",
        breaks=("SD-13",),
        caught_by=(
            "test:tests/judge/test_where_rules_speak.py::"
            "test_what_arrives_of_a_queued_send_breaks_sd_13[torn]",
        ),
        old="            if send.frame is not None or send.torn is not None:\n",
        new="            if send.frame is not None:\n",
    ),
    in_suppression(
        id="the_judge_hears_no_write_behind_the_shutdown",
        says="only sends that are asked for after the close are looked at, and only what arrives",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/judge/test_where_rules_speak.py::"
            "test_a_write_behind_the_shutdown_fails_by_its_own_word[unix-201-fail]",
        ),
        old="if over_us < 0 or write.wrote_bytes <= 0:",
        new="if over_us < FOREVER or write.wrote_bytes <= 0:",
    ),
    in_tls(
        id="replies_are_taken_while_a_frame_is_sealed",
        says="what waits is taken without the mutex, and with it records of a frame",
        breaks=("SD-16",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::"
            "test_what_is_being_sealed_does_not_wait_for_anybody_else[waiting]",
        ),
        old="        with self._mutex:\n            return self._outgoing.read()\n",
        new="        return self._outgoing.read()\n",
    ),
    in_tls(
        id="a_goodbye_comes_into_a_frame",
        says="close_notify is put where the pieces of a frame are being sealed",
        breaks=("SD-16",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_a_goodbye_comes_before_or_behind_what_is_being_sealed",
        ),
        old="with self._mutex, contextlib.suppress(ssl.SSLError):",
        new="with contextlib.suppress(ssl.SSLError):",
    ),
    in_sending(
        id="a_first_write_is_made_into_the_closing",
        says="a small frame is written although the connection is closing",
        breaks=("SD-12", "SD-10"),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="(is_due or self._closing_latch.locked() or ",
        new="(is_due or ",
    ),
    in_sending(
        id="the_tail_of_a_first_write_is_lost",
        says="whatever the first write of a small frame took counts as all of it",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="if wrote == len(frame):\n",
        new="if wrote > 0:\n",
    ),
    in_sending(
        id="a_report_that_fails_is_a_failed_write",
        says="a small frame that left whole and could not be reported counts as not written",
        breaks=("SD-9",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::"
            "test_a_frame_that_left_has_left_whatever_becomes_of_its_report",
        ),
        old="""\
                        wrote = self._write_joined(frame, self._write_flags)
""",
        new="""\
                        wrote = self._write_joined(frame, self._write_flags)
                        if send_id is not None and wrote == len(frame):
                            self._whole(wrote, send_id, began_us)
""",
    ),
    in_sending(
        id="the_progress_of_a_first_write_is_forgotten",
        says="what is left of a small frame is sent from its beginning",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="first = began_us, taken(wrote)\n",
        new="first = began_us, 0\n",
    ),
    in_sending(
        id="a_first_write_uses_no_number",
        says="a small frame that left whole leaves its number to the next one",
        breaks=("SD-14.1",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="                            self._sequence = number\n",
        new="",
    ),
    in_sending(
        id="the_numbers_of_first_writes_do_not_wrap",
        says="after 65535 comes a number that no prefix holds",
        breaks=("SD-14.1",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="number = (self._sequence + 1) % SEQUENCES",
        new="number = self._sequence + 1",
    ),
    in_sending(
        id="a_first_write_is_not_told",
        says="no event tells that a small frame was written",
        breaks=("SD-9",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="return _OK if send_id is None else self._whole(wrote, send_id, began_us)\n",
        new="return _OK\n",
    ),
    in_sending(
        id="a_frame_in_one_piece_has_no_header",
        says="what stands between prefix and payload is left out of a small frame",
        breaks=("SD-9.3",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old=" + header + payload\n",
        new=" + payload\n",
    ),
    in_brief_wait(
        id="the_last_moments_are_waited_for_with_select_alone",
        says="the last millisecond is a select on the first descriptor that select does not know",
        breaks=("SD-11",),
        caught_by=(
            "test:tests/drivers/test_io.py::test_a_brief_wait_on_a_high_descriptor_is_a_poll",
        ),
        old="    if max(rooms + rings) >= SELECT_DESCRIPTORS:",
        new="    if max(rooms + rings) > SELECT_DESCRIPTORS:",
    ),
)
