"""Mutants of secure connections."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_tls = partial(Mutant, file="reference/stallproof/drivers/tls.py")
in_tls_connection = partial(Mutant, file="reference/stallproof/drivers/tls_connection.py")

MUTANTS = (
    in_tls(
        id="a_wait_for_records_is_an_end",
        says="a stream of which nothing more has come yet counts as ended in order",
        breaks=("SD-16",),
        caught_by=("test:tests/drivers/test_tls.py::test_close_notify_is_the_end_and_not_before",),
        old="""\
            except ssl.SSLWantReadError:
                pass
""",
        new="""\
            except ssl.SSLWantReadError:
                over = not pieces
""",
    ),
    in_tls(
        id="speaks_tls_1_2",
        says="a session of an older version is good enough for a secure connection",
        breaks=("SD-12",),
        caught_by=("test:tests/drivers/test_tls.py::test_tls_1_2_is_refused",),
        old="    context.minimum_version = ssl.TLSVersion.TLSv1_3\n",
        new="    context.minimum_version = ssl.TLSVersion.TLSv1_2\n",
    ),
    in_tls_connection(
        id="a_piece_is_sealed_while_another_waits",
        says="the next piece is encrypted before the records of the last one have left",
        breaks=("SD-9",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_no_piece_is_sealed_before_the_last_one_has_left",
        ),
        old="""\
        if self._leaving:
            refusal = self._flush()
""",
        new="""\
        if self._leaving and self._flush():
            refusal = self._flush()
""",
    ),
    in_tls_connection(
        id="an_answer_that_cannot_leave_tears_the_next_frame",
        says="what the layer wanted to say counts as a part of the frame behind it",
        breaks=("SD-8",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_failure_before_sealing_leaves_the_connection_open",
        ),
        old="            return self._settled_bytes() if refusal is None else refusal\n",
        new="""\
            if refusal is not None:
                return refusal._replace(taken_bytes=1)
            return self._settled_bytes()
""",
    ),
    in_tls_connection(
        id="a_small_frame_leaves_in_clear",
        says="a frame too small to be worth a record goes to the socket as it is",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::test_a_close_of_an_idle_connection_is_orderly",
        ),
        old="        plain = pieces[0] if",
        new="""\
        if sum(len(piece) for piece in pieces) < 4096:
            return super()._attempt(pieces, deadline_us)
        plain = pieces[0] if""",
    ),
    in_tls_connection(
        id="writes_in_clear_once_closing",
        says="a write that finds the connection closing goes past the layer",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::"
            "test_a_write_that_meets_the_close_is_sealed_all_the_same",
        ),
        old="        plain = pieces[0] if",
        new="""\
        if self.is_closing:
            return super()._attempt(pieces, deadline_us)
        plain = pieces[0] if""",
    ),
    in_tls_connection(
        id="a_session_that_cannot_seal_stays_open",
        says="an encryption that failed counts as one that has left nothing behind",
        breaks=("SD-6",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_session_that_cannot_seal_tears_the_frame",
        ),
        old="            taken_bytes = min(1, len(plain) - 1)\n",
        new="            taken_bytes = 0\n",
    ),
    in_tls_connection(
        id="sealed_counts_as_handed_over",
        says="a frame is OK once all of it is encrypted",
        breaks=("SD-10", "SD-9"),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="""\
        self._owed_bytes = 1
        taken_bytes = len(plain) - 1
""",
        new="""\
        self._owed_bytes = 0
        taken_bytes = len(plain)
