"""Mutants of the driver of a connection: closing, and reading."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_reader = partial(Mutant, file="reference/stallproof/drivers/reader.py")

MUTANTS = (
    in_guarded(
        id="a_queued_send_has_the_lock",
        says="a send counts as having the lock from the moment at which it asks for it",
        caught_by=("vectors:CX-1",),
        old="        view = payload_view(payload, len(header))\n",
        new="""\
        view = payload_view(payload, len(header))
        if self.lock_holder is not None and send_id is not None:
            from stallproof.wire.implementation import LockTaken

            self._record(LockTaken(at_us=self._clock(), conn=self.name, send=send_id))
""",
    ),
    in_guarded(
        id="frames_leave_without_the_lock",
        says="whoever has a frame writes it, whether or not another one is on its way",
        breaks=("CX-1",),
        caught_by=(
            "test:tests/drivers/test_tls_sending.py::test_frames_of_many_threads_do_not_mix",
        ),
        old="""\
        self.lock.acquire()
        try:
            sent = self.transmit(view, kind, send_id, header, stream_id)
        finally:
            self.lock.release()
""",
        new="        sent = self.transmit(view, kind, send_id, header, stream_id)\n",
    ),
    in_guarded(
        id="nobody_wakes_the_queue",
        says="a send that ends with TIMEOUT leaves without a word to those who wait for the lock",
        caught_by=("vectors:SD-13",),
        old="""\
        finally:
            self.lock.release()
        if sent.outcome in""",
        new="""\
        finally:
            pass
        if sent.outcome is Outcome.TIMEOUT:
            self.lock = type(self.lock)(self.io.parking)
        else:
            self.lock.release()
        if sent.outcome in""",
    ),
    in_guarded(
        id="closing_raises_in_every_sender",
        says="a send that the closing cut short raises as if it had failed by itself",
        caught_by=("oracle:SD-15", "vectors:SD-15"),
        old="        if sent.outcome in (Outcome.OK, Outcome.SUPPRESSED):",
        new="        if sent.outcome is Outcome.OK:",
    ),
    in_guarded(
        id="a_closed_connection_is_open_again",
        says="once the descriptor is released the connection no longer counts as closing",
        breaks=("CX-6",),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="        return self._closing_latch.locked()",
        new="        return self._closing_latch.locked() and self._worker._thread.is_alive()",
    ),
    in_guarded(
        id="closing_counts_only_when_it_is_done",
        says="until the descriptor is released nobody is told that the connection closes",
        breaks=("CX-6", "SD-10"),
        caught_by=("test:tests/drivers/test_guarded.py::test_nothing_is_sent_once_closed",),
        old="        return self._closing_latch.locked()",
        new="        return not self._worker._thread.is_alive()",
    ),
    in_guarded(
        id="a_close_waits_for_the_send",
        says="a close gives the send that it is to free two seconds to finish by itself",
        breaks=("CX-2",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_closing_frees_a_blocked_sender_and_raises_nothing[unix]",
        ),
        old="        self.begin_closing(Cause.LOCAL)\n",
        new="""\
        until_us = self._clock() + 2_000_000
        while self.lock_holder is not None and self._clock() < until_us:
            self._worker.join(0.001)
        self.begin_closing(Cause.LOCAL)
""",
    ),
    in_guarded(
        id="every_close_closes_again",
        says="whoever closes does not ask whether closing has begun",
        breaks=("SD-5", "SC-8"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::test_many_closers_close_once",
            "vectors:CX-6",
        ),
        old="""\
        if not self._closing_latch.acquire(blocking=False):
            return False
