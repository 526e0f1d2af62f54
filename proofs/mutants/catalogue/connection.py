"""Mutants of the machine of a connection as a whole."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")

MUTANTS = (
    in_connection(
        id="born_torn",
        says="born torn",
        breaks=("CX-1",),
        caught_by=("proof:cx1_a_new_connection_holds_together",),
        old="None, False, 0, None",
        new="None, True, 0, None",
    ),
    in_connection(
        id="count_carried_over",
        says="a new connection inherits a count",
        breaks=("SC-13",),
        caught_by=("proof:sc13_a_new_connection_counts_from_nothing",),
        old="heartbeats, NEVER_CHECKED",
        new="heartbeats, StallCount(2, 7)",
    ),
    in_connection(
        id="a_send_older_than_the_last_is_demanded",
        says="a send older than the last is demanded",
        breaks=("CX-1",),
        caught_by=("proof:cx1_what_holds_together_is_what_every_event_accepts",),
        old="conn.send_id == conn.sends",
        new="conn.send_id < conn.sends",
    ),
    in_connection(
        id="the_number_zero_is_skipped",
        says="the sequence starts anew with 1",
        breaks=("SD-14",),
        caught_by=("search:connection",),
        old="return (sequence + 1) % SEQUENCES",
        new="return (sequence + 1) % SEQUENCES or 1",
    ),
    in_connection(
        id="numbers_never_wrap",
        says="numbers never wrap",
        breaks=("SD-14",),
        caught_by=(
            "proof:sd14_a_frame_on_the_wire_uses_one_number",
            "proof:cx1_a_step_holds_together",
        ),
        old="(sequence + 1) % SEQUENCES",
        new="sequence + 1",
    ),
    in_connection(
        id="numbers_wrap_one_early",
        says="the sequence starts anew one number too early",
        breaks=("SD-14",),
        caught_by=("proof:sd14_a_frame_on_the_wire_uses_one_number",),
        old="% SEQUENCES",
        new="% (SEQUENCES - 1)",
    ),
    in_connection(
        id="the_monitor_times_the_deadline",
        says="stall time runs from the deadline instead of the lock",
        breaks=("SC-1",),
        caught_by=("proof:sc1_the_monitor_reads_the_lock_time",),
        old="conn.send.taken_us",
        new="conn.send.deadline_us",
    ),
    in_connection(
        id="the_monitor_sees_only_its_own_closing",
        says="the monitor closes a connection that somebody else is closing",
        breaks=("SC-8", "SD-5"),
        caught_by=("search:monitor",),
        old="conn.heartbeats, conn.closed_by is not None\n",
        new="conn.heartbeats, conn.closed_by is Cause.MONITOR\n",
    ),
    in_connection(
        id="an_end_reopens",
        says="a send that ends opens a closing connection again",
        breaks=("CX-6",),
        caught_by=("proof:cx6_a_step_never_reopens", "proof:cx6_a_failure_never_reopens"),
        old="closed_by = conn.closed_by",
        new="closed_by = None",
    ),
    in_connection(
        id="every_end_closes",
        says="every end closes",
        breaks=("SD-5",),
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
    in_connection(
        id="causes_swapped",
        says="causes swapped",
        breaks=("SD-5", "SD-3"),
        caught_by=("proof:sd5_a_timeout_closes_the_connection", "proof:cx1_a_step_holds_together"),
        old="ended.outcome is Outcome.TIMEOUT else",
        new="ended.outcome is not Outcome.TIMEOUT else",
    ),
    in_connection(
        id="closing_is_not_remembered",
        says="closing is not remembered",
        breaks=("SD-6",),
        caught_by=(
            "proof:sd5_a_timeout_closes_the_connection",
            "proof:sd6_a_torn_frame_closes_the_connection",
            "proof:sd5_a_step_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_a_failure_asks_exactly_for_the_closing_it_begins",
        ),
        old="        closed_by = closes\n",
        new="        pass\n",
    ),
    in_connection(
        id="a_number_for_nothing",
        says="a number for nothing",
        breaks=("SD-14",),
        caught_by=(
            "proof:sd14_a_frame_that_never_left_uses_no_number",
            "proof:sd14_a_failed_frame_uses_a_number_if_it_left",
        ),
        old="used = written_bytes > 0",
        new="used = True",
    ),
    in_connection(
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
    in_connection(
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
    in_connection(
        id="lock_stealing",
        says="the lock can be taken while it is held",
        breaks=("CX-1",),
        caught_by=("proof:cx1_the_lock_is_refused_while_held",),
        old='@require(lambda conn: conn.send is None, "CX-1: the lock is free")\n',
        new="",
    ),
    in_connection(
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
    in_connection(
        id="sends_on_a_closed_connection",
        says="whoever reaches the head of the queue sends, though closing has begun",
        breaks=("SD-12", "SD-13"),
        caught_by=(
            "proof:sd13_a_queued_sender_returns_with_nothing_written",
            "proof:cx6_a_lock_taken_never_reopens",
            "proof:cx1_a_lock_taken_holds_together",
        ),
        old="if conn.closed_by is not None:",
        new="if False:",
    ),
    in_connection(
        id="a_lock_taken_reopens",
        says="a lock taken reopens",
        breaks=("CX-6",),
        caught_by=(
            "proof:cx6_a_lock_taken_never_reopens",
            "proof:sd5_taking_the_lock_begins_no_closing",
        ),
        old="return _with_send(conn, None, None, sends)",
        new="return new_connection(heartbeats=True)",
    ),
    in_connection(
        id="the_queue_is_told_ok",
        says=(
            "whoever reaches the head of the queue of a closing connection is told that it has sent"
        ),
        breaks=("SD-10", "SD-13"),
        caught_by=("search:connection",),
        old="sends), Effects(End(Outcome.SUPPRESSED, False))",
        new="sends), Effects(End(Outcome.OK, False))",
    ),
    in_connection(
        id="every_send_is_number_one",
        says="all sends carry the same number, so that nobody can tell them apart",
        breaks=("CX-1",),
        caught_by=("search:connection",),
        old="_with_send(conn, send, sends, sends)",
        new="_with_send(conn, send, 1, sends)",
    ),
    in_connection(
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
    in_connection(
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
    in_connection(
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
    in_connection(
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
    in_connection(
        id="done_does_not_release",
        says="a send that is over keeps the lock",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_a_step_that_is_due_releases",
            "proof:cx1_a_finished_send_releases_the_lock",
            "proof:sc1_a_released_lock_has_no_stall_time",
            "proof:cx6_a_step_never_reopens",
            "proof:cx1_a_step_holds_together",
        ),
        old="return _released(conn, decision, send.written_bytes)",
        new="return _with_send(conn, send, conn.send_id, conn.sends), Effects(decision=decision)",
    ),
    in_connection(
        id="a_step_hands_the_lock_over",
        says="the lock changes hands in the middle of a frame",
        breaks=("CX-1",),
        caught_by=("proof:cx1_a_step_never_swaps_the_holder", "proof:cx1_a_step_holds_together"),
        old="_with_send(conn, send, conn.send_id, conn.sends)",
        new="_with_send(conn, send, conn.send_id + 1, conn.sends)",
    ),
    in_connection(
        id="anybody_fails",
        says="anybody fails",
        breaks=("CX-1",),
        caught_by=("proof:cx1_nobody_steps_without_the_lock",),
        old='@require(lambda conn: conn.send is not None, "CX-1: only the holder fails")\n',
        new="",
    ),
    in_connection(
        id="a_failure_keeps_the_lock",
        says="a failure keeps the lock",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_a_failure_releases",
            "proof:cx6_a_failure_never_reopens",
            "proof:sd14_a_failed_frame_uses_a_number_if_it_left",
            "proof:cx2_a_close_and_then_a_failure_releases",
        ),
        old="return _released(conn, ended, conn.send.written_bytes)",
        new="return conn, Effects(decision=ended)",
    ),
    in_connection(
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
    in_connection(
        id="whoever_closes_later_is_the_cause",
        says="a later closing replaces the cause of the first",
        breaks=("CX-6",),
        caught_by=("search:connection",),
        old="cause if conn.closed_by is None else conn.closed_by",
        new="cause or conn.closed_by",
    ),
    in_connection(
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
    in_connection(
        id="closing_forgets_the_send",
        says="closing forgets the send",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_a_close_never_extends",
            "proof:cx1_a_close_holds_together",
            "proof:sd3_a_check_never_extends",
        ),
        old="conn.send, conn.send_id, conn.sends, closed_by,",
        new="None, conn.send_id, conn.sends, closed_by,",
    ),
    in_connection(
        id="closes_every_time_it_is_asked",
        says="a connection that is closing is closed again",
        breaks=("SD-5",),
        caught_by=(
            "proof:sd5_a_close_closes_exactly_once",
            "proof:sd5_a_close_asks_exactly_for_the_closing_it_begins",
            "proof:sd5_two_closers_in_a_row_close_once",
        ),
        old="Cause.LOCAL if conn.closed_by is None else None",
        new="Cause.LOCAL",
    ),
    in_connection(
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
    in_connection(
        id="the_monitor_blames_the_owner",
        says="the monitor blames the owner",
        breaks=("SC-7",),
        caught_by=("proof:sc7_the_monitor_closes_at_the_threshold",),
        old="Cause.MONITOR",
        new="Cause.LOCAL",
    ),
    in_connection(
        id="a_check_frees_the_lock",
        says="a check frees the lock",
        breaks=("SD-3", "SC-11"),
        caught_by=("proof:sd3_a_check_never_extends",),
        old="_closed_by(conn, closes, count), Effects(closes=closes",
        new="""\
