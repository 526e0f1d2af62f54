"""Wrong sends and queues: the deadline, the error table, the closing, the lock."""

from tests.implementations.negative.python_wrong import wrong

SENDS = (
    wrong(
        "deadline_starts_again_with_progress",
        "Each write that takes something gives the frame a whole send timeout again.",
        "machines/send_deadline.py",
        "    after = Send(send.taken_us, send.deadline_us, send.size_bytes, "
        "send.written_bytes + wrote_bytes)\n",
        "    in_time = wrote_bytes and now_us < send.deadline_us\n"
        "    taken_us = now_us if in_time else send.taken_us\n"
        "    deadline_us = taken_us + send.deadline_us - send.taken_us\n"
        "    after = Send(taken_us, deadline_us, send.size_bytes, send.written_bytes + "
        "wrote_bytes)\n",
        "SD-1",
    ),
    wrong(
        "deadline_is_exclusive",
        "A frame is given up when its deadline is over, and not when it has come.",
        "machines/send_deadline.py",
        "    if now_us >= after.deadline_us:\n"
        "        return after, End(Outcome.TIMEOUT, True)\n"
        "    return after, Wait(after.deadline_us - now_us)\n",
        "    if now_us > after.deadline_us:\n"
        "        return after, End(Outcome.TIMEOUT, True)\n"
        "    return after, Wait(after.deadline_us - now_us or 1)\n",
        "SD-2",
        "SD-3",
    ),
    wrong(
        "waits_twice_as_long",
        "Whoever waits for room sleeps for twice the time that is left.",
        "machines/send_deadline.py",
        "return after, Wait(after.deadline_us - now_us)",
        "return after, Wait(2 * (after.deadline_us - now_us))",
        "SD-1",
        "SD-2",
        "SD-3",
    ),
    wrong(
        "deadline_a_microsecond_early",
        "The deadline is reached one microsecond before it has come.",
        "machines/send_deadline.py",
        "return Send(now_us, now_us + policy.send_timeout_us, size_bytes, 0)",
        "return Send(now_us, now_us + max(1, policy.send_timeout_us - 1), size_bytes, 0)",
        "SD-4",
    ),
    wrong(
        "always_times_out",
        "Every send ends with TIMEOUT at once, whatever was written.",
        "machines/send_deadline.py",
        "    if after.written_bytes == after.size_bytes:\n",
        "    if wrote_bytes:\n        return after, End(Outcome.TIMEOUT, True)\n"
        "    if after.written_bytes == after.size_bytes:\n",
        "SD-4",
        "SD-9",
    ),
    wrong(
        "timeout_leaves_it_open",
        "A TIMEOUT is told to the caller, and the connection stays open.",
        "machines/send_deadline.py",
        "        return after, End(Outcome.TIMEOUT, True)\n",
        "        return after, End(Outcome.TIMEOUT, False)\n",
        "SD-5",
    ),
    wrong(
        "closes_twice",
        "The latch of the closing does not hold: whoever comes second closes again.",
        "drivers/guarded.py",
        "        if not self._closing_latch.acquire(blocking=False):\n            return False\n",
        "        self._closing_latch.acquire(blocking=False)\n",
        "CX-6",
    ),
    wrong(
        "torn_frames_stay_open",
        "A failure with part of the frame on its way leaves the connection to the next frame.",
        "machines/send_deadline.py",
        "    torn = send.written_bytes > 0\n",
        "    torn = False\n",
        "SD-6",
    ),
    wrong(
        "closes_at_every_failure",
        "A failure with nothing written closes the connection as well.",
        "machines/send_deadline.py",
        "    torn = send.written_bytes > 0\n",
        "    torn = True\n",
        "SD-8",
    ),
    wrong(
        "not_connected_is_an_error",
        "ENOTCONN is missing in the table of what means closed.",
        "drivers/errors.py",
        "        errno.ENOTCONN,\n",
        "",
        "SD-7",
    ),
    wrong(
        "transport_timeout_is_an_error",
        "A time-out of the transport is reported as any other error.",
        "drivers/errors.py",
        "    if isinstance(error, TimeoutError):\n        return Failure.TIMEOUT\n",
        "    if isinstance(error, TimeoutError):\n        return Failure.ERROR\n",
        "SD-7",
    ),
    wrong(
        "zero_means_try_again",
        "A write that returned 0 is taken for one that would block.",
        "drivers/sender.py",
        "        if wrote <= 0:\n",
        "        if wrote < 0:\n",
        "SD-7",
    ),
    wrong(
        "interrupted_is_an_error",
        "A write that was interrupted is not made again.",
        "drivers/sender.py",
        "        except (BlockingIOError, InterruptedError):\n",
        "        except BlockingIOError:\n",
        "SD-7",
    ),
    wrong(
        "late_frames_are_lost",
        "The deadline beats the last byte: a frame that has left whole, but late, is a TIMEOUT.",
        "machines/send_deadline.py",
        "    if after.written_bytes == after.size_bytes:\n",
        "    if after.written_bytes == after.size_bytes and now_us < after.deadline_us:\n",
        "SD-9",
    ),
    wrong(
        "closes_after_every_frame",
        "A frame that has left whole closes the connection behind it.",
        "machines/send_deadline.py",
        "        return after, End(Outcome.OK, False)\n",
        "        return after, End(Outcome.OK, True)\n",
        "SD-9",
    ),
    wrong(
        "closing_counts_as_ok",
        "A send that was cut off by the closing is reported as sent.",
        "machines/send_deadline.py",
        "    if closing:\n        return after, End(Outcome.SUPPRESSED, False)\n",
        "    if closing:\n        return after, End(Outcome.OK, False)\n",
        "SD-10",
    ),
    wrong(
        "writes_into_the_closing",
        "A send that finds its connection closing writes its frame, and reports it as cut off.",
        "drivers/sender.py",
        "            if self.is_closing:\n",
        "            if self.is_closing and send_id is not None:\n"
        "                self._record(\n"
        "                    Written(\n"
        "                        at_us=taken_us, conn=self.name, send=send_id, began_us=taken_us,\n"
        "                        wrote_bytes=len(payload),\n"
        "                    )\n"
        "                )\n"
        "            if self.is_closing:\n",
        "SD-6",
        "SD-12",
        "SD-13",
    ),
    wrong(
        "closing_is_loud",
        "A send that fails while its connection is closing raises to its caller.",
        "drivers/guarded.py",
        "        if sent.outcome in (Outcome.OK, Outcome.SUPPRESSED):\n",
        "        if sent.outcome is Outcome.OK:\n",
        "SD-15",
    ),
    wrong(
        "numbers_taken_with_the_lock",
        "A sequence number is used up by taking the lock, written or not.",
        "drivers/sender.py",
        "        self._sends += 1\n",
        "        self._sends += 1\n        self._sequence = sequence_after(self._sequence)\n",
        "SD-14",
    ),
    wrong(
        "numbers_used_by_every_write",
        "Each write of a frame uses up a sequence number.",
        "drivers/sender.py",
        "        if not send.written_bytes:\n            self._sequence",
        "        if True:\n            self._sequence",
        "SD-14",
    ),
)

