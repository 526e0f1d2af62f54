"""Mistakes in the machines with which traces of a model no longer agree."""

from proofs.seeded.tested import caught_by

SEND, COUNT = "stallproof.machines.send_deadline", "stallproof.machines.stall_count"
CONNECTION, STREAM = "stallproof.machines.connection", "stallproof.machines.ack_progress"


_LOCK = (
    (
        "the_deadline_is_one_late",
        "SD-1 SD-3",
        "each frame has a microsecond more than the send timeout",
        SEND,
        "return Send(now_us, now_us + policy.send_timeout_us,",
        "return Send(now_us, now_us + policy.send_timeout_us + 1,",
    ),
    (
        "a_closing_connection_hands_its_lock_on",
        "SD-12 SD-13",
        "a sender takes the lock of a connection that closes because of a timeout",
        CONNECTION,
        "    if conn.closed_by is not None:\n        return _with_send",
        "    if conn.closed_by not in (None, Cause.SEND_TIMEOUT):\n        return _with_send",
    ),
    (
        "an_error_of_a_closing_connection_is_told",
        "SD-15 SD-10",
        "a transport that fails because of the closing is reported as an error",
        SEND,
        "    if closing:\n        return End(Outcome.SUPPRESSED, False)",
        "    if closing and failure is not Failure.ERROR:\n"
        "        return End(Outcome.SUPPRESSED, False)",
    ),
)

_SEND = (
    (
        "each_wait_lasts_the_whole_timeout",
        "SD-3",
        "each wait for room lasts the whole timeout again",
        SEND,
        "return after, Wait(after.deadline_us - now_us)",
        "return after, Wait(after.deadline_us - send.taken_us)",
    ),
    (
        "a_timeout_of_the_transport_stays_open",
        "SD-5",
        "a transport that times out by itself leaves the connection open",
        SEND,
        "Failure.TIMEOUT:\n        return End(Outcome.TIMEOUT, True)",
        "Failure.TIMEOUT:\n        return End(Outcome.TIMEOUT, now_us >= send.deadline_us)",
    ),
    (
        "an_error_counts_as_closed",
        "SD-7",
        "an error of the transport is reported as closed",
        SEND,
        "return End(Outcome.ERROR, torn)",
        "return End(Outcome.CLOSED, torn)",
    ),
    (
        "whatever_has_begun_is_sent",
        "SD-10 SD-9",
        "a frame counts as sent once its first byte has left",
        SEND,
        "if after.written_bytes == after.size_bytes:",
        "if after.written_bytes > 0:",
    ),
    (
        "a_blocked_send_does_not_see_the_closing",
        "CX-2",
        "a step that wrote nothing does not look whether the connection is closing",
        CONNECTION,
        "    closing = conn.closed_by is not None\n    send, decision",
        "    closing = conn.closed_by is not None and wrote_bytes > 0\n    send, decision",
    ),
)

_MONITOR = (
    (
        "a_healthy_check_leaves_one_standing",
        "SC-3 SC-6",
        "a healthy check puts the count back to one instead of nothing",
        COUNT,
        "return StallCount(0, snapshot.send_id), CheckDecision",
        "return StallCount(min(1, count.stalled_checks), snapshot.send_id), CheckDecision",
    ),
    (
        "the_first_check_of_a_send_counts_nothing",
        "SC-15 SC-3",
        "the first stalled check of another send counts from nothing",
        COUNT,
        "checks = count.stalled_checks + 1 if same else 1",
        "checks = count.stalled_checks + 1 if same else 0",
    ),
    (
        "stalled_a_microsecond_late",
        "SC-2",
        "a stall counts two microseconds after the limit",
        COUNT,
        "held_us > policy.stall_timeout_us:",
        "held_us > policy.stall_timeout_us + 1:",
    ),
    (
        "a_heartbeat_comes_late",
        "SC-10",
        "a heartbeat is due a microsecond later than it has to be",
        COUNT,
        "now_us - received_us > policy.heartbeat_interval_us\n\n",
        "now_us - received_us > policy.heartbeat_interval_us + 1\n\n",
    ),
)

_ACK = (
    (
        "the_window_is_one_byte_wider",
        "AP-2 AP-11",
        "a chunk begins with a byte more than the window outstanding",
        STREAM,
        "<= policy.window_bytes:\n        return _with_wait",
        "<= policy.window_bytes + 1:\n        return _with_wait",
    ),
    (
        "progress_timeout_one_late",
        "AP-3 AP-14",
        "a stream fails a microsecond after its progress timeout",
        STREAM,
        "progress_left_us <= 0:",
        "progress_left_us < 0:",
    ),
    (
        "an_error_replaces_the_cancel",
        "AP-13",
        "an error ACK that comes after the cancel replaces the outcome",
        STREAM,
        "if stream.outcome is not None:\n        return stream\n",
        "if stream.outcome not in (None, StreamOutcome.CANCELLED):\n        return stream\n",
    ),
    (
        "an_offset_of_everything_twice_is_believed",
        "AP-10",
        "an offset beyond what was sent is believed up to twice of it",
        STREAM,
        "if offset > stream.sent_bytes:",
        "if offset > 2 * stream.sent_bytes:",
    ),
)

SEEDED = (
    *(caught_by("model", "lock", *entry) for entry in _LOCK),
    *(caught_by("model", "send", *entry) for entry in _SEND),
    *(caught_by("model", "monitor", *entry) for entry in _MONITOR),
    *(caught_by("model", "ack", *entry) for entry in _ACK),
)
