"""Mistakes in the connection that composes the machines."""

from proofs.mistaken import Edit

OF = "stallproof.machines.connection"

EDITS: list[Edit] = [
    (
        "count_carried_over",
        "new_connection",
        "heartbeats, NEVER_CHECKED",
        "heartbeats, StallCount(2, 7)",
        "sc13_a_new_connection_counts_from_nothing",
    ),
    (
        "born_torn",
        "new_connection",
        "None, False, 0, None",
        "None, True, 0, None",
        "cx1_a_new_connection_holds_together",
    ),
    (
        "lock_stealing",
        "on_lock_taken",
        '@require(lambda conn: conn.send is None, "CX-1: the lock is free")\n',
        "",
        "cx1_the_lock_is_refused_while_held",
    ),
    (
        "send_without_a_number_of_its_own",
        "on_lock_taken",
        "_with_send(conn, send, sends, sends)",
        "_with_send(conn, send, conn.sends, sends)",
        "cx1_a_free_lock_is_taken_by_the_asker cx1_a_lock_taken_holds_together",
    ),
    (
        "sends_on_a_closed_connection",
        "on_lock_taken",
        "if conn.closed_by is not None:",
        "if False:",
        "sd13_a_queued_sender_returns_with_nothing_written cx6_a_lock_taken_never_reopens"
        " cx1_a_lock_taken_holds_together",
    ),
    (
        "a_lock_taken_reopens",
        "on_lock_taken",
        "return _with_send(conn, None, None, sends)",
        "return new_connection(heartbeats=True)",
        "cx6_a_lock_taken_never_reopens sd5_taking_the_lock_begins_no_closing",
    ),
    (
        "done_does_not_release",
        "on_step",
        "return _released(conn, decision, send.written_bytes)",
        "return _with_send(conn, send, conn.send_id, conn.sends), Effects(decision=decision)",
        "sd3_a_step_that_is_due_releases cx1_a_finished_send_releases_the_lock"
        " sc1_a_released_lock_has_no_stall_time cx6_a_step_never_reopens"
        " cx1_a_step_holds_together",
    ),
    (
        "a_step_hands_the_lock_over",
        "on_step",
        "_with_send(conn, send, conn.send_id, conn.sends)",
        "_with_send(conn, send, conn.send_id + 1, conn.sends)",
        "cx1_a_step_never_swaps_the_holder cx1_a_step_holds_together",
    ),
    (
        "a_step_does_not_see_the_closing",
        "on_step",
        "closing = conn.closed_by is not None",
        "closing = False",
        "cx6_a_step_never_reopens"
        " cx2_a_close_and_then_any_step_releases"
        " cx2_a_close_by_the_monitor_and_then_any_step_releases",
    ),
    (
        "a_failure_keeps_the_lock",
        "on_failed",
        "return _released(conn, ended, conn.send.written_bytes)",
        "return conn, Effects(decision=ended)",
        "sd3_a_failure_releases cx6_a_failure_never_reopens"
        " sd14_a_failed_frame_uses_a_number_if_it_left"
        " cx2_a_close_and_then_a_failure_releases",
    ),
    (
        "every_end_closes",
        "_released",
        "if ended.closes and closed_by is None:",
        "if True:",
        "sd5_a_step_closes_at_most_once sd5_a_failure_closes_at_most_once"
        " sd8_a_clean_failure_leaves_it_open cx1_a_finished_send_releases_the_lock"
        " sd5_a_step_asks_exactly_for_the_closing_it_begins"
        " sd5_a_failure_asks_exactly_for_the_closing_it_begins"
        " sd5_two_closers_in_a_row_close_once",
    ),
    (
        "causes_swapped",
        "_released",
        "ended.outcome is Outcome.TIMEOUT else",
        "ended.outcome is not Outcome.TIMEOUT else",
        "sd5_a_timeout_closes_the_connection cx1_a_step_holds_together",
    ),
    (
        "closing_is_not_remembered",
        "_released",
        "closed_by = closes\n",
        "pass\n",
        "sd5_a_timeout_closes_the_connection sd6_a_torn_frame_closes_the_connection"
        " sd5_a_step_asks_exactly_for_the_closing_it_begins"
        " sd5_a_failure_asks_exactly_for_the_closing_it_begins",
    ),
    (
        "an_end_reopens",
        "_released",
        "closed_by = conn.closed_by",
        "closed_by = None",
        "cx6_a_step_never_reopens cx6_a_failure_never_reopens",
    ),
    (
        "torn_is_forgotten",
        "_released",
        "torn = conn.torn or (used",
        "torn = conn.torn and (used",
        "sd6_a_torn_frame_closes_the_connection cx1_a_failure_holds_together",
    ),
    (
        "a_number_for_nothing",
        "_released",
        "used = written_bytes > 0",
        "used = True",
        "sd14_a_frame_that_never_left_uses_no_number sd14_a_failed_frame_uses_a_number_if_it_left",
    ),
    (
        "a_torn_frame_uses_no_number",
        "_released",
        "if used else conn.sequence",
        "if ended.outcome is Outcome.OK else conn.sequence",
        "sd14_a_frame_on_the_wire_uses_one_number sd14_a_failed_frame_uses_a_number_if_it_left",
    ),
    (
        "numbers_wrap_one_early",
        "sequence_after",
        "% SEQUENCES",
        "% (SEQUENCES - 1)",
        "sd14_a_frame_on_the_wire_uses_one_number",
    ),
    (
        "numbers_never_wrap",
        "sequence_after",
        "(sequence + 1) % SEQUENCES",
        "sequence + 1",
        "sd14_a_frame_on_the_wire_uses_one_number cx1_a_step_holds_together",
    ),
    (
        "anybody_steps",
        "on_step",
        """@require(
    lambda conn, wrote_bytes: (
        conn.send is not None and 0 <= wrote_bytes <= conn.send.size_bytes - conn.send.written_bytes
    )
)
@require(lambda conn: conn.send is not None, "CX-1: only the holder steps")
""",
        "",
        "cx1_nobody_steps_without_the_lock",
    ),
    (
        "anybody_fails",
        "on_failed",
        '@require(lambda conn: conn.send is not None, "CX-1: only the holder fails")\n',
        "",
        "cx1_nobody_steps_without_the_lock",
    ),
    (
        "a_send_older_than_the_last_is_demanded",
        "is_connection",
        "conn.send_id == conn.sends",
        "conn.send_id < conn.sends",
        "cx1_what_holds_together_is_what_every_event_accepts",
    ),
]
