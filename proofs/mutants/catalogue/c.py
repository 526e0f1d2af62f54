"""Mutants of the example in C.

They are those of C and of poll loops: deadlines that restart with each call, error tables with a
hole, a queue that is a stack, a static variable, a comparison, a boolean read as a number.
"""

from functools import partial

from proofs.mutants.mutant import Mutant

in_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")

MUTANTS = (
    in_guarded(
        id="c_begins_the_piece_again",
        says="after a partial write the frame goes on from the beginning of the piece that was cut",
        caught_by=("oracle:CX-1,SD-9 beside SD-14",),
        old="make_piece(send_, send_->written, piece",
        new="make_piece(send_, send_->written / WRITE_BYTES * WRITE_BYTES, piece",
    ),
    in_guarded(
        id="c_closes_again",
        says="nobody remembers that closing has begun: each call that closes does it again",
        caught_by=("vectors:CX-6,SC-8",),
        old="""\
    if (conn->closing)
        return;
""",
        new="",
    ),
    in_guarded(
        id="c_unwritten_uses_a_number",
        says="taking the lock uses up a sequence number, also for a send that writes nothing",
        caught_by=("vectors:SD-14",),
        old="    send->sequence = (conn->sequence + 1) % 65536;\n",
        new="    send->sequence = conn->sequence = (conn->sequence + 1) % 65536;\n",
    ),
    in_guarded(
        id="c_stack_for_a_queue",
        says="who asks last is served next",
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
    in_guarded(
        id="c_closing_is_raised",
        says="a send that fails because the connection is closing returns an error to its caller",
        caught_by=("vectors:SD-15",),
        old='outcome == OK || outcome == SUPPRESSED ? "false" : "true"',
        new='outcome == OK ? "false" : "true"',
    ),
    in_guarded(
        id="c_timeout_leaves_the_connection_open",
        says="a TIMEOUT closes only where part of the frame was written",
        caught_by=("vectors:SD-5",),
        old="    if (outcome == TIMEOUT)\n",
        new="    if (outcome == TIMEOUT && torn)\n",
    ),
    in_guarded(
        id="c_every_failure_closes",
        says="a failure closes also where nothing was written",
        caught_by=("vectors:SD-8",),
        old="    else if (torn)\n",
        new="    else if (outcome == CLOSED || outcome == ERROR)\n",
    ),
    in_guarded(
        id="c_torn_frame_leaves_the_connection_open",
        says="only a TIMEOUT closes; whatever else tears a frame leaves the connection open",
        caught_by=("vectors:SD-6",),
        old="    else if (torn)\n",
        new="    else if (torn && outcome == TIMEOUT)\n",
    ),
    in_guarded(
        id="c_broken_pipe_is_an_error",
        says="EPIPE was forgotten in the error table",
        caught_by=("vectors:SD-7",),
        old="    case EPIPE:\n",
        new="",
    ),
    in_guarded(
        id="c_deadline_of_each_write",
        says=(
            "the deadline belongs to the write and not to the frame: each write that takes "
            "something starts it anew"
        ),
        caught_by=("vectors:SD-1,SD-2",),
        old="    send->written += bytes;\n",
        new="""\
    send->written += bytes;
    send->deadline = now() + policy.send_timeout;
""",
    ),
    in_guarded(
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
    in_guarded(
        id="c_zero_is_an_error",
        says="a write that returned 0 is taken for an error, though the peer has closed",
        caught_by=("vectors:SD-7",),
        old="int error = wrote < 0 ? errno : EPIPE;",
        new="int error = wrote < 0 ? errno : EIO;",
    ),
    in_guarded(
        id="c_late_is_lost",
        says=(
            "the deadline beats the last byte: a frame that has left whole, but late, is a TIMEOUT"
        ),
        caught_by=("vectors:SD-9",),
        old="if (send->written == send->size)",
        new="if (send->written == send->size && now() < send->deadline)",
    ),
    in_guarded(
        id="c_partial_is_whole",
        says="the return value of a write is not looked at: what was handed over counts as taken",
        caught_by=("vectors:SD-10",),
        old="if (send->written == send->size)",
        new="if (send->written <= send->size)",
    ),
    in_guarded(
        id="c_deadline_of_each_wait",
        says="as with SO_SNDTIMEO, each call that has to wait waits for the whole timeout",
        caught_by=("vectors:SD-1",),
        old="                conn->may_write = conn->transport->is_ready(conn);",
        new="""\
                { send->deadline = now() + policy.send_timeout;
                conn->may_write = conn->transport->is_ready(conn); }""",
    ),
    in_guarded(
        id="c_lock_of_each_write",
        says="the lock is released when a write would block, before the frame is whole",
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
    in_guarded(
        id="c_an_interrupt_is_an_error",
        says="a write that a signal interrupted is not made again",
        caught_by=("vectors:SD-7",),
        old="} else if (error != EINTR) {",
        new="} else {",
    ),
    in_guarded(
        id="c_unheard_is_not_idle",
        says="a connection that never received anything never gets a heartbeat",
        caught_by=("vectors:SC-10",),
        old="!conn->received_any ||",
        new="conn->received_any &&",
    ),
    in_guarded(
        id="c_idle_by_the_wall_clock",
        says="how long nothing was received is read off the wall clock",
        caught_by=("vectors:SC-14",),
        old="at - conn->received > policy.heartbeat_interval",
        new="at + wall_jumped_us - conn->received > policy.heartbeat_interval",
    ),
    in_guarded(
        id="c_stalled_at_the_limit",
        says="a stall that has lasted exactly as long as the limit counts",
        caught_by=("vectors:SC-2",),
        old="bool stalled = stall > policy.stall_timeout;",
        new="bool stalled = stall >= policy.stall_timeout && stall > 0;",
    ),
    in_guarded(
        id="c_two_checks_are_a_stall",
        says="checks are taken for time: a send that two checks in a row have seen is stalled",
        caught_by=("vectors:SC-2",),
        old="bool stalled = stall > policy.stall_timeout;",
        new="bool stalled = held != NULL && held->turn == conn->checked_turn;",
    ),
    in_guarded(
        id="c_count_of_all_connections",
        says="there is one count, that of the first connection, and all share it",
        caught_by=("vectors:SC-3,SC-13",),
        old="""\
    int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;
    conn->stalled_checks = stalled ? before + 1 : 0;
""",
        new="""\
    int64_t before = turn == conn->checked_turn ? conns->stalled_checks : 0;
    conn->stalled_checks = conns->stalled_checks = stalled ? before + 1 : 0;
""",
    ),
    in_guarded(
        id="c_count_outlives_its_send",
        says=(
            "the count belongs to the connection: the next send goes on where the last one stopped"
        ),
        caught_by=("vectors:SC-15",),
        old="int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;",
        new="int64_t before = conn->stalled_checks;",
    ),
    in_guarded(
        id="c_count_is_never_reset",
        says="a check that finds the connection well leaves the count as it was",
        caught_by=("vectors:SC-3",),
        old="conn->stalled_checks = stalled ? before + 1 : 0;",
        new="conn->stalled_checks = stalled ? before + 1 : conn->stalled_checks;",
    ),
    in_guarded(
        id="c_warnings_close",
        says="the switch that allows the monitor to close is not looked at",
        caught_by=("vectors:SC-5",),
        old="if (policy.close_stalled && conn->stalled_checks",
        new="if (conn->stalled_checks",
    ),
    in_guarded(
        id="c_closes_one_check_early",
        says="the threshold is compared with the count that the next check will find",
        caught_by=("vectors:CX-5,SC-6,SC-9",),
        old="conn->stalled_checks >= policy.checks_max)",
        new="conn->stalled_checks + 1 >= policy.checks_max)",
    ),
    in_guarded(
        id="c_closes_one_check_late",
        says="the count has to exceed the threshold",
        caught_by=("vectors:SC-7,SC-9",),
        old="conn->stalled_checks >= policy.checks_max)",
        new="conn->stalled_checks > policy.checks_max)",
    ),
    in_guarded(
        id="c_heartbeat_into_a_send",
        says="a heartbeat is queued behind a send that is in flight",
        caught_by=("vectors:SC-11",),
        old="if (held == NULL && conn->heartbeats",
        new="if (!stalled && conn->heartbeats",
    ),
    in_guarded(
        id="c_second_end",
        says="a stream that is over can end again",
        caught_by=("vectors:AP-13",),
        old="""\
    if (stream->end != RUNNING)
        return;
""",
        new="",
    ),
    in_guarded(
        id="c_full_window_waits",
        says="a chunk waits although exactly the window, and no more, is outstanding",
        caught_by=("vectors:AP-2,AP-8",),
        old="if (stream->sent - stream->acked <= policy.window) {",
        new="if (stream->sent - stream->acked < policy.window) {",
    ),
    in_guarded(
        id="c_pause_is_a_stall",
        says="the progress clock runs on while nobody waits",
        caught_by=("vectors:AP-4",),
        old="Time clock = stream->progressed > began ? stream->progressed : began;",
        new="Time clock = stream->progressed;",
    ),
    in_guarded(
        id="c_wakes_at_its_interval",
        says="a waiting stream sleeps for its whole interval, past what is due",
        caught_by=("vectors:AP-14",),
        old="stream->due = nearest(at + policy.check_interval, nearest(no_progress, too_long));",
        new="stream->due = at + policy.check_interval;",
    ),
    in_guarded(
        id="c_negative_offset",
        says="nobody looks whether an offset is negative: it is taken for one that is no news",
        caught_by=("vectors:AP-10",),
        old="""\
    if (ack->value < 0)
        return "the offset is negative";
""",
        new="",
    ),
    in_guarded(
        id="c_repeats_are_progress",
        says="an ACK that repeats the last one moves the progress clock",
        caught_by=("vectors:AP-1",),
        old="} else if (ack->value > stream->acked) {",
        new="} else if (ack->value >= stream->acked) {",
    ),
    in_guarded(
        id="c_wake_up_lost",
        says="an ACK that opens the window wakes nobody: the stream goes on at its next look",
        caught_by=("vectors:AP-8",),
        old="""\
        if (stream->waiting)
            look(stream);
""",
        new="",
    ),
    in_guarded(
        id="c_true_is_one",
        says="a boolean for an offset is read as the number that C takes it for",
        caught_by=("vectors:AP-10",),
        old="        ack.is_integer = is_integer(offset, &ack.value);\n",
        new="""\
        ack.is_integer = is_integer(offset, &ack.value);
        if (is_word(offset, "true") || is_word(offset, "false")) {
            ack.is_integer = true;
            ack.value = *offset.at == 't';
        }
""",
    ),
    in_guarded(
        id="c_polls_for_nothing",
        says="poll is asked to wait for whole seconds, rounded down: a shorter wait is a busy loop",
        caught_by=("oracle:AP-7 beside SD-4",),
        old="(int)((wait + 999) / 1000)",
        new="(int)(wait / 1000000 * 1000)",
    ),
)
