"""Mistakes of the monitor and of what it is shown: its clock, its schedule, its heartbeats."""

from proofs.seeded.tested import judged, tested

MONITOR, GUARDED = "drivers.monitor", "drivers.guarded"
SENDER, READER, WORKER = "drivers.sender", "drivers.reader", "drivers.worker"
IN_MONITOR, ON_SOCKETS = "drivers/test_monitor.py::", "drivers/test_monitor_on_sockets.py::"
IN_GUARDED = "drivers/test_guarded.py::"
PASSES = "drivers/test_properties_monitor.py::test_every_pass_checks_every_connection_for_itself"

_READINGS = "        at_us = self._clock()\n        snapshot, send_id = conn.snapshot()\n"

_LOOKS = (
    tested(
        "the_stamp_is_read_before_the_clock",
        "SC-1",
        by=IN_MONITOR + "test_time_after_the_look_is_no_stall",
        says="a monitor that is held up between its two readings counts that time as a stall",
        module=MONITOR,
        old=_READINGS,
        new="        snapshot, send_id = conn.snapshot()\n        at_us = self._clock()\n",
    ),
    judged(
        "the_stamp_outlives_a_failed_send",
        "SC-1",
        says="only a send that succeeds clears the stamp",
        module=SENDER,
        old=(
            "            return self._finish(frame, taken_us, send_id)\n"
            "        finally:\n"
            "            self.lock_holder = None\n"
        ),
        new=(
            "            sent = self._finish(frame, taken_us, send_id)\n"
            "            if sent.outcome is Outcome.OK:\n"
            "                self.lock_holder = None\n"
            "            return sent\n"
            "        finally:\n"
            "            pass\n"
        ),
    ),
    judged(
        "all_sends_have_one_number",
        "SC-15",
        says="the stamps of a connection all carry the same number",
        module=SENDER,
        old="        self._sends += 1\n",
        new="",
    ),
    tested(
        "checks_are_timed_by_the_wall_clock",
        "SC-14",
        by=PASSES,
        says="the time of a check is that of a clock that can be set",
        module=MONITOR,
        old=_READINGS,
        new=(
            "        import time\n\n"
            "        at_us = int(time.time() * MICROSECONDS)\n"
            "        snapshot, send_id = conn.snapshot()\n"
        ),
    ),
    tested(
        "the_peer_is_heard_by_the_wall_clock",
        "SC-14",
        "SC-10",
        by=IN_GUARDED + "test_the_reader_publishes_what_it_received",
        says="what was received is stamped by a clock that can be set",
        module=READER,
        old="        self.received_us = at_us\n",
        new=("        import time\n\n        self.received_us = time.time_ns() // 1000\n"),
    ),
    tested(
        "only_data_is_a_sign_of_life",
        "SC-10",
        by=IN_GUARDED + "test_the_reader_publishes_what_it_received",
        says="a peer that sends anything but data counts as silent",
        module=READER,
        old="        self.received_us = at_us\n",
        new=("        if frame.kind == FrameType.DATA:\n            self.received_us = at_us\n"),
    ),
)

_SCHEDULE = (
    tested(
        "sleeps_a_period_between_passes",
        "SC-9",
        by=ON_SOCKETS + "test_missed_ticks_are_skipped_and_never_made_up",
        says="the next pass comes a period after the one before it, and the schedule drifts",
        module=MONITOR,
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = self._clock() + period_us\n",
    ),
    tested(
        "missed_ticks_are_made_up",
        "SC-9",
        by=ON_SOCKETS + "test_missed_ticks_are_skipped_and_never_made_up",
        says="ticks for which the monitor came too late are run one right after the other",
        module=MONITOR,
        old=(
            "            if late_us <= slack_us:\n"
            "                self.run_pass()\n"
            "            else:\n"
            '                self._note(f"tick {tick} was {late_us} us late and is skipped")\n'
            "            # The next tick in the future, however long the pass took.\n"
            "            tick = max(tick, (self._clock() - start_us) // period_us) + 1\n"
        ),
        new="            self.run_pass()\n            tick += 1\n",
    ),
    judged(
        "the_period_is_twice_as_long",
        "SC-9",
        says="a pass runs at every second tick of the schedule",
        module=MONITOR,
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = start_us + 2 * tick * period_us\n",
    ),
    tested(
        "warnings_end_at_the_threshold",
        "SC-4",
        by=IN_MONITOR + "test_warn_only_never_closes",
        says="stalled checks beyond the threshold no longer warn",
        module=MONITOR,
        old="        if decision.warns:\n",
        new="        if decision.warns and checks <= conn.policy.checks_max:\n",
    ),
    tested(
        "a_peer_that_spoke_is_never_closed",
        "SC-7",
        by=IN_MONITOR + "test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once",
        says="a stalled connection whose peer was ever heard of is not closed",
        module=MONITOR,
        old="        if decision.closes:\n",
        new="        if decision.closes and snapshot.received_us is None:\n",
    ),
)

