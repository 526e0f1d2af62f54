"""Mutants of CX-1 to CX-6: connections, and guards together."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_window = partial(Mutant, file="proofs/assumptions/window.py")
in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_ticket_lock = partial(Mutant, file="reference/stallproof/drivers/ticket_lock.py")
in_tls_connection = partial(Mutant, file="reference/stallproof/drivers/tls_connection.py")
in_harness = partial(Mutant, file="reference/stallproof/harness/reference.py")
in_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")
in_close_window = partial(Mutant, file="reference/stallproof/machines/close_window.py")
in_machines_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_send_deadline = partial(Mutant, file="reference/stallproof/machines/send_deadline.py")
in_stall_count = partial(Mutant, file="reference/stallproof/machines/stall_count.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_connection = partial(Mutant, file="tests/implementations/node/connection.js")
in_go_fairlock = partial(Mutant, file="tests/implementations/go/guard/fairlock.go")
in_timeline = partial(Mutant, file="reference/stallproof/judge/evidence/timeline.py")

MUTANTS = (
    in_window(
        id="lower_end_b_below_the_limit",
        says="lower end b below the limit",
        breaks=("CX-5",),
        caught_by=("proof:cx5b_a_send_timeout_beyond_the_lower_end_may_close",),
        old="later_us if later_us > 0 else 0",
        new="later_us",
    ),
    in_sending(
        id="a_queued_send_has_the_lock",
        says="a send counts as having the lock from the moment at which it asks for it",
        breaks=("CX-1.1",),
        caught_by=("vectors:CX-1",),
        old="            payload = payload_view(payload, len(header))\n",
        new="""\
            payload = payload_view(payload, len(header))
        if self.lock_holder is not None and send_id is not None:
            self._record(LockTaken(at_us=self._clock(), conn=self.name, send=send_id))
""",
    ),
    in_sending(
        id="frames_leave_without_the_lock",
        says="whoever has a frame writes it, whether or not another one is on its way",
        breaks=("CX-1.2",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_frames_of_many_threads_do_not_mix",
        ),
        old="""\
        if (ticket := next(lock.tickets)) != lock.serving and not lock.wait_for(ticket, give_up):
            return Outcome.SUPPRESSED if self.is_closing else Outcome.GIVEN_UP
""",
        new="        ticket = next(lock.tickets)\n",
    ),
    in_sender(
        id="a_closed_connection_is_open_again",
        says="once the descriptor is released the connection no longer counts as closing",
        breaks=("CX-6.1",),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="        return self._closing_latch.locked()",
        new="        return self._closing_latch.locked() and self._worker._thread.is_alive()",
    ),
    in_sender(
        id="closing_counts_only_when_it_is_done",
        says="until the descriptor is released nobody is told that the connection closes",
        breaks=("CX-6", "SD-10.2"),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="        return self._closing_latch.locked()",
        new="        return not self._worker._thread.is_alive()",
    ),
    in_drivers_guarded(
        id="a_close_waits_for_the_send",
        says="a close gives the send that it is to free two seconds to finish by itself",
        breaks=("CX-2",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_closing_frees_a_blocked_sender_and_raises_nothing[unix]",
        ),
        old="        self.begin_closing(Cause.LOCAL)\n",
        new="""\
        until_us = self._clock() + 2_000_000
        while self.lock_holder is not None and self._clock() < until_us:
            self._worker.join(0.001)
        self.begin_closing(Cause.LOCAL)
