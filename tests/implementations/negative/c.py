"""Wrong implementations in C: each is the example with one piece of its text exchanged.

The mistakes are those of C and of poll loops: deadlines that restart with each call, error tables
with a hole, a queue that is a stack, a static variable, a comparison, a boolean read as a number.
Mended, and with nothing else changed, each of them is the example again, which passes.
"""

from tests.implementations.negative.wrong import Wrong

SOURCE = "tests/implementations/c/guarded.c"


def _wrong(name: str, says: str, old: str, new: str, *breaks: str) -> Wrong:
    """Return one that is judged in virtual time by everything."""
    return Wrong(
        name=name, language="c", says=says, file=SOURCE, old=old, new=new,
        breaks=frozenset(breaks),
    )  # fmt: skip


def _slow(name: str, says: str, old: str, new: str, only: str, *breaks: str) -> Wrong:
    """Return one that only real sockets show; it is judged by the requirements of `only`."""
    return Wrong(
        name=name, language="c", says=says, file=SOURCE, old=old, new=new,
        breaks=frozenset(breaks), clock="real", only=frozenset(only.split()),
    )  # fmt: skip


SENDS = (
    _wrong(
        "deadline_of_each_write",
        "The deadline belongs to the write and not to the frame: each write that takes something "
        "starts it anew.",
        "    send->written += bytes;\n",
        "    send->written += bytes;\n    send->deadline = now() + policy.send_timeout;\n",
        *("SD-1", "SD-2"),
    ),
    _wrong(
        "deadline_of_each_wait",
        "As with SO_SNDTIMEO, each call that has to wait waits for the whole timeout.",
        "conn->may_write = conn->transport->is_ready(conn);",
        "{ send->deadline = now() + policy.send_timeout;\n"
        "                conn->may_write = conn->transport->is_ready(conn); }",
        "SD-1",
    ),
    _wrong(
        "late_is_lost",
        "The deadline beats the last byte: a frame that has left whole, but late, is a TIMEOUT.",
        "if (send->written == send->size)",
        "if (send->written == send->size && now() < send->deadline)",
        "SD-9",
    ),
    _wrong(
        "partial_is_whole",
        "The return value of a write is not looked at: what was handed over counts as taken.",
        "if (send->written == send->size)",
        "if (send->written <= send->size)",
        "SD-10",
    ),
    _wrong(
        "broken_pipe_is_an_error",
        "EPIPE was forgotten in the error table.",
        "    case EPIPE:\n",
        "",
        "SD-7",
    ),
    _wrong(
        "zero_is_an_error",
        "A write that returned 0 is taken for an error, though the peer has closed.",
        "int error = wrote < 0 ? errno : EPIPE;",
        "int error = wrote < 0 ? errno : EIO;",
        "SD-7",
    ),
    _wrong(
        "an_interrupt_is_an_error",
        "A write that a signal interrupted is not made again.",
        "} else if (error != EINTR) {",
        "} else {",
        "SD-7",
    ),
    _wrong(
        "timeout_leaves_the_connection_open",
        "A TIMEOUT closes only where part of the frame was written.",
        "    if (outcome == TIMEOUT)\n",
        "    if (outcome == TIMEOUT && torn)\n",
        "SD-5",
    ),
    _wrong(
        "torn_frame_leaves_the_connection_open",
        "Only a TIMEOUT closes; whatever else tears a frame leaves the connection open.",
        "    else if (torn)\n",
        "    else if (torn && outcome == TIMEOUT)\n",
        "SD-6",
    ),
    _wrong(
        "every_failure_closes",
        "A failure closes also where nothing was written.",
        "    else if (torn)\n",
        "    else if (outcome == CLOSED || outcome == ERROR)\n",
        "SD-8",
    ),
    _wrong(
        "closing_is_raised",
        "A send that fails because the connection is closing returns an error to its caller.",
        'outcome == OK || outcome == SUPPRESSED ? "false" : "true"',
        'outcome == OK ? "false" : "true"',
        "SD-15",
    ),
    _wrong(
        "closing_wakes_nobody",
        "Closing is noticed by who comes to the lock; who waits for room sleeps on.",
        "        if (conn->closing) {\n            end_send",
        "        if (conn->closing && (send->turn == 0 || began >= send->deadline)) {\n"
        "            end_send",
        "CX-2",
    ),
    _wrong(
        "closes_again",
        "Nobody remembers that closing has begun: each call that closes does it again.",
        "    if (conn->closing)\n        return;\n",
        "",
        *("CX-6", "SC-8"),
    ),
    _wrong(
        "unwritten_uses_a_number",
        "Taking the lock uses up a sequence number, also for a send that writes nothing.",
        "    send->sequence = (conn->sequence + 1) % 65536;\n",
        "    send->sequence = conn->sequence = (conn->sequence + 1) % 65536;\n",
        "SD-14",
    ),
    _wrong(
        "stack_for_a_queue",
        "Who asks last is served next.",
        "    while (*last != NULL)\n        last = &(*last)->next;\n    send->next = NULL;\n",
        "    if (*last != NULL)\n        last = &(*last)->next;\n    send->next = *last;\n",
        "CX-4",
    ),
    _wrong(
        "lock_of_each_write",
        "The lock is released when a write would block, before the frame is whole.",
        "conn->may_write = conn->transport->is_ready(conn);",
        "{\n                conn->may_write = conn->transport->is_ready(conn);\n"
        "                if (send->next != NULL && !conn->may_write) {\n"
        "                    conn->queue = send->next;\n"
        "                    ask_for_lock(conn, send);\n"
        "                }\n            }",
        "CX-1",
    ),
)

