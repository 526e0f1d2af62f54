"""Mutants of the driver of the monitor."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")

MUTANTS = (
    in_monitor(
        id="who_goes_takes_its_namesakes_along",
        says="a connection is taken off the list by its name, and its successor with it",
        breaks=("SC-12", "SC-13"),
        caught_by=(
            "test:tests/drivers/test_properties_monitor.py::"
            "test_every_pass_checks_every_connection_for_itself",
        ),
        old="other for other in self._watched if other is not conn",
        new="other for other in self._watched if other.name != conn.name",
    ),
    in_monitor(
        id="schedule_drifts",
        says="the period counts from the end of a pass and of what it took to wake up",
        caught_by=("vectors:SC-9",),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = start_us + tick * period_us + tick - 1\n",
    ),
    in_monitor(
        id="sleeps_a_period_between_passes",
        says="the next pass comes a period after the one before it, and the schedule drifts",
        breaks=("SC-9",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_missed_ticks_are_skipped_and_never_made_up",
        ),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = self._clock() + period_us\n",
    ),
    in_monitor(
        id="the_period_is_twice_as_long",
        says="a pass runs at every second tick of the schedule",
        caught_by=("oracle:SC-9",),
        old="            due_us = start_us + tick * period_us\n",
        new="            due_us = start_us + 2 * tick * period_us\n",
    ),
    in_monitor(
        id="missed_ticks_are_made_up",
        says="ticks for which the monitor came too late are run one right after the other",
        breaks=("SC-9",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::"
            "test_missed_ticks_are_skipped_and_never_made_up",
        ),
        old="""\
            if late_us <= slack_us:
                self.run_pass()
            else:
                self._note(f"tick {tick} was {late_us} us late and is skipped")
            # The next tick in the future, however long the pass took.
            tick = max(tick, (self._clock() - start_us) // period_us) + 1
""",
        new="""\
            self.run_pass()
            tick += 1
""",
    ),
    in_monitor(
        id="a_pass_walks_the_list_that_changes",
        says="a pass checks only those that are still on the list, in the midst of its walk",
        breaks=("SC-12",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::test_connections_come_and_go_during_a_pass",
        ),
        old="                    if conn.is_finished:\n",
        new="                    if conn.is_finished or conn not in self._watched:\n",
    ),
    in_monitor(
        id="a_finished_connection_ends_the_pass",
        says="whoever stands behind a connection that is gone is not checked in this pass",
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
            "vectors:SC-12",
        ),
        old="                        continue\n",
        new="                        break\n",
    ),
    in_monitor(
        id="counts_are_kept_by_name",
        says="a connection inherits the count of its predecessor of the same name",
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
            "vectors:SC-13",
        ),
        old="counts[conn] = self._check(conn, self._counts.get(conn, NEVER_CHECKED))",
        new="counts[conn.name] = self._check(conn, self._counts.get(conn.name, NEVER_CHECKED))",
    ),
    in_monitor(
        id="one_count_for_all",
        says="there is one count, for whichever connection is looked at",
        caught_by=("vectors:SC-3,SC-13",),
        old="counts[conn] = self._check(conn, self._counts.get(conn, NEVER_CHECKED))",
        new="self._counts[0] = counts[0] = self._check(conn, self._counts.get(0, NEVER_CHECKED))",
    ),
    in_monitor(
        id="a_pass_ends_with_the_first_failure",
        says="a connection whose check fails ends the pass for those behind it",
        breaks=("SC-12",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_one_connections_failure_does_not_end_the_pass",
        ),
        old="                except Exception as error:",
        new="                except LookupError as error:",
    ),
    in_monitor(
        id="counts_are_never_dropped",
        says="the counts of connections that are gone are kept for ever",
        breaks=("SC-13",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
        ),
        old="            self._counts = counts\n",
        new="            self._counts.update(counts)\n",
    ),
    in_monitor(
        id="a_check_takes_the_lock",
        says="the monitor takes the lock of a connection to look at it",
        breaks=("SC-11",),
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
    in_monitor(
        id="checks_are_timed_by_the_wall_clock",
        says="the time of a check is that of a clock that can be set",
        breaks=("SC-14",),
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
    in_monitor(
        id="the_lock_holder_is_read_before_the_clock",
        says="a monitor that is held up between its two readings counts that time as a stall",
        breaks=("SC-1",),
        caught_by=("test:tests/drivers/test_monitor.py::test_time_after_the_look_is_no_stall",),
        old="""\
        at_us = self._clock()
        snapshot, send_id = conn.snapshot()
""",
        new="""\
        snapshot, send_id = conn.snapshot()
        at_us = self._clock()
""",
    ),
    in_monitor(
        id="the_monitor_follows_the_wall_clock",
        says="stall times and idle times are those of a clock that can be set",
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
    in_monitor(
        id="warnings_end_at_the_threshold",
        says="stalled checks beyond the threshold no longer warn",
        breaks=("SC-4",),
        caught_by=("test:tests/drivers/test_monitor.py::test_warn_only_never_closes",),
        old="        if decision.warns:\n",
        new="        if decision.warns and checks <= conn.policy.checks_max:\n",
    ),
    in_monitor(
        id="a_peer_that_spoke_is_never_closed",
        says="a stalled connection whose peer was ever heard of is not closed",
        breaks=("SC-7",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_stall_is_counted_strictly_and_closes_at_the_threshold_once",
        ),
        old="        if decision.closes:\n",
        new="        if decision.closes and snapshot.received_us is None:\n",
    ),
    in_monitor(
        id="the_monitor_closes_whatever_the_switch_says",
        says="the monitor closes whatever the switch says",
        breaks=("SC-5",),
        caught_by=("test:tests/drivers/test_monitor.py::test_warn_only_never_closes",),
        old="if decision.closes:",
        new="if decision.warns:",
    ),
    in_monitor(
        id="monitor_closes_twice",
        says="the monitor shuts the transport down a second time, to be sure",
        caught_by=("vectors:SC-8",),
        old="            conn.begin_closing(Cause.MONITOR)\n",
        new="""\
            conn.begin_closing(Cause.MONITOR)
            conn._closing_latch.release()
            conn.begin_closing(Cause.MONITOR)
""",
    ),
    in_monitor(
        id="a_busy_connection_gets_a_heartbeat",
        says="a heartbeat is due behind a send that is in flight",
        breaks=("SC-11",),
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
)
