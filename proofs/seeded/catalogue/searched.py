"""Mistakes in sends and in the monitor that the exhaustive search finds."""

from proofs.seeded.tested import caught_by

SEND, COUNT = "stallproof.machines.send_deadline", "stallproof.machines.stall_count"
CONNECTION, WINDOW = "stallproof.machines.connection", "stallproof.machines.close_window"


_CONNECTION = (
    (
        "every_step_is_given_time",
        "SD-1 SD-3",
        "a step that comes late moves the deadline ahead of the clock",
        SEND,
        "after = Send(send.taken_us, send.deadline_us,",
        "after = Send(send.taken_us, max(send.deadline_us, now_us + 1),",
    ),
    (
        "a_late_last_byte_is_no_last_byte",
        "SD-9",
        "a frame that is complete after its deadline is reported as timed out",
        SEND,
        "if after.written_bytes == after.size_bytes:",
        "if after.written_bytes == after.size_bytes and now_us <= after.deadline_us:",
    ),
    (
        "torn_begins_at_the_half",
        "SD-6",
        "a frame counts as torn once half of it has left",
        SEND,
        "torn = send.written_bytes > 0",
        "torn = send.written_bytes * 2 > send.size_bytes",
    ),
    (
        "the_number_zero_is_skipped",
        "SD-14",
        "the sequence starts anew with 1",
        CONNECTION,
        "return (sequence + 1) % SEQUENCES",
        "return (sequence + 1) % SEQUENCES or 1",
    ),
    (
        "expiry_before_closing",
        "SD-10 SD-15",
        "a send that expires while the connection is closing is reported as timed out",
        SEND,
        "    if closing:\n        return after,",
        "    if closing and now_us < after.deadline_us:\n        return after,",
    ),
    (
        "whatever_is_no_error_is_a_timeout",
        "SD-4 SD-7",
        "a transport that was closed counts as a timeout, before the deadline",
        SEND,
        "failure is Failure.TIMEOUT:",
        "failure is not Failure.ERROR:",
    ),
    (
        "the_queue_is_told_ok",
        "SD-10 SD-13",
        "whoever reaches the head of the queue of a closing connection is told that it has sent",
        CONNECTION,
        "sends), Effects(End(Outcome.SUPPRESSED, False))",
        "sends), Effects(End(Outcome.OK, False))",
    ),
    (
        "whoever_closes_later_is_the_cause",
        "CX-6",
        "a later closing replaces the cause of the first",
        CONNECTION,
        "cause if conn.closed_by is None else conn.closed_by",
        "cause or conn.closed_by",
    ),
    (
        "every_send_is_number_one",
        "CX-1",
        "all sends carry the same number, so that nobody can tell them apart",
        CONNECTION,
        "_with_send(conn, send, sends, sends)",
        "_with_send(conn, send, 1, sends)",
    ),
    (
        "closing_waits_for_the_deadline",
        "CX-2",
        "a send that is blocked goes on until its deadline though the connection is closing",
        SEND,
        "    if closing:\n        return after, End(Outcome.SUPPRESSED, False)\n"
        "    if now_us >= after.deadline_us:\n        return after, End(Outcome.TIMEOUT, True)",
        "    if now_us >= after.deadline_us:\n"
        "        outcome = Outcome.SUPPRESSED if closing else Outcome.TIMEOUT\n"
        "        return after, End(outcome, not closing)",
    ),
)

_MONITOR = (
    (
        "two_sends_count_as_one",
        "SC-15 SC-3",
        "stalled checks of different sends are counted together",
        COUNT,
        "same = snapshot.send_id == count.send_id",
        "same = count.send_id is not None",
    ),
    (
        "one_check_is_taken_for_two",
        "SC-7",
        "a threshold of one check is taken for one of two",
        COUNT,
        "checks >= policy.checks_max and",
        "checks > max(1, policy.checks_max - 1) and",
    ),
    (
        "a_long_stall_closes_at_once",
        "SC-6",
        "a stall of twice the limit closes without further checks",
        COUNT,
        "checks >= policy.checks_max and",
        "(checks >= policy.checks_max or held_us > 2 * policy.stall_timeout_us) and",
    ),
    (
        "only_the_first_frame_counts",
        "SC-10",
        "frames after the first one do not put the heartbeat off",
        CONNECTION,
        "max(conn.received_us, now_us)",
        "conn.received_us",
    ),
    (
        "a_clock_read_early_is_a_long_stall",
        "SC-1",
        "a clock that was read before the lock was taken makes an endless stall",
        COUNT,
        "return max(0, now_us - taken_us)",
        "return now_us - taken_us if now_us >= taken_us else now_us + taken_us",
    ),
    (
        "warn_only_counts_to_one",
        "SC-5 SC-3",
        "in warn-only mode nothing is counted beyond the first stalled check",
        COUNT,
        "            StallCount(checks, snapshot.send_id),",
        "            StallCount(checks if policy.close_stalled else 1, snapshot.send_id),",
    ),
    (
        "the_monitor_sees_only_its_own_closing",
        "SC-8 SD-5",
        "the monitor closes a connection that somebody else is closing",
        CONNECTION,
        "conn.heartbeats, conn.closed_by is not None\n",
        "conn.heartbeats, conn.closed_by is Cause.MONITOR\n",
    ),
    (
        "no_warning_while_closing",
        "SC-4",
        "stalled checks no longer warn once closing has begun",
        COUNT,
        "CheckDecision(held_us, True, True, closes, False)",
        "CheckDecision(held_us, True, not snapshot.closing, closes, False)",
    ),
    (
        "heartbeats_look_at_the_last_check",
        "SC-11 SC-10",
        "a heartbeat waits for the send that the check before saw, and not for the one in flight",
        COUNT,
        "and snapshot.send_id is None\n        and is_idle",
        "and count.send_id is None\n        and is_idle",
    ),
)

_AGREEMENT = (
    (
        "the_limit_itself_is_stalled",
        "SC-2 CX-5",
        "a stall of exactly the limit counts, so that a send within it is warned of",
        COUNT,
        "held_us > policy.stall_timeout_us:",
        "held_us + 1 > policy.stall_timeout_us:",
    ),
    (
        "the_first_check_is_counted_twice",
        "SC-9",
        "the early end of the window is one gap late",
        WINDOW,
        "limit_us + (checks - 1) * schedule.min_us, limit_us",
        "limit_us + checks * schedule.min_us, limit_us",
    ),
    (
        "the_case_forgets_the_count",
        "CX-5",
        "a configuration whose send timeout exceeds the stall timeout may close, at any threshold",
        WINDOW,
        "if held_us <= close_window(policy, schedule).after_us:",
        "if held_us > close_window(policy, schedule).after_us:",
    ),
)

SEEDED = (
    *(caught_by("search", "connection", *entry) for entry in _CONNECTION),
    *(caught_by("search", "monitor", *entry) for entry in _MONITOR),
    *(caught_by("search", "agreement", *entry) for entry in _AGREEMENT),
)