CHECKS = (
    _wrong(
        "stalled_at_the_limit",
        "A stall that has lasted exactly as long as the limit counts.",
        "bool stalled = stall > policy.stall_timeout;",
        "bool stalled = stall >= policy.stall_timeout && stall > 0;",
        "SC-2",
    ),
    _wrong(
        "two_checks_are_a_stall",
        "Checks are taken for time: a send that two checks in a row have seen is stalled.",
        "bool stalled = stall > policy.stall_timeout;",
        "bool stalled = held != NULL && held->turn == conn->checked_turn;",
        "SC-2",
    ),
    _wrong(
        "count_of_all_connections",
        "There is one count, that of the first connection, and all share it.",
        "    int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;\n"
        "    conn->stalled_checks = stalled ? before + 1 : 0;\n",
        "    int64_t before = turn == conn->checked_turn ? conns->stalled_checks : 0;\n"
        "    conn->stalled_checks = conns->stalled_checks = stalled ? before + 1 : 0;\n",
        # What is counted on another connection is no count of this one's checks either.
        *("SC-13", "SC-3"),
    ),
    _wrong(
        "count_outlives_its_send",
        "The count belongs to the connection: the next send goes on where the last one stopped.",
        "int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;",
        "int64_t before = conn->stalled_checks;",
        "SC-15",
    ),
    _wrong(
        "count_is_never_reset",
        "A check that finds the connection well leaves the count as it was.",
        "conn->stalled_checks = stalled ? before + 1 : 0;",
        "conn->stalled_checks = stalled ? before + 1 : conn->stalled_checks;",
        "SC-3",
    ),
    _wrong(
        "closes_one_check_early",
        "The threshold is compared with the count that the next check will find.",
        "conn->stalled_checks >= policy.checks_max)",
        "conn->stalled_checks + 1 >= policy.checks_max)",
        *("SC-6", "SC-9", "CX-5"),
    ),
    _wrong(
        "closes_one_check_late",
        "The count has to exceed the threshold.",
        "conn->stalled_checks >= policy.checks_max)",
        "conn->stalled_checks > policy.checks_max)",
        *("SC-7", "SC-9"),
    ),
    _wrong(
        "warnings_close",
        "The switch that allows the monitor to close is not looked at.",
        "if (policy.close_stalled && conn->stalled_checks",
        "if (conn->stalled_checks",
        "SC-5",
    ),
    _wrong(
        "heartbeat_into_a_send",
        "A heartbeat is queued behind a send that is in flight.",
        "if (held == NULL && conn->heartbeats",
        "if (!stalled && conn->heartbeats",
        "SC-11",
    ),
    _wrong(
        "idle_by_the_wall_clock",
        "How long nothing was received is read off the wall clock.",
        "at - conn->received > policy.heartbeat_interval",
        "at + wall_jumped_us - conn->received > policy.heartbeat_interval",
        "SC-14",
    ),
    _wrong(
        "unheard_is_not_idle",
        "A connection that never received anything never gets a heartbeat.",
        "!conn->received_any ||",
        "conn->received_any &&",
        "SC-10",
    ),
)

