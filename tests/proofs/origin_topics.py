"""The 29 topics of the origin's own tests: for each its counterpart here, and a mistake it catches.

`docs/origin-tests.md` shows the table; `tests/proofs/test_origin_topics.py` plants each mistake and
sees the counterpart fail.
"""

from typing import NamedTuple

SEND = "stallproof.machines.send_deadline"
ACK = "stallproof.machines.ack_progress"
STALL = "stallproof.machines.stall_count"


class Topic(NamedTuple):
    """One topic: `test` must fail once `old` in `module` has become `new`, which is `mistake`."""

    group: str
    topic: str
    test: str
    mistake: str
    module: str
    old: str
    new: str


TOPICS = (
    Topic(
        "send",
        "the configured timeout is applied",
        "tests/machines/test_send_deadline.py::test_the_deadline_is_the_lock_plus_the_send_timeout",
        "the deadline comes from another knob",
        SEND,
        "return Send(now_us, now_us + policy.send_timeout_us",
        "return Send(now_us, now_us + policy.stall_timeout_us",
    ),
    Topic(
        "send",
        "partial writes succeed and do not close",
        "tests/drivers/test_sender_against_peers.py::test_what_arrives_is_what_was_sent",
        "a partial write counts as the whole frame",
        SEND,
        "if after.written_bytes == after.size_bytes:",
        "if wrote_bytes > 0:",
    ),
    Topic(
        "send",
        "not writable: TIMEOUT",
        "tests/drivers/test_sender.py::test_a_peer_that_never_reads_holds_nobody_past_the_bound",
        "expiry is reported as an error",
        SEND,
        "return after, End(Outcome.TIMEOUT, True)",
        "return after, End(Outcome.ERROR, True)",
    ),
    Topic(
        "send",
        "a timeout after a partial write closes once",
        "tests/drivers/test_sender.py::test_bytes_left_at_the_deadline_are_a_timeout",
        "a timeout leaves the connection open",
        SEND,
        "return after, End(Outcome.TIMEOUT, True)",
        "return after, End(Outcome.TIMEOUT, False)",
    ),
    Topic(
        "send",
        "a send that returns 0: CLOSED, and it does not close",
        "tests/drivers/test_sender_failures.py::test_the_error_table_end_to_end",
        "a write of nothing is an error",
        "stallproof.drivers.sender",
        "return Refusal(Failure.CLOSED, ",
        "return Refusal(Failure.ERROR, ",
    ),
    Topic(
        "send",
        "TimeoutError: TIMEOUT, and it closes",
        "tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
        "a time-out of the transport is an error",
        "stallproof.drivers.errors",
        "if isinstance(error, TimeoutError):\n        return Failure.TIMEOUT",
        "if isinstance(error, TimeoutError):\n        return Failure.ERROR",
    ),
    Topic(
        "send",
        "BrokenPipe: CLOSED, and it does not close",
        "tests/drivers/test_sender.py::test_a_failure_before_the_first_byte_leaves_the_connection_open",
        "every failure closes",
        SEND,
        "return End(Outcome.CLOSED, torn)",
        "return End(Outcome.CLOSED, True)",
    ),
    Topic(
        "send",
        "anything else: ERROR",
        "tests/drivers/test_errors.py::test_every_cause_has_the_failure_of_its_row",
        "what is unknown counts as closed",
        "stallproof.drivers.errors",
        "    return Failure.ERROR",
        "    return Failure.CLOSED",
    ),
    Topic(
        "send",
        "suppressed while closing",
        "tests/drivers/test_guarded.py::test_closing_frees_a_blocked_sender_and_raises_nothing",
        "a send that closing cut short is OK",
        SEND,
        "return after, End(Outcome.SUPPRESSED, False)",
        "return after, End(Outcome.OK, False)",
    ),
    Topic(
        "send",
        "the bound limits the holding of the lock, so that a second sender returns",
        "tests/drivers/test_sender.py::test_a_peer_that_never_reads_holds_nobody_past_the_bound",
        "the deadline is two seconds late",
        SEND,
        "if now_us >= after.deadline_us:",
        "if now_us >= after.deadline_us + 2_000_000:",
    ),
    Topic(
        "ACK",
        "an ACK moves the progress clock",
        "tests/machines/test_ack_progress.py::test_only_a_greater_offset_that_was_sent_is_progress",
        "progress leaves the clock where it was",
        ACK,
        "    progress_us = now_us if now_us > stream.progress_us else stream.progress_us",
        "    progress_us = stream.progress_us",
    ),
    Topic(
        "ACK",
        "progress allows completion",
        "tests/drivers/test_stream_sender.py::"
        "test_an_ack_opens_the_window_when_no_more_than_it_is_outstanding",
        "a wait that has begun never ends well",
        ACK,
        "if stream.sent_bytes - stream.acknowledged_bytes <= policy.window_bytes:",
        "if stream.wait_us is None and stream.sent_bytes <= policy.window_bytes:",
    ),
    Topic(
        "ACK",
        "no progress fails the stream",
        "tests/machines/test_ack_progress.py::test_no_progress_is_due_at_clock_plus_timeout",
        "the timeout is exclusive",
        ACK,
        "if progress_left_us <= 0:",
        "if progress_left_us < 0:",
    ),
    Topic(
        "ACK",
        "the older ACK wait still applies",
        "tests/machines/test_ack_progress.py::test_ack_wait_is_due_at_the_wait_plus_ack_wait",
        "a wait with progress lasts for ever",
        ACK,
        "if wait_left_us <= 0:",
        "if False:",
    ),
    Topic(
        "ACK",
        "the progress timeout wins when it is the smaller",
        "tests/machines/test_ack_progress.py::test_no_progress_wins_when_both_are_due",
        "the progress timeout waits for the ACK wait",
        ACK,
        "if progress_left_us <= 0:",
        "if progress_left_us <= 0 and wait_us + policy.ack_wait_us > now_us:",
    ),
    Topic(
        "ACK",
        "a zero check interval does not spin",
        "tests/configuration/test_knobs.py::test_the_check_interval_is_clamped",
        "the interval is taken as it is",
        "stallproof.machines.settings",
        "return max(CHECK_INTERVAL_MIN_US, asked_us)",
        "return max(0, asked_us)",
    ),
    Topic(
        "stall",
        "the monitor closes when that is enabled",
        "tests/machines/test_stall_count.py::test_the_check_that_reaches_the_threshold_closes",
        "it closes one check after the threshold",
        STALL,
        "closes = policy.close_stalled and checks >= policy.checks_max",
        "closes = policy.close_stalled and checks > policy.checks_max",
    ),
    Topic(
        "stall",
        "only after N consecutive checks",
        "tests/drivers/test_monitor.py::test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once",
        "the first stalled check closes",
        STALL,
        "closes = policy.close_stalled and checks >= policy.checks_max",
        "closes = policy.close_stalled and checks >= 1",
    ),
    Topic(
        "stall",
        "a warning is logged",
        "tests/drivers/test_monitor.py::test_warn_only_never_closes",
        "only a check that closes warns",
        STALL,
        "CheckDecision(held_us, True, True, closes, False)",
        "CheckDecision(held_us, True, closes, closes, False)",
    ),
    Topic(
        "stall",
        "warn-only never closes",
        "tests/machines/test_stall_count.py::test_warn_only_counts_and_warns_and_never_closes",
        "the switch is not looked at",
        STALL,
        "closes = policy.close_stalled and checks",
        "closes = checks",
    ),
    Topic(
        "stall",
        "PING when idle and healthy",
        "tests/machines/test_stall_count.py::test_a_heartbeat_is_due_strictly_after_the_interval",
        "idle is inclusive",
        STALL,
        "now_us - received_us > policy.heartbeat_interval_us\n\n",
        "now_us - received_us >= policy.heartbeat_interval_us\n\n",
    ),
    Topic(
        "stall",
        "no PING when the driver forbids it",
        "tests/machines/test_stall_count.py::test_who_gets_a_heartbeat",
        "the transport's word is not asked",
        STALL,
        "    heartbeat = (\n        snapshot.heartbeats\n        and",
        "    heartbeat = (\n        True\n        and",
    ),
    Topic(
        "stall",
        "no warning in healthy flow",
        "tests/machines/test_stall_count.py::test_stalled_is_strictly_longer_than_the_limit",
        "stalled is inclusive",
        STALL,
        "if snapshot.taken_us is not None and held_us > policy.stall_timeout_us:",
        "if snapshot.taken_us is not None and held_us >= policy.stall_timeout_us:",
    ),
    Topic(
        "stall",
        "an intermittent stall resets the count",
        "tests/machines/test_stall_count.py::test_an_intermittent_stall_resets_the_count",
        "a healthy check keeps the count",
        STALL,
        "return StallCount(0, snapshot.send_id), CheckDecision(held_us, False",
        "return StallCount(count.stalled_checks, 1), CheckDecision(held_us, False",
    ),
    Topic(
        "stall",
        "the send state is reset after success",
        "tests/drivers/test_monitor_on_sockets.py::test_a_send_that_is_over_is_no_stall",
        "the stamp outlives the send",
        "stallproof.drivers.sender",
        "        finally:\n            self.lock_holder = None",
        "        finally:\n            pass",
    ),
    Topic(
        "stall",
        "the send state is reset after an exception",
        "tests/drivers/test_sender_failures.py::test_the_lock_is_free_after_an_exception_that_nobody_foresaw",
        "the stamp outlives a send that raised",
        "stallproof.drivers.sender",
        "        finally:\n            self.lock_holder = None",
        "        finally:\n            pass",
    ),
    Topic(
        "stall",
        "without the mitigation the second sender blocks",
        "tests/drivers/test_sender.py::test_a_peer_that_trickles_does_not_move_the_deadline",
        "progress extends the deadline",
        SEND,
        "after = Send(send.taken_us, send.deadline_us, ",
        "after = Send(send.taken_us, send.deadline_us + 10 * wrote_bytes, ",
    ),
    Topic(
        "stall",
        "closing unblocks the stalled send",
        "tests/drivers/test_monitor_on_sockets.py::test_the_monitor_closes_a_stalled_connection_and_frees_its_sender",
        "closing does not shut the transport down",
        "stallproof.drivers.guarded",
        "self._transport.shut_down()",
        "self._transport.frame",
    ),
    Topic(
        "stall",
        "with closing off it stays blocked",
        "tests/drivers/test_monitor.py::test_warn_only_never_closes",
        "the monitor closes whatever the switch says",
        "stallproof.drivers.monitor",
        "if decision.closes:",
        "if decision.warns:",
    ),
)
