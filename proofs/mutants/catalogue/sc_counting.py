"""Mutants of SC-1 to SC-4, SC-13 and SC-15: counting stalled checks."""

from functools import partial

from proofs.mutants.mutant import Mutant

in_drivers_monitor = partial(Mutant, file="reference/stallproof/drivers/monitor.py")
in_roll = partial(Mutant, file="reference/stallproof/drivers/roll.py")
in_sender = partial(Mutant, file="reference/stallproof/drivers/sender.py")
in_sending = partial(Mutant, file="reference/stallproof/drivers/sending.py")
in_connection = partial(Mutant, file="reference/stallproof/machines/connection.py")
in_stall_count = partial(Mutant, file="reference/stallproof/machines/stall_count.py")
in_guarded = partial(Mutant, file="tests/implementations/c/guarded.c")
in_node_monitor = partial(Mutant, file="tests/implementations/node/monitor.js")
in_go_sending = partial(Mutant, file="tests/implementations/go/guard/sending.go")

MUTANTS = (
    in_drivers_monitor(
        id="counts_are_kept_by_name",
        says="a connection inherits the count of its predecessor of the same name",
        breaks=("SC-13.1",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
            "vectors:SC-13",
        ),
        old="            watch.count = self._check(conn, watch.count)\n",
        new="""\
            kept = self.__dict__.setdefault("kept", {})
            kept[conn.name] = self._check(conn, kept.get(conn.name, NEVER_CHECKED))
""",
    ),
    in_drivers_monitor(
        id="one_count_for_all",
        says="there is one count, for whichever connection is looked at",
        breaks=("SC-3.1", "SC-13.1"),
        caught_by=("vectors:SC-3,SC-13",),
        old="            watch.count = self._check(conn, watch.count)\n",
        new="""\
            kept = self.__dict__.setdefault("kept", {})
            kept[0] = self._check(conn, kept.get(0, NEVER_CHECKED))
""",
    ),
    in_roll(
        id="counts_are_never_dropped",
        says="the counts of connections that are gone are kept for ever",
        breaks=("SC-13.2",),
        caught_by=(
            "test:tests/drivers/test_monitor.py::"
            "test_a_count_is_not_inherited_by_a_connection_of_the_same_name",
        ),
        old="                self._watches[id(conn)] = Watch(conn)\n",
        new="""\
                kept = self.__dict__.setdefault("kept", {})
                self._watches[id(conn)] = kept.setdefault(id(conn), Watch(conn))
""",
    ),
    in_drivers_monitor(
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
    in_drivers_monitor(
        id="warnings_end_at_the_threshold",
        says="stalled checks beyond the threshold no longer warn",
        breaks=("SC-4.1",),
        caught_by=("test:tests/drivers/test_monitor.py::test_warn_only_never_closes",),
        old="        if decision.warns:\n",
        new="        if decision.warns and checks <= conn.policy.checks_max:\n",
    ),
    in_sender(
        id="a_stall_begins_with_the_last_byte",
        says="each byte that leaves is taken for a new beginning of the hold",
        breaks=("SC-1.1",),
        caught_by=("oracle:SC-1",),
        old="""\
        if not send.written_bytes:
            self._sequence = sequence_after(self._sequence)
""",
        new="""\
        if not send.written_bytes:
            self._sequence = sequence_after(self._sequence)
        if self.lock_holder is not None:
            number, _, send_id = self.lock_holder
            self.lock_holder = number, now_us, send_id
""",
    ),
    in_sending(
        id="a_small_frame_has_no_lock_holder",
        says="only a frame that may have to wait is published as the holder of the lock",
        breaks=("SC-1.1",),
        caught_by=(
            "test:tests/drivers/test_first_write.py::test_so_it_is_in_a_thousand_scripts_by_chance",
        ),
        old="            self.lock_holder = ticket, (taken_us := self._clock()), send_id\n",
        new="""\
            taken_us = self._clock()
            if len(payload) > self._joined_max_bytes:
                self.lock_holder = ticket, taken_us, send_id
""",
    ),
    in_sending(
        id="all_sends_have_one_number",
        says="the lock holders of a connection all carry the same number",
        caught_by=("oracle:SC-15",),
        old="self.lock_holder = ticket, ",
        new="self.lock_holder = 1, ",
    ),
    in_sending(
        id="the_lock_holder_outlives_a_failed_send",
        says="only a send that succeeds clears the lock holder",
        breaks=("SC-1.2",),
        caught_by=("oracle:SC-1",),
        old="""\
            return self._end(taken_us, payload, kind, send_id, header, stream_id, give_up, first)
        finally:
            self.lock_holder = None
""",
        new="""\
            has_failed = True
            outcome = self._end(
                taken_us, payload, kind, send_id, header, stream_id, give_up, first
            )
            has_failed = outcome is not Outcome.OK
            return outcome
        finally:
            if not locals().get("has_failed"):
                self.lock_holder = None
""",
    ),
    in_sending(
        id="lock_holder_stays_behind",
        says=(
            "a send that has ended leaves its lock holder behind, and an idle connection looks "
            "stalled"
        ),
        breaks=("SC-1.2",),
        caught_by=(
            "test:tests/drivers/test_monitor_on_sockets.py::test_a_send_that_is_over_is_no_stall",
            "test:tests/drivers/test_sender_failures.py::"
            "test_the_lock_is_free_after_an_exception_that_nobody_foresaw",
            "vectors:SC-1,SC-10",
        ),
        old="""\
        finally:
            self.lock_holder = None""",
        new="""\
        finally:
            pass""",
    ),
    in_connection(
        id="count_carried_over",
        says="a new connection inherits a count",
        breaks=("SC-13",),
        caught_by=("proof:sc13_a_new_connection_counts_from_nothing",),
        old="heartbeats, NEVER_CHECKED",
        new="heartbeats, StallCount(2, 7)",
    ),
    in_connection(
        id="the_monitor_times_the_deadline",
        says="stall time runs from the deadline instead of the lock",
        breaks=("SC-1.1",),
        caught_by=("proof:sc1_the_monitor_reads_the_lock_time",),
        old="conn.send.taken_us",
        new="conn.send.deadline_us",
    ),
    in_stall_count(
        id="idle_has_a_stall_time",
        says="idle has a stall time",
        breaks=("SC-1.1", "SC-3", "SC-4"),
        caught_by=("proof:sc1_an_idle_connection_never_stalls",),
        old="return 0",
        new="return now_us",
    ),
    in_stall_count(
        id="a_clock_read_early_is_a_long_stall",
        says="a clock that was read before the lock was taken makes an endless stall",
        breaks=("SC-1.1",),
        caught_by=("search:monitor",),
        old="return max(0, now_us - taken_us)",
        new="return now_us - taken_us if now_us >= taken_us else now_us + taken_us",
    ),
    in_stall_count(
        id="stall_time_mirrored",
        says="stall time mirrored",
        breaks=("SC-1.1",),
        caught_by=("proof:sc1_a_clock_read_early_is_no_stall",),
        old="max(0, now_us - taken_us)",
        new="abs(now_us - taken_us)",
    ),
    in_stall_count(
        id="stall_time_one_too_long",
        says="stall time one too long",
        breaks=("SC-1.1",),
        caught_by=("proof:sc1_stall_time_runs_from_the_lock", "proof:sc2_stalled_is_strict"),
        old="max(0, now_us - taken_us)",
        new="max(0, now_us - taken_us + 1)",
    ),
    in_stall_count(
        id="stalled_at_the_limit",
        says="a stall of exactly the limit counts",
        caught_by=(
            "proof:sc2_stalled_is_strict",
            "proof:sc3_any_other_check_resets",
            "proof:sc4_exactly_the_stalled_checks_warn",
            "proof:sc9a_the_first_stalled_check",
            "proof:sc9b_the_first_stalled_check",
            "proof:sc9a_the_upper_end_is_tight_first",
            "proof:sc9b_the_upper_end_is_tight_first",
            "proof:cx5_a_send_timeout_within_the_limit_never_warns",
            "test:tests/machines/test_stall_count.py::"
            "test_stalled_is_strictly_longer_than_the_limit",
            "vectors:SC-2",
        ),
        old="held_us > policy.stall_timeout_us",
        new="held_us >= policy.stall_timeout_us",
    ),
    in_stall_count(
        id="stalled_one_after_the_limit",
        says="a stall counts two microseconds after the limit",
        breaks=("SC-2",),
        caught_by=(
            "proof:sc2_stalled_is_strict",
            "proof:sc4_exactly_the_stalled_checks_warn",
            "proof:sc9a_the_lower_end_is_tight_first",
            "proof:sc9b_the_lower_end_is_tight_first",
            "proof:sc13_a_new_connection_counts_from_nothing",
            "model:monitor",
        ),
        old="held_us > policy.stall_timeout_us",
        new="held_us > policy.stall_timeout_us + 1",
    ),
    in_stall_count(
        id="the_limit_itself_is_stalled",
        says="a stall of exactly the limit counts, so that a send within it is warned of",
        breaks=("SC-2", "CX-5"),
        caught_by=("search:agreement",),
        old="held_us > policy.stall_timeout_us:",
        new="held_us + 1 > policy.stall_timeout_us:",
    ),
    in_stall_count(
        id="counts_across_sends_in_stall_count",
        says="two stalled sends in a row are counted as one stall",
        caught_by=("vectors:SC-15",),
        old="        same = snapshot.send_id == count.send_id\n",
        new="        same = True\n",
    ),
    in_stall_count(
        id="two_sends_count_as_one",
        says="stalled checks of different sends are counted together",
        breaks=("SC-15", "SC-3"),
        caught_by=("search:monitor",),
        old="same = snapshot.send_id == count.send_id",
        new="same = count.send_id is not None",
    ),
    in_stall_count(
        id="the_first_check_of_a_send_counts_nothing",
        says="the first stalled check of another send counts from nothing",
        breaks=("SC-15", "SC-3.1"),
        caught_by=("model:monitor",),
        old="checks = count.stalled_checks + 1 if same else 1",
        new="checks = count.stalled_checks + 1 if same else 0",
    ),
    in_stall_count(
        id="counts_across_sends",
        says="stalls of two sends are counted together",
        breaks=("SC-15",),
        caught_by=("proof:sc15_another_send_counts_from_one",),
        old="count.stalled_checks + 1 if same else 1",
        new="count.stalled_checks + 1",
    ),
    in_stall_count(
        id="counts_two",
        says="counts two",
        breaks=("SC-3.1",),
        caught_by=(
            "proof:sc3_a_stalled_check_counts_one_up",
            "proof:sc6_no_close_before_the_threshold",
            "proof:sc9a_each_further_check",
            "proof:sc9b_each_further_check",
        ),
        old="count.stalled_checks + 1 if same",
        new="count.stalled_checks + 2 if same",
    ),
    in_stall_count(
        id="never_counts_beyond_one",
        says="never counts beyond one",
        breaks=("SC-3.1",),
        caught_by=(
            "proof:sc3_a_stalled_check_counts_one_up",
            "proof:sc7_the_threshold_closes",
            "proof:sc9a_closed_by_the_upper_end",
            "proof:sc9b_closed_by_the_upper_end",
        ),
        old="count.stalled_checks + 1 if same else 1",
        new="1",
    ),
    in_stall_count(
        id="the_first_check_counts_down",
        says="the first check counts down",
        breaks=("SC-13",),
        caught_by=(
            "proof:cx1_a_check_holds_together",
            "proof:sc13_a_new_connection_counts_from_nothing",
        ),
        old="count.stalled_checks + 1 if same else 1",
        new="count.stalled_checks + 1 if same else -1 if count.send_id is None else 1",
    ),
    in_stall_count(
        id="forgets_which_send_it_saw",
        says="forgets which send it saw",
        breaks=("SC-3.1",),
        caught_by=("proof:sc3_a_stalled_check_counts_one_up", "proof:cx1_a_check_holds_together"),
        old="StallCount(checks, snapshot.send_id)",
        new="StallCount(checks, None)",
    ),
    in_stall_count(
        id="warns_only_at_the_threshold",
        says="nothing is said of a stall until the threshold is reached",
        breaks=("SC-4.1",),
        caught_by=("vectors:SC-4",),
        old="            CheckDecision(held_us, True, True, closes, False),\n",
        new="""\
            CheckDecision(held_us, True, checks >= policy.checks_max, closes, False),
""",
    ),
    in_stall_count(
        id="no_warning_while_closing",
        says="stalled checks no longer warn once closing has begun",
        breaks=("SC-4.1",),
        caught_by=("search:monitor",),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, not snapshot.closing, closes, False)",
    ),
    in_stall_count(
        id="warns_only_when_it_closes",
        says="only the last of the stalled checks warns",
        breaks=("SC-4.1",),
        caught_by=(
            "proof:sc4_exactly_the_stalled_checks_warn",
            "test:tests/drivers/test_monitor.py::test_warn_only_never_closes",
        ),
        old="CheckDecision(held_us, True, True, closes, False)",
        new="CheckDecision(held_us, True, closes, closes, False)",
    ),
    in_stall_count(
        id="a_healthy_check_keeps_the_count",
        says="a healthy check does not put the count back",
        breaks=("SC-3.2",),
        caught_by=(
            "proof:sc3_any_other_check_resets",
            "proof:sc1_an_idle_connection_never_stalls",
            "proof:sc9a_the_first_stalled_check",
            "proof:cx1_a_check_while_idle_holds_together",
            "vectors:SC-3",
        ),
        old="return StallCount(0, snapshot.send_id)",
        new="return StallCount(count.stalled_checks, snapshot.send_id)",
    ),
    in_stall_count(
        id="a_healthy_check_keeps_the_count_in_stall_count",
        says="a healthy check keeps the count",
        breaks=("SC-3.2",),
        caught_by=(
            "test:tests/machines/test_stall_count.py::test_an_intermittent_stall_resets_the_count",
        ),
        old="return StallCount(0, snapshot.send_id), CheckDecision(held_us, False",
        new="return StallCount(count.stalled_checks, 1), CheckDecision(held_us, False",
    ),
    in_stall_count(
        id="a_healthy_check_leaves_one_standing",
        says="a healthy check puts the count back to one instead of nothing",
        breaks=("SC-3.2", "SC-6"),
        caught_by=("model:monitor",),
        old="return StallCount(0, snapshot.send_id), CheckDecision",
        new="return StallCount(min(1, count.stalled_checks), snapshot.send_id), CheckDecision",
    ),
    in_stall_count(
        id="warn_only_never_resets",
        says="warn only never resets",
        breaks=("SC-3.2",),
        caught_by=("proof:sc3_any_other_check_resets", "proof:sc1_an_idle_connection_never_stalls"),
        old="return StallCount(0, snapshot.send_id)",
        new="""\
return StallCount(0 if policy.close_stalled else count.stalled_checks, snapshot.send_id)""",
    ),
    in_stall_count(
        id="warns_all_the_time",
        says="a check that finds no stall warns as well",
        breaks=("SC-4.2",),
        caught_by=("vectors:SC-4",),
        old="CheckDecision(held_us, False, False, False, heartbeat)",
        new="CheckDecision(held_us, False, True, False, heartbeat)",
    ),
    in_guarded(
        id="c_stalled_at_the_limit",
        says="a stall that has lasted exactly as long as the limit counts",
        caught_by=("vectors:SC-2",),
        old="bool stalled = stall > sp_policy.stall_timeout;",
        new="bool stalled = stall >= sp_policy.stall_timeout && stall > 0;",
    ),
    in_guarded(
        id="c_two_checks_are_a_stall",
        says="checks are taken for time: a send that two checks in a row have seen is stalled",
        caught_by=("vectors:SC-2",),
        old="bool stalled = stall > sp_policy.stall_timeout;",
        new="bool stalled = held != NULL && held->turn == conn->checked_turn;",
    ),
    in_guarded(
        id="c_count_of_all_connections",
        says="there is one count, that of the first connection, and all share it",
        breaks=("SC-3.1", "SC-13.1"),
        caught_by=("vectors:SC-3,SC-13",),
        old="""\
    int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;
    conn->stalled_checks = stalled ? before + 1 : 0;
""",
        new="""\
    int64_t before = turn == conn->checked_turn ? conns->stalled_checks : 0;
    conn->stalled_checks = conns->stalled_checks = stalled ? before + 1 : 0;
""",
    ),
    in_guarded(
        id="c_count_outlives_its_send",
        says=(
            "the count belongs to the connection: the next send goes on where the last one stopped"
        ),
        caught_by=("vectors:SC-15",),
        old="int64_t before = turn == conn->checked_turn ? conn->stalled_checks : 0;",
        new="int64_t before = conn->stalled_checks;",
    ),
    in_guarded(
        id="c_count_is_never_reset",
        says="a check that finds the connection well leaves the count as it was",
        breaks=("SC-3.2",),
        caught_by=("vectors:SC-3",),
        old="conn->stalled_checks = stalled ? before + 1 : 0;",
        new="conn->stalled_checks = stalled ? before + 1 : conn->stalled_checks;",
    ),
    in_go_sending(
        id="go_no_defer_for_a_failure",
        says="the lock holder is cleared where a send ends well, and not by `defer`",
        breaks=("SC-1.2",),
        caught_by=("vectors:SC-1",),
        old="""\
	c.mu.Lock()
	c.holder = nil
	c.mu.Unlock()
	return result
""",
        new="""\
	if result.Outcome == OK {
		c.mu.Lock()
		c.holder = nil
		c.mu.Unlock()
	}
	return result
""",
    ),
    in_node_monitor(
        id="node_lock_holder_left_behind",
        says="the lock holder of the last send is never cleared: an idle connection looks stalled",
        breaks=("SC-1.2",),
        caught_by=("vectors:SC-1",),
        old="    const stallUs = flight === null ? 0 : Math.max(nowUs - flight.takenUs, 0);\n",
        new="""\
    if (flight !== null) conn.stampUs = flight.takenUs;
    const stallUs = conn.stampUs === undefined ? 0 : nowUs - conn.stampUs;
""",
    ),
    in_node_monitor(
        id="node_count_kept_by_name",
        says="counts are kept by the name of the connection, and a name comes back",
        breaks=("SC-13.1",),
        caught_by=("vectors:SC-13",),
        old="""\
    const before = conn.stall.turn === turn ? conn.stall.count : 0; // Of one send alone (SC-15).
    const count = isStalled ? before + 1 : 0;
    conn.stall = { count, turn };
""",
        new="""\
    const known = (this.stalls ??= new Map()).get(conn.name);
    const count = isStalled ? (known?.turn === turn ? known.count : 0) + 1 : 0;
    this.stalls.set(conn.name, { count, turn });
""",
    ),
    in_drivers_monitor(
        id="a_pass_begins_in_another",
        says="a pass that is asked for runs into one of the schedule, and both count",
        breaks=("SC-3",),
        caught_by=(
            "test:tests/drivers/test_interleavings.py::"
            "test_a_pass_on_demand_beside_one_of_the_schedule_comes_before_or_after_it",
        ),
        old="        with self._passes:\n",
        new="        if self._passes:\n",
    ),
)
