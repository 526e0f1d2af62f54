"""Mutants of SC-10 to SC-12 and SC-14: the monitor's passes, heartbeats and clock."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_drivers_guarded = partial(Mutant, file="reference/stallproof/drivers/guarded.py")
in_drivers_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")
in_reader = partial(Mutant, file="reference/stallproof/drivers/reader.py")
in_roll = partial(Mutant, file="reference/stallproof/drivers/roll.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_worker = partial(Mutant, file="reference/stallproof/drivers/worker.py")
in_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_stall_count = partial(Mutant, file="reference/stallproof/machines/stall_count.py")
in_c_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_monitor = partial(Mutant, file="tests/implementations/node/monitor.js")
in_go_monitor = partial(Mutant, file="tests/implementations/go/guard/monitor.go")
in_independence = partial(Mutant, file="reference/stallproof/judge/rules/independence.py")

MUTANTS = (
    in_drivers_monitor(
        id="a_send_in_flight_gets_time_to_move",
        says="before it judges a send in flight, the pass gives it a little time",
        breaks=("SC-11.2",),
        caught_by=("oracle:SC-11",),
        old="        snapshot, send_id = conn.snapshot()\n",
        new="        snapshot, send_id = conn.snapshot()\n"
        "        if send_id is not None:\n            self._stopped.wait(0.02)\n",
    ),
    in_drivers_guarded(
        id="the_monitor_sends_its_own_heartbeats",
        says="the heartbeat is written on the thread of the monitor, which waits for the socket",
        breaks=("SC-11.1",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_a_heartbeat_that_the_kernel_does_not_take_holds_up_no_pass",
        ),
        old="            self._worker.do(self._heartbeat)\n",
        new="            self._heartbeat()\n",
    ),
    in_drivers_guarded(
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
    in_drivers_guarded(
        id="a_heartbeat_looks_like_its_answer",
        says="the heartbeat goes out as a frame of the type that answers one",
        breaks=("SC-10.2",),
        caught_by=("oracle:SC-10",),
        old="self._transmit_and_release(FrameType.PING)",
        new="self._transmit_and_release(FrameType.PONG)",
    ),
    in_roll(
        id="who_goes_takes_its_namesakes_along",
        says="a connection is taken off the list by its name, and its successor with it",
        breaks=("SC-12.2", "SC-13"),
        caught_by=(
            "test:tests/drivers/test_properties_monitor.py::"
            "test_every_pass_checks_every_connection_for_itself",
        ),
        old="            if self._watches.pop(id(conn), None) is not None:\n",
        new="""\
            going = [key for key, one in self._watches.items() if one.conn.name == conn.name]
            if [self._watches.pop(key) for key in going]:
""",
    ),
    in_drivers_monitor(
        id="a_pass_walks_the_list_that_changes",
        says="a pass checks only those that are still on the list, in the midst of its walk",
        breaks=("SC-12",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::test_connections_come_and_go_during_a_pass",
        ),
        old="            if conn.is_finished:\n",
        new="            if conn.is_finished or id(conn) not in self._roll._watches:\n",
    ),
    in_drivers_monitor(
        id="a_finished_connection_ends_the_pass",
        says="whoever stands behind a connection that is gone is not checked in this pass",
        breaks=("SC-12.2",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
            "vectors:SC-12",
        ),
        old="""\
                for watch in self._roll.line():
                    self._look(watch)
""",
        new="""\
                for watch in self._roll.line():
                    self._look(watch)
                    if watch.conn.is_finished:
                        break
""",
    ),
    in_drivers_monitor(
        id="a_pass_ends_with_the_first_failure",
        says="a connection whose check fails ends the pass for those behind it",
        breaks=("SC-12.1",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_one_connections_failure_does_not_end_the_pass",
        ),
        old="        except Exception as error:",
        new="        except LookupError as error:",
    ),
    in_drivers_monitor(
        id="a_check_takes_the_lock",
        says="the monitor takes the lock of a connection to look at it",
        breaks=("SC-11.1",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_a_pass_does_not_wait_for_a_lock_that_is_held",
        ),
        old="""\
        at_us = self._clock()
        snapshot, send_id = conn.snapshot()
