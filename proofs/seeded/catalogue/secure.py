"""Mistakes over TLS: what counts as written, what leaves in which order, and what an end means."""

from proofs.seeded.tested import judged, tested

SECURE, TLS = "drivers.tls_connection", "drivers.tls"
IN_SENDING, IN_CLOSING = "drivers/test_tls_sending.py::", "drivers/test_tls_closing.py::"
ENDS = (
    "drivers/test_properties_connections.py::test_the_end_of_a_secure_stream_is_told_for_what_it_is"
)
TORN = IN_SENDING + "test_a_failure_after_sealing_tears_the_frame"

_GOODBYE = (
    "        if cause not in (Cause.LOCAL, Cause.TLS) or not self.lock.try_acquire():\n"
    "            return\n"
    "        try:\n"
    "            if cause is Cause.LOCAL:\n"
    "                self._session.say_goodbye()\n"
    "            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())\n"
    "            if self._leaving:\n"
    "                self._flush()\n"
    "        finally:\n"
    "            self.lock.release()\n"
)
_FAREWELL = (
    "self._session.say_goodbye()\n"
    "            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())\n"
    "            self._flush()\n"
)

_COUNTED = (
    tested(
        "sealed_counts_as_handed_over",
        "SD-10",
        "SD-9",
        by=TORN,
        says="a frame is OK once all of it is encrypted",
        module=SECURE,
        old="        self._owed_bytes = 1\n        taken_bytes = len(plain) - 1\n",
        new="        self._owed_bytes = 0\n        taken_bytes = len(plain)\n",
    ),
    tested(
        "the_last_byte_counts_before_its_record_has_left",
        "SD-10",
        by=TORN,
        says="the byte that waits for the last record is counted with any of its bytes",
        module=SECURE,
        old="        if self._leaving:\n            return 0\n        owed",
        new="        owed",
    ),
    tested(
        "sealed_and_unsent_is_not_begun",
        "SD-6",
        by=TORN,
        says="a frame that was encrypted and could not be written leaves the connection open",
        module=SECURE,
        old="            return refusal._replace(taken_bytes=taken_bytes)\n",
        new="            return refusal\n",
    ),
    tested(
        "a_session_that_cannot_seal_stays_open",
        "SD-6",
        by=IN_SENDING + "test_a_session_that_cannot_seal_tears_the_frame",
        says="an encryption that failed counts as one that has left nothing behind",
        module=SECURE,
        old="            taken_bytes = min(1, len(plain) - 1)\n",
        new="            taken_bytes = 0\n",
    ),
    tested(
        "an_answer_that_cannot_leave_tears_the_next_frame",
        "SD-8",
        by=IN_SENDING + "test_a_failure_before_sealing_leaves_the_connection_open",
        says="what the layer wanted to say counts as a part of the frame behind it",
        module=SECURE,
        old="            return self._settled_bytes() if refusal is None else refusal\n",
        new=(
            "            if refusal is not None:\n"
            "                return refusal._replace(taken_bytes=1)\n"
            "            return self._settled_bytes()\n"
        ),
    ),
    tested(
        "sealing_takes_no_time",
        "SD-2",
        by=IN_SENDING + "test_what_was_sealed_in_time_is_not_written_at_the_deadline",
        says="nobody looks at the clock between the encryption and the write",
        module=SECURE,
        old="self._flush() if self._clock() < deadline_us else None",
        new="self._flush() if self._clock() else None",
    ),
)