""",
        new="        self._closing_latch.acquire(blocking=False)\n",
    ),
    in_guarded(
        id="a_second_close_reopens_it",
        says="a second close makes the connection usable again",
        caught_by=("vectors:CX-6",),
        old="""\
            return False
        self._record(Closing(""",
        new="""\
            self._transport.is_shut = self._transport.is_released = False
            self._closing_latch.release()
            return False
        self._record(Closing(""",
    ),
    in_guarded(
        id="the_second_closer_believes_it_was_the_first",
        says="a send that expires while another one closes is told that its timeout closed",
        breaks=("SD-10", "SD-5"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_a_timeout_that_did_not_begin_the_closing_is_suppressed",
        ),
        old="""\
            return False
        self._record(Closing(""",
        new="""\
            return True
        self._record(Closing(""",
    ),
    in_guarded(
        id="a_timeout_does_not_shut_down",
        says="a connection that closes because of a timeout keeps its transport open",
        caught_by=("oracle:SD-5",),
        old="                self._transport.shut_down()",
        new="""\
                if cause is not Cause.SEND_TIMEOUT:
                    self._transport.shut_down()""",
    ),
    in_guarded(
        id="a_torn_frame_does_not_shut_down",
        says="a connection that closes because of a torn frame keeps its transport open",
        caught_by=("oracle:SD-6",),
        old="                self._transport.shut_down()",
        new="""\
                if cause is not Cause.TORN_FRAME:
                    self._transport.shut_down()""",
    ),
    in_guarded(
        id="closes_the_descriptor_instead",
        says="closing gives the descriptor back under the feet of whoever writes to it",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_the_descriptor_outlives_the_holder_of_the_lock",
        ),
        old="                self._transport.shut_down()",
        new="                self._transport.release()",
    ),
    in_guarded(
        id="closing_wakes_nobody",
        says="closing does not wake the send that is blocked: it returns at its own deadline",
        caught_by=("vectors:CX-2",),
        old="                self._transport.shut_down()\n",
        new="""\
                def shut_down() -> None:
                    self.lock.acquire()
                    self._transport.shut_down()
                    self.lock.release()

                self._worker.do(shut_down)
""",
    ),
    in_guarded(
        id="closing_does_not_shut_the_transport_down",
        says="closing does not shut the transport down",
        breaks=("CX-2",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_the_monitor_closes_a_stalled_connection_and_frees_its_sender",
        ),
        old="self._transport.shut_down()",
        new="self._transport.frame",
    ),
    in_guarded(
        id="the_monitor_sends_its_own_heartbeats",
        says="the heartbeat is written on the thread of the monitor, which waits for the socket",
        breaks=("SC-11",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_a_heartbeat_that_the_kernel_does_not_take_holds_up_no_pass",
        ),
        old="            self._worker.do(self._heartbeat)\n",
        new="            self._heartbeat()\n",
    ),
    in_guarded(
        id="closing_forgets_the_streams",
        says="a stream goes on waiting for ACKs of a connection that is gone",
        breaks=("AP-12",),
        caught_by=(
            "test:tests/drivers/test_stream_sender.py::"
            "test_a_connection_that_closes_ends_a_waiting_stream",
        ),
        old='        self.streams.senders.close("the connection was closed")\n',
        new="",
    ),
    in_guarded(
        id="the_descriptor_is_released_under_a_sender",
        says="the descriptor is released while somebody still holds the lock",
        breaks=("SD-12",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_the_descriptor_outlives_the_holder_of_the_lock",
        ),
        old="""\
        self.lock.acquire()
        try:
            self._transport.release()
        finally:
            self.lock.release()
""",
        new="        self._transport.release()\n",
    ),
    in_guarded(
        id="the_answer_to_a_heartbeat_goes_past_the_lock",
        says="a heartbeat is answered in the midst of whatever frame is on its way",
        breaks=("CX-1",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_neither_answer_nor_heartbeat_goes_into_a_frame",
        ),
        old="""\
        if self.lock.try_acquire():
            self._transmit_and_release(FrameType.PONG)""",
        new="        self.transmit(_EMPTY, FrameType.PONG, None)",
    ),
    in_guarded(
        id="a_heartbeat_goes_past_the_lock",
        says="a heartbeat is written in the midst of whatever frame is on its way",
        breaks=("SC-11", "CX-1"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::"
            "test_neither_answer_nor_heartbeat_goes_into_a_frame",
        ),
        old="""\
        if not self.lock.try_acquire():
            self._dropped("busy")
            return
        sent = self._transmit_and_release(FrameType.PING)
""",
        new="        sent = self.transmit(_EMPTY, FrameType.PING, None)\n",
    ),
    in_guarded(
        id="a_heartbeat_looks_like_its_answer",
        says="the heartbeat goes out as a frame of the type that answers one",
        caught_by=("oracle:SC-10",),
        old="self._transmit_and_release(FrameType.PING)",
        new="self._transmit_and_release(FrameType.PONG)",
    ),
    in_reader(
        id="a_frame_counts_before_it_is_whole",
        says="a frame is counted as received when its first bytes have come",
        breaks=("SD-16",),
        caught_by=(
            "test:tests/drivers/test_properties_connections.py::"
            "test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        ),
        old="""\
                for frame in frames.feed(piece):
                    self._received(frame)
""",
        new="""\
                for frame in frames.feed(piece):
                    self._received(frame)
                self.received_frames += frames.torn_bytes > 0
""",
    ),
    in_reader(
        id="a_secure_stream_that_was_cut_is_told_as_orderly",
        says="the reader sees that a stream was cut, and reports its end as orderly",
        breaks=("SD-16",),
        caught_by=(
            "test:tests/drivers/test_properties_connections.py::"
            "test_the_end_of_a_secure_stream_is_told_for_what_it_is",
        ),
        old='            how, why = "truncated", ',
        new='            how, why = "orderly", ',
    ),
    in_reader(
        id="idle_by_the_wall_clock",
        says="the time since something was received is taken from the wall clock",
        caught_by=("vectors:SC-14",),
        old="        self.received_us = at_us\n",
        new="""\
        import time

        class Heard(int):
            def __rsub__(self, now_us: int) -> int:
                return time.time_ns() // 1000 - int(self)

        self.received_us = Heard(time.time_ns() // 1000)
""",
    ),
    in_reader(
        id="only_data_is_a_sign_of_life",
        says="a peer that sends anything but data counts as silent",
        breaks=("SC-10",),
        caught_by=(
            "test:tests/drivers/test_guarded.py::test_the_reader_publishes_what_it_received",
        ),
        old="        self.received_us = at_us\n",
        new="""\
        if frame.kind == FrameType.DATA:
            self.received_us = at_us
""",
    ),
    in_reader(
        id="the_peer_is_heard_by_the_wall_clock",
        says="what was received is stamped by a clock that can be set",
        breaks=("SC-14", "SC-10"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::test_the_reader_publishes_what_it_received",
        ),
        old="        self.received_us = at_us\n",
        new="""\
        import time

        self.received_us = time.time_ns() // 1000
""",
    ),
)