_PASSES = (
    tested(
        "a_finished_connection_ends_the_pass",
        "SC-12",
        by=IN_MONITOR + "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
        says="whoever stands behind a connection that is gone is not checked in this pass",
        module=MONITOR,
        old="                        self.discard(conn)\n                        continue\n",
        new="                        self.discard(conn)\n                        break\n",
    ),
    tested(
        "who_goes_takes_its_namesakes_along",
        "SC-12",
        "SC-13",
        by=PASSES,
        says="a connection is taken off the list by its name, and its successor with it",
        module=MONITOR,
        old="other for other in self._watched if other is not conn",
        new="other for other in self._watched if other.name != conn.name",
    ),
    tested(
        "a_pass_walks_the_list_that_changes",
        "SC-12",
        by=IN_MONITOR + "test_connections_come_and_go_during_a_pass",
        says="a pass checks only those that are still on the list, in the midst of its walk",
        module=MONITOR,
        old="                    if conn.is_finished:\n",
        new="                    if conn.is_finished or conn not in self._watched:\n",
    ),
    tested(
        "counts_are_kept_by_name",
        "SC-13",
        by=IN_MONITOR + "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
        says="a connection inherits the count of its predecessor of the same name",
        module=MONITOR,
        old="counts[conn] = self._check(conn, self._counts.get(conn, NEVER_CHECKED))",
        new=(
            "counts[conn.name] = self._check(\n"
            "                        conn, self._counts.get(conn.name, NEVER_CHECKED)\n"
            "                    )"
        ),
    ),
    tested(
        "counts_are_never_dropped",
        "SC-13",
        by=IN_MONITOR + "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
        says="the counts of connections that are gone are kept for ever",
        module=MONITOR,
        old="            self._counts = counts\n",
        new="            self._counts.update(counts)\n",
    ),
)

_HEARTBEATS = (
    judged(
        "a_heartbeat_looks_like_its_answer",
        "SC-10",
        says="the heartbeat goes out as a frame of the type that answers one",
        module=GUARDED,
        old="self._transmit_and_release(FrameType.PING)",
        new="self._transmit_and_release(FrameType.PONG)",
    ),
    tested(
        "a_check_takes_the_lock",
        "SC-11",
        by=ON_SOCKETS + "test_a_pass_does_not_wait_for_a_lock_that_is_held",
        says="the monitor takes the lock of a connection to look at it",
        module=MONITOR,
        old=_READINGS,
        new=(
            "        at_us = self._clock()\n"
            "        conn.lock.acquire()\n"
            "        snapshot, send_id = conn.snapshot()\n"
            "        conn.lock.release()\n"
        ),
    ),
    tested(
        "the_monitor_sends_its_own_heartbeats",
        "SC-11",
        by=ON_SOCKETS + "test_a_heartbeat_that_the_kernel_does_not_take_holds_up_no_pass",
        says="the heartbeat is written on the thread of the monitor, which waits for the socket",
        module=GUARDED,
        old="        self._worker.do(self._heartbeat)\n",
        new="        self._heartbeat()\n",
    ),
    tested(
        "a_busy_connection_gets_a_heartbeat",
        "SC-11",
        by=IN_MONITOR + "test_a_connection_that_never_received_is_idle_unless_it_sends",
        says="a heartbeat is due behind a send that is in flight",
        module=MONITOR,
        old="        return decision.heartbeat\n",
        new=(
            "        since_us = now_us - (snapshot.received_us or 0)\n"
            "        return not decision.warns and since_us >= 0\n"
        ),
    ),
    tested(
        "a_heartbeat_goes_past_the_lock",
        "SC-11",
        "CX-1",
        by=IN_GUARDED + "test_neither_answer_nor_heartbeat_goes_into_a_frame",
        says="a heartbeat is written in the midst of whatever frame is on its way",
        module=GUARDED,
        old=(
            "        if not self.lock.try_acquire():\n"
            '            self._dropped("busy")\n'
            "            return\n"
            "        sent = self._transmit_and_release(FrameType.PING)\n"
        ),
        new="        sent = self.transmit(_EMPTY, FrameType.PING, None)\n",
    ),
    tested(
        "a_failed_task_ends_the_worker",
        "SC-10",
        by="drivers/test_stream_receiver.py::test_a_task_that_fails_is_noted_and_stops_nothing",
        says="after a task that failed no heartbeat is sent any more",
        module=WORKER,
        old="            except Exception as error:\n",
        new="            except OSError as error:\n",
    ),
)

SEEDED = (*_LOOKS, *_SCHEDULE, *_PASSES, *_HEARTBEATS)