STREAMS = (
    _wrong(
        "full_window_waits",
        "A chunk waits although exactly the window, and no more, is outstanding.",
        "if (stream->sent - stream->acked <= policy.window) {",
        "if (stream->sent - stream->acked < policy.window) {",
        *("AP-2", "AP-8"),
    ),
    _wrong(
        "true_is_one",
        "A boolean for an offset is read as the number that C takes it for.",
        "        ack.is_integer = is_integer(offset, &ack.value);\n",
        "        ack.is_integer = is_integer(offset, &ack.value);\n"
        '        if (is_word(offset, "true") || is_word(offset, "false")) {\n'
        "            ack.is_integer = true;\n"
        "            ack.value = *offset.at == 't';\n        }\n",
        "AP-10",
    ),
    _wrong(
        "negative_offset",
        "Nobody looks whether an offset is negative: it is taken for one that is no news.",
        '    if (ack->value < 0)\n        return "the offset is negative";\n',
        "",
        "AP-10",
    ),
    _wrong(
        "pause_is_a_stall",
        "The progress clock runs on while nobody waits.",
        "Time clock = stream->progressed > began ? stream->progressed : began;",
        "Time clock = stream->progressed;",
        "AP-4",
    ),
    _wrong(
        "wakes_at_its_interval",
        "A waiting stream sleeps for its whole interval, past what is due.",
        "stream->due = nearest(at + policy.check_interval, nearest(no_progress, too_long));",
        "stream->due = at + policy.check_interval;",
        "AP-14",
    ),
    _wrong(
        "wake_up_lost",
        "An ACK that opens the window wakes nobody: the stream goes on at its next look.",
        "        if (stream->waiting)\n            look(stream);\n",
        "",
        "AP-8",
    ),
    _wrong(
        "repeats_are_progress",
        "An ACK that repeats the last one moves the progress clock.",
        "} else if (ack->value > stream->acked) {",
        "} else if (ack->value >= stream->acked) {",
        "AP-1",
    ),
    _wrong(
        "second_end",
        "A stream that is over can end again.",
        "    if (stream->end != RUNNING)\n        return;\n",
        "",
        "AP-13",
    ),
)

ON_SOCKETS = (
    _slow(
        "polls_for_nothing",
        "poll is asked to wait for whole seconds, rounded down: a shorter wait is a busy loop.",
        "(int)((wait + 999) / 1000)",
        "(int)(wait / 1000000 * 1000)",
        "AP-7 SD-4",
        "AP-7",
    ),
    _slow(
        "begins_the_piece_again",
        "After a partial write the frame goes on from the beginning of the piece that was cut.",
        "make_piece(send_, send_->written, piece",
        "make_piece(send_, send_->written / WRITE_BYTES * WRITE_BYTES, piece",
        "SD-9 CX-1 SD-14",
        *("SD-9", "CX-1"),
    ),
)

WRONG = (*SENDS, *CHECKS, *STREAMS, *ON_SOCKETS)