""",
        new="""\
        at_us = self._clock()
        conn.lock.acquire()
        snapshot, send_id = conn.snapshot()
        conn.lock.release()
""",
    ),
    in_drivers_monitor(
        id="checks_are_timed_by_the_wall_clock",
        says="the time of a check is that of a clock that can be set",
        breaks=("SC-14.1",),
        caught_by=(
            "test:tests/drivers/test_properties_monitor.py::"
            "test_every_pass_checks_every_connection_for_itself",
        ),
        old="""\
        at_us = self._clock()
        snapshot, send_id = conn.snapshot()
""",
        new="""\
        import time

        at_us = int(time.time() * MICROSECONDS)
        snapshot, send_id = conn.snapshot()
""",
    ),
    in_drivers_monitor(
        id="the_monitor_follows_the_wall_clock",
        says="stall times and idle times are those of a clock that can be set",
        breaks=("SC-14.2",),
        caught_by=("oracle:SC-14",),
        old="""\
        count, decision = self._steps.on_check(conn.policy, count, snapshot, now_us=at_us)
""",
        new="""\
        import time

        self.__dict__.setdefault("ahead_us", time.time_ns() // 1000 - at_us)
        wall_us = max(0, time.time_ns() // 1000 - self.__dict__["ahead_us"])
        count, decision = self._steps.on_check(conn.policy, count, snapshot, now_us=wall_us)
""",
    ),
    in_drivers_monitor(
        id="a_busy_connection_gets_a_heartbeat",
        says="a heartbeat is due behind a send that is in flight",
        breaks=("SC-11.3",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_connection_that_never_received_is_idle_unless_it_sends",
        ),
        old="        return decision.heartbeat\n",
        new="""\
        since_us = now_us - (snapshot.received_us or 0)
        return not decision.warns and since_us >= 0
""",
    ),
    in_reader(
        id="idle_by_the_wall_clock",
        says="the time since something was received is taken from the wall clock",
        breaks=("SC-14.2",),
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
        breaks=("SC-10.2",),
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
        breaks=("SC-14.1", "SC-10"),
        caught_by=(
            "test:tests/drivers/test_guarded.py::test_the_reader_publishes_what_it_received",
        ),
        old="        self.received_us = at_us\n",
        new="""\
        import time

        self.received_us = time.time_ns() // 1000
""",
    ),
    in_sending(
        id="stalled_by_the_wall_clock",
        says="the moment at which a send took the lock is taken from the wall clock",
        breaks=("SC-14.2",),
        caught_by=("vectors:SC-14",),
        old="            self.lock_holder = ticket, (taken_us := self._clock()), send_id\n",
        new="""\
            import time

            class Taken(int):
                def __rsub__(self, now_us: int) -> int:
                    return time.time_ns() // 1000 - int(self)

            taken_us = self._clock()
            wall_us = Taken(time.time_ns() // 1000)
            self.lock_holder = ticket, wall_us, send_id
""",
    ),
    in_worker(
        id="a_failed_task_ends_the_worker",
        says="after a task that failed no heartbeat is sent any more",
        breaks=("SC-10.2",),
        caught_by=(
            "test:tests/drivers/test_stream_receiver.py::"
            "test_a_task_that_fails_is_noted_and_stops_nothing",
        ),
        old="            except Exception as error:\n",
        new="            except OSError as error:\n",
    ),
    in_connection(
        id="the_first_frame_received_is_lost",
        says="the first frame received is lost",
        breaks=("SC-10.2",),
        caught_by=(
            "proof:sc10_the_first_frame_received_is_remembered",
            "proof:cx1_a_received_frame_holds_together",
            "proof:cx1_a_received_frame_while_idle_holds_together",
        ),
        old="now_us if conn.received_us is None",
        new="None if conn.received_us is None",
    ),
    in_connection(
        id="only_the_first_frame_counts",
        says="frames after the first one do not put the heartbeat off",
        breaks=("SC-10.2",),
        caught_by=("search:monitor",),
        old="max(conn.received_us, now_us)",
        new="conn.received_us",
    ),
    in_stall_count(
        id="never_received_is_not_idle",
        says="a connection that never received anything gets no heartbeat",
        breaks=("SC-10.3",),
        caught_by=("proof:sc10_a_connection_that_never_received_is_idle", "vectors:SC-10"),
        old="received_us is None or",
        new="received_us is not None and",
    ),
    in_stall_count(
        id="a_heartbeat_comes_late",
        says="a heartbeat is due a microsecond later than it has to be",
        breaks=("SC-10.2",),
        caught_by=("model:monitor",),
        old="""\
now_us - received_us > policy.heartbeat_interval_us

""",
        new="""\
now_us - received_us > policy.heartbeat_interval_us + 1

""",
    ),
    in_stall_count(
        id="heartbeat_at_the_interval",
        says="a heartbeat goes out at the exact interval instead of after it",
        breaks=("SC-10.2",),
        caught_by=(
            "proof:sc10_a_heartbeat_is_due_after_the_interval",
            "test:tests/machines/test_stall_count.py::"
            "test_a_heartbeat_is_due_strictly_after_the_interval",
            "vectors:SC-10",
        ),
        old="now_us - received_us > policy",
        new="now_us - received_us >= policy",
    ),
    in_stall_count(
        id="heartbeat_to_a_stalled_connection",
        says="heartbeat to a stalled connection",
        breaks=("SC-10.1", "SC-11.3"),
        caught_by=("proof:sc10_no_heartbeat_while_a_send_is_in_flight",),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, True, closes, snapshot.heartbeats)",
    ),
    in_stall_count(
        id="heartbeat_where_forbidden",
        says="the transport's word is not asked",
        breaks=("SC-10.2",),
        caught_by=(
            "proof:sc10_a_transport_that_forbids_heartbeats_gets_none",
            "test:tests/machines/test_stall_count.py::test_who_gets_a_heartbeat",
        ),
        old="""\
    heartbeat = (
        snapshot.heartbeats
        and""",
        new="""\
    heartbeat = (
        True
        and""",
    ),
    in_stall_count(
        id="heartbeat_while_closing",
        says="heartbeat while closing",
        breaks=("SC-10",),
        caught_by=("proof:sc10_a_heartbeat_is_due_after_the_interval",),
        old="""\
        snapshot.heartbeats
        and not snapshot.closing
""",
        new="        snapshot.heartbeats\n",
    ),
    in_stall_count(
        id="heartbeats_against_the_rules",
        says="a heartbeat goes to a connection whose transport forbids them",
        breaks=("SC-10.2",),
        caught_by=("vectors:SC-10",),
        old="""\
        snapshot.heartbeats
        and not snapshot.closing
        and snapshot.send_id is None
        and is_idle""",
        new="""\
        not snapshot.closing
        and snapshot.send_id is None
        and is_idle""",
    ),
    in_stall_count(
        id="heartbeat_behind_a_send",
        says="a heartbeat is due although a send is in flight, and would wait for its lock",
        breaks=("SC-11.3",),
        caught_by=("vectors:SC-11",),
        old="""\
        and snapshot.send_id is None
        and is_idle""",
        new="        and is_idle",
    ),
    in_stall_count(
        id="heartbeat_while_sending",
        says="the monitor heartbeats behind a send that is in flight, and waits for its lock",
        breaks=("SC-11.3",),
        caught_by=("proof:sc10_no_heartbeat_while_a_send_is_in_flight",),
        old="""\
        and snapshot.send_id is None
        and is_idle(policy, snapshot.received_us, now_us=now_us)
""",
        new="""\
        and True
        and is_idle(policy, snapshot.received_us, now_us=now_us)
""",
    ),
    in_stall_count(
        id="heartbeats_look_at_the_last_check",
        says=(
            "a heartbeat waits for the send that the check before saw, and not for the one in "
            "flight"
        ),
        breaks=("SC-11.3", "SC-10.2"),
        caught_by=("search:monitor",),
        old="""\
        and snapshot.send_id is None
        and is_idle""",
        new="""\
        and count.send_id is None
        and is_idle""",
    ),
    in_c_guarded(
        id="c_unheard_is_not_idle",
        says="a connection that never received anything never gets a heartbeat",
        breaks=("SC-10.3",),
        caught_by=("vectors:SC-10",),
        old="!conn->received_any ||",
        new="conn->received_any &&",
    ),
    in_c_guarded(
        id="c_idle_by_the_wall_clock",
        says="how long nothing was received is read off the wall clock",
        breaks=("SC-14.2",),
        caught_by=("vectors:SC-14",),
        old="at - conn->received > sp_policy.heartbeat_interval",
        new="at + sp_wall_jumped_us - conn->received > sp_policy.heartbeat_interval",
    ),
    in_c_guarded(
        id="c_heartbeat_into_a_send",
        says="a heartbeat is queued behind a send that is in flight",
        breaks=("SC-11.3",),
        caught_by=("vectors:SC-11",),
        old="if (held == NULL && conn->at->heartbeats",
        new="if (!stalled && conn->at->heartbeats",
    ),
    in_go_monitor(
        id="go_slice_cut_while_ranging",
        says="what is closing is cut out of the slice that is ranged over, and the next is skipped",
        breaks=("SC-12.2",),
        caught_by=("vectors:SC-12,CX-3",),
        old="""\
	for _, c := range m.known() {
		c.check()
	}
""",
        new="""\
	m.known()
	for i := 0; i < len(m.conns); i++ {
		if m.conns[i].check(); m.conns[i].IsClosing() {
			m.conns = append(m.conns[:i], m.conns[i+1:]...)
		}
	}
""",
    ),
    in_node_monitor(
        id="node_ticks_by_the_wall_clock",
        says="whether a tick is late is read off Date.now, which jumps",
        breaks=("SC-14.2",),
        caught_by=("vectors:SC-14",),
        old="const nowUs = this.#clock.now();\n      const overUs",
        new="const nowUs = Date.now() * 1000;\n      const overUs",
    ),
    in_node_monitor(
        id="node_list_changed_under_the_pass",
        says="closed connections leave the list while it is walked, and the next one is left out",
        breaks=("SC-12.2",),
        caught_by=("vectors:SC-12",),
        old="""\
    this.#connections = this.#connections.filter((conn) => !conn.isClosing);
    for (const conn of [...this.#connections]) {
""",
        new="""\
    const known = this.#connections;
    for (const conn of known) {
      if (conn.isClosing) {
        known.splice(known.indexOf(conn), 1);
        continue;
      }
""",
    ),
    in_node_monitor(
        id="node_received_at_zero_is_never",
        says=(
            "whether anything was received is asked by truth, and a moment that is 0 counts as none"
        ),
        breaks=("SC-10.2",),
        caught_by=("vectors:SC-10",),
        old="conn.receivedUs === null ||",
        new="!conn.receivedUs ||",
    ),
    in_roll(
        id="who_comes_at_once_is_lost",
        says="of two connections that come at the same time one is never checked",
        breaks=("SC-12",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::test_connections_that_come_and_go_at_once_are_all_counted[add-add]",
        ),
        old="""\
        with self._changes:
            if id(conn) not in self._watches:
                self._watches[id(conn)] = Watch(conn)
                self._line = None
""",
        new="""\
        self._watches = {**self._watches, id(conn): Watch(conn)}
        self._line = None
""",
    ),
    in_independence(
        id="the_judge_says_of_a_pass_that_came_that_it_did_not",
        says="a connection that was checked and got no heartbeat counts as one that was left out",
        breaks=("SC-12",),
        caught_by=(
            "test:tests/judge/test_lock.py::"
            "test_a_pass_that_came_to_a_connection_did_not_leave_it_out",
        ),
        old="    elif conn.conn in one.checks:",
        new="    elif conn.conn in one.checks and until_us < 0:",
    ),
)