QUEUES = (
    wrong(
        "queue_is_a_stack",
        "Whoever asked last for the lock gets it first.",
        "drivers/ticket_lock.py",
        "            serving = self._serving + 1\n"
        "            self._serving = serving\n"
        "            waiter = self._waiting.pop(serving, _ABSENT)\n",
        "            waiter = self._waiting.popitem()[1] if self._waiting else _ABSENT\n"
        "            if waiter is _ABSENT:\n"
        "                self._serving = next(self._tickets) + 1\n",
        "CX-4",
    ),
    wrong(
        "a_queued_send_has_the_lock",
        "A send counts as having the lock from the moment at which it asks for it.",
        "drivers/guarded.py",
        "        view = payload_view(payload, len(header))\n",
        "        view = payload_view(payload, len(header))\n"
        "        if self.lock_holder is not None and send_id is not None:\n"
        "            from stallproof.wire.implementation import LockTaken\n\n"
        "            self._record(LockTaken(at_us=self._clock(), conn=self.name, send=send_id))\n",
        "CX-1",
    ),
    wrong(
        "nobody_wakes_the_queue",
        "A send that ends with TIMEOUT leaves without a word to those who wait for the lock.",
        "drivers/guarded.py",
        "        finally:\n            self.lock.release()\n        if sent.outcome in",
        "        finally:\n"
        "            pass\n"
        "        if sent.outcome is Outcome.TIMEOUT:\n"
        "            self.lock = type(self.lock)(self.io.parking)\n"
        "        else:\n"
        "            self.lock.release()\n"
        "        if sent.outcome in",
        "SD-13",
    ),
    wrong(
        "closing_wakes_nobody",
        "Closing does not wake the send that is blocked: it returns at its own deadline.",
        "drivers/guarded.py",
        "                self._transport.shut_down()\n",
        "                def shut_down() -> None:\n"
        "                    self.lock.acquire()\n"
        "                    self._transport.shut_down()\n"
        "                    self.lock.release()\n\n"
        "                self._worker.do(shut_down)\n",
        "CX-2",
    ),
    wrong(
        "a_second_close_reopens_it",
        "A second close makes the connection usable again.",
        "drivers/guarded.py",
        "            return False\n        self._record(Closing(",
        "            self._transport.is_shut = self._transport.is_released = False\n"
        "            self._closing_latch.release()\n"
        "            return False\n        self._record(Closing(",
        "CX-6",
    ),
    wrong(
        "one_worker_for_all",
        "Whoever sends while a send waits on any connection has to wait for that one's deadline.",
        "drivers/sender.py",
        "        self.lock = TicketLock(io.parking)\n",
        '        self.lock = io.__dict__.setdefault("lock", TicketLock(io.parking))\n',
        "CX-3",
        "CX-4",
    ),
)