""",
    ),
    in_drivers_guarded(
        id="a_second_close_reopens_it",
        says="a second close makes the connection usable again",
        breaks=("CX-6.1",),
        caught_by=("vectors:CX-6",),
        old="""\
            return False
        self._record(Closing(""",
        new="""\
            self._transport.is_shut = self._transport.is_released = False
            self._closing_latch.release()
            return False
        self._record(Closing(""",
    ),
    in_drivers_guarded(
        id="closing_wakes_nobody",
        says="closing does not wake the send that is blocked: it returns at its own deadline",
        caught_by=("vectors:CX-2",),
        old="                self._transport.shut_down()\n",
        new="""\
                def shut_down() -> None:
                    self.lock.acquire()
                    self._transport.shut_down()
                    self.lock.release()

                self._worker.do(shut_down)
""",
    ),
    in_drivers_guarded(
        id="closing_does_not_shut_the_transport_down",
        says="closing does not shut the transport down",
        breaks=("CX-2",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_the_monitor_closes_a_stalled_connection_and_frees_its_sender",
        ),
        old="self._transport.shut_down()",
        new="self._transport.frame",
    ),
    in_drivers_guarded(
        id="a_heartbeat_is_answered_past_the_lock",
        says="the answer to a PING is written at once, also into the middle of a frame",
        breaks=("CX-1.2",),
        caught_by=(
            "oracle:CX-1",
            "test:tests/drivers/test_receiving.py::test_no_answer_comes_into_the_middle_of_a_frame",
        ),
        old="        self._worker.do(self._answer_heartbeat)\n",
        new="""\
        frame = self._transport.frame(FrameType.PONG, 0, _EMPTY)
        with contextlib.suppress(OSError):
            self._transport.write(frame.rest(0, frame.size_bytes))
""",
    ),
    in_drivers_guarded(
        id="the_answer_to_a_heartbeat_goes_past_the_lock",
        says="a heartbeat is answered in the midst of whatever frame is on its way",
        breaks=("CX-1.2",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_neither_answer_nor_heartbeat_goes_into_a_frame",
        ),
        old="""\
        if self.lock.try_acquire():
            self._transmit_and_release(FrameType.PONG)""",
        new="        self.transmit(_EMPTY, FrameType.PONG, None)",
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
        breaks=("CX-3.1", "CX-4.1"),
        caught_by=("vectors:CX-3,CX-4",),
        old="        self.lock = TicketLock(io.parking)\n",
        new='        self.lock = io.__dict__.setdefault("lock", TicketLock(io.parking))\n',
    ),
    in_sender(
        id="the_interpreters_own_lock",
        says="the lock is a plain one, which whoever runs takes before the waiter that it woke",
        breaks=("CX-4.2",),
        caught_by=("oracle:CX-4",),
        old="        self.lock = TicketLock(io.parking)\n",
        new="""\
        from types import SimpleNamespace

        plain: Any = io.parking()
        self.lock: Any = SimpleNamespace(
            tickets=iter(int, 1), serving=1, wait_for=lambda *of: plain.acquire(),
            waiting=True, pass_on=lambda _: setattr(self.lock, "serving", 1) or plain.release(),
            acquire=plain.acquire, release=plain.release,
            try_acquire=lambda: plain.acquire(blocking=False),
        )
""",
    ),
    in_drivers_guarded(
        id="a_number_is_closed_again",
        says="a close of what is closed already closes its number, whoever has it by then",
        breaks=("CX-6.3",),
        caught_by=("oracle:CX-6",),
        old="""\
        if not self._closing_latch.acquire(blocking=False):
            return False
""",
        new="""\
        import os

        number = self.__dict__.setdefault("number", self._transport.socket.fileno())
        if not self._closing_latch.acquire(blocking=False):
            if self.wait_finished(1.0):
                with contextlib.suppress(OSError):
                    os.close(number)
            return False
""",
    ),
    in_ticket_lock(
        id="a_waiter_looks_again_from_time_to_time",
        says="waiters of the lock do not queue but look every now and then whether it is free",
        breaks=("CX-4.2",),
        caught_by=("oracle:CX-4",),
        old="""\
        parked = self._parking()
""",
        new="""\
        import time

        while not self._abandon(ticket):
            time.sleep(0.001)
            ticket = next(self.tickets)
        return True
        parked = self._parking()
""",
    ),
    in_ticket_lock(
        id="a_turn_given_before_parking_is_lost",
        says="a waiter parks without another look whether its turn has come meanwhile",
        breaks=("CX-4.1",),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_a_release_between_ticket_and_parking_is_not_lost",
        ),
        old="""\
        self.waiting[ticket] = parked
        if ticket == self.serving:
            self.waiting.pop(ticket, None)
            return True
""",
        new="        self.waiting[ticket] = parked\n",
    ),
    in_ticket_lock(
        id="queue_is_a_stack",
        says="whoever asked last for the lock gets it first",
        breaks=("CX-4.2",),
        caught_by=("vectors:CX-4,SD-18",),
        old="        while (waiter := self.waiting.pop(serving, _ABSENT)) is not _ABSENT:\n",
        new="""\
        while self.waiting:
            waiter = self.waiting.popitem()[1]
""",
    ),
    in_ticket_lock(
        id="an_abandoned_turn_ends_the_queue",
        says="a turn that nobody takes is not passed on, and the lock is never free again",
        breaks=("CX-4.1", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_a_try_takes_a_free_lock_and_leaves_a_busy_one",
        ),
        old="""\
            serving += 1
            self.serving = serving
""",
        new="            return\n",
    ),
    in_tls_connection(
        id="answers_leave_in_mid_frame",
        says="the worker writes what the layer has to say although a frame is on its way",
        breaks=("CX-1",),
        caught_by=(
            "test:tests/drivers/test_tls_key_updates.py::"
            "test_answers_wait_while_the_lock_is_busy_and_leave_with_the_next_frame",
        ),
        old="""\
        if not self.lock.try_acquire():
            return
        try:
            if not self._leaving:
                self._leaving = memoryview(self._session.waiting())
            if self._leaving:
                # If that fails, nothing is lost that a send would not find out.
                self._flush()
        finally:
            self.lock.release()
""",
        new="""\
        if not self._leaving:
            self._leaving = memoryview(self._session.waiting())
        if self._leaving:
            self._flush()
""",
    ),
    in_tls_connection(
        id="close_notify_in_mid_frame",
        says="a close announces an orderly end although a frame is on its way",
        breaks=("CX-1", "SD-16"),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::"
            "test_a_close_while_the_lock_is_held_is_not_orderly_and_does_not_wait",
        ),
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
        if cause is Cause.LOCAL:
            self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            self._flush()
""",
    ),
    in_tls_connection(
        id="a_broken_session_stays_open",
        says="a session that cannot go on leaves those who send on it waiting",
        breaks=("CX-2",),
        caught_by=("test:tests/drivers/test_tls_closing.py::test_a_broken_session_is_closed",),
        old="        if self._is_broken:\n",
        new="        if self._is_broken and self.received_us is None:\n",
    ),
    in_close_window(
        id="silent_forgets_the_grace",
        says="silent forgets the grace",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5b_a_silent_configuration_never_warns",
            "proof:cx5a_the_cases_are_those_of_the_table",
        ),
        old="held_us <= policy.stall_timeout_us",
        new="policy.send_timeout_us <= policy.stall_timeout_us",
    ),
    in_close_window(
        id="silent_is_strict",
        says="a send timeout within the stall timeout is not called silent",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5b_every_other_configuration_can_warn",
        ),
        old="held_us <= policy.stall_timeout_us",
        new="held_us < policy.stall_timeout_us",
    ),
    in_close_window(
        id="the_upper_end_decides_the_case",
        says="a configuration counts as one that cannot close though its monitor may",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5b_the_cases_are_those_of_the_table",
            "proof:cx5a_a_configuration_that_may_not_close_never_does",
            "proof:cx5b_a_configuration_that_may_not_close_never_does",
        ),
        old="    if held_us <= close_window(policy, schedule).after_us:\n",
        new="    if held_us <= close_window(policy, schedule).by_us:\n",
    ),
    in_close_window(
        id="the_case_forgets_the_count",
        says=(
            "a configuration whose send timeout exceeds the stall timeout may close, at any "
            "threshold"
        ),
        breaks=("CX-5",),
        caught_by=("search:agreement",),
        old="if held_us <= close_window(policy, schedule).after_us:",
        new="if held_us > close_window(policy, schedule).after_us:",
    ),
    in_close_window(
        id="the_lower_end_counts_as_may_close",
        says="the lower end counts as may close",
        breaks=("CX-5",),
        caught_by=(
            "proof:cx5a_the_cases_are_those_of_the_table",
            "proof:cx5a_a_configuration_that_may_close_can",
            "proof:cx5b_a_configuration_that_may_close_can",
        ),
        old="held_us <= close_window(policy, schedule).after_us",
        new="held_us < close_window(policy, schedule).after_us",
    ),
    in_machines_connection(
        id="born_torn",
        says="born torn",
        breaks=("CX-1",),
        caught_by=("proof:cx1_a_new_connection_holds_together",),
        old="None, False, 0, None",
        new="None, True, 0, None",
    ),
    in_machines_connection(
        id="a_send_older_than_the_last_is_demanded",
        says="a send older than the last is demanded",
        breaks=("CX-1",),
        caught_by=("proof:cx1_what_holds_together_is_what_every_event_accepts",),
        old="conn.send_id == conn.sends",
        new="conn.send_id < conn.sends",
    ),
    in_machines_connection(
        id="an_end_reopens",
        says="a send that ends opens a closing connection again",
        breaks=("CX-6.1",),
        caught_by=("proof:cx6_a_step_never_reopens", "proof:cx6_a_failure_never_reopens"),
        old="closed_by = conn.closed_by",
        new="closed_by = None",
    ),
    in_machines_connection(
        id="lock_stealing",
        says="the lock can be taken while it is held",
        breaks=("CX-1.1",),
        caught_by=("proof:cx1_the_lock_is_refused_while_held",),
        old='@require(lambda conn: conn.send is None, "CX-1: the lock is free")\n',
        new="",
    ),
    in_machines_connection(
        id="a_lock_taken_reopens",
        says="a lock taken reopens",
        breaks=("CX-6.1",),
        caught_by=(
            "proof:cx6_a_lock_taken_never_reopens",
            "proof:sd5_taking_the_lock_begins_no_closing",
        ),
        old="return _with_send(conn, None, None, sends)",
        new="return new_connection(heartbeats=True)",
    ),
    in_machines_connection(
        id="every_send_is_number_one",
        says="all sends carry the same number, so that nobody can tell them apart",
        breaks=("CX-1",),
        caught_by=("search:connection",),
        old="_with_send(conn, send, sends, sends)",
        new="_with_send(conn, send, 1, sends)",
    ),
    in_machines_connection(
        id="send_without_a_number_of_its_own",
        says="send without a number of its own",
        breaks=("CX-1",),
        caught_by=(
            "proof:cx1_a_free_lock_is_taken_by_the_asker",
            "proof:cx1_a_lock_taken_holds_together",
        ),
        old="_with_send(conn, send, sends, sends)",
        new="_with_send(conn, send, conn.sends, sends)",
    ),
    in_machines_connection(
        id="anybody_steps",
        says="anybody steps",
        breaks=("CX-1",),
        caught_by=("proof:cx1_nobody_steps_without_the_lock",),
        old="""\
@require(
    lambda conn, wrote_bytes: (
        conn.send is not None and 0 <= wrote_bytes <= conn.send.size_bytes - conn.send.written_bytes
    )
)
@require(lambda conn: conn.send is not None, "CX-1: only the holder steps")
""",
        new="",
    ),
    in_machines_connection(
        id="a_blocked_send_does_not_see_the_closing",
        says="a step that wrote nothing does not look whether the connection is closing",
        breaks=("CX-2",),
        caught_by=("model:send",),
        old="""\
    closing = conn.closed_by is not None
    send, decision""",
        new="""\
    closing = conn.closed_by is not None and wrote_bytes > 0
    send, decision""",
    ),
    in_machines_connection(
        id="a_step_does_not_see_the_closing",
        says="a blocked send does not see that its connection is closing",
        breaks=("CX-2",),
        caught_by=(
            "proof:cx6_a_step_never_reopens",
            "proof:cx2_a_close_and_then_any_step_releases",
            "proof:cx2_a_close_by_the_monitor_and_then_any_step_releases",
        ),
        old="""\
    closing = conn.closed_by is not None
    send, decision = send_deadline.on_step(conn.send, wrote_bytes, closing=closing, now_us=now_us)
""",
        new="""\
    closing = False
    send, decision = send_deadline.on_step(conn.send, wrote_bytes, closing=closing, now_us=now_us)
""",
    ),
    in_machines_connection(
        id="a_step_hands_the_lock_over",
        says="the lock changes hands in the middle of a frame",
        breaks=("CX-1",),
        caught_by=("proof:cx1_a_step_never_swaps_the_holder", "proof:cx1_a_step_holds_together"),
        old="_with_send(conn, send, conn.send_id, conn.sends)",
        new="_with_send(conn, send, conn.send_id + 1, conn.sends)",
    ),
    in_machines_connection(
        id="anybody_fails",
        says="anybody fails",
        breaks=("CX-1",),
        caught_by=("proof:cx1_nobody_steps_without_the_lock",),
        old='@require(lambda conn: conn.send is not None, "CX-1: only the holder fails")\n',
        new="",
    ),
    in_machines_connection(
        id="the_last_closer_is_the_cause",
        says="whoever closes last is the cause",
        breaks=("CX-6",),
        caught_by=(
            "proof:cx6_a_close_never_reopens",
            "proof:cx6_a_close_during_a_send_never_reopens",
        ),
        old="cause if conn.closed_by is None else conn.closed_by",
        new="cause",
    ),
    in_machines_connection(
        id="whoever_closes_later_is_the_cause",
        says="a later closing replaces the cause of the first",
        breaks=("CX-6",),
        caught_by=("search:connection",),
        old="cause if conn.closed_by is None else conn.closed_by",
        new="cause or conn.closed_by",
    ),
    in_machines_connection(
        id="a_check_renews_the_deadline",
        says="a check renews the deadline",
        breaks=("CX-1",),
        caught_by=(
            "proof:sd3_a_check_never_extends",
            "proof:sd3_a_check_and_then_a_due_step_releases",
            "proof:cx1_a_check_holds_together",
            "proof:cx1_a_close_holds_together",
        ),
        old="conn.send, conn.send_id, conn.sends, closed_by,",
        new=(
            "conn.send and Send(conn.send.taken_us, 2 * conn.send.deadline_us, "
            "conn.send.size_bytes, conn.send.written_bytes), conn.send_id, "
            "conn.sends, closed_by,"
        ),
    ),
    in_machines_connection(
        id="the_owner_blames_the_monitor",
        says="the owner blames the monitor",
        breaks=("CX-1",),
        caught_by=(
            "proof:cx1_a_close_holds_together",
            "proof:cx1_a_close_while_idle_holds_together",
            "proof:sd5_a_close_asks_exactly_for_the_closing_it_begins",
        ),
        old="_closed_by(conn, Cause.LOCAL,",
        new="_closed_by(conn, Cause.MONITOR,",
    ),
    in_machines_connection(
        id="a_check_loses_the_number_of_the_send",
        says="a check loses the number of the send",
        breaks=("CX-1", "SC-5"),
        caught_by=("proof:cx1_a_check_holds_together",),
        old="_closed_by(conn, closes, count), Effects(closes=closes",
        new="""\
_with_send(_closed_by(conn, closes, count), conn.send, None, conn.sends), Effects(closes=closes""",
    ),
    in_machines_connection(
        id="a_check_reopens",
        says="a check reopens",
        breaks=("CX-6.1",),
        caught_by=(
            "proof:cx6_a_check_never_reopens",
            "proof:sc8_a_check_of_an_idle_connection_begins_no_closing",
        ),
        old="_closed_by(conn, closes, count), Effects(closes=closes",
        new="new_connection(heartbeats=True), Effects(closes=closes",
    ),
    in_machines_connection(
        id="a_received_frame_is_forgotten",
        says="a received frame is forgotten",
        breaks=("CX-1", "SC-10"),
        caught_by=(
            "proof:cx1_a_received_frame_holds_together",
            "proof:cx1_a_received_frame_while_idle_holds_together",
        ),
        old="max(conn.received_us, now_us)",
        new="min(conn.received_us, now_us)",
    ),
    in_machines_connection(
        id="a_received_frame_lies_ahead",
        says="a received frame lies ahead",
        breaks=("CX-1", "SC-10"),
        caught_by=(
            "proof:cx1_a_received_frame_holds_together",
            "proof:cx1_a_received_frame_while_idle_holds_together",
        ),
        old="max(conn.received_us, now_us)",
        new="conn.received_us + now_us",
    ),
    in_machines_connection(
        id="a_received_frame_reopens",
        says="a received frame reopens",
        breaks=("CX-6.1",),
        caught_by=(
            "proof:cx6_a_received_frame_never_reopens",
            "proof:cx6_a_received_frame_during_a_send_never_reopens",
        ),
        old="conn.sends, conn.closed_by,",
        new="conn.sends, None,",
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
        id="step_never_expires",
        says="the queue behind a stuck send waits for ever",
        breaks=("CX-4.1",),
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
    in_stall_count(
        id="closes_one_check_early",
        says="the monitor closes one check before the threshold",
        breaks=("CX-5.2", "SC-9.1"),
        caught_by=(
            "proof:sc6_no_close_before_the_threshold",
            "proof:sc6_the_monitor_keeps_it_open_before_the_threshold",
            "proof:sc9a_no_close_at_or_before_the_lower_end",
            "proof:sc9b_no_close_at_or_before_the_lower_end",
            "proof:cx5a_a_send_timeout_within_the_lower_end_never_closes",
            "proof:cx5b_a_send_timeout_within_the_lower_end_never_closes",
            "vectors:CX-5,SC-6,SC-9",
            "oracle:CX-5",
        ),
        old="closes = policy.close_stalled and checks >= policy.checks_max",
        new="closes = policy.close_stalled and checks + 1 >= policy.checks_max",
    ),
    in_c_guarded(
        id="c_goes_on_a_byte_too_early",
        says="after a partial write the frame goes on with the last byte that was written",
        caught_by=("oracle:CX-1,SD-9 beside SD-14",),
        old="make_piece(send_, send_->written, piece",
        new="make_piece(send_, send_->written - (send_->written % WRITE_BYTES > 0), piece",
    ),
    in_c_guarded(
        id="c_closes_again",
        says="nobody remembers that closing has begun: each call that closes does it again",
        caught_by=("vectors:CX-6,SC-8",),
        old="""\
    if (conn->closing)
        return;
""",
        new="",
    ),
    in_c_guarded(
        id="c_stack_for_a_queue",
        says="who asks last is served next",
        breaks=("CX-4.2",),
        caught_by=("vectors:CX-4",),
        old="""\
    while (*last != NULL)
        last = &(*last)->next;
    send->next = NULL;
""",
        new="""\
    if (*last != NULL)
        last = &(*last)->next;
    send->next = *last;
""",
    ),
    in_c_guarded(
        id="c_closing_wakes_nobody",
        says="closing is noticed by who comes to the lock; who waits for room sleeps on",
        caught_by=("vectors:CX-2",),
        old="""\
        if (conn->closing) {
            end_send""",
        new="""\
        if (conn->closing && (send->turn == 0 || began >= send->deadline)) {
            end_send""",
    ),
    in_c_guarded(
        id="c_lock_of_each_write",
        says="the lock is released when a write would block, before the frame is whole",
        breaks=("CX-1.1", "CX-1.2"),
        caught_by=("vectors:CX-1",),
        old="                conn->may_write = conn->transport->is_ready(conn);",
        new="""\
                {
                conn->may_write = conn->transport->is_ready(conn);
                if (send->next != NULL && !conn->may_write) {
                    conn->queue = send->next;
                    ask_for_lock(conn, send);
                }
            }""",
    ),
    in_c_guarded(
        id="c_closes_one_check_early",
        says="the threshold is compared with the count that the next check will find",
        breaks=("CX-5.2", "SC-9.1"),
        caught_by=("vectors:CX-5,SC-6,SC-9",),
        old="conn->stalled_checks >= sp_policy.checks_max)",
        new="conn->stalled_checks + 1 >= sp_policy.checks_max)",
    ),
    in_go_fairlock(
        id="go_last_waiter_first",
        says="the queue is used like a stack: the last one to come is the next",
        breaks=("CX-4.2",),
        caught_by=("vectors:CX-4,SD-18",),
        old="""\
	next := l.queue[0]
	l.queue = l.queue[1:]
""",
        new="""\
	last := len(l.queue) - 1
	next := l.queue[last]
	l.queue = l.queue[:last]
""",
    ),
    in_go_fairlock(
        id="go_waiters_look_again",
        says="who finds the lock busy does not queue but looks again a little later",
        breaks=("CX-4.2",),
        caught_by=("oracle:CX-4",),
        old="""\
	l.queue = append(l.queue, mine)
	l.mu.Unlock()
	defer g.waking(mine.parker.Unpark)()
""",
        new="""\
	l.mu.Unlock()
	for !l.tryLock() {
		mine.parker.Park(w.NowUS() + 20)
	}
	return true
""",
    ),
    in_node_connection(
        id="node_short_frames_first",
        says="short frames overtake long ones in the queue, for the good of the latency",
        breaks=("CX-4.2",),
        caught_by=("vectors:CX-4",),
        old="    this.#queue.push({ frame, isReported, ended });\n",
        new="""\
    this.#queue.push({ frame, isReported, ended });
    this.#queue.sort((a, b) => a.frame.payloadBytes - b.frame.payloadBytes);
""",
    ),
    in_node_connection(
        id="node_freed_on_a_later_turn",
        says="who is blocked when the connection closes is freed a millisecond later, by a timer",
        caught_by=("vectors:CX-2",),
        old="    if (this.isClosing) return this.#end(SUPPRESSED, null);",
        new="""\
    if (this.isClosing && flight.isWriting) {
      flight.freeUs ??= this.#clock.now() + 1000;
      this.#clock.at(flight.freeUs, () => this.#run());
      if (this.#clock.now() < flight.freeUs) return false;
    }
    if (this.isClosing) return this.#end(SUPPRESSED, null);""",
    ),
    in_node_connection(
        id="node_one_sender_for_all",
        says="all connections share one turn to send, and who stalls keeps it",
        breaks=("CX-3.1", "CX-4.1"),
        caught_by=("vectors:CX-3,CX-4",),
        old="  #takeLock() {\n",
        new="""\
  #takeLock() {
    const all = (this.#clock.all ??= new Set()).add(this);
    const holder = [...all].find((conn) => conn.flight !== null)?.flight;
    if (!this.isClosing && holder !== undefined) {
      const { ended } = holder;
      holder.ended = (how) => {
        ended(how);
        this.#run();
      };
      return false;
    }
""",
    ),
    in_timeline(
        id="the_judge_looks_at_all_that_came_before",
        says="what the peer was doing at a time is found by looking at all times",
        breaks=("CX-3",),
        caught_by=(
            "test:tests/judge/test_growth.py::"
            "test_each_rule_is_linear_in_the_events[cx_3-meddled_with]",
        ),
        old="""\
        place = bisect_right(self.times, at_us)
        return self.events[place - 1] if place else None
""",
        new="""\
        place = sum(time_us <= at_us for time_us in self.times)
        return self.events[place - 1] if place else None
""",
    ),
    in_ticket_lock(
        id="who_waits_alone_is_not_woken",
        says="a release looks for waiters before it serves, and who parks in between sleeps on",
        breaks=("CX-4.1", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_ticket_lock.py::"
            "test_who_parks_while_a_release_looks_for_waiters_goes_on_by_itself",
        ),
        old="""\
        self.serving = serving = self.serving + 1
        if self.waiting:
""",
        new="""\
        is_awaited = bool(self.waiting)
        self.serving = serving = self.serving + 1
        if is_awaited:
""",
    ),
    in_sending(
        id="who_waits_alone_is_not_woken_by_a_send",
        says="a send looks for waiters before it serves, and who parks in between sleeps on",
        breaks=("CX-4.1", "SD-3"),
        caught_by=(
            "test:tests/drivers/test_first_write.py::"
            "test_who_parks_while_a_send_looks_for_waiters_goes_on_by_itself",
        ),
        old="""\
            lock.serving = serving = lock.serving + 1
            if lock.waiting:
""",
        new="""\
            is_awaited = bool(lock.waiting)
            lock.serving = serving = lock.serving + 1
            if is_awaited:
""",
    ),
    in_monitor(
        id="warns_from_half_the_limit_on",
        says="who waits for the deadline is warned of from half the stall timeout on, to be early",
        breaks=("CX-5.1", "SC-4.2"),
        caught_by=("vectors:CX-5,SC-4", "oracle:CX-5,SC-4"),
        old="        if decision.warns:\n",
        new="        if decision.warns or 2 * decision.stall_us > conn.policy.stall_timeout_us:\n",
    ),
    in_c_guarded(
        id="c_tells_who_waits_at_the_closing",
        says="closing tells whoever waits for the lock of its end, and so does its turn, later",
        breaks=("CX-6.2",),
        caught_by=("vectors:CX-6", "oracle:CX-6"),
        old="""\
    sp_closed(conn->at);
    for (struct Stream""",
        new="""\
    sp_closed(conn->at);
    for (struct Send *send = conn->queue; send != NULL && send->next != NULL; send = send->next) {
        sp_begin_send_ended(conn->at, send->next->number, SP_SUPPRESSED);
        sp_said();
    }
    for (struct Stream""",
    ),
    in_sending(
        id="what_failed_is_sent_again_later",
        says="a frame whose failure has been told is kept, and the worker sends it after all",
        breaks=("CX-6.2", "SC-1.2"),
        caught_by=("vectors:CX-6,SC-1",),
        old="""\
            return sent.outcome
        raise SendFailed""",
        new="""\
            return sent.outcome
        if not sent.written_bytes and not self.is_closing:
            self.do_later(
                lambda: self.send(
                    payload, send_id=send_id, kind=kind, header=header, stream_id=stream_id
                )
            )
        raise SendFailed""",
    ),
    in_ticket_lock(
        id="a_waiter_is_woken_by_nobody",
        says="a waiter is not woken as its turn comes, but looks for it some seconds later",
        breaks=("CX-4.1",),
        caught_by=("oracle:CX-4",),
        old="        if give_up is None:\n            parked.acquire()\n",
        new="""\
        import time

        while ticket != self.serving:
            time.sleep(4.0)
        if give_up is None:
            parked.acquire()
""",
    ),
    in_harness(
        id="a_send_dials_again",
        says="a send over a connection that has been closed dials again, as clients like to do",
        breaks=("CX-6.1",),
        caught_by=("oracle:CX-6",),
        old="        self._take_over(conn)\n        return descriptor\n",
        new="""\
        self._take_over(conn)
        link = self._links[request.conn]

        def send(*frame):
            if link.conn.is_closing:
                link.conn = self._guarded(connected(request), request)
            return ReferenceLink.send(link, *frame)

        link.send = send
        return descriptor
""",
    ),
)