_with_send(_closed_by(conn, closes, count), None, None, conn.sends), Effects(closes=closes""",
    ),
    in_connection(
        id="a_check_loses_the_number_of_the_send",
        says="a check loses the number of the send",
        breaks=("CX-1", "SC-5"),
        caught_by=("proof:cx1_a_check_holds_together",),
        old="_closed_by(conn, closes, count), Effects(closes=closes",
        new="""\
_with_send(_closed_by(conn, closes, count), conn.send, None, conn.sends), Effects(closes=closes""",
    ),
    in_connection(
        id="a_check_reopens",
        says="a check reopens",
        breaks=("CX-6",),
        caught_by=(
            "proof:cx6_a_check_never_reopens",
            "proof:sc8_a_check_of_an_idle_connection_begins_no_closing",
        ),
        old="_closed_by(conn, closes, count), Effects(closes=closes",
        new="new_connection(heartbeats=True), Effects(closes=closes",
    ),
    in_connection(
        id="the_first_frame_received_is_lost",
        says="the first frame received is lost",
        breaks=("SC-10",),
        caught_by=(
            "proof:sc10_the_first_frame_received_is_remembered",
            "proof:cx1_a_received_frame_holds_together",
            "proof:cx1_a_received_frame_while_idle_holds_together",
        ),
        old="now_us if conn.received_us is None",
        new="None if conn.received_us is None",
    ),
    in_connection(
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
    in_connection(
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
    in_connection(
        id="only_the_first_frame_counts",
        says="frames after the first one do not put the heartbeat off",
        breaks=("SC-10",),
        caught_by=("search:monitor",),
        old="max(conn.received_us, now_us)",
        new="conn.received_us",
    ),
    in_connection(
        id="a_received_frame_frees_the_lock",
        says="a received frame frees the lock",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_a_received_frame_never_extends",
            "proof:cx1_a_received_frame_holds_together",
        ),
        old="""\
        conn.send, conn.send_id, conn.sends, conn.closed_by, conn.torn, conn.sequence,
""",
        new="        None, conn.send_id, conn.sends, conn.closed_by, conn.torn, conn.sequence,\n",
    ),
    in_connection(
        id="a_received_frame_renews_the_deadline",
        says="a received frame renews the deadline",
        breaks=("SD-3",),
        caught_by=(
            "proof:sd3_a_received_frame_never_extends",
            "proof:sd3_a_received_frame_and_then_a_due_step_releases",
            "proof:cx1_a_received_frame_holds_together",
        ),
        old="""\
        conn.send, conn.send_id, conn.sends, conn.closed_by, conn.torn, conn.sequence,
""",
        new=(
            "        conn.send and Send(conn.send.taken_us, conn.send.deadline_us + "
            "now_us, conn.send.size_bytes, conn.send.written_bytes), conn.send_id, "
            "conn.sends, conn.closed_by, conn.torn, conn.sequence,\n"
        ),
    ),
    in_connection(
        id="a_received_frame_reopens",
        says="a received frame reopens",
        breaks=("CX-6",),
        caught_by=(
            "proof:cx6_a_received_frame_never_reopens",
            "proof:cx6_a_received_frame_during_a_send_never_reopens",
        ),
        old="conn.sends, conn.closed_by,",
        new="conn.sends, None,",
    ),
)
