"""Wrong streams: what is progress, what is a wait, how long, and who is told."""

from tests.implementations.negative.python_wrong import wrong

STREAMS = (
    wrong(
        "a_repeat_is_progress",
        "A receiver that repeats its last ACK keeps the stream alive.",
        "machines/ack_progress.py",
        "    if offset <= stream.acknowledged_bytes:\n",
        "    if offset < stream.acknowledged_bytes:\n",
        "AP-1",
    ),
    wrong(
        "any_ack_is_progress",
        "Whatever ACK comes, the progress clock starts again.",
        "machines/ack_progress.py",
        "        return stream, AckVerdict.NO_NEWS\n",
        "        return Stream(\n"
        "            stream.sent_bytes, stream.acknowledged_bytes, now_us, stream.wait_us, "
        "None, stream.seed\n"
        "        ), AckVerdict.NO_NEWS\n",
        "AP-1",
    ),
    wrong(
        "waits_at_the_window",
        "The sender waits as soon as exactly the window is outstanding.",
        "machines/ack_progress.py",
        "    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:\n",
        "    if stream.sent_bytes and stream.sent_bytes - stream.acknowledged_bytes >= "
        "policy.window_bytes:\n"
        "        pass\n"
        "    else:\n",
        "AP-2",
        "AP-8",
    ),
    wrong(
        "watchdog_never_fires",
        "A wait without progress lasts until the ACK wait is over.",
        "machines/ack_progress.py",
        "    if progress_left_us <= 0:\n        return _over(stream, StreamOutcome.NO_PROGRESS)\n",
        "    progress_left_us = policy.ack_wait_us\n",
        "AP-3",
        "AP-5",
        "AP-14",
    ),
    wrong(
        "a_pause_is_a_stall",
        "The progress clock runs on while nobody waits.",
        "machines/ack_progress.py",
        "clock_us = stream.progress_us if stream.seed else max(stream.progress_us, wait_us)",
        "clock_us = stream.progress_us",
        "AP-4",
    ),
    wrong(
        "a_wait_without_end",
        "A receiver that makes a little progress holds the sender for ever.",
        "machines/ack_progress.py",
        "    if wait_left_us <= 0:\n        return _over(stream, StreamOutcome.ACK_WAIT)\n",
        "    wait_left_us = policy.ack_wait_us\n",
        "AP-5",
        "AP-14",
    ),
    wrong(
        "the_older_bound_first",
        "Where both are due the reason is the wait and not the missing progress.",
        "machines/ack_progress.py",
        "    if progress_left_us <= 0:\n",
        "    if progress_left_us <= 0 and wait_us + policy.ack_wait_us <= now_us:\n"
        "        return _over(stream, StreamOutcome.ACK_WAIT)\n"
        "    if progress_left_us <= 0:\n",
        "AP-5",
    ),
    wrong(
        "looks_at_every_other_interval",
        "The sender sleeps for two check intervals at a time, whatever is due.",
        "machines/ack_progress.py",
        "    sleep_us = min(policy.ack_check_interval_us, progress_left_us, wait_left_us)\n",
        "    sleep_us = 2 * policy.ack_check_interval_us\n",
        "AP-6",
        "AP-14",
    ),
    wrong(
        "looks_only_at_the_interval",
        "The sender sleeps for the whole check interval although a failure is due before.",
        "machines/ack_progress.py",
        "    sleep_us = min(policy.ack_check_interval_us, progress_left_us, wait_left_us)\n",
        "    sleep_us = policy.ack_check_interval_us\n",
        "AP-14",
    ),
    wrong(
        "acks_wake_nobody",
        "An ACK that opens the window is noticed at the next look.",
        "drivers/stream_progress.py",
        '(AP-8)."""\n        self._changed.notify_all()',
        '(AP-8)."""',
        "AP-8",
    ),
    wrong(
        "answers_an_error_with_a_notice",
        "A receiver that reported the error is told of it.",
        "drivers/stream_progress.py",
        "        return is_notified(outcome)\n",
        "        from stallproof.drivers import stream_frames\n\n"
        "        stream_frames.STOPS = tuple(StreamOutcome)\n"
        "        return outcome is StreamOutcome.ACK_ERROR or is_notified(outcome)\n",
        "AP-9",
    ),
    wrong(
        "gives_up_in_silence",
        "A receiver that the watchdog gave up on is not told.",
        "machines/stream.py",
        "return outcome in (StreamOutcome.NO_PROGRESS, StreamOutcome.ACK_WAIT, "
        "StreamOutcome.CANCELLED)",
        "return outcome is StreamOutcome.CANCELLED",
        "AP-9",
    ),
    wrong(
        "error_acks_are_passed_over",
        "An ACK with an error is taken for an ordinary one.",
        "drivers/stream_progress.py",
        "            if is_valid and error is not None:\n",
        "            if False:\n",
        "AP-9",
        "AP-12",
    ),
    wrong(
        "true_is_one",
        "A boolean counts as a number.",
        "machines/stream.py",
        "return raw if isinstance(raw, int) and not isinstance(raw, bool) else None",
        "return raw if isinstance(raw, int) else None",
        "AP-10",
    ),
    wrong(
        "believes_in_the_future",
        "An ACK for bytes that were never sent opens the window.",
        "machines/ack_progress.py",
        "    if offset > stream.sent_bytes:\n        return stream, AckVerdict.BEYOND_SENT\n",
        "",
        "AP-10",
    ),
    wrong(
        "believes_anybody",
        "An ACK counts wherever it comes from.",
        "machines/ack_progress.py",
        "    if not from_receiver:\n        return stream, AckVerdict.OTHER_ORIGIN\n",
        "",
        "AP-10",
    ),
    wrong(
        "one_chunk_too_many",
        "A chunk begins while no more than the window and one byte is outstanding.",
        "machines/ack_progress.py",
        "    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:\n",
        "    if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes + 1:\n",
        "AP-11",
    ),
    wrong(
        "cancels_later",
        "A cancel is noticed a moment after it was asked for.",
        "drivers/stream_progress.py",
        "        self._stop(StreamOutcome.CANCELLED, None)\n",
        "        def later() -> None:\n"
        "            self._conn.io.sleep(10)\n"
        "            self._stop(StreamOutcome.CANCELLED, None)\n\n"
        '        self._conn.io.thread(later, "cancel").start()\n',
        "AP-12",
    ),
    wrong(
        "ends_again_and_again",
        "A cancel after the end tells a second outcome.",
        "drivers/stream_progress.py",
        "        if before is not None:\n            return before\n",
        "        if before is not None:\n"
        "            self._stream = self._steps.on_made(now_us=0)\n",
        "AP-13",
    ),
    wrong(
        "done_is_never_told",
        "A stream whose last chunk has left is not reported as done.",
        "drivers/stream_progress.py",
        "        if stream.outcome is None or before.outcome is not None:\n",
        "        if stream.outcome in (None, StreamOutcome.DONE) or before.outcome is not None:\n",
        "AP-13",
    ),
)
