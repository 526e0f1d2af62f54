"""Mistakes in streams that the exhaustive search finds."""

from proofs.seeded.tested import caught_by

STREAM = "stallproof.machines.ack_progress"

_STREAM = (
    (
        "a_repeat_restarts_the_clock",
        "AP-1 AP-3",
        "a repeated ACK puts the failure off",
        STREAM,
        "        return stream, AckVerdict.NO_NEWS",
        "        return (\n            Stream(stream.sent_bytes, stream.acknowledged_bytes, now_us,"
        " stream.wait_us, None, stream.seed),\n            AckVerdict.NO_NEWS,\n        )",
    ),
    (
        "sleeps_without_an_interval",
        "AP-6",
        "a waiting sender sleeps until something is due and never looks in between",
        STREAM,
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "min(progress_left_us, wait_left_us)",
    ),
    (
        "a_chunk_more_than_the_window",
        "AP-11",
        "another chunk begins while there is room for it beyond the window",
        STREAM,
        "<= policy.window_bytes:\n        return _with_wait",
        "<= policy.window_bytes + policy.chunk_bytes:\n        return _with_wait",
    ),
    (
        "the_wait_begins_with_the_last_progress",
        "AP-4 AP-5",
        "a pause before the wait counts as a part of it",
        STREAM,
        "wait_us = now_us if stream.wait_us is None",
        "wait_us = stream.progress_us if stream.wait_us is None",
    ),
    (
        "progress_extends_the_wait",
        "AP-5",
        "each progress gives the wait its whole length anew",
        STREAM,
        "wait_left_us = wait_us + policy",
        "wait_left_us = clock_us + policy",
    ),
    (
        "another_origin_with_an_offset",
        "AP-10",
        "an ACK of another origin is refused only when it names no offset",
        STREAM,
        "if not from_receiver:",
        "if not from_receiver and offset is None:",
    ),
    (
        "a_cancel_replaces_the_outcome",
        "AP-13",
        "a stream that has failed can still be cancelled",
        STREAM,
        "if stream.outcome is not None:\n        return stream\n",
        "if stream.outcome not in (None, StreamOutcome.NO_PROGRESS):\n        return stream\n",
    ),
    (
        "a_cancelled_stream_goes_on",
        "AP-12",
        "a sender that looks again after the cancel goes on with its stream",
        STREAM,
        "if stream.outcome is not None:\n        return stream, StreamOver",
        "if stream.outcome not in (None, StreamOutcome.CANCELLED):\n"
        "        return stream, StreamOver",
    ),
    (
        "only_the_beginning_of_the_wait_counts",
        "AP-3",
        "a stream fails although it has made progress since its wait began",
        STREAM,
        "progress_left_us = clock_us + policy",
        "progress_left_us = wait_us + policy",
    ),
    (
        "a_wait_ends_with_an_empty_window",
        "AP-8 AP-2",
        "a stream that waits goes on only when everything is acknowledged",
        STREAM,
        "<= policy.window_bytes:\n        return _with_wait",
        "<= (policy.window_bytes if stream.wait_us is None else 0):\n        return _with_wait",
    ),
    (
        "sleeps_half_of_what_is_left",
        "AP-7",
        "a waiting sender wakes ever more often as the end comes nearer",
        STREAM,
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "min(policy.ack_check_interval_us, (progress_left_us + 1) // 2, wait_left_us)",
    ),
    (
        "the_reporter_is_told_of_its_own_error",
        "AP-9",
        "a receiver that reported the error is told of it",
        "stallproof.machines.stream",
        "StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED)",
        "StreamOutcome.ACK_WAIT, StreamOutcome.CANCELLED, StreamOutcome.ACK_ERROR)",
    ),
    (
        "sleeps_past_the_progress_timeout",
        "AP-14",
        "a waiting sender sleeps its interval out although its stream is due before",
        STREAM,
        "min(policy.ack_check_interval_us, progress_left_us, wait_left_us)",
        "min(policy.ack_check_interval_us, wait_left_us)",
    ),
)

SEEDED = tuple(caught_by("search", "stream", *entry) for entry in _STREAM)