""",
    ),
    in_tls_connection(
        id="sealing_takes_no_time",
        says="nobody looks at the clock between the encryption and the write",
        breaks=("SD-2",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_what_was_sealed_in_time_is_not_written_at_the_deadline",
        ),
        old="self._flush() if self._clock() < deadline_us else None",
        new="self._flush() if self._clock() else None",
    ),
    in_tls_connection(
        id="sealed_and_unsent_is_not_begun",
        says="a frame that was encrypted and could not be written leaves the connection open",
        breaks=("SD-6",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="            return refusal._replace(taken_bytes=taken_bytes)\n",
        new="            return refusal\n",
    ),
    in_tls_connection(
        id="the_rest_of_a_record_is_dropped",
        says="what the kernel did not take of a record is forgotten",
        breaks=("SD-9",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::"
            "test_a_large_frame_arrives_through_small_buffers",
        ),
        old="        self._leaving = self._leaving[wrote:]\n",
        new="        self._leaving = _EMPTY if wrote else self._leaving\n",
    ),
    in_tls_connection(
        id="the_last_byte_counts_before_its_record_has_left",
        says="the byte that waits for the last record is counted with any of its bytes",
        breaks=("SD-10",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_a_failure_after_sealing_tears_the_frame",
        ),
        old="""\
        if self._leaving:
            return 0
        owed""",
        new="        owed",
    ),
    in_tls_connection(
        id="answers_leave_in_mid_frame",
        says="the worker writes what the layer has to say although a frame is on its way",
        breaks=("CX-1",),
        caught_by=(
            "test:tests/drivers/test_tls_key_updates.py::"
            "test_answers_wait_while_the_lock_is_busy_and_leave_with_the_next_frame",
        ),
        old="""\
        if not self.lock.try_acquire():
            return
        try:
            if not self._leaving:
                self._leaving = memoryview(self._session.waiting())
            if self._leaving:
                # If that fails, nothing is lost that a send would not find out.
                self._flush()
        finally:
            self.lock.release()
""",
        new="""\
        if not self._leaving:
            self._leaving = memoryview(self._session.waiting())
        if self._leaving:
            self._flush()
""",
    ),
    in_tls_connection(
        id="close_notify_in_mid_frame",
        says="a close announces an orderly end although a frame is on its way",
        breaks=("CX-1", "SD-16"),
        caught_by=(
            "test:tests/drivers/test_tls_closing.py::"
            "test_a_close_while_the_lock_is_held_is_not_orderly_and_does_not_wait",
        ),
        old="""\
        if cause not in (Cause.LOCAL, Cause.TLS) or not self.lock.try_acquire():
            return
        try:
            if cause is Cause.LOCAL:
                self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            if self._leaving:
                self._flush()
        finally:
            self.lock.release()
""",
        new="""\
        if cause is Cause.LOCAL:
            self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            self._flush()
""",
    ),
    in_tls_connection(
        id="every_end_says_close_notify",
        says="a timeout, a torn frame and the monitor announce an orderly end as well",
        breaks=("SD-16",),
        caught_by=("test:tests/drivers/test_tls_closing.py::test_only_a_local_close_is_orderly",),
        old="""\
        if cause not in (Cause.LOCAL, Cause.TLS) or not self.lock.try_acquire():
            return
        try:
            if cause is Cause.LOCAL:
                self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            if self._leaving:
                self._flush()
        finally:
            self.lock.release()
""",
        new="""\
        if not self.lock.try_acquire():
            return
        try:
            self._session.say_goodbye()
            self._leaving = memoryview(bytes(self._leaving) + self._session.waiting())
            self._flush()
        finally:
            self.lock.release()
""",
    ),
    in_tls_connection(
        id="a_broken_session_stays_open",
        says="a session that cannot go on leaves those who send on it waiting",
        breaks=("CX-2",),
        caught_by=("test:tests/drivers/test_tls_closing.py::test_a_broken_session_is_closed",),
        old="        if self._is_broken:\n",
        new="        if self._is_broken and self.received_us is None:\n",
    ),
    in_tls_connection(
        id="an_announced_end_is_not_heard",
        says="the reader goes on after close_notify, and takes the end for a cut",
        caught_by=("oracle:SD-16",),
        old="            if unsealed.over:\n",
        new="            if unsealed.over and not unsealed.pieces and records == b'':\n",
    ),
    in_tls_connection(
        id="a_cut_stream_is_an_orderly_one",
        says="a secure stream that ends without close_notify counts as ended in order",
        caught_by=("oracle:SD-16",),
        old='raise CutShort("the transport ended without close_notify")',
        new="return",
    ),
)
