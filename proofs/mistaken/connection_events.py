"""Mistakes in what befalls a connection from outside a send: checks, closes, received frames."""

from proofs.mistaken import Edit

OF = "stallproof.machines.connection"

EDITS: list[Edit] = [
    (
        "closing_forgets_the_send",
        "_closed_by",
        "conn.send, conn.send_id, conn.sends, closed_by,",
        "None, conn.send_id, conn.sends, closed_by,",
        "sd3_a_close_never_extends cx1_a_close_holds_together sd3_a_check_never_extends",
    ),
    (
        "the_last_closer_is_the_cause",
        "_closed_by",
        "cause if conn.closed_by is None else conn.closed_by",
        "cause",
        "cx6_a_close_never_reopens cx6_a_close_during_a_send_never_reopens",
    ),
    (
        "closes_every_time_it_is_asked",
        "on_close",
        "Cause.LOCAL if conn.closed_by is None else None",
        "Cause.LOCAL",
        "sd5_a_close_closes_exactly_once"
        " sd5_a_close_asks_exactly_for_the_closing_it_begins"
        " sd5_two_closers_in_a_row_close_once",
    ),
    (
        "a_check_reopens",
        "on_check",
        "_closed_by(conn, closes, count), Effects(closes=closes",
        "new_connection(heartbeats=True), Effects(closes=closes",
        "cx6_a_check_never_reopens sc8_a_check_of_an_idle_connection_begins_no_closing",
    ),
    (
        "a_check_frees_the_lock",
        "on_check",
        "_closed_by(conn, closes, count), Effects(closes=closes",
        "_with_send(_closed_by(conn, closes, count), None, None, conn.sends), "
        "Effects(closes=closes",
        "sd3_a_check_never_extends",
    ),
    (
        "a_check_loses_the_number_of_the_send",
        "on_check",
        "_closed_by(conn, closes, count), Effects(closes=closes",
        "_with_send(_closed_by(conn, closes, count), conn.send, None, conn.sends), "
        "Effects(closes=closes",
        "cx1_a_check_holds_together",
    ),
    (
        "the_monitor_blames_the_owner",
        "on_check",
        "Cause.MONITOR",
        "Cause.LOCAL",
        "sc7_the_monitor_closes_at_the_threshold",
    ),
    (
        "the_monitor_times_the_deadline",
        "snapshot_of",
        "conn.send.taken_us",
        "conn.send.deadline_us",
        "sc1_the_monitor_reads_the_lock_time",
    ),
    (
        "a_received_frame_frees_the_lock",
        "on_received",
        "conn.send, conn.send_id,",
        "None, conn.send_id,",
        "sd3_a_received_frame_never_extends cx1_a_received_frame_holds_together",
    ),
    (
        "a_received_frame_reopens",
        "on_received",
        "conn.sends, conn.closed_by,",
        "conn.sends, None,",
        "cx6_a_received_frame_never_reopens cx6_a_received_frame_during_a_send_never_reopens",
    ),
    (
        "the_first_frame_received_is_lost",
        "on_received",
        "now_us if conn.received_us is None",
        "None if conn.received_us is None",
        "sc10_the_first_frame_received_is_remembered"
        " cx1_a_received_frame_holds_together"
        " cx1_a_received_frame_while_idle_holds_together",
    ),
    (
        "a_received_frame_is_forgotten",
        "on_received",
        "max(conn.received_us, now_us)",
        "min(conn.received_us, now_us)",
        "cx1_a_received_frame_holds_together cx1_a_received_frame_while_idle_holds_together",
    ),
    (
        "a_received_frame_lies_ahead",
        "on_received",
        "max(conn.received_us, now_us)",
        "conn.received_us + now_us",
        "cx1_a_received_frame_holds_together cx1_a_received_frame_while_idle_holds_together",
    ),
    (
        "a_received_frame_renews_the_deadline",
        "on_received",
        "conn.send, conn.send_id,",
        "conn.send and Send(conn.send.taken_us, conn.send.deadline_us + now_us, "
        "conn.send.size_bytes, conn.send.written_bytes), conn.send_id,",
        "sd3_a_received_frame_never_extends sd3_a_received_frame_and_then_a_due_step_releases"
        " cx1_a_received_frame_holds_together",
    ),
    (
        "a_check_renews_the_deadline",
        "_closed_by",
        "conn.send, conn.send_id, conn.sends, closed_by,",
        "conn.send and Send(conn.send.taken_us, 2 * conn.send.deadline_us, "
        "conn.send.size_bytes, conn.send.written_bytes), conn.send_id, conn.sends, closed_by,",
        "sd3_a_check_never_extends sd3_a_check_and_then_a_due_step_releases"
        " cx1_a_check_holds_together cx1_a_close_holds_together",
    ),
    (
        "the_owner_blames_the_monitor",
        "on_close",
        "_closed_by(conn, Cause.LOCAL,",
        "_closed_by(conn, Cause.MONITOR,",
        "cx1_a_close_holds_together cx1_a_close_while_idle_holds_together"
        " sd5_a_close_asks_exactly_for_the_closing_it_begins",
    ),
]
