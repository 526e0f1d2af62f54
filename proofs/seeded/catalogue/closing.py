"""Mistakes of closing: whom it frees, what it leaves behind, and who is told."""

from proofs.seeded.tested import judged, tested

SENDER, GUARDED, READER = "drivers.sender", "drivers.guarded", "drivers.reader"
WORKER = "drivers.worker"
IN_GUARDED = "drivers/test_guarded.py::"

_SHUTDOWN = "                self._transport.shut_down()"
_RELEASE = (
    "        self.lock.acquire()\n"
    "        try:\n"
    "            self._transport.release()\n"
    "        finally:\n"
    "            self.lock.release()\n"
)

SEEDED = (
    tested(
        "closes_the_descriptor_instead",
        "SD-12",
        by=IN_GUARDED + "test_the_descriptor_outlives_the_holder_of_the_lock",
        says="closing gives the descriptor back under the feet of whoever writes to it",
        module=GUARDED,
        old=_SHUTDOWN,
        new="                self._transport.release()",
    ),
    judged(
        "closing_ends_only_the_reading",
        "CX-2",
        "SD-5",
        says="the writing direction of the transport stays open, and a blocked send blocked",
        module="drivers.io",
        old="        self.socket.shutdown(socket.SHUT_RDWR)",
        new="        self.socket.shutdown(socket.SHUT_RD)",
    ),
    judged(
        "a_timeout_does_not_shut_down",
        "SD-5",
        says="a connection that closes because of a timeout keeps its transport open",
        module=GUARDED,
        old=_SHUTDOWN,
        new=(
            "                if cause is not Cause.SEND_TIMEOUT:\n"
            "                    self._transport.shut_down()"
        ),
    ),
    judged(
        "a_torn_frame_does_not_shut_down",
        "SD-6",
        says="a connection that closes because of a torn frame keeps its transport open",
        module=GUARDED,
        old=_SHUTDOWN,
        new=(
            "                if cause is not Cause.TORN_FRAME:\n"
            "                    self._transport.shut_down()"
        ),
    ),
    tested(
        "the_descriptor_is_released_under_a_sender",
        "SD-12",
        by=IN_GUARDED + "test_the_descriptor_outlives_the_holder_of_the_lock",
        says="the descriptor is released while somebody still holds the lock",
        module=GUARDED,
        old=_RELEASE,
        new="        self._transport.release()\n",
    ),
    tested(
        "every_close_closes_again",
        "SD-5",
        "SC-8",
        by=IN_GUARDED + "test_many_closers_close_once",
        says="whoever closes does not ask whether closing has begun",
        module=GUARDED,
        old=(
            "        if not self._closing_latch.acquire(blocking=False):\n"
            "            return False\n"
        ),
        new="        self._closing_latch.acquire(blocking=False)\n",
    ),
    tested(
        "the_second_closer_believes_it_was_the_first",
        "SD-10",
        "SD-5",
        by=IN_GUARDED + "test_a_timeout_that_did_not_begin_the_closing_is_suppressed",
        says="a send that expires while another one closes is told that its timeout closed",
        module=GUARDED,
        old="            return False\n        self._record(Closing(",
        new="            return True\n        self._record(Closing(",
    ),
    tested(
        "closing_counts_only_when_it_is_done",
        "CX-6",
        "SD-10",
        by=IN_GUARDED + "test_nothing_is_sent_once_closed",
        says="until the descriptor is released nobody is told that the connection closes",
        module=GUARDED,
        old="        return self._closing_latch.locked()",
        new="        return not self._worker._thread.is_alive()",
    ),
    tested(
        "a_closed_connection_is_open_again",
        "CX-6",
        by=IN_GUARDED + "test_nothing_is_sent_once_closed",
        says="once the descriptor is released the connection no longer counts as closing",
        module=GUARDED,
        old="        return self._closing_latch.locked()",
        new="        return self._closing_latch.locked() and self._worker._thread.is_alive()",
    ),
    tested(
        "a_close_waits_for_the_send",
        "CX-2",
        by=IN_GUARDED + "test_closing_frees_a_blocked_sender_and_raises_nothing[unix]",
        says="a close gives the send that it is to free two seconds to finish by itself",
        module=GUARDED,
        old="        self.begin_closing(Cause.LOCAL)\n",
        new=(
            "        until_us = self._clock() + 2_000_000\n"
            "        while self.lock_holder is not None and self._clock() < until_us:\n"
            "            self._worker.join(0.001)\n"
            "        self.begin_closing(Cause.LOCAL)\n"
        ),
    ),
    judged(
        "closing_raises_in_every_sender",
        "SD-15",
        says="a send that the closing cut short raises as if it had failed by itself",
        module=GUARDED,
        old="        if sent.outcome in (Outcome.OK, Outcome.SUPPRESSED):",
        new="        if sent.outcome is Outcome.OK:",
    ),
    tested(
        "closing_is_told_as_success",
        "SD-10",
        "SD-13",
        by=IN_GUARDED + "test_nothing_is_sent_once_closed",
        says="a send that finds the connection closing says that it has sent",
        module=SENDER,
        old="                return Sent(Outcome.SUPPRESSED, 0, None, None)",
        new="                return Sent(Outcome.OK, 0, None, None)",
    ),
    tested(
        "a_secure_stream_that_was_cut_is_told_as_orderly",
        "SD-16",
        by="drivers/test_properties_connections.py::test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        says="the reader sees that a stream was cut, and reports its end as orderly",
        module=READER,
        old='            how, why = "truncated", ',
        new='            how, why = "orderly", ',
    ),
    tested(
        "a_frame_counts_before_it_is_whole",
        "SD-16",
        by="drivers/test_properties_connections.py::test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        says="a frame is counted as received when its first bytes have come",
        module=READER,
        old=(
            "                for frame in frames.feed(piece):\n"
            "                    self._received(frame)\n"
        ),
        new=(
            "                for frame in frames.feed(piece):\n"
            "                    self._received(frame)\n"
            "                self.received_frames += frames.torn_bytes > 0\n"
        ),
    ),
)
