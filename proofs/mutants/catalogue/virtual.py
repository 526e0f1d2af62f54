"""Mutants of the driver of virtual time."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_case = partial(Mutant, file="reference/stallproof/harness/virtual/case.py")
in_connection = partial(Mutant, file="reference/stallproof/harness/virtual/connection.py")
in_stream = partial(Mutant, file="reference/stallproof/harness/virtual/stream.py")

MUTANTS = (
    in_case(
        id="closing_is_loud",
        says="a send that fails while its connection is closing raises to its caller",
        caught_by=("vectors:SD-15",),
        old="QUIET = (Outcome.OK, Outcome.SUPPRESSED)\n",
        new="QUIET = (Outcome.OK,)\n",
    ),
    in_case(
        id="cancels_later",
        says="a cancel is noticed a moment after it was asked for",
        caught_by=("vectors:AP-12",),
        old="                self._stream(request).cancel()\n",
        new="""\
                self._clock.at(self._clock.now_us + 10, self._stream(request).cancel)
""",
    ),
    in_case(
        id="schedule_drifts",
        says="the period counts from the end of a pass and of what it took to wake up",
        caught_by=("vectors:SC-9",),
        old="self._await_tick(due_us + period_us, period_us)",
        new="self._await_tick(due_us + period_us + 1, period_us)",
    ),
    in_case(
        id="idle_by_the_wall_clock",
        says="the time since something was received is taken from the wall clock",
        caught_by=("vectors:SC-14",),
        old="        self._wall_us += by_us\n",
        new="""\
        self._wall_us += by_us
        for conn in self._conns.values():
            if conn.received_us is not None:
                conn.received_us -= by_us
""",
    ),
    in_case(
        id="stalled_by_the_wall_clock",
        says="the moment at which a send took the lock is taken from the wall clock",
        caught_by=("vectors:SC-14",),
        old="        self._wall_us += by_us\n",
        new="""\
        self._wall_us += by_us
        for conn in self._conns.values():
            if conn.lock_holder is not None:
                taken_us = conn.lock_holder.taken_us - by_us
                conn.lock_holder = conn.lock_holder._replace(taken_us=taken_us)
""",
    ),
    in_connection(
        id="a_queued_send_has_the_lock",
        says="a send counts as having the lock from the moment at which it asks for it",
        caught_by=("vectors:CX-1",),
        old="        self._queue.append(frame)\n",
        new="""\
        self._queue.append(frame)
        if self._frame is not None and frame.send_id is not None:
            now_us = self._clock.now_us
            self._record(LockTaken(at_us=now_us, conn=self.name, send=frame.send_id))
""",
    ),
    in_connection(
        id="one_worker_for_all",
        says=(
            "whoever sends while a send waits on any connection has to wait for that one's deadline"
        ),
        caught_by=("vectors:CX-3,CX-4",),
        old="""\
            self._clock.soon(self._go_on)

    def _go_on""",
        new="""\
            busy_us = [
                at
                for at, _, timer in self._clock._due
                if getattr(timer.action, "__name__", "") == "_go_on"
            ]
            if busy_us:
                self._clock.at(min(busy_us), self._go_on)
            else:
                self._clock.soon(self._go_on)

    def _go_on""",
    ),
    in_connection(
        id="queue_is_a_stack",
        says="whoever asked last for the lock gets it first",
        caught_by=("vectors:CX-4",),
        old="self._take_lock(self._queue.popleft())",
        new="self._take_lock(self._queue.pop())",
    ),
    in_connection(
        id="numbers_taken_with_the_lock",
        says="a sequence number is used up by taking the lock, written or not",
        caught_by=("vectors:SD-14",),
        old="        self._sends += 1\n",
        new="""\
        self._sends += 1
        self._sequence = (self._sequence + 1) % 65536
""",
    ),
    in_connection(
        id="writes_into_the_closing",
        says="a send that finds its connection closing writes its frame, and reports it as cut off",
        caught_by=("vectors:SD-6,SD-12,SD-13",),
        old="        if send is None:\n",
        new="""\
        if send is None and self._frame is not None and self._frame.send_id is not None:
            at_us, size = self._clock.now_us, self._frame.size_bytes
            self._record(
                Written(
                    at_us=at_us, conn=self.name, send=self._frame.send_id,
                    began_us=at_us, wrote_bytes=size,
                )
            )
        if send is None:
""",
    ),
    in_connection(
        id="interrupted_is_an_error",
        says="a write that was interrupted is not made again",
        caught_by=("vectors:SD-7",),
        old="        except (BlockingIOError, InterruptedError):\n",
        new="        except BlockingIOError:\n",
    ),
    in_connection(
        id="zero_means_try_again",
        says="a write that returned 0 is taken for one that would block",
        caught_by=("vectors:SD-7",),
        old="        if wrote <= 0:\n",
        new="        if wrote < 0:\n",
    ),
    in_connection(
        id="numbers_used_by_every_write",
        says="each write of a frame uses up a sequence number",
        caught_by=("vectors:SD-14",),
        old="""\
        if not send.written_bytes:
            self._sequence""",
        new="""\
        if True:
            self._sequence""",
    ),
    in_connection(
        id="nobody_wakes_the_queue",
        says="a send that ends with TIMEOUT leaves without a word to those who wait for the lock",
        caught_by=("vectors:SD-13",),
        old="""\
sequence, detail))
        return True
""",
        new="""\
sequence, detail))
        return outcome is not Outcome.TIMEOUT
""",
    ),
    in_connection(
        id="lock_holder_stays_behind",
        says=(
            "a send that has ended leaves its lock holder behind, and an idle connection looks "
            "stalled"
        ),
        caught_by=("vectors:SC-1,SC-10",),
        old="        self.lock_holder = self._frame = self._send = None\n",
        new="        self._frame = self._send = None\n",
    ),
    in_connection(
        id="a_frame_reopens_it",
        says="a frame of the peer that comes after the closing makes the connection usable again",
        caught_by=("vectors:CX-6",),
        old="""\
        if not self.is_closing:
            self.received_us""",
        new="""\
        self.is_closing = self._transport._is_shut = False
        if not self.is_closing:
            self.received_us""",
    ),
    in_connection(
        id="closes_twice",
        says="the latch of the closing does not hold: whoever comes second closes again",
        caught_by=("vectors:CX-6",),
        old="""\
        if self.is_closing:
            return False
""",
        new="",
    ),
    in_connection(
        id="closing_wakes_nobody",
        says="closing does not wake the send that is blocked: it returns at its own deadline",
        caught_by=("vectors:CX-2",),
        old="""\
        self._wake()
        self.do_later(self._leave_streams)
""",
        new="        self.do_later(self._leave_streams)\n",
    ),
    in_stream(
        id="done_is_never_told",
        says="a stream whose last chunk has left is not reported as done",
        caught_by=("vectors:AP-13",),
        old="            outcome = StreamOutcome.DONE\n",
        new="            return\n",
    ),
    in_stream(
        id="acks_wake_nobody",
        says="an ACK that opens the window is noticed at the next look",
        caught_by=("vectors:AP-8",),
        old="            self._time.soon(self._look)\n",
        new="            pass\n",
    ),
)
