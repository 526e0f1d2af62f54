"""Mutants of the driver of a sender: writes, waits, the lock, numbers, the table of errors."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_errors = partial(Mutant, file="reference/stallproof/drivers/errors.py")
in_frame = partial(Mutant, file="reference/stallproof/drivers/frame.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_ticket_lock = partial(Mutant, file="reference/stallproof/drivers/ticket_lock.py")
in_worker = partial(Mutant, file="reference/stallproof/drivers/worker.py")

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
    in_frame(
        id="the_header_does_not_count_as_written",
        says="the place in the payload is counted from the end of the prefix",
        breaks=("SD-9",),
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
        breaks=("SD-9",),
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_any_answers_of_the_kernel_end_as_the_law_says",
        ),
        old="        head = self._head[written_bytes:]",
        new="        head = self._head",
    ),
    in_sender(
        id="one_lock_for_all_connections",
        says="all connections of a process share one lock",
        breaks=("CX-3",),
        caught_by=(
            "test:tests/drivers/test_properties_connections.py::"
            "test_a_stalled_connection_delays_no_other",
        ),
        old="        self.lock = TicketLock(io.parking)\n",
        new="""\
        self.lock = Sender.__dict__.get("shared") or TicketLock(io.parking)
        setattr(Sender, "shared", self.lock)
""",
    ),
    in_sender(
        id="one_worker_for_all",
        says=(
            "whoever sends while a send waits on any connection has to wait for that one's deadline"
        ),
        caught_by=("vectors:CX-3,CX-4",),
        old="        self.lock = TicketLock(io.parking)\n",
        new='        self.lock = io.__dict__.setdefault("lock", TicketLock(io.parking))\n',
    ),
    in_sender(
        id="all_sends_have_one_number",
        says="the lock holders of a connection all carry the same number",
        caught_by=("oracle:SC-15",),
        old="        self._sends += 1\n",
        new="",
    ),
    in_sender(
        id="numbers_taken_with_the_lock",
        says="a sequence number is used up by taking the lock, written or not",
        caught_by=("vectors:SD-14",),
        old="        self._sends += 1\n",
        new="""\
        self._sends += 1
        self._sequence = sequence_after(self._sequence)