_ORDER = (
    tested(
        "a_piece_is_sealed_while_another_waits",
        "SD-9",
        by=IN_SENDING + "test_no_piece_is_sealed_before_the_last_one_has_left",
        says="the next piece is encrypted before the records of the last one have left",
        module=SECURE,
        old="        if self._leaving:\n            refusal = self._flush()\n",
        new="        if self._leaving and self._flush():\n            refusal = self._flush()\n",
    ),
    tested(
        "the_rest_of_a_record_is_dropped",
        "SD-9",
        by=IN_SENDING + "test_a_large_frame_arrives_through_small_buffers",
        says="what the kernel did not take of a record is forgotten",
        module=SECURE,
        old="        self._leaving = self._leaving[wrote:]\n",
        new="        self._leaving = _EMPTY if wrote else self._leaving\n",
    ),
    tested(
        "answers_leave_in_mid_frame",
        "CX-1",
        by="drivers/test_tls_key_updates.py::"
        "test_answers_wait_while_the_lock_is_busy_and_leave_with_the_next_frame",
        says="the worker writes what the layer has to say although a frame is on its way",
        module=SECURE,
        old=(
            "        if not self.lock.try_acquire():\n"
            "            return\n"
            "        try:\n"
            "            if not self._leaving:\n"
            "                self._leaving = memoryview(self._session.waiting())\n"
            "            if self._leaving:\n"
            "                # If that fails, nothing is lost that a send would not find out.\n"
            "                self._flush()\n"
            "        finally:\n"
            "            self.lock.release()\n"
        ),
        new=(
            "        if not self._leaving:\n"
            "            self._leaving = memoryview(self._session.waiting())\n"
            "        if self._leaving:\n"
            "            self._flush()\n"
        ),
    ),
)

_SECRET = (
    tested(
        "writes_in_clear_once_closing",
        "SD-12",
        by=IN_CLOSING + "test_a_write_that_meets_the_close_is_sealed_all_the_same",
        says="a write that finds the connection closing goes past the layer",
        module=SECURE,
        old="        plain = pieces[0] if",
        new=(
            "        if self.is_closing:\n"
            "            return super()._attempt(pieces, deadline_us)\n"
            "        plain = pieces[0] if"
        ),
    ),
    tested(
        "a_small_frame_leaves_in_clear",
        "SD-12",
        by=IN_CLOSING + "test_a_close_of_an_idle_connection_is_orderly",
        says="a frame too small to be worth a record goes to the socket as it is",
        module=SECURE,
        old="        plain = pieces[0] if",
        new=(
            "        if sum(len(piece) for piece in pieces) < 4096:\n"
            "            return super()._attempt(pieces, deadline_us)\n"
            "        plain = pieces[0] if"
        ),
    ),
    tested(
        "speaks_tls_1_2",
        "SD-12",
        by="drivers/test_tls.py::test_tls_1_2_is_refused",
        says="a session of an older version is good enough for a secure connection",
        module=TLS,
        old="    context.minimum_version = ssl.TLSVersion.TLSv1_3\n",
        new="    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
    ),
)

_ENDS = (
    judged(
        "an_announced_end_is_not_heard",
        "SD-16",
        says="the reader goes on after close_notify, and takes the end for a cut",
        module=SECURE,
        old="            if unsealed.over:\n",
        new="            if unsealed.over and not unsealed.pieces and records == b'':\n",
    ),
    tested(
        "a_wait_for_records_is_an_end",
        "SD-16",
        by="drivers/test_tls.py::test_close_notify_is_the_end_and_not_before",
        says="a stream of which nothing more has come yet counts as ended in order",
        module=TLS,
        old="            except ssl.SSLWantReadError:\n                pass\n",
        new="            except ssl.SSLWantReadError:\n                over = not pieces\n",
    ),
    tested(
        "every_end_says_close_notify",
        "SD-16",
        by=IN_CLOSING + "test_only_a_local_close_is_orderly",
        says="a timeout, a torn frame and the monitor announce an orderly end as well",
        module=SECURE,
        old=_GOODBYE,
        new=(
            "        if not self.lock.try_acquire():\n"
            "            return\n"
            "        try:\n"
            f"            {_FAREWELL}"
            "        finally:\n"
            "            self.lock.release()\n"
        ),
    ),
    tested(
        "close_notify_in_mid_frame",
        "CX-1",
        "SD-16",
        by=IN_CLOSING + "test_a_close_while_the_lock_is_held_is_not_orderly_and_does_not_wait",
        says="a close announces an orderly end although a frame is on its way",
        module=SECURE,
        old=_GOODBYE,
        new=f"        if cause is Cause.LOCAL:\n            {_FAREWELL}",
    ),
    tested(
        "a_broken_session_stays_open",
        "CX-2",
        by=IN_CLOSING + "test_a_broken_session_is_closed",
        says="a session that cannot go on leaves those who send on it waiting",
        module=SECURE,
        old="        if self._is_broken:\n",
        new="        if self._is_broken and self.received_us is None:\n",
    ),
)

SEEDED = (*_COUNTED, *_ORDER, *_SECRET, *_ENDS)