""",
    ),
    in_sender(
        id="stalled_by_the_wall_clock",
        says="the moment at which a send took the lock is taken from the wall clock",
        caught_by=("vectors:SC-14",),
        old="        self.lock_holder = LockHolder(self._sends, taken_us, send_id)\n",
        new="""\
        import time

        class Taken(int):
            def __rsub__(self, now_us: int) -> int:
                return time.time_ns() // 1000 - int(self)

        wall_us = Taken(time.time_ns() // 1000)
        self.lock_holder = LockHolder(self._sends, wall_us, send_id)
""",
    ),
    in_sender(
        id="writes_into_the_closing",
        says="a send that finds its connection closing writes its frame, and reports it as cut off",
        caught_by=("vectors:SD-6,SD-12,SD-13",),
        old="            if self.is_closing:\n",
        new="""\
            if self.is_closing and send_id is not None:
                self._record(
                    Written(
                        at_us=taken_us, conn=self.name, send=send_id, began_us=taken_us,
                        wrote_bytes=len(payload),
                    )
                )
            if self.is_closing:
""",
    ),
    in_sender(
        id="closing_is_told_as_success",
        says="a send that finds the connection closing says that it has sent",
        breaks=("SD-10", "SD-13"),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="                return Sent(Outcome.SUPPRESSED, 0, None, None)",
        new="                return Sent(Outcome.OK, 0, None, None)",
    ),
    in_sender(
        id="the_lock_holder_outlives_a_failed_send",
        says="only a send that succeeds clears the lock holder",
        caught_by=("oracle:SC-1",),
        old="""\
            return self._finish(frame, taken_us, send_id)
        finally:
            self.lock_holder = None
""",
        new="""\
            sent = self._finish(frame, taken_us, send_id)
            if sent.outcome is Outcome.OK:
                self.lock_holder = None
            return sent
        finally:
            pass
""",
    ),
    in_sender(
        id="lock_holder_stays_behind",
        says=(
            "a send that has ended leaves its lock holder behind, and an idle connection looks "
            "stalled"
        ),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::test_a_send_that_is_over_is_no_stall",
            "test:tests/drivers/test_sender_failures.py::"
            "test_the_lock_is_free_after_an_exception_that_nobody_foresaw",
            "vectors:SC-1,SC-10",
        ),
        old="""\
        finally:
            self.lock_holder = None""",
        new="""\
        finally:
            pass""",
    ),
    in_sender(
        id="an_interrupt_leaves_a_torn_frame_open",
        says="an exception that nobody foresaw leaves the connection open in mid-frame",
        breaks=("SD-6",),
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
        breaks=("SD-5",),
        caught_by=(
            "test:tests/drivers/test_sender.py::test_no_write_begins_at_or_after_the_deadline",
        ),
        old="        if end.closes:\n",
        new="        if end.closes and send.written_bytes:\n",
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
        breaks=("SD-10",),
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
    in_sender(
        id="the_clock_is_not_read_before_a_write",
        says="the reading from the lock stands for the moment of the first write",
        breaks=("SD-2",),
        caught_by=(
            "test:tests/drivers/test_sender.py::test_no_write_begins_at_or_after_the_deadline",
        ),
        old="            began_us = self._clock()\n",
        new="            began_us = send.taken_us\n",
    ),
    in_sender(
        id="a_partial_write_begins_the_frame_again",
        says="what follows a partial write is taken from the beginning of the frame",
        caught_by=("oracle:SD-9",),
        old="frame.rest(send.written_bytes, asked_bytes)",
        new="frame.rest(0, asked_bytes)",
    ),
    in_sender(
        id="a_refused_frame_uses_up_a_number",
        says="a frame of which nothing has left leaves a hole in the numbers",
        breaks=("SD-14", "SD-8"),
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
        id="each_write_starts_the_deadline_again",
        says="bytes that leave give the rest of the frame the whole timeout again, in the driver",
        caught_by=("oracle:SD-1",),
        old="""\
                self._took(send, wrote, send_id, began_us, now_us)
            send, """,
        new="""\
                self._took(send, wrote, send_id, began_us, now_us)
                deadline_us = now_us + self.policy.send_timeout_us
                send = Send(
                    send.taken_us, deadline_us, send.size_bytes, send.written_bytes
                )
            send, """,
    ),
    in_sender(
        id="an_idle_slice_is_taken_for_the_deadline",
        says="the poll waits in slices, and one in which nothing happened ends the send",
        caught_by=("oracle:SD-4",),
        old="                self._transport.wait(decision.wait_us)\n",
        new="""\
                if not self._transport.wait(min(100_000, decision.wait_us)):
                    return send, End(Outcome.TIMEOUT, True), None
""",
    ),
    in_sender(
        id="a_wait_lasts_the_whole_timeout",
        says="each wait for room may last the whole send timeout, not what is left of it",
        breaks=("SD-3", "SD-1"),
        caught_by=(
            "test:tests/drivers/test_sender.py::test_a_peer_that_stops_late_gets_only_what_is_left",
        ),
        old="self._transport.wait(decision.wait_us)",
        new="self._transport.wait(self.policy.send_timeout_us)",
    ),
    in_sender(
        id="every_write_uses_up_a_number",
        says="the sequence rises with each write and not with each frame",
        breaks=("SD-14",),
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
        caught_by=("vectors:SD-14",),
        old="""\
        if not send.written_bytes:
            self._sequence""",
        new="""\
        if True:
            self._sequence""",
    ),
    in_sender(
        id="an_interrupted_write_is_an_error",
        says="a system call that was interrupted is not made again",
        caught_by=(
            "test:tests/drivers/test_sender_failures.py::test_the_error_table_end_to_end",
            "vectors:SD-7",
        ),
        old="        except (BlockingIOError, InterruptedError):",
        new="        except BlockingIOError:",
    ),
    in_sender(
        id="a_write_of_nothing_is_waited_for",
        says="a write that returned 0 counts as one that would block",
        caught_by=(
            "test:tests/drivers/test_properties_sends.py::"
            "test_any_answers_of_the_kernel_end_as_the_law_says",
            "vectors:SD-7",
        ),
        old="        if wrote <= 0:",
        new="        if wrote < 0:",
    ),
    in_sender(
        id="a_write_of_nothing_is_an_error",
        says="a write of nothing is an error",
        breaks=("SD-7",),
        caught_by=("test:tests/drivers/test_sender_failures.py::test_the_error_table_end_to_end",),
        old="return Refusal(Failure.CLOSED, ",
        new="return Refusal(Failure.ERROR, ",
    ),
    in_ticket_lock(
        id="a_waiter_looks_again_from_time_to_time",
        says="waiters of the lock do not queue but look every now and then whether it is free",
        caught_by=("oracle:CX-4",),
        old="""\
        ticket = next(self._tickets)
        if ticket == self._serving:
            return
        parked = """,
        new="""\
        import time

        while not self.try_acquire():
            time.sleep(0.001)
        return
        parked = """,
    ),
    in_ticket_lock(
        id="a_turn_given_before_parking_is_lost",
        says="a waiter parks without another look whether its turn has come meanwhile",
        breaks=("CX-4",),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_a_release_between_ticket_and_parking_is_not_lost",
        ),
        old="""\
        self._waiting[ticket] = parked
        if ticket == self._serving:
            self._waiting.pop(ticket, None)
            return
""",
        new="        self._waiting[ticket] = parked\n",
    ),
    in_ticket_lock(
        id="queue_is_a_stack",
        says="whoever asked last for the lock gets it first",
        caught_by=("vectors:CX-4",),
        old="""\
            serving = self._serving + 1
            self._serving = serving
            waiter = self._waiting.pop(serving, _ABSENT)
""",
        new="""\
            waiter = self._waiting.popitem()[1] if self._waiting else _ABSENT
            if waiter is _ABSENT:
                self._serving = next(self._tickets) + 1
""",
    ),
    in_ticket_lock(
        id="an_abandoned_turn_ends_the_queue",
        says="a turn that nobody takes is not passed on, and the lock is never free again",
        breaks=("CX-4", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_a_try_takes_a_free_lock_and_leaves_a_busy_one",
        ),
        old="""\
                waiter.release()
                return""",
        new="""\
                waiter.release()
            return""",
    ),
    in_worker(
        id="a_failed_task_ends_the_worker",
        says="after a task that failed no heartbeat is sent any more",
        breaks=("SC-10",),
        caught_by=(
            "test:tests/drivers/test_stream_receiver.py::"
            "test_a_task_that_fails_is_noted_and_stops_nothing",
        ),
        old="            except Exception as error:\n",
        new="            except OSError as error:\n",
    ),
)
